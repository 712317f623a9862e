using Slipway.Core.Access;
using Slipway.Core.Evaluations;
using Slipway.Core.Journal;
using Slipway.Core.Releases;
using Slipway.Core.Wire;

namespace Slipway.Core.Tests.Releases;

/// <summary>Two people may start what nobody evaluated or reviewed; their word carries it for an hour at most.</summary>
public sealed class BreakGlassTests
{
    private readonly Installation installation = Some.LiveInstallation();

    [Fact]
    public void An_administrator_asks_a_second_person_confirms_and_everybody_has_it()
    {
        var end = installation.Now.AddSeconds(1).AddHours(1);
        Assert.Equal([$"asked to break the glass for rel-2: support_router:v1.1.0 after 1.0.0 in production, emergency, by 100%, while error_rate <= baseline + 2pp and refusal_rate <= baseline + 2pp, " +
            $"observed for 24h, back to 1.0.0, watched by emil, until {end:yyyy-MM-dd HH:mm} UTC: it leaks"], Told(Glass(Some.Admin)));
        var release = new ReleaseId(2);
        Assert.StartsWith($"waiting for a second person until {end:yyyy-MM-dd HH:mm} UTC: boris, clara, dora, emil, greta, with: slipway release break-glass support_router:v1.1.0", NextStep.Of(installation[release], installation.State), StringComparison.Ordinal);
        Assert.Equal([$"broke the glass for rel-2 together with admin, without gates and reviews, until {end:yyyy-MM-dd HH:mm} UTC: it leaks", "started rel-2 at 100%"], Told(Glass(Some.Dora)));
        Assert.Equal((ReleaseState.Full, ReleaseLevel.Emergency, Some.Version("1.1.0"), Some.Dora), (installation[release].State, installation[release].Plan.Level, installation.Live!, installation[release].ApprovedBy!));
    }

    [Theory]
    [InlineData("boris", "boris may not break the glass for support_router:v1.1.0: it needs the role admin, which admin has.")]
    [InlineData("clara", "clara may not break the glass for support_router:v1.1.0: it needs the role admin, which admin has.")]
    [InlineData("system", "A controller never breaks the glass: two people do.")]
    public void Only_an_administrator_asks(string person, string reason) => Assert.Equal(new Refusal(RefusalKind.Forbidden, reason), installation.Refuses(Glass(Some.Member(person))));

    [Fact]
    public void Nobody_breaks_the_glass_for_their_own_work_or_alone()
    {
        installation.Do(new AddMember(Some.Admin, Some.Ana, [.. Enum.GetValues<Role>()]));
        Assert.Equal("ana wrote support_router:v1.1.0 or a part of it and cannot break the glass for support_router:v1.1.0: admin must.", installation.Refuses(Glass(Some.Ana)).Reason);
        installation.Do(Glass(Some.Admin));
        Assert.Equal("admin asked for rel-2 and cannot confirm it too: boris, clara, dora, emil or greta must.", installation.Refuses(Glass(Some.Admin)).Reason);
        Assert.Equal("ana wrote support_router:v1.1.0 or a part of it and cannot confirm it: boris, clara, dora, emil or greta must.", installation.Refuses(Glass(Some.Ana)).Reason);
        Assert.Equal(RefusalKind.Forbidden, installation.Refuses(Glass(Some.Fritz)).Kind);
        Assert.Equal(RefusalKind.Forbidden, installation.Refuses(Glass(MemberName.System)).Kind);
    }

    [Theory]
    [InlineData("0s")]
    [InlineData("61m")]
    [InlineData("2h")]
    public void It_lasts_for_an_hour_at_most(string expires) => Assert.Equal(RefusalKind.Invalid, installation.Refuses(Glass(Some.Admin) with { Expires = Some.Parse<Duration>(expires) }).Kind);

