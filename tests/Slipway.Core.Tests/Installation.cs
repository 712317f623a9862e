using System.Collections.Immutable;
using Slipway.Core.Access;
using Slipway.Core.Evaluations;
using Slipway.Core.Journal;
using Slipway.Core.Partials;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Wire;

namespace Slipway.Core.Tests;

/// <summary>A journal in memory and the state it folds to. Before every command a second passes.</summary>
internal sealed class Installation
{
    private readonly List<JournalEntry> entries = [];
    private readonly Dictionary<ContentHash, Package> packages = [];
    private int commands;

    public IReadOnlyList<JournalEntry> Entries => entries;

    public Registry State { get; private set; } = Registry.Empty;

    public DateTimeOffset Now { get; set; } = Some.Noon;

    public Release this[ReleaseId release] => State.Releases.Find(release) ?? throw new ArgumentException($"There is no {release}.", nameof(release));

    public VersionId? Live => State.Releases.Live(Some.Prompt, Some.Production)?.Version;

    public Installation Copy()
    {
        var copy = new Installation { State = State, Now = Now, commands = commands };
        copy.entries.AddRange(entries);
        foreach (var (hash, package) in packages) copy.packages.Add(hash, package);
        return copy;
    }

    /// <summary>Decides, and appends where the verdict says so.</summary>
    /// <param name="command">What is asked.</param>
    /// <param name="key">The public name of the key its giver acts with; null for none.</param>
    public Verdict Try(Command command, string? key = null)
    {
        Now += TimeSpan.FromSeconds(1);
        var verdict = KeyGate.Decide(State, command, key is null ? null : State.Access.FindKey(key), Now);
        if (verdict is Verdict.Accept accept) Append(command.By, [.. accept.Events]);
        return verdict;
    }

    public ImmutableArray<JournalEvent> Do(Command command, string? key = null) => Try(command, key) switch
    {
        Verdict.Accept accept => accept.Events,
        Verdict.Refuse refuse => throw new InvalidOperationException($"{command} was refused: {refuse.Why.Reason}"),
        _ => throw new InvalidOperationException(),
    };

    public Refusal Refuses(Command command, string? key = null) => Assert.IsType<Verdict.Refuse>(Try(command, key)).Why;

    /// <summary>Issues a key as the administrator does.</summary>
    /// <returns>Its public name.</returns>
    public string Key(MemberName member, KeyScope? scope = null) =>
        Assert.IsType<KeyIssued>(Assert.Single(Do(new IssueKey(Some.Admin, member, Some.Hash($"slw_{State.Access.Keys.Count + 1}_{member}"), scope)))).KeyId;

    public void Append(MemberName by, params JournalEvent[] events)
    {
        commands++;
        foreach (var happened in events)
        {
            var entry = JournalEntry.Next(State.Head, State.HeadHash, Now, by, $"command-{commands}", happened);
            entries.Add(entry);
            State = State.Apply(entry);
        }
    }

    public ImmutableArray<JournalEvent> Submit(Submission submission, MemberName? by = null) =>
        Do(Submitting(submission, by));

    /// <summary>A submission by somebody who knows what is newest.</summary>
    public SubmitVersion Submitting(Submission submission, MemberName? by = null) =>
        SubmittingAsItIs(submission with { BasedOn = submission.BasedOn ?? Followed(submission)?.Id.Number }, by);

    public SubmitVersion SubmittingAsItIs(Submission submission, MemberName? by = null)
    {
        var pins = Assert.IsType<PartialPins.Pinned>(PartialPins.Of(State.Partials, submission.PartialReferences(), []));
        var package = Some.Package(submission, State.Models.Resolve(submission.Model), [.. pins.All.Select(version => new PinnedPartial(version.Id, Some.PartialText(version.Id)))]);
        packages[package.Hash] = package;
        return new SubmitVersion(by ?? Some.Ana, submission, package, Followed(submission) is { } followed ? packages[followed.Package] : null);
    }

    private PromptVersion? Followed(Submission submission) => VersionLine.Newest(State.Prompts.Find(submission.Prompt), submission.Version);

