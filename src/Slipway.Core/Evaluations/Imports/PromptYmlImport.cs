using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Slipway.Core.Evaluations;

/// <summary>Reads the test data and evaluators of a GitHub Models prompt file, <c>.prompt.yml</c>. Its string evaluators become checks of every case; what a model decides is left out.</summary>
public static partial class PromptYmlImport
{
    /// <summary>Reads a prompt file.</summary>
    /// <param name="id">The name and version of the new set.</param>
    /// <param name="file">The file as JSON: <c>testData</c>, and perhaps <c>messages</c> and <c>evaluators</c>.</param>
    /// <remarks>A case's variables are those that the messages name. Where nothing else decides, <c>expected</c> is proposed to be confirmed.</remarks>
    public static ImportResult Read(GoldenSetId id, JsonElement file)
    {
        if (file.ValueKind != JsonValueKind.Object || !file.TryGetProperty("testData", out var data) || data.ValueKind != JsonValueKind.Array)
            return new ImportResult.Refused(["There is no test data: a prompt file has a list under testData."]);
        var (cases, leftOut) = (new List<GoldenCase>(), new List<string>());
        var named = NamesIn(file);
        foreach (var (index, row) in data.EnumerateArray().Index())
        {
            var place = string.Create(CultureInfo.InvariantCulture, $"testData[{index}]");
            if (row.ValueKind != JsonValueKind.Object)
            {
                leftOut.Add($"{place} was left out: it is no object.");
                continue;
            }
            var read = new ImportedCase(place, row, leftOut);
            foreach (var evaluator in file.TryGetProperty("evaluators", out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : default) Add(read, evaluator);
            var input = JsonSerializer.SerializeToElement(
                row.EnumerateObject().Where(field => named?.Contains(field.Name) ?? field.Name != "expected").ToDictionary(field => field.Name, field => field.Value, StringComparer.Ordinal),
                EvaluationJson.Default.DictionaryStringJsonElement);
            var proposed = Text(row, "expected") is { } expected ? new EqualsCheck(ImportedCase.Text(expected), ignoresCase: false) : null;
            cases.Add(read.Finish(index + 1, input, ImportedCase.NoTags, "import:github_models", proposed));
        }
        return ImportResult.Of(id, cases, leftOut);
    }

    private static void Add(ImportedCase read, JsonElement evaluator)
    {
        var at = $" ({(evaluator.ValueKind == JsonValueKind.Object ? Text(evaluator, "name") : null) ?? "an evaluator"})";
        if (evaluator.ValueKind == JsonValueKind.Object && evaluator.TryGetProperty("string", out var rule) && rule.ValueKind == JsonValueKind.Object) AddString(read, rule, at);
        else read.LeaveOut(at, "a model decides it; such an evaluator becomes a rubric of a judge");
    }

    // The first that is there counts, and all but equals take capital and small letters for the same, as their own runner does.
    private static void AddString(ImportedCase read, JsonElement rule, string at)
    {
        foreach (var key in (string[])["equals", "contains", "startsWith", "endsWith"])
        {
            if (Text(rule, key) is not { } template) continue;
            if (read.Filled(at, template) is not { } text) return;
            switch (key)
            {
                case "equals": read.Add(new EqualsCheck(ImportedCase.Text(text), ignoresCase: false)); break;
                case "contains": read.Add(new ContainsCheck([text], anyIsEnough: false, ignoresCase: true)); break;
                case "startsWith": read.AddPattern(at, "^" + ImportedCase.Literal(text), ignoresCase: true, mustMatch: true); break;
                default: read.AddPattern(at, ImportedCase.Literal(text) + "$", ignoresCase: true, mustMatch: true); break;
            }
            return;
        }
        read.LeaveOut(at, "it says nothing to look for");
    }

    // Null where the file has no messages: then all but the expectation goes in.
    private static HashSet<string>? NamesIn(JsonElement file)
    {
        if (!file.TryGetProperty("messages", out var messages) || messages.ValueKind != JsonValueKind.Array) return null;
        return [.. messages.EnumerateArray().Where(message => message.ValueKind == JsonValueKind.Object).Select(message => Text(message, "content")).OfType<string>()
            .SelectMany(content => Placeholder().Matches(content).Select(match => match.Groups[1].Value))];
    }

    private static string? Text(JsonElement parent, string name) => parent.TryGetProperty(name, out var found) && found.ValueKind == JsonValueKind.String && !string.IsNullOrEmpty(found.GetString()) ? found.GetString() : null;

    [GeneratedRegex(@"\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")] private static partial Regex Placeholder();
}
