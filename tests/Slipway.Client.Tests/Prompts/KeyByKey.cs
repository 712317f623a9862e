using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Cli.Prompts;

namespace Slipway.Client.Tests.Prompts;

/// <summary>Holds what a reader says against what the schema of the same file says, key by key.</summary>
internal static class KeyByKey
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A file with all that it may hold.</summary>
    /// <param name="File">Its name; what ends in .json is JSON.</param>
    /// <param name="Shape">What it may hold.</param>
    /// <param name="Text">What it holds, as JSON, which YAML is too.</param>
    /// <param name="Reader">Says of a path what is wrong with the file; null for the reader of manifests.</param>
    internal sealed record Document(string File, ManifestShape Shape, string Text, Func<string, IReadOnlyList<string>>? Reader = null)
    {
        public IReadOnlyList<string> Problems(string path) =>
            Reader is not null ? Reader(path) : ManifestReader.Read(path) is ManifestResult.Refused refused ? [.. refused.Problems.Select(problem => problem.ToString())] : [];

        public bool IsJson => File.EndsWith(".json", StringComparison.Ordinal);

        public JsonObject Root => JsonNode.Parse(Text)!.AsObject();
    }

    /// <summary>Changes every key of a document in every way, and asserts that both say the same.</summary>
    /// <returns>The keys that it has.</returns>
    public static IEnumerable<(bool IsJson, ManifestShape Shape, string Key)> Try(TemporaryFolder folder, Document document)
    {
        Assert.True(Agree(folder, document, document.Root, "as it is", mustRefuse: false), $"{document.Text} should be taken: {string.Join(" ", document.Problems(folder.PathOf(document.File)))}");
        foreach (var (place, shape, key) in Keys(document.Shape, document.Root, document.IsJson))
        {
            var name = key.In(document.IsJson);
            var isNeeded = key.NeedIn(document.IsJson) is Need.Needed or Need.NeededUnlessGiven;
            Changed(folder, document, place, owner => owner.Remove(name), $"{shape.Name} without {name}", mustRefuse: isNeeded);
            Changed(folder, document, place, owner =>
            {
                var value = owner[name]?.DeepClone();
                owner.Remove(name);
                owner[name + "s"] = value;
            }, $"{shape.Name} with {name} misspelt", mustRefuse: true);
            foreach (var other in (string[])["""[[["x"]]]""", """{"no such key": []}""", "null", "0.5"])
                Changed(folder, document, place, owner => owner[name] = JsonNode.Parse(other), $"{shape.Name} with {name}: {other}",
                    // Null leaves a key out in JSON, and what is then missing elsewhere, or comes with the command, no schema says.
                    mustRefuse: other == "null" && document.IsJson && !isNeeded ? false : null);
            yield return (document.IsJson, shape, key.Name);
        }
    }

    private static void Changed(TemporaryFolder folder, Document document, IReadOnlyList<object> place, Action<JsonObject> change, string what, bool? mustRefuse)
    {
        var root = document.Root;
        JsonNode at = root;
        foreach (var step in place) at = step is int index ? at[index]! : at[(string)step]!;
        change(at.AsObject());
        Agree(folder, document, root, what, mustRefuse);
    }

    /// <summary>Asserts that whatever the reader takes the schema takes.</summary>
    /// <param name="folder">Where the file is written.</param>
    /// <param name="document">What it is.</param>
    /// <param name="root">What it holds now.</param>
    /// <param name="what">That in words.</param>
    /// <param name="mustRefuse">Whether both must refuse it; null for that both must say the same; false where the schema may take what the reader refuses.</param>
    /// <returns>Whether the reader takes it.</returns>
    public static bool Agree(TemporaryFolder folder, Document document, JsonObject root, string what, bool? mustRefuse)
    {
        var path = folder.Write(document.File, root.ToJsonString(Plain));
        var problems = document.Problems(path);
        var violations = EditorSchema.Violations(path, document.Shape);
        var (reads, fits) = (problems.Count == 0, violations.IsEmpty);
        var told = $"{document.File}, {what}: the reader {(reads ? "takes it" : $"says {string.Join(" ", problems)}")}; the schema {(fits ? "takes it" : $"says {string.Join("; ", violations)}")}";
        Assert.True(!reads || fits, told);
        if (mustRefuse is true) Assert.False(reads || fits, told);
        // A number without quotation marks is a text in YAML, and the file of that name is not there.
        if (mustRefuse is null && (document.IsJson || !what.EndsWith("0.5", StringComparison.Ordinal))) Assert.True(reads == fits, told);
        return reads;
    }

    private static IEnumerable<(IReadOnlyList<object> Place, ManifestShape Shape, ManifestKey Key)> Keys(ManifestShape shape, JsonObject mapping, bool json, params IReadOnlyList<object> place)
    {
        foreach (var key in shape.In(json).Where(key => mapping.ContainsKey(key.In(json))))
        {
            yield return (place, shape, key);
            foreach (var (inner, at) in Mappings(mapping[key.In(json)], [.. place, key.In(json)]))
            {
                if (key.Form.Shapes.SingleOrDefault(candidate => Fits(candidate, inner, json)) is not { } found) continue;
                foreach (var each in Keys(found, inner, json, at)) yield return each;
            }
        }
    }

    private static IEnumerable<(JsonObject Mapping, IReadOnlyList<object> Place)> Mappings(JsonNode? value, IReadOnlyList<object> place) => value switch
    {
        // A mapping of names holds mappings too.
        JsonObject mapping => mapping.SelectMany(entry => Mappings(entry.Value, [.. place, entry.Key])).Prepend((mapping, place)),
        JsonArray list => list.SelectMany((item, index) => Mappings(item, [.. place, index])),
        _ => [],
    };

    private static bool Fits(ManifestShape shape, JsonObject mapping, bool json) =>
        mapping.All(entry => shape.In(json).Any(key => key.In(json) == entry.Key)) && shape.NeededIn(json).All(key => mapping.ContainsKey(key.In(json)));
}
