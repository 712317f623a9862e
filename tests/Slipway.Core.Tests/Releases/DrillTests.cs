using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;

namespace Slipway.Core.Tests.Releases;

/// <summary>The practice of a prompt's way back.</summary>
public sealed class DrillTests
{
    private static readonly RollbackProof Soon = new(214, 214, 0, 31, 300, 900, AtMost: false);
    private readonly Installation installation = Some.LiveInstallation();

    private Drill Drill => installation.State.Releases.Drill(Some.Prompt, Some.Production)!;

    private Route Route => Snapshot.Of(installation.State, Some.Production).Routes[Some.Prompt.Value];

    [Fact]
    public void What_is_live_goes_to_everybody_once_more_and_back_and_nothing_else_changes()
    {
        var (live, way, before) = (installation.Live, installation.State.Releases.WayBack(Some.Prompt, Some.Production), Route);
        Assert.Equal("began the drill rel-2 in production: support_router:v1.0.0 goes to everybody once more and back, which must take 1s at most", Assert.Single(installation.Do(Begin(Some.Dora))).Sentence);
        var forward = Route;
        Assert.Equal((Share.All, forward.Stable, "salt", true), (forward.Candidate!.Weight, forward.Candidate.Served, forward.Candidate.Salt, forward.Revision > before.Revision));
        Assert.Equal(RefusalKind.Conflict, installation.Refuses(Begin(Some.Dora)).Kind);

        installation.Do(Returned(Soon));
        Assert.Equal((null, true), (Route.Candidate, Route.Revision > forward.Revision));
        Assert.Equal("ended a drill of support_router in production: rel-2 passed, back on all 214 instances after 0.9 s: half after 31 ms, 99% after 0.3 s; the limit is 1s", Assert.Single(installation.Do(Finished(Soon))).Sentence);
        Assert.Equal((true, Soon, Soon, false), (Drill.Passed, Drill.Forward, Drill.Back, Drill.IsUnderWay));

        Assert.Equal((live, way), (installation.Live, installation.State.Releases.WayBack(Some.Prompt, Some.Production)));
        Assert.Equal([1], installation.State.Releases.All.Keys);
        // Its number is its own: calls of that moment name it.
        Assert.Equal(new ReleaseId(3), installation.Release(ReleaseState.Canary));
        Assert.Equal("There is no release rel-9; the newest is rel-3.", installation.Refuses(new ReleaseCommand.Freeze(Some.Dora, new ReleaseId(9), "x", [])).Reason);
    }

