using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Slipway.Core.Evaluations;
using Slipway.Core.Rendering;

namespace Slipway.Tests;

/// <summary>Published data sets as what golden sets are made of. A test that asks for one is skipped where the material is not beside the project.</summary>
internal static partial class RealCases
{
    /// <summary>Messages that people sent to a bank, each with what it was about (banking77).</summary>
    public static IEnumerable<(string Text, string Label)> Messages() =>
        Row().Matches(File.ReadAllText(SharedMaterial.Path("data/banking77/test.csv"))).Skip(1).Select(row => (row.Groups[1].Success ? row.Groups[1].Value.Replace("\"\"", "\"", StringComparison.Ordinal) : row.Groups[2].Value, row.Groups[3].Value));

    /// <summary>Messages about several things at once, each with all of them (nlupp).</summary>
    public static IEnumerable<(string Text, ImmutableArray<string> Intents)> SeveralTopics() =>
        from file in Directory.EnumerateFiles(SharedMaterial.Path("data/nlupp/banking"), "*.json").Order(StringComparer.Ordinal)
        from message in JsonElement.Parse(File.ReadAllText(file)).EnumerateArray()
        let intents = message.TryGetProperty("intents", out var found) ? found.EnumerateArray().Select(intent => intent.GetString()!).ToImmutableArray() : []
        where intents.Length > 1
        select (message.GetProperty("text").GetString()!, intents);

    /// <summary>Messages that are about nothing an assistant was made for (clinc150).</summary>
    public static IEnumerable<string> OutOfScope() => Lines("data/clinc150/oos_test.jsonl").Select(line => JsonElement.Parse(line).GetProperty("text").GetString()!);

    /// <summary>E-mails into which somebody wrote an instruction for the model that reads them (BIPIA), each with that instruction.</summary>
    public static IEnumerable<(string Text, string Attack)> Bypasses()
    {
        var attacks = JsonElement.Parse(File.ReadAllText(SharedMaterial.Path("data/bipia-injections/text_attacks.json"))).EnumerateObject().SelectMany(group => group.Value.EnumerateArray()).Select(attack => attack.GetString()!).ToList();
        return Lines("data/bipia-injections/email_contexts.jsonl").Select((line, index) => (JsonElement.Parse(line).GetProperty("context").GetString()!, attacks[index % attacks.Count]))
            .Select(one => ($"{one.Item1}\n\n{one.Item2}", one.Item2));
    }

    /// <summary>Questions with functions, and which of them must be called with what (Berkeley Function Calling Leaderboard).</summary>
    /// <param name="file">The data set's file, e.g. <c>parallel</c>; of <c>irrelevance</c> no function must be called.</param>
    /// <returns>Cases, each with its functions as OpenAI's <c>tools</c>. Those whose accepted values lie deeper than one list are left out.</returns>
    public static IEnumerable<(GoldenCase Case, JsonElement Tools)> ToolCalls(string file)
    {
        foreach (var line in Lines($"data/bfcl/{file}.jsonl").Select(line => JsonElement.Parse(line)))
        {
            var truth = line.TryGetProperty("ground_truth", out var found) ? found.EnumerateArray().SelectMany(call => call.EnumerateObject()).ToList() : [];
            if (truth.SelectMany(call => call.Value.EnumerateObject()).SelectMany(argument => argument.Value.EnumerateArray()).Any(HoldsObject)) continue;
            ImmutableArray<ChatMessage> messages = [.. line.GetProperty("question")[0].EnumerateArray().Select(message => new ChatMessage(message.GetProperty("role").GetString()!, message.GetProperty("content").GetString()!))];
            ImmutableArray<Check> expect = truth.Count > 0 ? [.. truth.Select(call => Check.Of(Called(call.Name, call.Value)))] : [Check.Of("""{"check":"tool_not_called"}""")];
            var tags = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add("calls", file);
            yield return (new GoldenCase(line.GetProperty("id").GetString()!, CaseKind.Normal, null, messages, expect, tags, "data_set:bfcl"), Tools(line.GetProperty("function")));
        }
    }

    private static bool HoldsObject(JsonElement value) => value.ValueKind == JsonValueKind.Object || (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().Any(HoldsObject));

    // An empty text among the accepted values says that the argument may be left out.
    private static string Called(string name, JsonElement arguments)
    {
        var (anyOf, optional) = (new JsonObject(), new JsonArray());
        foreach (var argument in arguments.EnumerateObject())
        {
            var accepted = argument.Value.EnumerateArray().Where(value => value is not { ValueKind: JsonValueKind.String } || value.GetString()!.Length > 0).ToList();
            if (accepted.Count == 0) continue;
            anyOf.Add(argument.Name, new JsonArray([.. accepted.Select(value => JsonNode.Parse(value.GetRawText()))]));
            if (accepted.Count < argument.Value.GetArrayLength()) optional.Add(argument.Name);
        }
        var check = new JsonObject { ["check"] = "tool_called", ["tool"] = ToolName(name), ["any_of"] = anyOf };
        if (optional.Count > 0) check.Add("optional", optional);
        return check.ToJsonString();
    }

    private static JsonElement Tools(JsonElement functions) => JsonSerializer.SerializeToElement(functions.EnumerateArray().Select(function =>
    {
        var own = JsonNode.Parse(function.GetRawText())!.AsObject();
        own["name"] = ToolName(own["name"]!.GetValue<string>());
        MapTypes(own["parameters"]);
        return new JsonObject { ["type"] = "function", ["function"] = own };
    }));

    // The data set names types as Python does; JSON Schema has other words for them.
    private static void MapTypes(JsonNode? node)
    {
        if (node is JsonArray list) foreach (var item in list) MapTypes(item);
        if (node is not JsonObject schema) return;
        foreach (var (_, value) in schema.ToList()) MapTypes(value);
        if (schema["type"] is not JsonValue type || !type.TryGetValue<string>(out var name)) return;
        switch (name)
        {
            case "dict": schema["type"] = "object"; break;
            case "float": schema["type"] = "number"; break;
            case "tuple": schema["type"] = "array"; break;
            case "any": schema.Remove("type"); break;
        }
    }

    // OpenAI's names have no dots.
    private static string ToolName(string name) => name.Replace('.', '_');

    // A text and its label; a text with a comma, a quotation mark or a line's end stands in quotation marks.
    [GeneratedRegex("(?:\"((?:[^\"]|\"\")*)\"|([^,\"\r\n]*)),([^,\r\n]+)\r?(?:\n|$)")] private static partial Regex Row();

    private static IEnumerable<string> Lines(string path) => File.ReadLines(SharedMaterial.Path(path)).Where(line => line.Length > 0);
}
