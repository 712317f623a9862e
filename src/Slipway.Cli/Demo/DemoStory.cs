using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Slipway.Cli.Prompts;
using Slipway.Core.Evaluations;
using Slipway.Core.Models;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;

namespace Slipway.Cli.Demo;

/// <summary>The story: a baseline goes live, a better version is promoted, a worse one comes back, all by the public API.</summary>
internal sealed class DemoStory(Terminal terminal, DemoCast cast, string sample, IReadOnlyList<string> tickets)
{
    private const string Alias = "production-default";
    private const int LongestReason = 80;
    private static readonly TimeSpan LongestCanary = TimeSpan.FromSeconds(75), Look = TimeSpan.FromMilliseconds(100);
    private readonly Stopwatch clock = Stopwatch.StartNew();

    /// <summary>Plays it to its end.</summary>
    /// <exception cref="DemoException">A step did not do what it claims.</exception>
    public async Task PlayAsync(CancellationToken cancellation)
    {
        terminal.Heading($"Slipway demo at {cast.Server}");
        terminal.Line("  The model is offline-2026-11, a deterministic stand-in in this process, not a language model. Sped up: a step of a canary");
        terminal.Line($"  lasts 2 s at least instead of an hour or a day, and {DemoTraffic.Pace} customers write every second ({tickets.Count} different messages).");

        Chapter("1. Who is who, and a first version");
        await cast.ArriveAsync(cancellation);
        Told("ana writes, ben reviews, cleo owns releases, dan is on call, shop is the application; each has a key of their own");
        var model = ModelReference.TryParse("offline/offline-2026-11", out var offline) ? offline : throw new InvalidOperationException("The model's name is well-formed.");
        (await cast.Administrator.SetModelAsync(Alias, model, cancellation)).OrFail("the model catalog");
        var baseline = await PushAsync("v1.5.2", cancellation);
        await NameBackupAsync(baseline.Prompt, cancellation);
        var first = await BootstrapAsync(baseline, cancellation);
        Told($"ana asked for {first.Id}, ben confirmed as the second person: {baseline} is live");
        await using var instances = await DemoInstances.StartAsync(cast, baseline.Prompt);
        Told($"{DemoInstances.Count} instances of the application follow with the SDK; customers write through the gateway");

        Chapter("2. A better version");
        var better = await PushAsync("v1.6.0", cancellation);
        await EvaluateAsync("v1.6.0", cancellation);
        var promoted = await RolloutAsync(better, "Account recovery is clearly better and nothing else got worse.", cancellation);
        if (promoted.State != ReleaseState.Completed) throw new DemoException($"{better} should have been promoted, but {promoted.Id} is {promoted.State}: {promoted.Reason}");
        Told($"{promoted.Id} completed by itself: {better} is live for everybody");

        Chapter("3. A version that reads better and behaves worse");
        var worse = await PushAsync("v1.7.0", cancellation);
        await EvaluateAsync("v1.7.0", cancellation);
        Told("it passed, because nobody ever put a how-to question into the golden set");
        var rolledBack = await RolloutAsync(worse, "Gates are green, the friendly sentence reads well.", cancellation);
        if (rolledBack.State != ReleaseState.RolledBack)
            throw new DemoException($"{worse} should have been rolled back, but {rolledBack.Id} is {rolledBack.State}; these messages may hold too few how-to questions to break it. {rolledBack.Reason}");
        Told($"{rolledBack.Id} rolled back by itself: everybody is on {better} again");
        rolledBack = await ProveAsync(rolledBack, cancellation);

        Chapter("4. What went wrong becomes a case");
        var incident = await new DemoLesson(cast, sample, Told).LearnAsync(rolledBack, cancellation);

        await new DemoEnding(terminal, cast).TellAsync(first, promoted, rolledBack, incident.Id, clock.Elapsed, cancellation);
    }

    private async Task<ReleaseDocument> ProveAsync(ReleaseDocument rolledBack, CancellationToken cancellation)
    {
        var progress = (await cast.As(DemoCast.OnCall).RollbackProgressAsync(rolledBack.Id, wait: Duration.Seconds(10), cancellation: cancellation)).OrFail($"watching {rolledBack.Id}");
        if (progress is not { IsOver: true, SoFar: { IsComplete: true, Instances: DemoInstances.Count } }) throw new DemoException($"Every instance should be back, but: {progress.Sentence()}.");
        Told(progress.Sentence());
        return (await cast.As(DemoCast.OnCall).ReleaseAsync(rolledBack.Id.ToString(), cancellation)).OrFail($"reading {rolledBack.Id}");
    }

    private async Task<VersionId> PushAsync(string version, CancellationToken cancellation)
    {
        var path = Path.Combine(sample, $"support_router.{version}.yaml");
        if (ManifestReader.Read(path) is not ManifestResult.Parsed { Manifest: { Golden: { } set } manifest }) throw new DemoException($"The sample's manifest {path} is damaged.");
        var author = cast.As(DemoCast.Author);
        var golden = (await author.PushGoldenSetAsync(set.Id, set.JsonLines, cancellation)).OrFail($"pushing {set.Id}");
        var pushed = (await author.SubmitAsync(manifest.Submission, cancellation)).OrFail($"pushing {version}");
        if (golden.Created) Told($"ana pushed the golden set {golden.Set} with {golden.Cases} cases");
        Told($"ana pushed {pushed.Version} ({pushed.Package.Abbreviated}): {Cut(pushed.Record.ChangeReason)}");
        return pushed.Version;
    }

