using System.Globalization;
using Slipway.Core.Releases;
using Slipway.Core.Wire;

namespace Slipway.Cli.Releases;

/// <summary>A release as people read it.</summary>
internal static class ReleaseText
{
    public static void Write(Terminal terminal, ReleaseDocument release)
    {
        terminal.Heading($"{release.Id}  {release.Candidate}  {(release.Plan.Level == ReleaseLevel.Emergency ? "EMERGENCY  " : "")}{State(release)}{(Share(release) is { Length: > 0 } share ? $" at {share}" : "")}");
        if (release.Reason.Length > 0) terminal.Line($"  {release.Reason}");
        terminal.Line($"  {(release.Plan.Shadow is { } shadow ? $"after a shadow of {shadow}, " : "")}by {string.Join(", ", release.Plan.Steps)}{(release.RollbackTo is { } back ? $", back to {back.Number}" : "")}, proposed by {release.ProposedBy}" +
            (release.ApprovedBy is { } approver ? $", approved by {approver}" : ""));
        if (!release.Plan.Eligibility.IsEmpty) terminal.Line($"  only where {string.Join(" and ", release.Plan.Eligibility)}");
        foreach (var evidence in release.Evidence) terminal.Line($"  {evidence.Sentence}");
        foreach (var arm in release.Arms)
            terminal.Line($"  {ShadowText.Side(arm.Arm)}: {arm.Calls} calls, {arm.Bad} bad, {arm.Units} units");
        if (release.Verdict is { } verdict) terminal.Line($"  now: {verdict}");
        if (release.Incident is { } incident) terminal.Line($"  {incident.Id} is {incident.State.ToString().ToLowerInvariant()}: slipway incident show {incident.Id}");
        if (release.Next is { } next) terminal.Line($"  {next}");
        if (release.Rollback is { } rollback) terminal.Verdict($"  {rollback.Sentence()}", rollback.SoFar.IsComplete);
    }

    /// <summary>The candidate's share; empty where units are not split, be it before or after.</summary>
    public static string Share(ReleaseDocument release) => release.Weight == default ? "" : release.Weight.ToString();

    public static string State(ReleaseDocument release) => State(release.State);

    public static string State(ReleaseState state) => state == ReleaseState.RolledBack ? "rolled back" : state.ToString().ToLowerInvariant();

    /// <summary>How long something has been so, in the unit that says it best.</summary>
    public static string Ago(TimeSpan time) => time switch
    {
        { TotalDays: >= 2 } => Units(time.TotalDays, "day"),
        { TotalHours: >= 2 } => Units(time.TotalHours, "hour"),
        { TotalMinutes: >= 2 } => Units(time.TotalMinutes, "minute"),
        _ => Units(Math.Max(0, time.TotalSeconds), "second"),
    };

    private static string Units(double count, string unit) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(count):0} {unit}{((long)count == 1 ? "" : "s")} ago");

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + " UTC";
}