    /// <summary>Makes a version live in staging: the first one by two people, others by a release of their own.</summary>
    public void Stage(string version)
    {
        if (State.Releases.Live(Some.Prompt, EnvironmentName.Staging) is not { Version: var before })
        {
            Bootstrap(version, EnvironmentName.Staging);
            return;
        }
        Do(new RecordEvaluation(Some.Ana, Some.Evaluation(version, before.Number.Text)));
        var staged = Assert.IsType<ReleaseProposed>(Assert.Single(Do(new ProposeRelease(Some.Ana, Some.Version(version), EnvironmentName.Staging, ReleasePlanDocument.Empty)))).Release;
        Start(Approve(staged));
    }

    /// <summary>Evaluates a version against what is live, and proposes it; one that must be tried in staging was.</summary>
    public ReleaseId Propose(string version, ReleasePlanDocument? plan = null, MemberName? by = null)
    {
        if (Live is not null && (plan?.Level == ReleaseLevel.ApprovalGated || State.Prompts.DutiesOf(Some.Prompt).Risk is RiskLevel.Regulated or RiskLevel.ActionTaking)) Append(Some.Ana, Some.Staging(this, version));
        Do(new RecordEvaluation(Some.Ana, Some.Evaluation(version, Live?.Number.Text)));
        var proposed = Assert.IsType<ReleaseProposed>(Assert.Single(Do(new ProposeRelease(by ?? Some.Ana, Some.Version(version), Some.Production, plan ?? Some.Plan()))));
        return proposed.Release;
    }

    /// <summary>Asks for a first version, as its owner.</summary>
    public ReleaseId Ask(string version, EnvironmentName? environment = null) =>
        Assert.IsType<ReleaseProposed>(Assert.Single(Do(new BootstrapRelease(Some.Emil, Some.Version(version), environment ?? Some.Production, "it is what runs today", "salt")))).Release;

    /// <summary>Makes a first version live: its owner asks, a reviewer confirms.</summary>
    public ReleaseId Bootstrap(string version, EnvironmentName? environment = null)
    {
        var release = Ask(version, environment);
        Do(new BootstrapRelease(Some.Boris, Some.Version(version), environment ?? Some.Production, "looks right", $"salt-{release}"));
        return release;
    }

    public ReleaseId Approve(ReleaseId release)
    {
        Do(new ReleaseCommand.Approve(Some.Boris, release, "looks right"));
        return release;
    }

    public ReleaseId Start(ReleaseId release)
    {
        Do(new ReleaseCommand.Start(Some.Clara, release, $"salt-{release}"));
        return release;
    }

    public ReleaseId Advance(ReleaseId release)
    {
        Do(new ReleaseCommand.Advance(Some.Clara, release, this[release].Epoch, "it looks well", []));
        return release;
    }

    public ReleaseId RollBack(ReleaseId release)
    {
        Do(new ReleaseCommand.RollBack(Some.Dora, release, "it answers nonsense", []));
        return release;
    }

    /// <summary>Proposes, approves, starts and advances until the version is live; bootstraps the first one.</summary>
    public ReleaseId GoLive(string version)
    {
        if (Live is null) return Bootstrap(version);
        var release = Start(Approve(Propose(version)));
        while (this[release].State == ReleaseState.Canary) Advance(release);
        return release;
    }

    /// <summary>A release of 1.1.0 over 1.0.0 in the state asked for.</summary>
    public ReleaseId Release(ReleaseState state)
    {
        if (Live is null) GoLive("1.0.0");
        var release = Propose("1.1.0", state switch
        {
            ReleaseState.Full => Some.Plan(observe: "24h"),
            ReleaseState.Shadow => Some.Plan() with { Shadow = Some.Shadow() },
            _ => null,
        });
        if (state == ReleaseState.Proposed) return release;
        if (state == ReleaseState.Declined) return With(new ReleaseCommand.Decline(Some.Boris, release, "not so"));
        if (state == ReleaseState.Cancelled) return With(new ReleaseCommand.Cancel(Some.Clara, release, "not now"));
        Approve(release);
        if (state == ReleaseState.Approved) return release;
        Start(release);
        if (state == ReleaseState.Frozen) return With(new ReleaseCommand.Freeze(Some.Dora, release, "wait", []));
        if (state == ReleaseState.RolledBack) return RollBack(release);
        while (state is ReleaseState.Completed or ReleaseState.Full && this[release].State == ReleaseState.Canary) Advance(release);
        return release;

        ReleaseId With(ReleaseCommand command)
        {
            Do(command);
            return release;
        }
    }
}
