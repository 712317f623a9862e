using System.Diagnostics;
using System.Globalization;
using Slipway.Cli.Prompts;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Wire;

namespace Slipway.Cli.Demo;

/// <summary>The story: a baseline goes live, a better version is promoted, a worse one comes back, all by the public API.</summary>
/// <param name="terminal">Where it is told.</param>
/// <param name="cast">The people.</param>
/// <param name="script">What it is played with.</param>
internal sealed class DemoStory(Terminal terminal, DemoCast cast, DemoScript script) : IAsyncDisposable
{
    private const string Alias = "production-default";
    private const int LongestReason = 80;
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private DemoInstances? instances;
    private DemoTraffic? traffic;

    /// <summary>Plays it to its end; the application and its customers go on until this is disposed.</summary>
    /// <returns>The customers, and the release of what is live now.</returns>
    /// <exception cref="DemoException">A step did not do what it claims.</exception>
    public async Task<(DemoTraffic Traffic, ReleaseId Live)> PlayAsync(CancellationToken cancellation)
    {
        Open();
        Chapter("1. Who is who, and a first version");
        await cast.ArriveAsync(cancellation);
        Told("ana writes, ben reviews, cleo owns releases, dan is on call, shop is the application; each has a key of their own");
        (await cast.Administrator.SetModelAsync(Alias, script.Model, cancellation)).OrFail("the model catalog");
        var baseline = await PushAsync("v1.5.2", cancellation);
        await NameBackupAsync(baseline.Prompt, cancellation);
        var first = await BootstrapAsync(new BootstrapRequest(baseline, "The first version, as it was in the code so far."), "Read it next to the code, word for word the same.", cancellation);
        Told($"ana asked for {first.Id}, ben confirmed as the second person: {baseline} is live");
        instances = await DemoInstances.StartAsync(cast, baseline.Prompt);
        traffic = DemoTraffic.Start(cast, baseline.Prompt, script);
        Told($"{DemoInstances.Count} instances of the application follow with the SDK; customers write through the gateway");
        var (trial, release) = (new DemoTrial(cast, script, Told), new DemoRelease(terminal, cast, script, traffic, clock, Told));

        Chapter("2. A better version");
        var better = await PushAsync("v1.6.0", cancellation);
        await trial.EvaluateAsync(better, cancellation);
        await BootstrapAsync(new BootstrapRequest(better, "To see it beside what is live.", EnvironmentName.Staging), "The first in staging.", cancellation);
        await trial.StageAsync(better, traffic, cancellation);
        var promoted = await release.PlayAsync(better, "Account recovery is clearly better and nothing else got worse.", cancellation);
        if (promoted.State != ReleaseState.Completed) throw new DemoException($"{better} should have been promoted, but {promoted.Id} is {promoted.State}: {promoted.Reason}");
        Told($"{promoted.Id} completed by itself: {better} is live for everybody");

        Chapter("3. A version that reads better and behaves worse");
        var worse = await PushAsync("v1.7.0", cancellation);
        await trial.EvaluateAsync(worse, cancellation);
        Told("it passed, because nobody ever put a how-to question into the golden set; one friendly sentence more, so nobody staged it either");
        var rolledBack = await release.PlayAsync(worse, "Gates are green, the friendly sentence reads well.", cancellation);
        if (rolledBack.State != ReleaseState.RolledBack) throw new DemoException($"{worse} should have been rolled back, but {rolledBack.Id} is {rolledBack.State}. {WhyNot(rolledBack)}");
        Told($"{rolledBack.Id} rolled back by itself: everybody is on {better} again");
        rolledBack = await release.ProveAsync(rolledBack, cancellation);

        Chapter("4. What went wrong becomes a case");
        var incident = await new DemoLesson(cast, script, Told).LearnAsync(rolledBack, cancellation);

        await new DemoEnding(terminal, cast).TellAsync(first, promoted, rolledBack, incident.Id, clock.Elapsed, cancellation);
        return (traffic, promoted.Id);
    }

    /// <summary>Customers stop writing; the application goes on following.</summary>
    public async Task QuietAsync()
    {
        if (traffic is not { } flowing) return;
        traffic = null;
        await flowing.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await QuietAsync();
        if (instances is not null) await instances.DisposeAsync();
    }

    private void Open()
    {
        terminal.Heading($"Slipway demo at {cast.Server}");
        terminal.Line(script.Provider is { } provider
            ? $"  The model is {script.Model.Model} at {provider.BaseUrl}: real calls, some thousands of them, which may cost money. Sped up: a step of a canary"
            : "  The model is offline-2026-11, a deterministic stand-in in this process, not a language model. Sped up: a step of a canary");
        terminal.Line(string.Create(CultureInfo.InvariantCulture, $"  lasts 2 s at least instead of an hour or a day, and {script.Pace} customers write every second ({script.Tickets.Length} different messages)."));
    }

    private static string WhyNot(ReleaseDocument release) => release.Plan.Guardrails.Any(guardrail => guardrail.Metric == "schema_pass_rate")
        ? $"These messages may hold too few how-to questions to break it. {release.Reason}"
        : "No guardrail of its plan watches whether answers keep their contract (schema_pass_rate).";

    private async Task<VersionId> PushAsync(string version, CancellationToken cancellation)
    {
        var path = Path.Combine(script.Sample, $"support_router.{version}.yaml");
        if (ManifestReader.Read(path) is not ManifestResult.Parsed { Manifest: { Golden: { } set } manifest }) throw new DemoException($"The sample's manifest {path} is damaged.");
        var author = cast.As(DemoCast.Author);
        var golden = (await author.PushGoldenSetAsync(set.Id, set.JsonLines, cancellation)).OrFail($"pushing {set.Id}");
        var pushed = (await author.SubmitAsync(manifest.Submission, cancellation)).OrFail($"pushing {version}");
        if (golden.Created) Told($"ana pushed the golden set {golden.Set} with {golden.Cases} cases");
        Told($"ana pushed {pushed.Version} ({pushed.Package.Abbreviated}): {Cut(pushed.Record.ChangeReason)}");
        return pushed.Version;
    }

    private async Task NameBackupAsync(PromptName prompt, CancellationToken cancellation)
    {
        var backup = new DutiesChange { BackupOwner = DemoCast.NameOf(DemoCast.Reviewer) };
        var duties = (await cast.As(DemoCast.Author).AssignAsync(prompt, backup, cancellation)).OrFail($"naming a backup owner of {prompt}").Duties;
        Told($"{duties.Owner} owns {prompt}, as its manifest says, and named {duties.BackupOwner} as backup owner; without both nothing goes to production");
    }

    private async Task<ReleaseDocument> BootstrapAsync(BootstrapRequest asked, string confirmed, CancellationToken cancellation)
    {
        var waits = (await cast.As(DemoCast.Author).BootstrapAsync(asked, cancellation)).OrFail($"asking for {asked.Candidate}");
        if (waits.State != ReleaseState.Proposed) throw new DemoException($"{asked.Candidate} should have waited for a second person, but {waits.Id} is {waits.State}.");
        return (await cast.As(DemoCast.Reviewer).BootstrapAsync(asked with { Reason = confirmed }, cancellation)).OrFail($"confirming {asked.Candidate}");
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
