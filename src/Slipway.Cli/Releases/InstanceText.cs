using System.Globalization;
using Slipway.Client;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
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

    /// <summary>Waits until a rollback is everywhere, and says so. Where nobody follows the routing there is nothing to say.</summary>
    public static async Task ProveAsync(SlipwayApi api, Terminal terminal, PromptName prompt, EnvironmentName environment, Duration wait, CancellationToken cancellation)
    {
        if (wait.Value == TimeSpan.Zero) return;
        switch (await api.InstancesAsync(environment, prompt, wait, cancellation))
        {
            case ApiResult<InstancesDocument>.Ok { Value: { Instances.IsEmpty: false } document }:
                var summary = InstanceSummary.Of(document);
                terminal.Verdict($"  {summary.Sentence("are back")}", good: summary.Current + summary.Lapsed == summary.All);
                break;
            case ApiResult<InstancesDocument>.Failed failed:
                terminal.Remark($"It is rolled back; which instances are back could not be asked: {failed.Failure.Message}");
                break;
        }
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
