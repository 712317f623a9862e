using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;

namespace Slipway.Core.Tests.Releases;

/// <summary>The one way of a first version.</summary>
public sealed class BootstrapReleaseTests
{
    private const string Hint = "slipway release bootstrap support_router:v1.0.0 --reason TEXT";
    private readonly Installation installation = Some.Installation();

    [Fact]
    public void The_owner_asks_and_a_second_person_makes_it_live_both_with_their_reason()
    {
        Assert.Equal("proposed rel-1: support_router:v1.0.0 as the first version in production: it runs like that since spring", Assert.Single(installation.Do(Bootstrap(Some.Emil, "it runs like that since spring"))).Sentence);
        Assert.Equal((ReleaseState.Proposed, null), (installation[new ReleaseId(1)].State, installation.Live));
        Assert.Equal($"waiting for a second person: boris, clara, greta, with: {Hint}", NextStep.Of(installation[new ReleaseId(1)], installation.State));

        var events = installation.Do(Bootstrap(Some.Clara, "word for word the same"));
        Assert.Equal(
            [
                "approved rel-1: word for word the same", "started rel-1 at 100%",
                "completed rel-1, support_router:v1.0.0 is live: it is the first version, there was nothing to compare it with",
            ],
            events.Select(happened => happened.Sentence));
        var live = installation.State.Releases.Live(Some.Prompt, Some.Production)!;
        Assert.Equal((Some.Version("1.0.0"), Some.Clara, new ReleaseId(1), installation.Now, null), (live.Version, live.ApprovedBy, live.Release, live.Since, live.RollbackTo));
        var release = installation[new ReleaseId(1)];
        Assert.Equal(("it runs like that since spring", "word for word the same", installation.Now), (release.ProposedBecause, release.ApprovalNote, release.ApprovedAt));
    }

    [Theory]
    [InlineData("emil", true)]
    [InlineData("greta", true)]
    [InlineData("ana", false)]
    [InlineData("admin", false)]
    [InlineData("boris", false)]
    [InlineData("clara", false)]
    [InlineData("dora", false)]
    [InlineData("system", false)]
    public void Only_the_two_owners_ask(string person, bool may)
    {
        var verdict = installation.Try(Bootstrap(Some.Member(person)));
        if (may) Assert.IsType<Verdict.Accept>(verdict);
        else
        {
            Assert.Equal(
                new Refusal(RefusalKind.Forbidden, $"{person} may not bootstrap support_router:v1.0.0: it needs to be owner or backup owner of support_router; emil, greta may."),
                Assert.IsType<Verdict.Refuse>(verdict).Why);
        }
    }

    [Theory]
    [InlineData("greta", null)]
    [InlineData("boris", null)]
    [InlineData("clara", null)]
    [InlineData("emil", "emil asked for rel-1 and cannot confirm it too: boris, clara or greta must.")]
    [InlineData("ana", "ana wrote support_router:v1.0.0 and cannot confirm it: boris, clara or greta must.")]
    [InlineData("admin", "admin may not confirm rel-1: it needs to be owner, backup owner, a reviewer or a release owner of support_router; boris, clara, greta may.")]
    [InlineData("dora", "dora may not confirm rel-1: it needs to be owner, backup owner, a reviewer or a release owner of support_router; boris, clara, greta may.")]
    [InlineData("system", "system may not confirm rel-1: it needs to be owner, backup owner, a reviewer or a release owner of support_router; boris, clara, greta may.")]
    public void The_other_owner_a_reviewer_or_a_release_owner_confirms(string person, string? refusal)
    {
        installation.Ask("1.0.0");
        var verdict = installation.Try(Bootstrap(Some.Member(person)));
        if (refusal is null) Assert.Equal(3, Assert.IsType<Verdict.Accept>(verdict).Events.Length);
        else Assert.Equal(new Refusal(RefusalKind.Forbidden, refusal), Assert.IsType<Verdict.Refuse>(verdict).Why);
    }