    [Fact]
    public void It_needs_a_reason_somewhere_to_go_back_to_and_nothing_else_active()
    {
        Assert.Equal("Say why: the reason is empty.", installation.Refuses(Glass(Some.Admin) with { Reason = " " }).Reason);
        Assert.StartsWith("Nothing of support_router is live in production, so there is nothing to go back to", Some.Installation().Refuses(Glass(Some.Admin)).Reason, StringComparison.Ordinal);
        Assert.Equal("support_router:v1.0.0 is live in production already.", installation.Refuses(Glass(Some.Admin) with { Candidate = Some.Version("1.0.0") }).Reason);
        installation.Propose("1.2.0");
        Assert.StartsWith("rel-2 (support_router:v1.2.0, proposed) is active in production", installation.Refuses(Glass(Some.Admin)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Nobody_confirms_it_too_late_and_the_clock_clears_it_away()
    {
        installation.Do(Glass(Some.Admin));
        installation.Now += TimeSpan.FromMinutes(61);
        Assert.EndsWith("nobody confirmed it in time; ask again.", installation.Refuses(Glass(Some.Dora)).Reason, StringComparison.Ordinal);
        installation.Do(Assert.IsType<ReleaseCommand.Cancel>(Due()));
        Assert.Equal(ReleaseState.Cancelled, installation[new ReleaseId(2)].State);
        installation.Do(Glass(Some.Admin));
    }

    [Fact]
    public void When_the_hour_is_over_it_is_taken_back()
    {
        Broken();
        installation.Now += TimeSpan.FromMinutes(59);
        Assert.Null(Due());
        installation.Now += TimeSpan.FromMinutes(1);
        installation.Do(Assert.IsType<ReleaseCommand.RollBack>(Due()));
        Assert.Equal((ReleaseState.RolledBack, Some.Version("1.0.0")), (installation[new ReleaseId(2)].State, installation.Live));
    }

    [Fact]
    public void Evaluated_and_reviewed_within_the_hour_it_stays_and_keeps_its_mark()
    {
        var release = Broken();
        Assert.Equal("support_router:v1.1.0 has not been evaluated against support_router:v1.0.0, which is live; run: slipway eval MANIFEST", installation.Refuses(new ReleaseCommand.Approve(Some.Boris, release, "")).Reason);
        installation.Do(new RecordEvaluation(Some.Ana, Some.Evaluation("1.1.0", "1.0.0")));
        installation.Approve(release);
        Assert.Equal((ReleaseState.Full, null, Some.Boris, ReleaseLevel.Emergency), (installation[release].State, installation[release].ExpiresAt, installation[release].ApprovedBy!, installation[release].Plan.Level));
        installation.Now += TimeSpan.FromHours(2);
        Assert.Null(Due());
        installation.Now += TimeSpan.FromHours(23);
        installation.Do(new ReleaseCommand.Complete(MemberName.System, release, "watched", []));
    }

    [Theory]
    [InlineData("freeze")]
    [InlineData("roll back")]
    public void It_is_stopped_as_every_release_is(string command) => installation.Do(ReleaseMatrixTests.Command(command, Some.Dora, installation[Broken()]));

    [Theory]
    [InlineData("approve")]
    [InlineData("review")]
    public void Before_it_is_confirmed_it_takes_no_reviews(string command)
    {
        installation.Do(Glass(Some.Admin));
        Assert.StartsWith("rel-2 is an emergency: a second person confirms it with: slipway release break-glass support_router:v1.1.0",
            installation.Refuses(ReleaseMatrixTests.Command(command, Some.Boris, installation[new ReleaseId(2)])).Reason, StringComparison.Ordinal);
    }

    private ReleaseId Broken()
    {
        installation.Do(Glass(Some.Admin));
        installation.Do(Glass(Some.Dora));
        return new ReleaseId(2);
    }

    private ReleaseCommand? Due() => ReleaseClock.Due(installation[new ReleaseId(2)], installation.State, installation.Now, () => "drawn");

    private IEnumerable<string> Told(Command command) => installation.Do(command).Select(happened => happened.Sentence);

    private static BreakGlass Glass(MemberName by) => new(by, Some.Version("1.1.0"), Some.Production, "it leaks", Duration.Hours(1), null, "salt");
}
