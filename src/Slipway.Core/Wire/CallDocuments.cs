using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Core.Calls;

namespace Slipway.Core.Wire;

/// <summary>Calls that an application made itself, reported by its SDK.</summary>
/// <param name="Calls">At most 1,000.</param>
/// <param name="Dropped">How many the instance could not report since its last report, because its queue was full.</param>
/// <param name="Instance">Which instance reports.</param>
public sealed record CallReport(ImmutableArray<CallRecord> Calls, long Dropped = 0, string? Instance = null);

/// <summary>What became known of calls after they were answered.</summary>
/// <param name="Outcomes">At most 1,000.</param>
public sealed record OutcomeReport(ImmutableArray<CallOutcomeDocument> Outcomes);

/// <summary>What was accepted of a report; the rest is lost.</summary>
/// <param name="Accepted">How many.</param>
/// <param name="Rejected">One sentence for each that was not, with its place in the report.</param>
public sealed record ReportReceipt(int Accepted, ImmutableArray<string> Rejected);

/// <summary>What became known of one call after it was answered. Of a trace that is told of twice, what is said later is added.</summary>
/// <param name="TraceId">The call's trace.</param>
/// <param name="TaskSuccess">Whether the task was done.</param>
/// <param name="Escalated">Whether a person had to take over.</param>
/// <param name="Corrected">Whether somebody corrected the answer.</param>
/// <param name="Thumbs">What the user thought.</param>
/// <param name="Complaint">Whether the user complained.</param>
/// <param name="Resolved">Whether the matter was settled.</param>
/// <param name="Labels">Whatever else the application measures, by name.</param>
public sealed record CallOutcomeDocument(
    string TraceId, bool? TaskSuccess = null, bool? Escalated = null, bool? Corrected = null, Thumbs? Thumbs = null, bool? Complaint = null, bool? Resolved = null,
    ImmutableSortedDictionary<string, string>? Labels = null)
{
    /// <summary>What is known once something more was said: what is said later stands, what it leaves out stays.</summary>
    public CallOutcomeDocument With(CallOutcomeDocument later)
    {
        ArgumentNullException.ThrowIfNull(later);
        return new CallOutcomeDocument(
            TraceId, later.TaskSuccess ?? TaskSuccess, later.Escalated ?? Escalated, later.Corrected ?? Corrected, later.Thumbs ?? Thumbs, later.Complaint ?? Complaint,
            later.Resolved ?? Resolved, Labels is null ? later.Labels : later.Labels is null ? Labels : Labels.SetItems(later.Labels));
    }
}

/// <summary>What a user thought of an answer.</summary>
[JsonConverter(typeof(EnumTextConverter<Thumbs>))]
public enum Thumbs
{
    /// <summary>Good.</summary>
    [JsonStringEnumMemberName("up")] Up,
    /// <summary>Bad.</summary>
    [JsonStringEnumMemberName("down")] Down,
}
