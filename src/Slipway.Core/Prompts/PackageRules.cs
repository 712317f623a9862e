using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Contracts;
using Slipway.Core.Wire;

namespace Slipway.Core.Prompts;

/// <summary>What must be true of the parts of a submission before they can be frozen.</summary>
internal static class PackageRules
{
    /// <summary>Whether all JSON of a submission has a canonical form; nothing else can be said of one that has not.</summary>
    public static bool CanBeWritten(Submission submission, List<string> errors)
    {
        errors.AddRange(Unhashable(
            ("The output schema", submission.Schema), ("variables", submission.Variables), ("parameters", submission.Parameters), ("tools", submission.Tools), ("messages", submission.Messages)));
        return errors.Count == 0;
    }

    /// <summary>Everything that is wrong with parts other than the templates, a sentence each.</summary>
    public static ImmutableArray<string> ErrorsIn(Submission submission)
    {
        var errors = ImmutableArray.CreateBuilder<string>();
        if (submission.Template is null == submission.Messages is null)
            errors.Add(submission.Template is null ? "The prompt has neither a template nor messages." : "The prompt has both a template and messages; it takes one of the two.");
        if (submission.Parameters is { ValueKind: not JsonValueKind.Object }) errors.Add("parameters must be an object.");
        else if (submission.Parameters is { } parameters)
            errors.AddRange(parameters.EnumerateObject().Where(parameter => Submission.ReservedParameters.Contains(parameter.Name)).Select(parameter => $"parameters cannot hold {parameter.Name}: Slipway sets it."));
        if (submission.Variables is { ValueKind: not JsonValueKind.Object }) errors.Add("variables must be an object of JSON Schemas by name.");
        if (submission.Schema is { } schema) errors.AddRange(Wrong(schema, "The output schema"));
        if (submission.Tools is { } tools) errors.AddRange(WrongTools(tools));
        if (submission.Retrieval is { } retrieval && string.IsNullOrWhiteSpace(retrieval.Index)) errors.Add("retrieval names no index.");
        if (submission.Retrieval is { TopK: < 1 or > RetrievalPolicy.MostPassages }) errors.Add($"retrieval.top_k must be from 1 to {RetrievalPolicy.MostPassages}.");
        if (submission.Memory is { Turns: < 1 or > MemoryPolicy.MostTurns }) errors.Add($"memory.turns must be from 1 to {MemoryPolicy.MostTurns}.");
        if (submission.Safety is { IsDefault: false } safety && safety.Distinct(StringComparer.Ordinal).Count() < safety.Length) errors.Add("safety names a layer twice.");
        if (submission.PostProcessing is { IsDefault: false } steps && steps.Distinct().Count() < steps.Length) errors.Add("post_processing names a step twice.");
        if (submission.Serving is { } serving) errors.AddRange(serving.Problems());
        return errors.ToImmutable();
    }

    private static IEnumerable<string> WrongTools(JsonElement tools)
    {
        if (tools.ValueKind != JsonValueKind.Array || tools.GetArrayLength() == 0) return ["tools must be a list of functions, at least one."];
        var names = new HashSet<string>(StringComparer.Ordinal);
        return tools.EnumerateArray().SelectMany((tool, index) => WrongTool(tool, FormattableString.Invariant($"tools[{index}]"), names));
    }

    private static IEnumerable<string> WrongTool(JsonElement tool, string at, HashSet<string> names)
    {
        if (tool.ValueKind != JsonValueKind.Object || !tool.TryGetProperty("type", out var type) || !IsText(type, "function")
            || !tool.TryGetProperty("function", out var function) || function.ValueKind != JsonValueKind.Object)
        {
            yield return $"{at} must be {{\"type\": \"function\", \"function\": {{…}}}}.";
            yield break;
        }
        if (!function.TryGetProperty("name", out var name) || name.ValueKind != JsonValueKind.String || !IsFunctionName(name.GetString()!))
            yield return $"{at}: The function's name must be 1 to 64 letters, digits, _ or -.";
        else if (!names.Add(name.GetString()!))
            yield return $"{at}: There are two functions {name.GetString()}.";
        if (function.TryGetProperty("parameters", out var parameters))
            foreach (var error in Wrong(parameters, $"{at}: The schema of the parameters")) yield return error;
        foreach (var field in function.EnumerateObject())
            if (field.Name is not ("name" or "description" or "parameters" or "strict")) yield return $"{at}: A function has no field {field.Name}; it has name, description, parameters and strict.";
    }

    private static IEnumerable<string> Wrong(JsonElement schema, string what) => JsonSchema.Compile(schema) is SchemaCompilation.Refused refused
        ? refused.Errors.Select(error => $"{what} is wrong at {(error.SchemaPath.Length == 0 ? "its root" : error.SchemaPath)}: {error.Message}")
        : [];

    private static bool IsText(JsonElement value, string text) => value.ValueKind == JsonValueKind.String && value.ValueEquals(text);

    private static bool IsFunctionName(string name) => name.Length is >= 1 and <= 64 && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-');

    private static IEnumerable<string> Unhashable(params IEnumerable<(string Name, JsonElement? Value)> parts)
    {
        foreach (var (name, value) in parts)
        {
            string? problem = null;
            try
            {
                if (value is { } json) _ = CanonicalJson.Of(json);
            }
            catch (JsonException exception)
            {
                problem = exception.Message;
            }
            if (problem is not null) yield return $"{name} has no hash: {problem}";
        }
    }
}
