using System.Collections.Immutable;
using System.Text.Json;

namespace Slipway.Core.Evaluations;

/// <summary>The arguments of one check in somebody's file: what does not fit becomes a problem, and reading goes on.</summary>
internal sealed class CheckArguments(PlacedJson json, JsonElement item, List<InputProblem> problems)
{
    private readonly int before = problems.Count;
    private readonly string name = item.GetProperty("check").GetString()!;
    private JsonFields? fields;

    /// <summary>Whether all that was read fits.</summary>
    public bool Fit => problems.Count == before;

    private JsonFields Fields => fields ?? throw new InvalidOperationException($"The check {name} has not said what it takes.");

    /// <summary>Says which arguments the check has; others become problems at once. Comes first.</summary>
    public void Takes(params ReadOnlySpan<string> keys) => fields = new JsonFields(json, item, $"the check {name}", problems, ["check", .. keys]);

    /// <summary>An argument of any kind; null where it is missing.</summary>
    public JsonElement? Any(string key) => Fields.Any(key);

    /// <summary>A text that is not blank; null, and for a required one a problem, where there is none.</summary>
    public string? Text(string key, bool required = true) => Fields.Text(key, required);

    /// <summary>A truth value; false where it is missing.</summary>
    public bool Flag(string key) => Fields.Flag(key);

    /// <summary>A list of texts, none blank; empty, and for a required one a problem, where there is none.</summary>
    public ImmutableArray<string> Texts(string key, bool required = false)
    {
        var (start, items) = (problems.Count, Fields.List(key));
        if (items.IsEmpty && problems.Count == start && (required || IsGiven(key))) Problem(key, $"\"{key}\" must list at least one text.");
        foreach (var one in items)
        {
            if (one.ValueKind != JsonValueKind.String || string.IsNullOrWhiteSpace(one.GetString())) problems.Add(json.At(one, $"\"{key}\" lists texts, none of them blank."));
        }
        return problems.Count == start ? [.. items.Select(one => one.GetString()!)] : [];
    }

    /// <summary>A field of the answer: a name, or names with a dot between two.</summary>
    public string? Field(string key, bool required = true)
    {
        var field = Text(key, required);
        if (field is not null && !FieldEqualsCheck.IsPath(field)) Problem(key, $"\"{key}\" has an empty part: {FieldEqualsCheck.PathForm}.");
        return field;
    }

    /// <summary>Fields of the answer, at least one.</summary>
    public ImmutableArray<string> FieldList(string key)
    {
        var found = Texts(key, required: true);
        foreach (var (index, field) in found.Index())
        {
            if (!FieldEqualsCheck.IsPath(field)) problems.Add(json.At(Any(key)!.Value[index], $"\"{field}\" has an empty part: {FieldEqualsCheck.PathForm}."));
        }
        return found;
    }

    /// <summary>A whole number of at least 1; null, and for a required one a problem, where there is none.</summary>
    public int? Count(string key, bool required = true)
    {
        if (!IsGiven(key))
        {
            if (required) problems.Add(json.At(item, $"\"{key}\" is missing: the check {name} needs a number there."));
            return null;
        }
        if (Any(key) is { ValueKind: JsonValueKind.Number } found && found.TryGetInt32(out var count) && count >= 1) return count;
        Problem(key, $"\"{key}\" must be a whole number of at least 1.");
        return null;
    }

    /// <summary>An amount above 0; null and a problem where there is none.</summary>
    public decimal? Amount(string key)
    {
        if (!IsGiven(key)) problems.Add(json.At(item, $"\"{key}\" is missing: the check {name} needs a number there."));
        else if (Any(key) is { ValueKind: JsonValueKind.Number } found && found.TryGetDecimal(out var amount) && amount > 0) return amount;
        else Problem(key, $"\"{key}\" must be a number above 0.");
        return null;
    }

    /// <summary>An object; null where there is none.</summary>
    public JsonElement? Object(string key) => Fields.Object(key);

    /// <summary>Whether an argument is there and not null.</summary>
    public bool IsGiven(string key) => Any(key) is { ValueKind: not JsonValueKind.Null };

    /// <summary>Adds a problem with an argument, or with the whole check where the argument is missing.</summary>
    public void Problem(string key, string message) => problems.Add(json.At(Any(key) ?? item, message));
}