    private async Task EvaluateAsync(string version, CancellationToken cancellation)
    {
        var manifest = await File.ReadAllTextAsync(Path.Combine(sample, "evals", $"{version}.json"), cancellation);
        var report = (await cast.As(DemoCast.Author).EvaluateAsync(manifest, cancellation)).OrFail($"evaluating {version}").Report;
        if (report.Verdict != GateVerdict.Pass) throw new DemoException($"{version} should have passed its gates: {string.Join("; ", report.Gates.Select(gate => gate.Sentence))}");
        Told($"ana evaluated it against the live version on {report.Counts.Cases} cases: {report.Counts.Broken} broken, {report.Counts.Fixed} fixed; gates pass");
        foreach (var gate in report.Gates) Told($"  {gate.Sentence}");
    }

    private async Task NameBackupAsync(PromptName prompt, CancellationToken cancellation)
    {
        var backup = new DutiesChange { BackupOwner = DemoCast.NameOf(DemoCast.Reviewer) };
        var duties = (await cast.As(DemoCast.Author).AssignAsync(prompt, backup, cancellation)).OrFail($"naming a backup owner of {prompt}").Duties;
        Told($"{duties.Owner} owns {prompt}, as its manifest says, and named {duties.BackupOwner} as backup owner; without both nothing goes to production");
    }

    private async Task<ReleaseDocument> BootstrapAsync(VersionId version, CancellationToken cancellation)
    {
        var asked = (await cast.As(DemoCast.Author).BootstrapAsync(new BootstrapRequest(version, "The first version, as it was in the code so far."), cancellation)).OrFail($"asking for {version}");
        if (asked.State != ReleaseState.Proposed) throw new DemoException($"{version} should have waited for a second person, but {asked.Id} is {asked.State}.");
        return (await cast.As(DemoCast.Reviewer).BootstrapAsync(new BootstrapRequest(version, "Read it next to the code, word for word the same."), cancellation)).OrFail($"confirming {version}");
    }

    private async Task<ReleaseDocument> ProposeAsync(VersionId version, CancellationToken cancellation)
    {
        var plan = JsonSerializer.Deserialize(await File.ReadAllTextAsync(Path.Combine(sample, "plan.json"), cancellation), ApiJson.Default.ReleasePlanDocument);
        return (await cast.As(DemoCast.Author).ProposeAsync(new ProposalDocument(version, plan, null), cancellation)).OrFail($"proposing {version}");
    }

    private async Task ApproveAndStartAsync(ReleaseDocument release, string note, CancellationToken cancellation)
    {
        (await cast.As(DemoCast.Reviewer).CommandAsync(release.Id.ToString(), "approve", new ReasonDocument(note), cancellation)).OrFail($"approving {release.Id}");
        (await cast.As(DemoCast.ReleaseOwner).CommandAsync(release.Id.ToString(), "start", new ReasonDocument(null), cancellation)).OrFail($"starting {release.Id}");
    }

    private async Task<ReleaseDocument> RolloutAsync(VersionId version, string note, CancellationToken cancellation)
    {
        var release = await ProposeAsync(version, cancellation);
        await ApproveAndStartAsync(release, note, cancellation);
        Told($"ana proposed {release.Id} by {string.Join(", ", release.Plan.Steps)} while {string.Join(" and ", release.Plan.Guardrails)}; ben approved, cleo started");
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var traffic = new DemoTraffic(cast, version.Prompt, tickets);
        var flow = traffic.FlowAsync(over.Token);
        try
        {
            release = await terminal.WatchAsync($"{release.Id}", show => WatchAsync(release.Id, traffic, show, cancellation));
        }
        finally
        {
            await over.CancelAsync();
            await flow;
        }
        return traffic.Failed == 0 ? release : throw new DemoException($"{traffic.Failed} of {traffic.Sent} requests got no answer.");
    }

    private async Task<ReleaseDocument> WatchAsync(ReleaseId id, DemoTraffic traffic, Action<string> show, CancellationToken cancellation)
    {
        var started = clock.Elapsed;
        var weight = default(Share);
        using var look = new PeriodicTimer(Look);
        while (true)
        {
            var release = (await cast.As(DemoCast.OnCall).ReleaseAsync(id.ToString(), cancellation)).OrFail($"watching {id}");
            var over = release.State is not (ReleaseState.Canary or ReleaseState.Frozen or ReleaseState.Full);
            if (over || release.Weight != weight)
            {
                foreach (var evidence in release.Evidence.Where(evidence => over ? evidence.Harmful || evidence.Safe : evidence.Safe)) Told($"  {evidence.Sentence}");
                if (!over) Told($"  {release.Weight} of conversations get {release.Candidate.Number}");
                weight = release.Weight;
            }
            if (over) return release;
            if (clock.Elapsed - started > LongestCanary) throw new DemoException($"{id} was not decided within {LongestCanary.TotalSeconds:0} s: {release.Verdict}");
            show(string.Create(CultureInfo.InvariantCulture, $"{traffic.Sent} requests; {release.Verdict}"));
            await look.WaitForNextTickAsync(cancellation);
        }
    }

    // The log at the end has it whole.
    private static string Cut(string reason) => reason.Length <= LongestReason ? reason : reason[..(LongestReason - 1)] + "…";

    private void Chapter(string title)
    {
        terminal.Line();
        terminal.Heading(title);
    }

    private void Told(string text) => terminal.Line(string.Create(CultureInfo.InvariantCulture, $"  {clock.Elapsed.TotalSeconds,5:0.0} s  {text}"));
}
