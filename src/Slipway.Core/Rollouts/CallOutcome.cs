using Slipway.Core.Wire;

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
/// <param name="AssignedAt">When the request arrived; the default where that is not known.</param>
/// <param name="LatencyMs">Milliseconds to the last byte of the answer; null where no answer came.</param>
/// <param name="Cost">US dollars; null where it is not known.</param>
/// <param name="Segment">The slice of traffic it belongs to; null for none.</param>
/// <param name="Told">What became known of it in the time the plan gives for that; null for nothing, and before that time is over.</param>
public readonly record struct CallOutcome(
    string UnitKey, bool Candidate, int Epoch, bool Failed, bool? SchemaValid, bool? Refused, bool? Truncated, bool? ToolCallsValid = null,
    DateTimeOffset AssignedAt = default, double? LatencyMs = null, double? Cost = null, string? Segment = null, CallOutcomeDocument? Told = null)
{
    /// <summary>Whether the answer fits what code reads of it: its output schema or, where it calls tools, theirs; null where there is nothing to hold it against.</summary>
    public bool? FitsContract => SchemaValid ?? ToolCallsValid;

    /// <summary>Whether an answer came that fits its contract and was neither refused nor cut off.</summary>
    public bool Succeeded => !Failed && FitsContract != false && Refused != true && Truncated != true;
}
