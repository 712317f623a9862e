using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Slipway.Core.Evaluations;

/// <summary>Reads the tests of a promptfoo configuration. Assertions that decide by rule become checks; programs are never run, and what needs a judge is left out.</summary>
public static class PromptfooImport
{
    /// <summary>Reads a configuration.</summary>
    /// <param name="id">The name and version of the new set.</param>
    /// <param name="config">The configuration as JSON: <c>tests</c>, and perhaps <c>defaultTest</c>.</param>
    public static ImportResult Read(GoldenSetId id, JsonElement config)
    {
        if (config.ValueKind != JsonValueKind.Object || !config.TryGetProperty("tests", out var tests)) return Refuse("There are no tests: a promptfoo configuration has a list under tests.");
        if (tests.ValueKind != JsonValueKind.Array) return Refuse("tests names a file; import that file instead.");
        var defaults = config.TryGetProperty("defaultTest", out var given) && given.ValueKind == JsonValueKind.Object ? given : default;
        var (cases, leftOut) = (new List<GoldenCase>(), new List<string>());
        foreach (var (index, test) in tests.EnumerateArray().Index())
        {
            var place = string.Create(CultureInfo.InvariantCulture, $"tests[{index}]");
            if (test.ValueKind != JsonValueKind.Object) leftOut.Add($"{place} was left out: it is no test but {JsonValues.Show(test)}.");
            else if (ReadCase(test, defaults, place, index + 1, leftOut) is { } read) cases.Add(read);
        }
        return ImportResult.Of(id, cases, leftOut);
    }

    private static GoldenCase? ReadCase(JsonElement test, JsonElement defaults, string place, int number, List<string> leftOut)
    {
        var fields = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var source in (JsonElement[])[defaults, test])
        {
            if (source.ValueKind != JsonValueKind.Object || !source.TryGetProperty("vars", out var vars)) continue;
            if (vars.ValueKind != JsonValueKind.Object) return LeaveOut("its vars name a file");
            foreach (var variable in vars.EnumerateObject()) fields[variable.Name] = variable.Value;
        }
        if (fields.Values.Any(value => value.ValueKind == JsonValueKind.String && value.GetString()!.StartsWith("file://", StringComparison.Ordinal))) return LeaveOut("one of its vars names a file");
        if (fields.FirstOrDefault(field => field.Value.ValueKind == JsonValueKind.Array) is { Key: { } many }) return LeaveOut($"{many} lists values, of which promptfoo would try each; write a test for each");
        var variables = JsonSerializer.SerializeToElement(fields, EvaluationJson.Default.DictionaryStringJsonElement);
        var read = new ImportedCase(place, variables, leftOut);
        if ((Number(test, "threshold") ?? Number(defaults, "threshold")) is < 1) read.LeaveOut(".threshold", "here a case passes where every check does, and only there");
        var isTransformed = IsTransformed(test) || IsTransformed(defaults);
        foreach (var source in (JsonElement[])[defaults, test])
        {
            if (source.ValueKind != JsonValueKind.Object || !source.TryGetProperty("assert", out var asserts) || asserts.ValueKind != JsonValueKind.Array) continue;
            foreach (var (index, one) in asserts.EnumerateArray().Index())
                Add(read, one, isTransformed, string.Create(CultureInfo.InvariantCulture, $"{(source.Equals(defaults) ? " (defaultTest)" : "")}.assert[{index}]"));
        }
        var tags = Text(test, "description") is { } description ? ImportedCase.NoTags.Add("description", description) : ImportedCase.NoTags;
        return read.Finish(number, variables, tags, "import:promptfoo");

