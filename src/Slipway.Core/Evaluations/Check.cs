using System.Text.Json;

namespace Slipway.Core.Evaluations;

/// <summary>One expectation of a case. Closed: the checks are the ones of this folder, a file each.</summary>
public abstract record Check
{
    private protected Check() { }

    /// <summary>The name golden sets and reports use, e.g. <c>field_equals</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Looks at an answer. A call that failed fails every check, with the provider's reason.</summary>
    public CheckResult Run(CheckInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Answer.Error is { } error ? Fail(error) : Judge(input);
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

    /// <summary>Looks at an answer that came.</summary>
    private protected abstract CheckResult Judge(CheckInput input);

    /// <summary>The answer is as expected.</summary>
    private protected CheckResult Pass(string reason, string? evidence = null) => new(Name, Passed: true, 1, reason, Shorten(evidence));

    /// <summary>It is not.</summary>
    private protected CheckResult Fail(string reason, string? evidence = null, double score = 0) => new(Name, Passed: false, score, reason, Shorten(evidence));

    private static string? Shorten(string? evidence) => evidence is null ? null : JsonValues.Excerpt(evidence);
}
