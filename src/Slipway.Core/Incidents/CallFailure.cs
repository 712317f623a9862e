using System.Collections.Immutable;
using Slipway.Core.Calls;
using Slipway.Core.Wire;

namespace Slipway.Core.Incidents;

/// <summary>Something by which a recorded call failed.</summary>
/// <param name="Check">What failed, in a word: <c>error</c>, <c>schema</c>, <c>tool_calls</c>, or the outcome that became known, e.g. <c>escalated</c>.</param>
/// <param name="Sentence">The same as a sentence.</param>
public sealed record CallFailure(string Check, string Sentence)
{
    /// <summary>All by which a call failed; empty where it did not. The call log finds the same calls by the same rule.</summary>
    /// <param name="call">The call; one that its caller left says nothing of the version.</param>
    /// <param name="outcome">What became known of it; null for nothing.</param>
    public static ImmutableArray<CallFailure> Of(CallRecord call, CallOutcomeDocument? outcome)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (call.Abandoned) return [];
        var failures = ImmutableArray.CreateBuilder<CallFailure>();
        Add(call.Error is not null, "error", $"No answer came: {call.Error}");
        Add(call.SchemaValid == false, "schema", $"The answer does not fit its schema: {call.ContractViolation ?? "it was not said where"}");
        Add(call.ToolCallsValid == false, "tool_calls", $"The answer's tool calls do not fit: {call.ContractViolation ?? "it was not said where"}");
        Add(outcome?.TaskSuccess == false, "task_success", "The task was not done.");
        Add(outcome?.Escalated == true, "escalated", "A person had to take over.");
        Add(outcome?.Corrected == true, "corrected", "Somebody corrected the answer.");
        Add(outcome?.Thumbs == Thumbs.Down, "thumbs", "The user did not like it.");
        Add(outcome?.Complaint == true, "complaint", "The user complained.");
        Add(outcome?.Resolved == false, "resolved", "The matter was not settled.");
        return failures.ToImmutable();

        void Add(bool holds, string check, string sentence)
        {
            if (holds) failures.Add(new CallFailure(check, sentence));
        }
    }
}
