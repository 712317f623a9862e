using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Cli.Prompts;
using Slipway.Core.Prompts;

namespace Slipway.Cli.Ci;

/// <summary>Answers that a prompt's contract must take, and answers that it must not: <c>{"contract": "support_router", "accepts": […], "refuses": […]}</c>.</summary>
/// <remarks>An example is an answer's text as the model writes it (a JSON string), which goes through the post-processing first, or the answer's JSON itself;
/// an object with the one key <c>tool_calls</c> is an answer of calls, <c>[{"name": …, "arguments": {…}}]</c>.</remarks>
/// <param name="Path">The file.</param>
/// <param name="Prompt">Which prompt; its newest version of the folder is meant.</param>
/// <param name="Accepts">Answers that must fit.</param>
/// <param name="Refuses">Answers that must not.</param>
internal sealed record ContractFile(string Path, PromptName Prompt, ImmutableArray<JsonElement> Accepts, ImmutableArray<JsonElement> Refuses)
{
    private const string Marker = "contract", AcceptsKey = "accepts", RefusesKey = "refuses", CallsKey = "tool_calls";

    /// <summary>What such a file holds.</summary>
    public static ManifestShape Keys { get; } = ManifestShape.OfJson(
        "a contract",
        new ManifestKey(Marker, ValueForm.Text.Called("a prompt's name"), "The prompt; its newest version of the folder is meant.") { InJson = Need.Needed },
        new ManifestKey(AcceptsKey, ValueForm.List(ValueForm.Json("an answer")), "Answers that the prompt's contract must take.") { LeftOut = "none" },
        new ManifestKey(RefusesKey, ValueForm.List(ValueForm.Json("an answer")), "Answers that it must not take.") { LeftOut = "none" });

    /// <summary>Whether a JSON text is one.</summary>
    public static bool IsMarkedBy(string text) =>
        text.Contains($"\"{Marker}\"", StringComparison.Ordinal) && (text.Contains($"\"{AcceptsKey}\"", StringComparison.Ordinal) || text.Contains($"\"{RefusesKey}\"", StringComparison.Ordinal));

    /// <summary>Reads a text; adds every problem.</summary>
    /// <returns>Null where there was one.</returns>
    public static ContractFile? Read(string path, string text, List<ManifestProblem> problems)
    {
        var before = problems.Count;
        var source = new ManifestSource(path, ManifestForm.Json, problems);
        if (ManifestReader.Mapping(source, JsonReader.Read(path, text, problems)) is not { } mapping) return null;
        var fields = new NodeFields(source, mapping, "", Keys);
        var prompt = fields.Named<PromptName>(Marker);
        var (accepts, refuses) = (Examples(AcceptsKey), Examples(RefusesKey));
        return problems.Count == before ? new ContractFile(path, prompt!, accepts, refuses) : null;

        ImmutableArray<JsonElement> Examples(string key)
        {
            if (fields.Find(key) is not { } value) return [];
            if (value is ManifestNode.List list) return [.. list.Items.Select(item => NodeJson.Of(item, path, problems))];
            source.Report(value, $"{key} must be a list of answers, not {fields.Kind(value)}.");
            return [];
        }
    }

    /// <summary>Tries every example on a package.</summary>
    /// <returns>What does not come out as it should, a sentence each.</returns>
    public IEnumerable<string> Try(Package package)
    {
        if (package.Output is null && package.Tools is null && Refuses.Length > 0) yield return "There is neither an output schema nor tools, so nothing can be refused.";
        foreach (var (index, example) in Accepts.Index())
            if (Violations(package, example) is { Length: > 0 } violations) yield return FormattableString.Invariant($"accepts[{index}], {Shown(example)}, is refused: {string.Join("; ", violations)}");
        foreach (var (index, example) in Refuses.Index())
            if (Violations(package, example).IsEmpty) yield return FormattableString.Invariant($"refuses[{index}], {Shown(example)}, is accepted.");
    }

    private static ImmutableArray<string> Violations(Package package, JsonElement example) => example switch
    {
        { ValueKind: JsonValueKind.String } => package.Check(package.Finish(example.GetString()!)),
        { ValueKind: JsonValueKind.Object } when example.GetPropertyCount() == 1 && example.TryGetProperty(CallsKey, out var calls) => package.CheckToolCalls(AsSent(calls)),
        _ => package.Check(package.Finish(example.GetRawText())),
    };

    // People write a call's arguments as JSON; on the wire they are a text.
    private static JsonElement AsSent(JsonElement calls)
    {
        if (calls.ValueKind != JsonValueKind.Array) return calls;
        var sent = new JsonArray([.. calls.EnumerateArray().Select((call, index) => (JsonNode)new JsonObject
        {
            ["id"] = FormattableString.Invariant($"call_{index}"),
            ["type"] = "function",
            ["function"] = new JsonObject
            {
                ["name"] = call.ValueKind == JsonValueKind.Object && call.TryGetProperty("name", out var name) ? JsonNode.Parse(name.GetRawText()) : null,
                ["arguments"] = call.ValueKind == JsonValueKind.Object && call.TryGetProperty("arguments", out var arguments) ? arguments.GetRawText() : null,
            },
        })]);
        return JsonElement.Parse(sent.ToJsonString());
    }

    private static string Shown(JsonElement example) => TextFile.Excerpt(example.GetRawText());
}
