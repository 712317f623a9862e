using System.Collections.Immutable;

namespace Slipway.Core.Rollouts;

/// <summary>What one call showed of a version, as guardrails look at it.</summary>
/// <param name="UnitKey">The sticky unit of the call.</param>
/// <param name="Candidate">Whether the candidate answered, else stable did.</param>
/// <param name="Epoch">The release's epoch when the call was assigned.</param>
/// <param name="Failed">Whether no answer came.</param>
/// <param name="SchemaValid">Whether the answer fits the output schema; null where no answer came, or where there is nothing to hold it against.</param>
/// <param name="Refused">Whether the model refused; null where no answer came.</param>
/// <param name="Truncated">Whether the answer was cut at the length limit; null where no answer came.</param>
/// <param name="ToolCallsValid">Whether the calls of the answer fit the tools; null where it calls none.</param>
public readonly record struct CallOutcome(
    string UnitKey, bool Candidate, int Epoch, bool Failed, bool? SchemaValid, bool? Refused, bool? Truncated, bool? ToolCallsValid = null);

/// <summary>A rate that can be watched while a release runs.</summary>
/// <param name="Name">As plans write it.</param>
/// <param name="HigherIsBetter">Whether it counts the good calls; else it counts the bad ones.</param>
/// <param name="Bad">Whether a call was bad in this respect; null where it says nothing.</param>
public sealed record LiveMetric(string Name, bool HigherIsBetter, Func<CallOutcome, bool?> Bad)
{
    /// <summary>All there are.</summary>
    public static ImmutableArray<LiveMetric> All { get; } =
    [
        // An answer is held against the output schema or, where it calls tools, against theirs: code that reads it breaks on either.
        new("schema_pass_rate", HigherIsBetter: true, outcome => !(outcome.SchemaValid ?? outcome.ToolCallsValid)),
        new("error_rate", HigherIsBetter: false, outcome => outcome.Failed),
        new("refusal_rate", HigherIsBetter: false, outcome => outcome.Refused),
        new("truncation_rate", HigherIsBetter: false, outcome => outcome.Truncated),
    ];
}
