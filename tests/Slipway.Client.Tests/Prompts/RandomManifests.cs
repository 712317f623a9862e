using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Cli.Prompts;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Client.Tests.Prompts;

/// <summary>Whatever a submission says, a manifest can say, in both forms.</summary>
public sealed class RandomManifests : IDisposable
{
    // JSON in flow style is YAML too, if only what YAML cannot read otherwise is escaped.
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_manifest_written_from_a_submission_reads_back_to_the_same_submission()
    {
        var random = new Random(20260315);      // the same submissions in every run
        folder.Write("set_v7.jsonl", """{"id":"a","variables":{},"expect":[{"check":"schema"}]}""");
        for (var i = 0; i < 200; i++)
        {
            var submission = Submission(random);
            Assert.Equal(Json(submission), Json(Read("manifest.json", Written(submission, isJson: true))));
            Assert.Equal(Json(submission), Json(Read("manifest.yaml", Written(submission, isJson: false))));
        }
    }

    private Submission Read(string name, JsonObject manifest)
    {
        var result = ManifestReader.Read(folder.Write(name, manifest.ToJsonString(Plain)));
        if (result is not ManifestResult.Parsed { Manifest: { Path: var path, Submission: var submission } }) throw new InvalidOperationException($"{manifest}: {string.Join(' ', ((ManifestResult.Refused)result).Problems)}");
        EditorSchema.Takes(path);
        return submission;
    }

    private JsonObject Written(Submission submission, bool isJson)
    {
        var manifest = JsonNode.Parse(Json(submission))!.AsObject();
        foreach (var key in manifest.Where(field => field.Value is null && field.Key != "rollback_to").Select(field => field.Key).ToList()) manifest.Remove(key);
        var prompt = manifest["prompt"]!.GetValue<string>();
        manifest.Remove("prompt");
        manifest[isJson ? "prompt_id" : "id"] = prompt;
        if (submission.GoldenSet is not null) manifest["golden_set"] = "set_v7.jsonl";
        if (isJson) return manifest;
        manifest["status"] = "candidate";
        if (submission.Version is null) manifest["version"] = "next";
        if (submission.Template is { } template)
        {
            folder.Write("template.md", template);
            manifest["template"] = "template.md";
        }
        return manifest;
    }

    private static Submission Submission(Random random)
    {
        var variables = Enumerable.Range(0, random.Next(1, 4)).Select(index => $"name_{index}").ToList();
        var template = Words(random) + string.Concat(variables.Select(name => $" {{{{{name}}}}}")) + "\n";
        var isPlain = random.Next(2) == 0;
        return new Submission
        {
            Prompt = Value<PromptName>($"prompt_{random.Next(100)}"),
            Version = random.Next(3) == 0 ? null : Value<VersionNumber>(random.Next(2) == 0 ? $"1.{random.Next(50)}.0" : $"2026-03-15.{random.Next(1, 50)}"),
            BasedOn = Maybe(random, () => Value<VersionNumber>("0.5.0")),
            RollbackTo = Maybe(random, () => Value<VersionNumber>("0.4.2")),
            Owner = Value<Core.Access.MemberName>("ana"),
            Model = Words(random),
            Template = isPlain ? template : null,
            Messages = isPlain ? null : JsonElement.Parse(new JsonArray(new JsonObject { ["role"] = "user", ["content"] = template }, new JsonObject { ["placeholder"] = "history" }).ToJsonString(Plain)),
            Schema = JsonElement.Parse(random.Next(2) == 0 ? """{"type":"object"}""" : """{"properties":{"a":{"enum":[1,2.5,"1",null,true]}}}"""),
            GoldenSet = Value<Core.Evaluations.GoldenSetId>("set:v7"),
            ChangeReason = Words(random),
            ExpectedEffect = Maybe(random, () => Words(random)),
            CheckAfterRelease = Maybe(random, () => Words(random)),
            ChangeKind = Maybe(random, () => new ChangeKinds([.. Enum.GetValues<ChangeKind>().Take(random.Next(1, 4))])),
            Linked = Maybe(random, () => Words(random)),
            Variables = random.Next(2) == 0 ? null : JsonElement.Parse(new JsonObject(variables.Select(name => KeyValuePair.Create<string, JsonNode?>(name, new JsonObject { ["type"] = "string", ["title"] = Words(random) }))).ToJsonString(Plain)),
            Parameters = random.Next(2) == 0 ? null : JsonElement.Parse($$"""{"temperature":{{random.Next(10)}}.5,"stop":["1",{{JsonSerializer.Serialize(Words(random), Plain)}}]}"""),
            Tools = random.Next(2) == 0 ? null : JsonElement.Parse("""[{"type":"function","function":{"name":"look_up","parameters":{"type":"object"}}}]"""),
            Retrieval = Maybe(random, () => new RetrievalPolicy(Words(random), random.Next(1, 1001))),
            Memory = Maybe(random, () => new MemoryPolicy(random.Next(1, 1001))),
            Safety = random.Next(2) == 0 ? null : ["global/privacy@3", "global/tone"],
            PostProcessing = random.Next(2) == 0 ? null : [PostProcessingStep.TrimWhiteSpace, PostProcessingStep.TrimMarkdownFence],
        };
    }

    private static T? Maybe<T>(Random random, Func<T> make) where T : class => random.Next(2) == 0 ? null : make();

    private static T Value<T>(string text) where T : class, ITextValue<T> => T.TryParse(text, out var value) ? value : throw new InvalidOperationException($"\"{text}\" does not fit.");

    // Among the words what YAML would take for something else, were it not in quotation marks.
    private static string Words(Random random)
    {
        ImmutableArray<string> words = ["null", "~", "yes", "1.6", "007", "- a", "a: b", "# c", "\"quoted\"", "it's", "tab\there", "line\nbreak", "back\\slash", "é", "😀", "{", "]", "&x", "*y", "!z", "%", "@", "`"];
        return string.Join(' ', Enumerable.Range(0, random.Next(1, 6)).Select(_ => words[random.Next(words.Length)]));
    }

    private static string Json(Submission submission) => JsonSerializer.Serialize(submission, ApiJsonFor.People.Submission);
}
