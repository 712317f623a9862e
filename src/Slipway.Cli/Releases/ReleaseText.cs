using System.Globalization;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;

namespace Slipway.Cli.Releases;

/// <summary>A release as people read it.</summary>
internal static class ReleaseText
{
    public static void Write(Terminal terminal, ReleaseDocument release)
    {
        terminal.Heading($"{release.Id}  {release.Candidate}  {State(release)}{(release.Weight == default ? "" : $" at {release.Weight}")}");
        if (release.Reason.Length > 0) terminal.Line($"  {release.Reason}");
        terminal.Line($"  by {string.Join(", ", release.Plan.Steps)}{(release.RollbackTo is { } back ? $", back to {back.Number}" : "")}, proposed by {release.ProposedBy}" +
            (release.ApprovedBy is { } approver ? $", approved by {approver}" : ""));
        foreach (var evidence in release.Evidence) terminal.Line($"  {evidence.Sentence}");
        foreach (var arm in release.Arms)
            terminal.Line($"  {(arm.Arm == Arm.Candidate ? "candidate" : "stable")}: {arm.Calls} calls, {arm.Bad} bad, {arm.Units} units");
        if (release.Verdict is { } verdict) terminal.Line($"  now: {verdict}");
    }

    public static string State(ReleaseDocument release) => release.State switch
    {
        Core.Releases.ReleaseState.RolledBack => "rolled back",
        _ => release.State.ToString().ToLowerInvariant(),
    };

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + " UTC";
}
