using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Slipway.Core.Wire;

namespace Slipway.Core.Resolution;

/// <summary>How an attribute is compared. An attribute that is not of the kind that is compared, e.g. a text where numbers are, does not fit.</summary>
[JsonConverter(typeof(SnakeCaseConverter<ConditionOperator>))]
public enum ConditionOperator
{
    /// <summary>The same text.</summary>
    Equals,
    /// <summary>One of the texts.</summary>
    In,
    /// <summary>Begins with one of the texts.</summary>
    Prefix,
    /// <summary>There, whatever it says.</summary>
    Present,
    /// <summary>An IPv4 or IPv6 address in one of the networks.</summary>
    Cidr,
    /// <summary>The same number: 5 and 5.0 are.</summary>
    NumberEq,
    /// <summary>A larger number.</summary>
    NumberGt,
    /// <summary>A number as large or larger.</summary>
    NumberGte,
    /// <summary>A smaller number.</summary>
    NumberLt,
    /// <summary>A number as small or smaller.</summary>
    NumberLte,
    /// <summary>A semantic version of the same rank; what follows a plus has none.</summary>
    VersionEq,
    /// <summary>A newer semantic version.</summary>
    VersionGt,
    /// <summary>The same semantic version or a newer one.</summary>
    VersionGte,
    /// <summary>An older semantic version; a pre-release is older than its release.</summary>
    VersionLt,
    /// <summary>The same semantic version or an older one.</summary>
    VersionLte,
}

/// <summary>One condition on one attribute. Texts are compared as they are, without case folding.</summary>
public sealed record Condition
{
    /// <summary>The most values a condition may hold.</summary>
    public const int MostValues = 1000;

    private readonly ConditionTest test;

    private Condition(string attribute, ConditionOperator comparison, ImmutableArray<string> values, bool not, ConditionTest test) =>
        (Attribute, Operator, Values, Not, this.test) = (attribute, comparison, values, not, test);

    /// <summary>Reads one back from where it was stored.</summary>
    /// <param name="attribute">The attribute's name, 1 to 100 characters.</param>
    /// <param name="operator">How it is compared.</param>
    /// <param name="values">With what: none for <see cref="ConditionOperator.Present"/>, up to <see cref="MostValues"/> for lists, prefixes and networks, else one.</param>
    /// <param name="not">Whether the opposite is wanted; of an attribute that is not there, that is true.</param>
    /// <exception cref="ArgumentException">It could never be decided.</exception>
    [JsonConstructor]
    public Condition(string attribute, ConditionOperator @operator, ImmutableArray<string> values, bool not = false)
        : this(attribute, @operator, values, not, Compile(attribute, @operator, values, out var problem) ?? throw new ArgumentException(problem, nameof(values)))
    {
    }

    /// <summary>The attribute's name.</summary>
    public string Attribute { get; }

    /// <summary>How it is compared.</summary>
    public ConditionOperator Operator { get; }

    /// <summary>With what; none for <see cref="ConditionOperator.Present"/>.</summary>
    public ImmutableArray<string> Values { get; }

    /// <summary>Whether the opposite is wanted; of an attribute that is not there, that is true.</summary>
    public bool Not { get; }

    /// <summary>Reads a condition.</summary>
    /// <param name="document">What people or a newer build wrote.</param>
    /// <param name="problem">Why it is none, in a sentence.</param>
    /// <returns>Null where it could never be decided, or where this build does not know how.</returns>
    public static Condition? Parse(ConditionDocument document, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(document);
        var values = document.Values ?? [];
        if (SnakeCase<ConditionOperator>.Parse(document.Operator) is not { } comparison)
        {
            problem = $"The condition on \"{document.Attribute}\" knows no operator {document.Operator}; there are {string.Join(", ", SnakeCase<ConditionOperator>.Names)}.";
            return null;
        }
        return Compile(document.Attribute, comparison, values, out problem) is { } test ? new Condition(document.Attribute, comparison, values, document.Not, test) : null;
    }

    /// <summary>Whether it holds.</summary>
    /// <param name="attributes">What is known of the request; null for nothing.</param>
    public bool Holds(IReadOnlyDictionary<string, string>? attributes) =>
        (attributes is not null && attributes.TryGetValue(Attribute, out var value) && value is not null && test.Fits(value)) != Not;

    /// <summary>The same condition.</summary>
    public bool Equals(Condition? other) =>
        other is not null && (Attribute, Operator, Not) == (other.Attribute, other.Operator, other.Not) && Values.SequenceEqual(other.Values, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Attribute, Operator, Not, Values.Length);

    /// <summary>As in <c>plan in pro, team</c> or <c>app_version not version_lt 2.0.0</c>.</summary>
    public override string ToString() => $"{Attribute} {(Not ? "not " : "")}{SnakeCase<ConditionOperator>.Of(Operator)}{(Values.IsEmpty ? "" : " ")}{string.Join(", ", Values)}";

    private static ConditionTest? Compile(string? attribute, ConditionOperator comparison, ImmutableArray<string> values, out string? problem)
    {
        problem = attribute is not { Length: > 0 and <= 100 } ? "A condition names an attribute of 1 to 100 characters."
            : values.IsDefault || values.Any(value => value is null) ? $"The condition on \"{attribute}\" has no list of texts for its values."
            : values.Length > MostValues ? $"The condition on \"{attribute}\" has {values.Length} values; {MostValues} are the most."
            : null;
        if (problem is not null) return null;
        var test = ConditionTest.Of(comparison, values, out var wrong);
        if (test is null) problem = $"The condition on \"{attribute}\": {SnakeCase<ConditionOperator>.Of(comparison)} {wrong}.";
        return test;
    }
}