    [Fact]
    public void An_owner_who_is_the_author_asks_but_never_confirms()
    {
        installation.Do(new AddMember(Some.Admin, Some.Ana, [.. Enum.GetValues<Role>()]));
        installation.Do(new AssignDuties(Some.Admin, Some.Prompt, new DutiesChange { Owner = Some.Ana, Reviewers = [Some.Boris], ReleaseOwners = [Some.Ana, Some.Clara] }));
        var other = installation.Copy();
        installation.Do(Bootstrap(Some.Ana));
        installation.Do(Bootstrap(Some.Greta));
        Assert.Equal(Some.Version("1.0.0"), installation.Live);

        other.Do(Bootstrap(Some.Greta));
        Assert.Equal("ana wrote support_router:v1.0.0 and cannot confirm it: boris or clara must.", other.Refuses(Bootstrap(Some.Ana)).Reason);
        Assert.Null(other.Live);
    }

    [Fact]
    public void Where_the_prompt_names_people_others_do_not_confirm()
    {
        installation.Do(new AddMember(Some.Admin, Some.Member("rita"), [Role.Reviewer]));
        installation.Do(new AssignDuties(Some.Emil, Some.Prompt, new DutiesChange { Reviewers = [Some.Member("rita")] }));
        installation.Ask("1.0.0");
        Assert.Equal("boris may not confirm rel-1: it needs to be owner, backup owner, a reviewer or a release owner of support_router; clara, greta, rita may.", installation.Refuses(Bootstrap(Some.Boris)).Reason);
    }

    [Fact]
    public void Without_a_backup_owner_nothing_goes_to_production()
    {
        var prompt = Some.Parse<PromptName>("refunds");
        var version = new VersionId(prompt, Some.Version("1.0.0").Number);
        installation.Submit(Some.Submission(prompt: "refunds", owner: Some.Emil));
        Assert.Equal(
            new Refusal(RefusalKind.Conflict, "refunds has no backup owner, and a prompt in production has both; admin or emil can run: slipway owner set refunds --backup NAME"),
            installation.Refuses(Bootstrap(Some.Emil) with { Candidate = version }));
        Assert.Single(installation.Do(Bootstrap(Some.Emil) with { Candidate = version, Environment = EnvironmentName.Staging }));
    }

    [Fact]
    public void Without_an_owner_there_is_nobody_to_ask()
    {
        var version = new VersionId(Some.Parse<PromptName>("refunds"), Some.Version("1.0.0").Number);
        installation.Submit(Some.Submission(prompt: "refunds", owner: Some.Member("ai-platform")));
        Assert.Equal(
            new Refusal(RefusalKind.Forbidden, "ana may not bootstrap refunds:v1.0.0: it needs to be owner or backup owner of refunds, which nobody is yet; admin can run: slipway owner set refunds --owner NAME --backup NAME"),
            installation.Refuses(Bootstrap(Some.Ana) with { Candidate = version }));
    }

    [Fact]
    public void A_first_version_that_an_older_build_approved_is_started_once_two_people_answer_for_it()
    {
        var version = new VersionId(Some.Parse<PromptName>("refunds"), Some.Version("1.0.0").Number);
        installation.Submit(Some.Submission(prompt: "refunds", owner: Some.Emil));
        var release = new ReleaseId(1);
        installation.Append(Some.Ana, new ReleaseProposedV1(release, Some.Production, version, null, Some.Ana, Some.Emil, new ReleasePlanV1([Share.All], [], 100, Duration.Hours(1), Duration.Hours(72), Duration.Hours(72), null, null)));
        installation.Append(Some.Boris, new ReleaseApproved(release, "fine"));
        var start = new ReleaseCommand.Start(Some.Clara, release, "salt");
        Assert.EndsWith("admin or emil can run: slipway owner set refunds --backup NAME", installation.Refuses(start).Reason, StringComparison.Ordinal);
        installation.Do(new AssignDuties(Some.Emil, version.Prompt, new DutiesChange { BackupOwner = Some.Boris }));
        installation.Do(start);
        Assert.Equal(version, installation.State.Releases.Live(version.Prompt, Some.Production)!.Version);
    }

