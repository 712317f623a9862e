using System.Collections.Immutable;

namespace Slipway.Core.Resolution;

/// <summary>Which requests may be in a canary: those for which all conditions hold.</summary>
/// <param name="Conditions">None means everybody.</param>
public sealed record Eligibility(ImmutableArray<Condition> Conditions)
{
    /// <summary>Everybody.</summary>
    public static Eligibility Everybody { get; } = new([]);

    /// <summary>Whether a request may be in the canary.</summary>
    /// <param name="attributes">What is known of the request, by name; null for nothing.</param>
    public bool Covers(IReadOnlyDictionary<string, string>? attributes)
    {
        foreach (var condition in Conditions)
            if (!condition.Holds(attributes)) return false;
        return true;
    }

    /// <summary>The same conditions in the same order are the same.</summary>
    public bool Equals(Eligibility? other) => other is not null && Conditions.SequenceEqual(other.Conditions);

    /// <inheritdoc/>
    public override int GetHashCode() => Conditions.Length;
}