        GoldenCase? LeaveOut(string why)
        {
            leftOut.Add($"{place} was left out: {why}.");
            return null;
        }
    }

    private static bool IsTransformed(JsonElement test) => test.ValueKind == JsonValueKind.Object && test.TryGetProperty("options", out var options) && options.ValueKind == JsonValueKind.Object
        && (options.TryGetProperty("transform", out _) || options.TryGetProperty("postprocess", out _));

    private static void Add(ImportedCase read, JsonElement one, bool isTransformed, string at)
    {
        if (one.ValueKind != JsonValueKind.Object || Text(one, "type") is not { } type)
        {
            read.LeaveOut(at, "it has no type");
            return;
        }
        at = $"{at} ({type})";
        if (isTransformed || one.TryGetProperty("transform", out _)) read.LeaveOut(at, "it transforms the answer by a program, and none is run");
        else if (one.TryGetProperty("weight", out var weight) && weight.ValueKind == JsonValueKind.Number && weight.GetDouble() == 0) read.LeaveOut(at, "its weight is 0");
        else AddByType(read, one, type, at);
    }

    private static void AddByType(ImportedCase read, JsonElement one, string type, string at)
    {
        var value = one.TryGetProperty("value", out var given) ? given : default;
        switch (type)
        {
            case "equals" when value.ValueKind == JsonValueKind.String: With(text => read.Add(new EqualsCheck(ImportedCase.Text(text), false))); break;
            case "equals" when value.ValueKind != JsonValueKind.Undefined: read.Add(new EqualsCheck(value, false)); break;
            case "contains" or "icontains": With(text => read.Add(new ContainsCheck([text], false, type[0] == 'i'))); break;
            case "contains-all" or "icontains-all": WithAll(texts => read.Add(new ContainsCheck(texts, false, type[0] == 'i'))); break;
            case "contains-any" or "icontains-any": WithAll(texts => read.Add(new ContainsCheck(texts, true, type[0] == 'i'))); break;
            case "not-contains" or "not-icontains": With(text => read.Add(new NotContainsCheck([text], type[4] == 'i'))); break;
            case "not-contains-any" or "not-icontains-any": WithAll(texts => read.Add(new NotContainsCheck(texts, type[4] == 'i'))); break;
            case "starts-with": With(text => read.AddPattern(at, "^" + ImportedCase.Literal(text), false, true)); break;
            case "not-starts-with": With(text => read.AddPattern(at, "^" + ImportedCase.Literal(text), false, false)); break;
            case "regex" or "not-regex": With(text => read.AddPattern(at, text, false, type == "regex")); break;
            case "is-json" when value.ValueKind == JsonValueKind.Object: AddSchema(read, value, at); break;
            case "is-json" when value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null: read.Add(new JsonCheck()); break;
            case "is-refusal": read.Add(new RefusesCheck()); break;
            case "not-is-refusal": read.Add(new NotRefusesCheck()); break;
            case "latency" when Number(one, "threshold") is { } most: read.Add(new MaxLatencyCheck(most)); break;
            case "cost" when Number(one, "threshold") is { } most: read.Add(new MaxCostCheck(most)); break;
            case "word-count" when value.ValueKind == JsonValueKind.Object && Number(value, "max") is { } most && !value.TryGetProperty("min", out _): read.Add(new MaxWordsCheck(most)); break;
            case "javascript" or "python" or "ruby" or "webhook" or "not-javascript" or "not-python" or "not-ruby" or "not-webhook":
                read.LeaveOut(at, "it is a program, and none is ever run; say what it looks for with the checks there are");
                break;
            case "llm-rubric" or "g-eval" or "factuality" or "model-graded-closedqa" or "model-graded-factuality" or "similar" or "answer-relevance" or "context-recall" or "context-relevance"
                or "context-faithfulness" or "select-best" or "classifier" or "moderation" or "pi" or "conversation-relevance":
                read.LeaveOut(at, "a model decides it; such an assertion becomes a rubric of a judge");
                break;
            default: read.LeaveOut(at, "there is no check that says the same"); break;
        }

        void With(Action<string> add)
        {
            if (value.ValueKind is not (JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False)) read.LeaveOut(at, "its value is no text");
            else if (read.Filled(at, ImportedCase.Shown(value)) is { } text && !string.IsNullOrWhiteSpace(text)) add(text);
        }

        void WithAll(Action<ImmutableArray<string>> add)
        {
            ImmutableArray<string> listed = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(ImportedCase.Shown)]
                : value.ValueKind == JsonValueKind.String ? [.. value.GetString()!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)] : [];
            ImmutableArray<string> texts = [.. listed.Select(one => read.Filled(at, one)).OfType<string>().Where(text => !string.IsNullOrWhiteSpace(text))];
            if (listed.IsEmpty) read.LeaveOut(at, "its value is no list of texts");
            else if (texts.Length == listed.Length) add(texts);
        }
    }

    private static void AddSchema(ImportedCase read, JsonElement schema, string at)
    {
        try
        {
            read.Add(Check.Of($$"""{"check":"schema","schema":{{schema.GetRawText()}}}"""));
        }
        catch (ArgumentException refused)
        {
            read.LeaveOut(at, refused.Message.TrimEnd('.'));
        }
    }

    private static string? Text(JsonElement parent, string name) => parent.TryGetProperty(name, out var found) && found.ValueKind == JsonValueKind.String && !string.IsNullOrWhiteSpace(found.GetString()) ? found.GetString() : null;

    private static decimal? Number(JsonElement parent, string name) => parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var found) && found.ValueKind == JsonValueKind.Number && found.TryGetDecimal(out var number) && number > 0 ? number : null;

    private static ImportResult.Refused Refuse(string why) => new([why]);
}
