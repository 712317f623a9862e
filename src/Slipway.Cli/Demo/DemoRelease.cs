using System.Diagnostics;
using System.Globalization;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;

namespace Slipway.Cli.Demo;

/// <summary>One release of the story: proposed under the plan, approved, started, and then left to the controller.</summary>
/// <param name="terminal">Where its state is shown while it goes on.</param>
/// <param name="cast">The people.</param>
/// <param name="script">What the story is played with.</param>
/// <param name="traffic">The customers.</param>
/// <param name="clock">The story's clock.</param>
/// <param name="told">Tells a line of the story.</param>
internal sealed class DemoRelease(Terminal terminal, DemoCast cast, DemoScript script, DemoTraffic traffic, Stopwatch clock, Action<string> told)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    /// <summary>Plays it until the controller has decided.</summary>
    /// <param name="version">The candidate.</param>
    /// <param name="note">What the reviewer signs.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="DemoException">It was refused, not decided in time, or a customer got no answer.</exception>
    public async Task<ReleaseDocument> PlayAsync(VersionId version, string note, CancellationToken cancellation)
    {
        var release = (await cast.As(DemoCast.Author).ProposeAsync(new ProposalDocument(version, script.Plan), cancellation)).OrFail($"proposing {version}");
        (await cast.As(DemoCast.Reviewer).CommandAsync(release.Id.ToString(), "approve", new ReasonDocument(note), cancellation)).OrFail($"approving {release.Id}");
        (await cast.As(DemoCast.ReleaseOwner).CommandAsync(release.Id.ToString(), "start", new ReasonDocument(null), cancellation)).OrFail($"starting {release.Id}");
        told($"ana proposed {release.Id} by {string.Join(", ", release.Plan.Steps)} while {string.Join(" and ", release.Plan.Guardrails)}; ben approved, cleo started");
        release = await terminal.WatchAsync($"{release.Id}", show => WatchAsync(release.Id, show, cancellation));
        return traffic.Failed == 0 ? release : throw new DemoException($"{traffic.Failed} of {traffic.Sent} requests got no answer.");
    }

    /// <summary>Waits until every instance of the application is back.</summary>
    /// <exception cref="DemoException">One is not.</exception>
    public async Task<ReleaseDocument> ProveAsync(ReleaseDocument rolledBack, CancellationToken cancellation)
    {
        var progress = (await cast.As(DemoCast.OnCall).RollbackProgressAsync(rolledBack.Id, wait: Duration.Seconds(10), cancellation: cancellation)).OrFail($"watching {rolledBack.Id}");
        if (progress is not { IsOver: true, SoFar: { IsComplete: true, Instances: DemoInstances.Count } }) throw new DemoException($"Every instance should be back, but: {progress.Sentence()}.");
        told(progress.Sentence());
        return (await cast.As(DemoCast.OnCall).ReleaseAsync(rolledBack.Id.ToString(), cancellation)).OrFail($"reading {rolledBack.Id}");
    }

    private async Task<ReleaseDocument> WatchAsync(ReleaseId id, Action<string> show, CancellationToken cancellation)
    {
        var (started, before) = (clock.Elapsed, traffic.Sent);
        var weight = default(Share);
        using var look = new PeriodicTimer(Look);
        while (true)
        {
            var release = (await cast.As(DemoCast.OnCall).ReleaseAsync(id.ToString(), cancellation)).OrFail($"watching {id}");
            var over = release.State is not (ReleaseState.Canary or ReleaseState.Frozen or ReleaseState.Full);
            if (over || release.Weight != weight)
            {
                foreach (var evidence in release.Evidence.Where(evidence => over ? evidence.Harmful || evidence.Safe : evidence.Safe)) told($"  {evidence.Sentence}");
                if (!over) told($"  {release.Weight} of conversations get {release.Candidate.Number}");
                weight = release.Weight;
            }
            if (over) return release;
            if (clock.Elapsed - started > script.LongestRelease) throw new DemoException($"{id} was not decided within {script.LongestRelease.TotalSeconds:0} s: {release.Verdict}");
            show(string.Create(CultureInfo.InvariantCulture, $"{traffic.Sent - before} requests; {release.Verdict}"));
            await look.WaitForNextTickAsync(cancellation);
        }
    }
}
