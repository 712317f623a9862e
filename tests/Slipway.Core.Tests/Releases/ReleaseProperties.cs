using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Slipway.Core.Access;
using Slipway.Core.Evaluations;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Tests.Journal;
using Slipway.Core.Wire;

namespace Slipway.Core.Tests.Releases;

/// <summary>Whatever people and controllers do, in whatever order, some things are always so.</summary>
public sealed class ReleaseProperties
{
    private static readonly ImmutableArray<MemberName> People =
        [Some.Ana, Some.Boris, Some.Clara, Some.Dora, Some.Emil, Some.Fritz, Some.Member("gus"), Some.Member("hana"), MemberName.System];

    private static readonly MemberName Team = Some.Member("team");

    private static readonly ImmutableArray<string> Versions = ["1.0.0", "1.1.0", "1.2.0", "1.3.0", "2.0.0"];

    /// <summary>One thing somebody does: who, what, to which release or version, and how.</summary>
    private static readonly Gen<(int Who, int What, int Which, int How)> Act =
        from who in Gen.Choose(0, People.Length - 1)
        from what in Gen.Choose(0, 25)
        from which in Gen.Choose(0, 9)
        from how in Gen.Choose(0, 9)
        select (who, what, which, how);

    [Fact]
    public void Whatever_people_do_the_promises_hold()
    {
        var reached = new HashSet<ReleaseState>();
        Prop.ForAll(Act.ListOf(80).ToArbitrary(), acts =>
        {
            var installation = Prepared(live: acts[0].How > 2);
            foreach (var act in acts)
            {
                if (act.What == 25) Crash(installation);
                var command = Command(installation, act);
                var (before, entries) = (installation.State, installation.Entries.Count);
                var verdict = installation.Try(command);
                if (verdict is Verdict.Refuse) Assert.Equal(entries, installation.Entries.Count);
                var happened = installation.Entries.Skip(entries).Select(entry => entry.Read()).ToList();
                TrafficIsCarriedByOne(installation.State);
                WeightRisesOnlyByRight(before, installation.State, command, happened);
                WhatIsOverStaysOver(before, installation.State);
                NobodyJudgesTheirOwn(installation.State);
                WhoIsNamedDecides(before, command, happened);
                WhatIsLiveWasApproved(installation.State);
                SomebodyAnswersForWhatIsInProduction(installation.State);
                WhatWasTakenBackIsNeverRoutedAgain(before, installation.State);
                NoStepIsSkippedAndNoneThatWaitsForAPersonIsTakenByAClock(before, installation.State, command);
                NobodyMeetsAVersionInItsShadow(before, installation.State, happened);
                reached.UnionWith(installation.State.Releases.All.Values.Where(release => release.Baseline is not null).Select(release => release.State));
            }
            StateIsTheFoldOfAnUnbrokenChain(installation);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(150));
        Assert.Equal(Enum.GetValues<ReleaseState>(), reached.Order());
    }

    /// <summary>Once a rollback is accepted, nothing that comes later brings traffic back to that release.</summary>
    [Fact]
    public void After_a_rollback_nothing_brings_a_release_back() => Prop.ForAll(
        Act.ListOf(30).ToArbitrary(), Gen.Elements(ReleaseState.Shadow, ReleaseState.Canary, ReleaseState.Frozen, ReleaseState.Full, ReleaseState.Completed).ToArbitrary(), (acts, state) =>
        {
            var installation = Some.Installation();
            installation.Do(new AddMember(Some.Admin, Some.Member("gus"), [.. Enum.GetValues<Role>()]));
            var release = installation.RollBack(installation.Release(state));
            var over = installation[release];
            foreach (var (who, what, _, how) in acts) _ = installation.Try(OnRelease(installation, People[who], what % 8, over, how));
            Assert.Equal(over, installation[release]);
            Assert.Equal(Some.Version("1.0.0"), installation.Live);
        }).QuickCheckThrowOnFailure();

    // Invariant 1: at most one release carries traffic, and at most one is active, in each environment.
    private static void TrafficIsCarriedByOne(Registry state) => Assert.All(
        state.Releases.All.Values.Where(release => release.Active).GroupBy(release => (release.Environment, release.Candidate.Prompt)), active => Assert.Single(active));

    // Invariant 2: the weight rises by a person with the right who is not the author, or by proof, and only for the epoch that was looked at.
    private static void WeightRisesOnlyByRight(Registry before, Registry after, Command command, List<JournalEvent> happened)
    {
        foreach (var release in after.Releases.All.Values)
        {
            var old = before.Releases.Find(release.Id);
            if (old is null || release.Weights.Length == old.Weights.Length) continue;
            Assert.Equal(old.Weights.Length + 1, release.Weights.Length);
            // A shadow is the first epoch of a plan that has one, and nobody meets the candidate in it.
            ImmutableArray<Share> agreed = [.. release.Plan.Shadow is null ? [] : (Share[])[default], .. release.Plan.Steps.Select(step => step.Share)];
            Assert.True(release.Weights[^1] > old.Weight || release.InShadow && old.Weights.IsEmpty);
            Assert.Equal(agreed[old.Weights.Length], release.Weights[^1]);
            Assert.Contains(happened, one => one is ReleaseStarted or ReleaseAdvanced);
            Assert.NotEqual(release.Author, command.By);
            if (command is ReleaseCommand.Advance advance) Assert.Equal(old.Epoch, advance.ExpectedEpoch);
            Assert.DoesNotContain(command.By, Editors.Of(before, release.Candidate, release.Environment));
            if (command is ReleaseCommand.Start { By: var clock } && clock == MemberName.System) Assert.NotNull(ReleaseClock.Consent(old, before));
            else if (command.By == MemberName.System) Assert.True(((ReleaseCommand.Advance)command).Evidence.All(evidence => evidence.Safe) && old.State is ReleaseState.Shadow or ReleaseState.Canary);
            else if (command is BootstrapRelease or BreakGlass) Assert.NotEqual(release.ProposedBy, command.By);
            else Assert.Contains(Role.ReleaseOwner, before.Access.Members[command.By.Value].Roles);
        }
    }

    // Whatever begins, ends or is taken back in a shadow, what users get stays what it was; and its budget is spent once.
    private static void NobodyMeetsAVersionInItsShadow(Registry before, Registry after, List<JournalEvent> happened)
    {
        foreach (var release in after.Releases.All.Values.Where(release => release.MetNobody))
        {
            Assert.True(release.State is ReleaseState.Shadow or ReleaseState.Frozen or ReleaseState.RolledBack && !release.WentLive);
            if (before.Releases.Find(release.Id) is not { } old || old == release) continue;
            Assert.Equal(before.Releases.Live(release.Candidate.Prompt, release.Environment), after.Releases.Live(release.Candidate.Prompt, release.Environment));
            if (happened.OfType<ReleaseShadowStopped>().Any()) Assert.True(old.ShadowStoppedAt is null && release.Shadowed == default);
        }
    }

    // Invariant 3: final states are final.
    private static void WhatIsOverStaysOver(Registry before, Registry after) => Assert.All(
        before.Releases.All.Values.Where(release => release.State is ReleaseState.RolledBack or ReleaseState.Declined or ReleaseState.Cancelled),
        release => Assert.Equal(release, after.Releases.Find(release.Id)));

    // Invariant 3, as it is served: what was rolled back is known for good, and nothing is routed that goes by it. The same version may come back, by another release.
    private static void WhatWasTakenBackIsNeverRoutedAgain(Registry before, Registry after)
    {
        foreach (var environment in EnvironmentName.All)
        {
            var known = Snapshot.Of(before, environment).Routes.Values.SelectMany(route => route.Withdrawn);
            foreach (var route in Snapshot.Of(after, environment).Routes.Values)
            {
                Assert.Subset(route.Withdrawn.ToHashSet(StringComparer.Ordinal), known.ToHashSet(StringComparer.Ordinal));
                Assert.NotNull(route.BroughtBy);
                Assert.DoesNotContain(route.BroughtBy, route.Withdrawn);
                if (route.Candidate is { } candidate) Assert.DoesNotContain(candidate.Salt, route.Withdrawn);
            }
        }
    }

    // Invariant 6: however the clock jumps, a clock takes one step at a time, not before its time, and none that waits for a person.
    private static void NoStepIsSkippedAndNoneThatWaitsForAPersonIsTakenByAClock(Registry before, Registry after, Command command)
    {
        if (command.By != MemberName.System || command is not ReleaseCommand { Release: var id } || before.Releases.Find(id) is not { } old || after.Releases.Find(id) is not { } now) return;
        Assert.InRange(now.Weights.Length - old.Weights.Length, 0, 1);
        if (command is ReleaseCommand.Advance && now.Weights.Length > old.Weights.Length)
            Assert.True(!old.NextStep!.ByHand && after.Time - old.EpochSince >= old.MinimumTime.Value);
        if (now.State == ReleaseState.Completed && old.State == ReleaseState.Full) Assert.True(after.Time - old.EpochSince >= old.Plan.Observe.Value);
    }

    // Invariant 7: who wrote or proposed something, or changed its plan, never approved it or signed a part of its review.
    private static void NobodyJudgesTheirOwn(Registry state) => Assert.All(
        state.Releases.All.Values.Where(release => release.ApprovedBy is not null || !release.Reviews.IsEmpty), release =>
        {
            foreach (var review in release.Reviews)
                Assert.DoesNotContain(review.By, (MemberName[])[release.Author, release.ProposedBy, MemberName.System, .. release.PlannedBy, .. Editors.Of(state, release.Candidate, release.Environment)]);
            if (release.State == ReleaseState.Approved && release.Baseline is not null) Assert.Equal([SignOff.Meaning, SignOff.Numbers], release.Reviews.Select(review => review.Part).Where(part => part != SignOff.Security));
            Assert.NotEqual(release.Author, release.ApprovedBy);
            Assert.NotEqual(release.ProposedBy, release.ApprovedBy);
            Assert.NotEqual(MemberName.System, release.ApprovedBy);
        });

    // A list narrows a role, through whatever group; the owners of now confirm a first version, nothing else.
    private static void WhoIsNamedDecides(Registry before, Command command, List<JournalEvent> happened)
    {
        var rights = PromptRights.Of(before, Some.Prompt);
        foreach (var one in happened)
        {
            if (one is ReleaseApproved && command is not BootstrapRelease) Assert.Contains(command.By, rights.Approvers);
            if (one is ReleaseApproved && command is BootstrapRelease) Assert.Contains(command.By, rights.Approvers.Union(rights.ReleaseOwners).Union(rights.Duties.Owners));
            if (one is ReleaseDeclined) Assert.Contains(command.By, rights.Reviewers);
            if (one is ReleaseStarted or ReleaseAdvanced or ReleaseResumed && command is ReleaseCommand && command.By != MemberName.System) Assert.Contains(command.By, rights.ReleaseOwners);
            if (one is ReleaseProposed { Baseline: null }) Assert.Contains(command.By, rights.Duties.Owners);
        }
    }

    private static void SomebodyAnswersForWhatIsInProduction(Registry state) => Assert.All(
        state.Releases.Live(EnvironmentName.Production), live => Assert.Equal(2, state.Prompts.DutiesOf(live.Version.Prompt).Owners.Distinct().Count()));

    private static void WhatIsLiveWasApproved(Registry state) => Assert.All(state.Releases.LiveByPlace.Values, live =>
    {
        Assert.True(state.Releases.WasLive(live.Version, live.Environment));
        Assert.NotEqual(state.Prompts.Find(live.Version)!.Author, live.ApprovedBy);
        _ = Snapshot.Of(state, live.Environment);
    });

    // Invariant 5.
    private static void StateIsTheFoldOfAnUnbrokenChain(Installation installation)
    {
        var chain = new ChainVerifier();
        Assert.All(installation.Entries, entry => Assert.Null(chain.Next(entry)));
        Assert.Equal(Story.Text(installation.State), Story.Text(Registry.Empty.Apply(installation.Entries)));
    }

    // gus and hana may do everything; gus wrote 2.0.0. Small teams are like that, and their duties hold all the same.
    private static Installation Prepared(bool live)
    {
        var installation = live ? Some.LiveInstallation() : Some.Installation();
        installation.Do(new AddMember(Some.Admin, Some.Member("gus"), [.. Enum.GetValues<Role>()]));
        installation.Do(new AddMember(Some.Admin, Some.Member("hana"), [.. Enum.GetValues<Role>()]));
        installation.Submit(Some.Submission("2.0.0", "Route with care."), Some.Member("gus"));
        installation.Do(new SetGroup(Some.Admin, Team, [Some.Ana, Some.Member("gus"), Some.Member("hana")]));
        return installation;
    }

    private static Command Command(Installation installation, (int Who, int What, int Which, int How) act)
    {
        var by = People[act.Who];
        var environment = act.How < 8 ? Some.Production : EnvironmentName.Staging;
        var releases = installation.State.Releases.All;
        if (act.What == 18) return Assignment(act.How < 6 ? Some.Emil : by, act.Which, act.How);
        if (act.What == 20 && releases.Count > 0) return new ReleaseCommand.Review(act.How < 7 ? Some.Member("hana") : by, releases[releases.Count].Id, (SignOff)(act.Which % 3), "");
        if (act.What == 21 && releases.Count > 0) return new ReleaseCommand.ChangePlan(by, releases[releases.Count].Id, AnotherPlan(installation, act.How), "so it is better");
        if (act.What == 22) return new BreakGlass(act.How < 5 ? Some.Admin : by, Some.Version(Versions[act.Which % Versions.Length]), environment, "it burns", Duration.Hours(1), null, $"salt-{installation.Entries.Count}");
        if (act.What is 23 or 24)
        {
            // The ledger never writes an earlier time than the last one, so a clock that goes back stands still.
            var jumped = installation.Now + TimeSpan.FromHours(act.Which * (act.How == 0 ? -1 : 4));
            installation.Now = jumped > installation.State.Time ? jumped : installation.State.Time;
            var due = releases.Values.Select(release => ReleaseClock.Due(release, installation.State, installation.Now, () => "drawn")).FirstOrDefault(command => command is not null);
            if (due is not null) return due;
            if (releases.Values.FirstOrDefault(release => release.State == ReleaseState.Full) is { } full) return new ReleaseCommand.Complete(act.How < 5 ? MemberName.System : by, full.Id, "it looks well", []);
        }
        if (act.What == 19) return new SetGroup(Some.Admin, Team, [People[act.Who % 8], People[act.Which % 8], Some.Member("hana")]);
        if (act.What is < 3 || releases.IsEmpty) return Proposal(installation, by, Some.Version(Versions[act.Which % Versions.Length]), environment, act.How);
        if (act.What == 3) return new RollBackPrompt(by, Some.Prompt, environment, "it answers nonsense");
        // Mostly the newest release, and mostly by somebody who has the roles: else little would ever go live.
        var release = releases[Math.Max(1, releases.Count - Math.Max(0, act.Which - 6))];
        var able = act.How < 6 ? People[6 + act.Who % 2] : by;
        return OnRelease(installation, able, act.What - 4, release, act.How);
    }

    // Lists of people and groups, who hold roles and who wrote versions; sometimes other owners, sometimes what cannot be.
    private static AssignDuties Assignment(MemberName by, int which, int how)
    {
        ImmutableArray<MemberName> names = how % 3 == 0 ? [] : how % 3 == 1 ? [Team] : [People[which % 8], Some.Member("hana")];
        return new AssignDuties(by, Some.Prompt, (which % 6) switch
        {
            0 => new DutiesChange { Reviewers = names },
            1 => new DutiesChange { ReleaseOwners = names },
            2 => new DutiesChange { SecurityReviewers = names, Risk = how % 2 == 0 ? RiskLevel.Regulated : RiskLevel.Standard },
            3 => new DutiesChange { OnCall = names },
            4 => new DutiesChange { BackupOwner = People[how % 8] },
            _ => new DutiesChange { Clear = [(Duty)(how % 9)] },
        });
    }

    private static Command Proposal(Installation installation, MemberName by, VersionId candidate, EnvironmentName environment, int how)
    {
        var live = installation.State.Releases.Live(candidate.Prompt, environment)?.Version;
        if (live is null && how != 5)
        {
            var waiting = installation.State.Releases.Active(candidate.Prompt, environment)?.Candidate;
            return new BootstrapRelease(how < 3 ? Some.Emil : how == 4 ? Some.Member("hana") : by, how % 2 == 0 ? waiting ?? candidate : candidate, environment, how == 9 ? "" : "it is what runs", $"salt-{installation.Entries.Count}");
        }
        if (how != 0) installation.Do(new RecordEvaluation(Some.Ana, Some.Evaluation(candidate.Number.Text, live?.Number.Text)));
        var plan = Some.Plan(["10%", "100%"], rollbackTo: how == 1 ? Versions[0] : null, observe: how % 2 == 0 ? "0s" : null, time: how == 3 ? "1h" : "0s");
        return new ProposeRelease(how < 6 ? Some.Ana : by, candidate, environment, how is 1 or 3 or 4 ? plan with { Shadow = Some.Shadow() } : plan);
    }

    private static ReleasePlanDocument AnotherPlan(Installation installation, int how) => how switch
    {
        < 3 => new ReleasePlanDocument { StartAt = installation.Now.AddHours(how) },
        < 5 => new ReleasePlanDocument { Steps = [PlanStep.FromShare(Some.Share("20%")), new PlanStep(Share.All, ByHand: true)] },
        5 => new ReleasePlanDocument { Level = ReleaseLevel.ApprovalGated, Observe = Duration.Hours(24) },
        _ => new ReleasePlanDocument { MinimumUnits = how },
    };

    // Invariant 5: a process that dies knows afterwards what it knew before.
    private static void Crash(Installation installation) => Assert.Equal(Story.Text(installation.State), Story.Text(Registry.Empty.Apply(installation.Entries)));

    private static ReleaseCommand OnRelease(Installation installation, MemberName by, int what, Release release, int how) => what switch
    {
        0 => new ReleaseCommand.Decline(by, release.Id, "no"),
        1 => new ReleaseCommand.Cancel(by, release.Id, "not now"),
        2 or 12 => new ReleaseCommand.Freeze(by, release.Id, "wait", []),
        3 => new ReleaseCommand.Resume(by, release.Id, "go on"),
        4 => new ReleaseCommand.RollBack(by, release.Id, "it answers nonsense", []),
        13 => new ReleaseCommand.StopShadow(how < 8 ? MemberName.System : by, release.Id, 500, null, "its budget of 500 calls is spent"),
        5 or 8 or 9 => new ReleaseCommand.Approve(by, release.Id, ""),
        6 or 10 or 11 => new ReleaseCommand.Start(by, release.Id, $"salt-{installation.Entries.Count}"),
        _ => new ReleaseCommand.Advance(
            how % 3 == 0 ? MemberName.System : by, release.Id, release.Epoch + (how == 8 ? -1 : 0), "it looks well", how % 2 == 0 ? Some.Proof(release.Plan) : []),
    };
}
