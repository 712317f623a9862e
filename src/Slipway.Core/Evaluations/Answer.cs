using System.Collections.Immutable;

namespace Slipway.Core.Evaluations;

/// <summary>What a model answered to one case, and what its contract says about it.</summary>
/// <param name="Text">The answer's text; empty where the call failed.</param>
/// <param name="SchemaViolations">Where the answer breaks its schema, a sentence each; empty for an answer that fits.</param>
/// <param name="Latency">From first byte sent to last byte received.</param>
/// <param name="Error">Why the call failed, in the provider's words; null where it did not.</param>
public sealed record Answer(string Text, ImmutableArray<string> SchemaViolations, TimeSpan Latency, string? Error)
{
    /// <summary>Where the answer breaks its schema, a sentence each; empty for an answer that fits.</summary>
    public ImmutableArray<string> SchemaViolations { get; } = SchemaViolations.IsDefault ? [] : SchemaViolations;
}
