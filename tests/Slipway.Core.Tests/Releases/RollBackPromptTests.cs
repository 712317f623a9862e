using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;

namespace Slipway.Core.Tests.Releases;

/// <summary>The on-call's one action.</summary>
public sealed class RollBackPromptTests
{
    private static readonly RollBackPrompt Back = new(Some.Dora, Some.Prompt, Some.Production, "it answers nonsense");
    private readonly Installation installation = Some.LiveInstallation();

    [Theory]
    [InlineData(ReleaseState.Canary)]
    [InlineData(ReleaseState.Frozen)]
    [InlineData(ReleaseState.Completed)]
    public void It_takes_back_what_users_meet(ReleaseState state)
    {
        var release = installation.Release(state);
        Assert.Equal("rolled back rel-2 from support_router:v1.1.0 to 1.0.0: it answers nonsense", installation.Do(Back)[0].Sentence);
        Assert.Equal((ReleaseState.RolledBack, Some.Version("1.0.0")), (installation[release].State, installation.Live));
    }

    [Theory]
    [InlineData(ReleaseState.Proposed)]
    [InlineData(ReleaseState.Approved)]
    [InlineData(ReleaseState.Declined)]
    [InlineData(ReleaseState.Cancelled)]
    public void A_release_nobody_met_is_not_in_its_way(ReleaseState state)
    {
        installation.GoLive("1.2.0");
        installation.Release(state);
        installation.Do(Back);
        Assert.Equal(Some.Version("1.0.0"), installation.Live);
    }

    [Theory]
    [InlineData(ReleaseState.Canary)]
    [InlineData(ReleaseState.Completed)]
    public void Of_two_people_who_do_it_at_once_the_slower_takes_nothing_more_back(ReleaseState state)
    {
        installation.GoLive("1.2.0");
        installation.Release(state);
        installation.Do(Back);
        Assert.Equal(
            new Refusal(RefusalKind.Conflict, $"support_router is back on 1.2.0 already, since {installation.Now:yyyy-MM-dd HH:mm:ss} UTC (rel-3); to go back further: slipway release rollback rel-2 --reason TEXT"),
            installation.Refuses(Back));
        Assert.Equal(Some.Version("1.2.0"), installation.Live);
    }

    [Fact]
    public void Back_on_the_first_version_there_is_nothing_further()
    {
        installation.RollBack(installation.Release(ReleaseState.Completed));
        Assert.EndsWith("(rel-2); there is nothing to go back to from there.", installation.Refuses(Back).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void To_go_back_further_the_release_of_that_version_is_rolled_back()
    {
        var second = installation.GoLive("1.2.0");
        installation.Release(ReleaseState.Completed);
        installation.Do(Back);
        installation.RollBack(second);
        Assert.Equal(Some.Version("1.0.0"), installation.Live);
    }

    [Fact]
    public void A_later_release_is_taken_back_again()
    {
        installation.RollBack(installation.Release(ReleaseState.Completed));
        installation.GoLive("1.3.0");
        installation.Do(Back);
        Assert.Equal(Some.Version("1.0.0"), installation.Live);
    }

    [Fact]
    public void Where_nothing_was_ever_live_there_is_nothing_to_take_back() => Assert.Equal(
        new Refusal(RefusalKind.Conflict, "Nothing of support_router is live in staging."), installation.Refuses(Back with { Environment = EnvironmentName.Staging }));

    [Fact]
    public void Only_a_first_version_is_live_and_stays() => Assert.Equal(
        "support_router:v1.0.0 is the first version; there is nothing to roll back to.", installation.Refuses(Back).Reason);

    [Fact]
    public void An_unknown_prompt_is_said_with_those_there_are() => Assert.Equal(
        new Refusal(RefusalKind.Unknown, "There is no prompt refunds; there is support_router."), installation.Refuses(Back with { Prompt = Some.Parse<PromptName>("refunds") }));

    [Fact]
    public void It_asks_for_a_right_and_a_reason()
    {
        installation.Release(ReleaseState.Canary);
        Assert.Equal(RefusalKind.Forbidden, installation.Refuses(Back with { By = Some.Boris }).Kind);
        Assert.Equal(RefusalKind.Invalid, installation.Refuses(Back with { Reason = " " }).Kind);
        Assert.IsType<ReleaseRolledBack>(installation.Do(Back with { By = Some.Emil })[0]);
    }
}
