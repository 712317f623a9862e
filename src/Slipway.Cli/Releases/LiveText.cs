using Slipway.Core.Access;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Cli.Releases;

/// <summary>What is live, as people read it.</summary>
internal static class LiveText
{
    /// <summary>One prompt with all there is to say of it, for whoever is called at night.</summary>
    /// <param name="terminal">Where.</param>
    /// <param name="live">What is live.</param>
    /// <param name="moment">The moment that was asked for.</param>
    public static void Write(Terminal terminal, LiveDocument live, DateTimeOffset moment)
    {
        terminal.Heading($"{live.Version}  live in {live.Environment}");
        Row("since", $"{ReleaseText.Time(live.Since)}, {ReleaseText.Ago(moment - live.Since)}, by {live.Release}{(live.ReleaseReason is { } reason ? $": {reason}" : "")}");
        Row("written by", $"{live.Author}: {live.ChangeReason}");
        Row("approved by", $"{live.ApprovedBy}, {ReleaseText.Time(live.ApprovedAt)}{(live.ApprovalNote.Length == 0 ? "" : $": {live.ApprovalNote}")}");
        Row("roll back", live.Rollback is { } back ? $"to {back.To.Number} with: {back.Command}" : "there is nothing to go back to");
        Row("under way", live.Active is null ? "nothing" : $"{live.Active}: {live.Candidate!.Number}, {ReleaseText.State(live.ActiveState!.Value)} at {live.Weight}");
        if (live.Next is { } next) Row("", next);
        foreach (var incident in live.Incidents) Row("incident", $"{incident} is open: slipway incident show {incident}");
        Row("owner", $"{Name(live.Duties.Owner)}, backup {Name(live.Duties.BackupOwner)}");
        Row("on call", live.OnCall.IsEmpty ? "nobody yet" : string.Join(", ", live.OnCall));
        Row("risk", live.Duties.Risk.Word());

        void Row(string what, string text) => terminal.Line($"  {what,-13}{text}");
    }

    /// <summary>Every prompt in a line.</summary>
    public static void Table(Terminal terminal, IReadOnlyCollection<LiveDocument> all) =>
        terminal.Table(["prompt", "version", "since", "release", "approved by", "back to", "owner", "under way"], [.. all.Select(one => (string[])
        [
            one.Prompt.Value, one.Version.Number.Text, ReleaseText.Time(one.Since), one.Release.ToString(), one.ApprovedBy.Value, one.Rollback?.To.Number.Text ?? "nothing",
            Name(one.Duties.Owner), one.Candidate is { } candidate ? $"{one.Active}: {candidate.Number} at {one.Weight}" : "nothing",
        ])]);

    private static string Name(MemberName? person) => person?.Value ?? "nobody";
}
