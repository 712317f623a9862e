using System.Text.Json;

namespace Slipway.Core.Evaluations;

/// <summary>One expectation of a case. Closed: the checks are the ones of this folder, a file each.</summary>
public abstract record Check
{
    private protected Check() { }

    /// <summary>The name golden sets and reports use, e.g. <c>field_equals</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Looks at an answer. A call that failed fails every check, with the provider's reason.</summary>
    public CheckResult Run(Answer answer)
    {
        if (answer.Error is { } error) return new CheckResult(Name, Passed: false, error);
        return JsonValues.Parse(answer.Text) is { } json ? Judge(answer, json) : new CheckResult(Name, Passed: false, "The answer is not JSON");
    }

    /// <summary>Reads one item of <c>expect</c>: an object with the check's name under <c>check</c> and its arguments beside it.</summary>
    /// <returns>Null where it does not fit; the problems then say why.</returns>
    internal static Check? Read(PlacedJson json, JsonElement item, List<InputProblem> problems)
    {
        if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty("check", out var name) || name.ValueKind != JsonValueKind.String)
        {
            problems.Add(json.At(item, """An expectation is an object that names its check, such as {"check": "schema"}."""));
            return null;
        }
        switch (name.GetString())
        {
            case SchemaCheck.Named: return SchemaCheck.ReadArguments(json, item, problems);
            case FieldEqualsCheck.Named: return FieldEqualsCheck.ReadArguments(json, item, problems);
            default:
                problems.Add(json.At(name, $"Unknown check {JsonValues.Show(name)}: there are {SchemaCheck.Named} and {FieldEqualsCheck.Named}."));
                return null;
        }
    }

    /// <summary>Writes what <see cref="Read"/> reads.</summary>
    internal abstract void WriteTo(Utf8JsonWriter writer);

    /// <summary>Looks at an answer that came and is JSON.</summary>
    private protected abstract CheckResult Judge(Answer answer, JsonElement json);

    /// <summary>This check's result.</summary>
    private protected CheckResult Result(bool passed, string reason) => new(Name, passed, reason);
}

/// <summary>What a check found.</summary>
/// <param name="Check">The check's name, e.g. <c>field_equals</c>.</param>
/// <param name="Passed">Whether the answer is as expected.</param>
/// <param name="Reason">Why, in a plain sentence: <c>"route" is "billing", expected "refund"</c>.</param>
public sealed record CheckResult(string Check, bool Passed, string Reason);
