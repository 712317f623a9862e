using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Core.Wire;

namespace Slipway.Core.Resolution;

/// <summary>How an attribute is compared.</summary>
[JsonConverter(typeof(EnumTextConverter<ConditionOperator>))]
public enum ConditionOperator
{
    /// <summary>The same text.</summary>
    [JsonStringEnumMemberName("equals")] EqualTo,
    /// <summary>One of the texts.</summary>
    [JsonStringEnumMemberName("in")] In,
    /// <summary>Begins with one of the texts.</summary>
    [JsonStringEnumMemberName("prefix")] Prefix,
    /// <summary>There, whatever it says.</summary>
    [JsonStringEnumMemberName("present")] Present,
}

/// <summary>One condition on one attribute. Values are compared as they are, without case folding.</summary>
/// <param name="Attribute">The attribute's name.</param>
/// <param name="Operator">How it is compared.</param>
/// <param name="Values">With what; none for <see cref="ConditionOperator.Present"/>.</param>
/// <param name="Not">Whether the opposite is wanted; of an attribute that is not there, that is true.</param>
public sealed record Condition(string Attribute, ConditionOperator Operator, ImmutableArray<string> Values, bool Not = false)
{
    /// <summary>Whether it holds.</summary>
    /// <param name="attributes">What is known of the request; null for nothing.</param>
    public bool Holds(IReadOnlyDictionary<string, string>? attributes)
    {
        var holds = attributes is not null && attributes.TryGetValue(Attribute, out var value) && Operator switch
        {
            ConditionOperator.EqualTo or ConditionOperator.In => Values.Contains(value, StringComparer.Ordinal),
            ConditionOperator.Prefix => Values.Any(prefix => value.StartsWith(prefix, StringComparison.Ordinal)),
            _ => true,
        };
        return holds != Not;
    }

    /// <summary>The same condition.</summary>
    public bool Equals(Condition? other) =>
        other is not null && (Attribute, Operator, Not) == (other.Attribute, other.Operator, other.Not) && Values.SequenceEqual(other.Values, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Attribute, Operator, Not);
}
