using System.Globalization;
using Slipway.Core.Wire;

namespace Slipway.Cli.Releases;

/// <summary>Which instance serves what, as people read it.</summary>
internal static class InstanceText
{
    /// <summary>Every instance in a line, and all of them in a sentence.</summary>
    public static void Write(Terminal terminal, InstancesDocument document)
    {
        if (document.Instances.IsEmpty)
        {
            terminal.Line($"No instance in {document.Environment} was heard of within the last minute.");
            return;
        }
        terminal.Table(["instance", "revision", "since", "after the change", "state", "sdk"], [.. document.Instances.Select(one => (string[])
        [
            one.Instance, one.Revision == 0 ? "none yet" : one.Revision.ToString(CultureInfo.InvariantCulture), ReleaseText.Time(one.Since),
            one.AppliedAfterMs is { } after ? string.Create(CultureInfo.InvariantCulture, $"{after:0} ms") : "", State(one, document.At), one.Sdk ?? "",
        ])]);
        terminal.Line();
        var summary = InstanceSummary.Of(document);
        terminal.Verdict(summary.Sentence($"serve revision {document.Revision.ToString(CultureInfo.InvariantCulture)}"), good: summary.Current == summary.All);
    }

    private static string State(InstanceDocument one, DateTimeOffset at) => (one.Current, one.LeaseEndsAt) switch
    {
        (true, null) => "current",
        (true, _) => $"current, heard {ReleaseText.Ago(at - one.LastSeen)}",
        (false, null) => "has not answered yet",
        (false, { } end) when end > at => string.Create(CultureInfo.InvariantCulture, $"not reached, its lease ends in {Math.Ceiling((end - at).TotalSeconds):0} s"),
        _ => "not reached, serves no candidate any more",
    };
}