    [Theory]
    [InlineData(999, true)]
    [InlineData(1_000, true)]
    [InlineData(1_001, false)]
    public void It_fails_where_99_of_100_instances_are_back_later_than_its_limit(int milliseconds, bool passed)
    {
        Conduct(Soon with { MostMs = milliseconds, AllMs = 5_000 });
        Assert.Equal(passed, Drill.Passed);
        if (!passed) Assert.StartsWith("rel-2 FAILED, 99% of the instances were back after 1.0 s and the limit is 1s: back on all 214", Drill.Sentence(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_controller_said_once_is_not_said_again()
    {
        installation.Do(Begin(Some.Dora));
        Assert.Empty(installation.Do(Finished(Soon)));
        installation.Do(Returned(Soon));
        Assert.Empty(installation.Do(Returned(Soon)));
        installation.Do(Finished(Soon));
        Assert.Empty(installation.Do(Finished(Soon)));
        Assert.Empty(installation.Do(BrokenOff()));
    }

    [Fact]
    public void It_stands_in_no_release_s_way()
    {
        var proposed = installation.Propose("1.1.0");
        installation.Do(Begin(Some.Dora));
        installation.Start(installation.Approve(proposed));
        Assert.Equal((proposed, Some.Version("1.1.0")), (Route.Candidate!.Release, Route.Candidate.Served.Version));
        var events = installation.Do(BrokenOff());
        Assert.Equal(["took the drill rel-3 of support_router back", "ended a drill of support_router in production: rel-3 was broken off: rel-2 began in the middle of it"], events.Select(one => one.Sentence));
        Assert.Null(Drill.Passed);
        Assert.Equal(proposed, Route.Candidate!.Release);
        Assert.StartsWith("rel-2 (support_router:v1.1.0, in its canary) has traffic in production", installation.Refuses(Begin(Some.Dora)).Reason, StringComparison.Ordinal);
        // The on-call's one action is about releases, never about a drill.
        installation.Do(new RollBackPrompt(Some.Dora, Some.Prompt, Some.Production, "it answers nonsense"));
        installation.Do(Begin(Some.Dora));
        Assert.Contains("is back on 1.0.0 already", installation.Refuses(new RollBackPrompt(Some.Dora, Some.Prompt, Some.Production, "it answers nonsense")).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rollback_in_the_middle_of_it_takes_the_version_from_everybody()
    {
        var release = installation.Release(ReleaseState.Completed);
        installation.Do(Begin(Some.Dora));
        installation.RollBack(release);
        Assert.Equal((null, Some.Version("1.0.0")), (Route.Candidate, Route.Stable.Version));
    }

    [Fact]
    public void Who_may_roll_back_may_practise_it_and_so_may_an_administrator()
    {
        foreach (var who in (MemberName[])[Some.Dora, Some.Clara, Some.Emil, Some.Admin])
        {
            installation.Do(Begin(who));
            installation.Do(BrokenOff());
        }
        foreach (var who in (MemberName[])[Some.Ana, Some.Boris, Some.Fritz])
            Assert.Contains($"{who} may not drill a rollback of support_router", installation.Refuses(Begin(who)).Reason, StringComparison.Ordinal);
        Assert.Equal("No drill of support_router is due in production.", installation.Refuses(Begin(MemberName.System)).Reason);
        Assert.Equal(RefusalKind.Unknown, installation.Refuses(Begin(Some.Dora) with { Prompt = Some.Parse<PromptName>("nothing") }).Kind);
        Assert.Equal("Nothing of support_router is live in staging.", installation.Refuses(Begin(Some.Dora) with { Environment = EnvironmentName.Staging }).Reason);
        Assert.Equal("The limit of a drill is 2m; it must be from 1s to 1m.", installation.Refuses(Begin(Some.Dora) with { Limit = Some.Parse<Duration>("2m") }).Reason);
    }

    [Fact]
    public void A_policy_has_it_begun_again_and_again_until_it_says_otherwise()
    {
        Assert.Equal("drill: every is 30s; it must be at least 1m, or 0s for no drills.", installation.Refuses(Policy(new DrillPolicy(Duration.Seconds(30)))).Reason);
        Assert.EndsWith(", its rollback is drilled every 7d, within 2s", Assert.Single(installation.Do(Policy(new DrillPolicy(Some.Parse<Duration>("7d"), Duration.Seconds(2))))).Sentence, StringComparison.Ordinal);
        // What another change of the policy leaves out stays.
        Assert.Empty(installation.Do(Policy(null)));
        Assert.True(StartDrill.IsDue(installation.State, Some.Prompt, installation.Now));
        Conduct(Soon, MemberName.System);
        Assert.Equal((Duration.Seconds(2), MemberName.System), (Drill.Limit, Drill.By));
        Assert.False(StartDrill.IsDue(installation.State, Some.Prompt, Drill.StartedAt.AddDays(7).AddTicks(-1)));
        Assert.True(StartDrill.IsDue(installation.State, Some.Prompt, Drill.StartedAt.AddDays(7)));
        installation.Do(Policy(new DrillPolicy(Duration.Zero)));
        Assert.False(StartDrill.IsDue(installation.State, Some.Prompt, Drill.StartedAt.AddDays(7)));
    }

    private static StartDrill Begin(MemberName by) => new(by, Some.Prompt, Some.Production, Limit: null, "salt");

    private static SetPromptPolicy Policy(DrillPolicy? drill) => new(Some.Clara, Some.Prompt, SeveralKindsOfChange: false, ServingPolicy.Default, Drill: drill);

    private DrillCommand.Return Returned(RollbackProof forward) => new(Some.Prompt, Some.Production, Drill.Id, forward);

    private DrillCommand.Finish Finished(RollbackProof back) => new(Some.Prompt, Some.Production, Drill.Id, back);

    private DrillCommand.BreakOff BrokenOff() => new(Some.Prompt, Some.Production, Drill.Id, "rel-2 began in the middle of it");

    private void Conduct(RollbackProof back, MemberName? by = null)
    {
        installation.Do(Begin(by ?? Some.Dora));
        installation.Do(Returned(Soon));
        installation.Do(Finished(back));
    }
}
