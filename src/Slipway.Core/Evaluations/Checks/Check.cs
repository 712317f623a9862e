using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;

namespace Slipway.Core.Evaluations;

/// <summary>One expectation of a case. Closed: the checks are the ones of this folder, a file each.</summary>
public abstract record Check
{
    private static readonly FrozenDictionary<string, Func<CheckArguments, Check?>> Readers = new Dictionary<string, Func<CheckArguments, Check?>>(StringComparer.Ordinal)
    {
        [EqualsCheck.Named] = EqualsCheck.Read,
        [ContainsCheck.Named] = ContainsCheck.Read,
        [NotContainsCheck.Named] = NotContainsCheck.Read,
        [RegexCheck.Named] = RegexCheck.Read,
        [JsonCheck.Named] = JsonCheck.Read,
        [SchemaCheck.Named] = SchemaCheck.Read,
        [RequiredFieldsCheck.Named] = RequiredFieldsCheck.Read,
        [FieldEqualsCheck.Named] = FieldEqualsCheck.Read,
        [AllowedLabelCheck.Named] = AllowedLabelCheck.Read,
        [ToolCalledCheck.Named] = ToolCalledCheck.Read,
        [ToolNotCalledCheck.Named] = ToolNotCalledCheck.Read,
        [UnsafeToolCheck.Named] = UnsafeToolCheck.Read,
        [RefusesCheck.Named] = RefusesCheck.Read,
        [NotRefusesCheck.Named] = NotRefusesCheck.Read,
        [AsksClarificationCheck.Named] = AsksClarificationCheck.Read,
        [LanguageCheck.Named] = LanguageCheck.Read,
        [MaxWordsCheck.Named] = MaxWordsCheck.Read,
        [MaxCharactersCheck.Named] = MaxCharactersCheck.Read,
        [MaxTokensCheck.Named] = MaxTokensCheck.Read,
        [CitationCheck.Named] = CitationCheck.Read,
        [MaxLatencyCheck.Named] = MaxLatencyCheck.Read,
        [MaxCostCheck.Named] = MaxCostCheck.Read,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private protected Check() { }

    /// <summary>The names of all checks, in alphabetical order.</summary>
    public static ImmutableArray<string> Names { get; } = [.. Readers.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The name golden sets and reports use, e.g. <c>field_equals</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Makes a check of its JSON, as it stands in the <c>expect</c> of a case.</summary>
    /// <exception cref="ArgumentException">It is none; the message says all that is wrong.</exception>
    public static Check Of(string json)
    {
        var problems = new List<InputProblem>();
        var check = PlacedJson.Parse(json, 1, problems) is { } placed ? Read(placed, placed.Root, problems) : null;
        return problems.Count == 0 ? check! : throw new ArgumentException(string.Join(" ", problems), nameof(json));
    }

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
        if (Readers.TryGetValue(name.GetString()!, out var read)) return read(new CheckArguments(json, item, problems));
        problems.Add(json.At(name, $"Unknown check {JsonValues.Show(name)}: there are {string.Join(", ", Names)} and {JudgeExpectation.Named}."));
        return null;
    }

    /// <summary>Writes what <see cref="Read(PlacedJson, JsonElement, List{InputProblem})"/> reads.</summary>
    internal void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("check"u8, Name);
        WriteArguments(writer);
        writer.WriteEndObject();
    }

    /// <summary>Writes the arguments beside the name; those that have their defaults are left out.</summary>
    private protected abstract void WriteArguments(Utf8JsonWriter writer);

    /// <summary>Looks at an answer that came.</summary>
    private protected abstract CheckResult Judge(CheckInput input);

    /// <summary>The answer is as expected.</summary>
    private protected CheckResult Pass(string reason, string? evidence = null) => new(Name, Passed: true, 1, reason, Shorten(evidence));

    /// <summary>It is not.</summary>
    private protected CheckResult Fail(string reason, string? evidence = null, double score = 0) => new(Name, Passed: false, score, reason, Shorten(evidence));

    private static string? Shorten(string? evidence) => string.IsNullOrEmpty(evidence) ? null : JsonValues.Excerpt(evidence);
}