    [Fact]
    public void It_is_not_approved_or_started_by_halves()
    {
        var release = installation.Ask("1.0.0");
        Assert.Equal(
            new Refusal(RefusalKind.Conflict, $"rel-1 would be the first version of support_router in production; a second person confirms it with: {Hint}"),
            installation.Refuses(new ReleaseCommand.Approve(Some.Boris, release, "")));
        Assert.Equal("rel-1 is proposed and cannot be started.", installation.Refuses(new ReleaseCommand.Start(Some.Clara, release, "salt")).Reason);
    }

    [Fact]
    public void It_can_be_declined_or_cancelled_and_asked_for_again()
    {
        installation.Do(new ReleaseCommand.Decline(Some.Boris, installation.Ask("1.0.0"), "not so"));
        installation.Do(new ReleaseCommand.Cancel(Some.Greta, installation.Ask("1.0.0"), "not now"));
        Assert.Equal(RefusalKind.Forbidden, installation.Refuses(Bootstrap(Some.Boris)).Kind);
        installation.Bootstrap("1.1.0");
        Assert.Equal(Some.Version("1.1.0"), installation.Live);
    }

    [Fact]
    public void Another_version_waits_until_the_first_is_decided()
    {
        installation.Ask("1.0.0");
        Assert.Equal(
            "rel-1 (support_router:v1.0.0, proposed) is active in production; it must be completed, rolled back, declined or cancelled first.",
            installation.Refuses(Bootstrap(Some.Greta) with { Candidate = Some.Version("1.1.0") }).Reason);
    }

    [Fact]
    public void What_is_live_is_followed_not_bootstrapped()
    {
        installation.Bootstrap("1.0.0");
        Assert.Equal("support_router:v1.0.0 is live in production already.", installation.Refuses(Bootstrap(Some.Emil)).Reason);
        Assert.Equal(
            "support_router:v1.0.0 is live in production, so support_router:v1.1.0 is not the first; it follows with: slipway release propose support_router:v1.1.0",
            installation.Refuses(Bootstrap(Some.Emil) with { Candidate = Some.Version("1.1.0") }).Reason);
    }

    [Fact]
    public void Both_say_why()
    {
        foreach (var reason in (string[])["", " \n"]) Assert.Equal(new Refusal(RefusalKind.Invalid, "Say why: the reason is empty."), installation.Refuses(Bootstrap(Some.Emil, reason)));
        installation.Ask("1.0.0");
        Assert.Equal(RefusalKind.Invalid, installation.Refuses(Bootstrap(Some.Boris, " ")).Kind);
        Assert.Equal("A rollout needs a salt.", installation.Refuses(Bootstrap(Some.Boris) with { Salt = "" }).Reason);
    }

    [Fact]
    public void A_version_that_is_not_there_is_unknown() => Assert.Equal(
        new Refusal(RefusalKind.Unknown, "support_router has no version 9.0.0; it has 1.0.0, 1.1.0, 1.2.0, 1.3.0."), installation.Refuses(Bootstrap(Some.Emil) with { Candidate = Some.Version("9.0.0") }));

    [Fact]
    public void What_rolls_a_prompt_back_is_known_in_every_state()
    {
        Assert.Null(Back());
        installation.Bootstrap("1.0.0");
        Assert.Null(Back());
        var second = installation.GoLive("1.1.0");
        Assert.Equal(new WayBack(Some.Version("1.0.0"), "slipway rollback support_router --reason TEXT"), Back());
        var third = installation.Start(installation.Approve(installation.Propose("1.2.0")));
        Assert.Equal(new WayBack(Some.Version("1.1.0"), "slipway rollback support_router --reason TEXT"), Back());
        installation.RollBack(third);
        Assert.Equal(new WayBack(Some.Version("1.0.0"), "slipway release rollback rel-2 --reason TEXT"), Back());
        installation.RollBack(second);
        Assert.Null(Back());

        WayBack? Back() => installation.State.Releases.WayBack(Some.Prompt, Some.Production);
    }

    private static BootstrapRelease Bootstrap(MemberName by, string reason = "it is time") => new(by, Some.Version("1.0.0"), Some.Production, reason, "salt");
}
