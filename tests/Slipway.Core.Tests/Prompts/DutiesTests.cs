using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;

namespace Slipway.Core.Tests.Prompts;

public sealed class DutiesTests
{
    private static readonly PromptName Refunds = Some.Parse<PromptName>("refunds");
    private static readonly MemberName Leads = Some.Member("support-leads");
    private readonly Installation installation = Some.Installation();

    private PromptDuties Duties => installation.State.Prompts.DutiesOf(Some.Prompt);

    [Fact]
    public void The_first_manifest_names_the_owner_where_it_names_a_member()
    {
        installation.Submit(Some.Submission(prompt: "refunds", owner: Some.Clara));
        Assert.Equal(PromptDuties.Open with { Owner = Some.Clara }, installation.State.Prompts.DutiesOf(Refunds));
    }

    [Fact]
    public void A_later_manifest_does_not()
    {
        installation.Submit(Some.Submission("1.4.0", owner: Some.Clara));
        Assert.Equal((Some.Emil, Some.Clara), (Duties.Owner, installation.State.Prompts.Find(Some.Prompt)!.Owner));
    }

    [Theory]
    [InlineData("ai-platform")]
    [InlineData("support-leads")]
    [InlineData("system")]
    public void A_team_in_the_manifest_leaves_the_owner_open_also_when_somebody_of_that_name_comes_later(string owner)
    {
        installation.Do(new SetGroup(Some.Admin, Leads, [Some.Boris]));
        installation.Submit(Some.Submission(prompt: "refunds", owner: Some.Member(owner)));
        installation.Try(new AddMember(Some.Admin, Some.Member(owner), [Role.Author]));
        installation.Submit(Some.Submission("1.1.0", "Refund.", prompt: "refunds", owner: Some.Member(owner)));
        Assert.Null(installation.State.Prompts.DutiesOf(Refunds).Owner);
    }

    [Fact]
    public void Duties_can_be_assigned_before_there_is_a_version_and_then_stay()
    {
        installation.Do(Assign(Some.Admin, new DutiesChange { Owner = Some.Dora, BackupOwner = Some.Clara }, Refunds));
        installation.Submit(Some.Submission(prompt: "refunds", owner: Some.Emil));
        Assert.Equal(Some.Dora, installation.State.Prompts.DutiesOf(Refunds).Owner);
    }

    [Fact]
    public void Who_is_backup_owner_does_not_become_owner_too()
    {
        installation.Do(Assign(Some.Admin, new DutiesChange { BackupOwner = Some.Clara }, Refunds));
        installation.Submit(Some.Submission(prompt: "refunds", owner: Some.Clara));
        Assert.Equal((null, Some.Clara), (installation.State.Prompts.DutiesOf(Refunds).Owner, installation.State.Prompts.DutiesOf(Refunds).BackupOwner));
    }

    [Fact]
    public void What_is_left_out_stays_as_it_is_and_the_sentence_says_what_changed()
    {
        installation.Do(new SetGroup(Some.Admin, Leads, [Some.Boris, Some.Greta]));
        var change = new DutiesChange { BusinessOwner = Some.Fritz, Reviewers = [Leads, Some.Boris, Leads], OnCall = [Some.Dora], Risk = RiskLevel.ActionTaking };
        var assigned = Assert.IsType<DutiesAssigned>(Assert.Single(installation.Do(Assign(Some.Emil, change))));
        Assert.Equal("assigned the duties of support_router: business owner fritz; reviewers support-leads, boris; on call dora; risk action-taking", assigned.Sentence);
        Assert.Equal((Some.Emil, Some.Greta, null), (Duties.Owner, Duties.BackupOwner, Duties.TechnicalOwner));
        Assert.Equal([Leads, Some.Boris], Duties.Reviewers);

        var cleared = Assert.Single(installation.Do(Assign(Some.Greta, new DutiesChange { Reviewers = [], Clear = [Duty.BusinessOwner, Duty.OnCall, Duty.Risk, Duty.SecurityReviewers] })));
        Assert.Equal("assigned the duties of support_router: business owner nobody in particular; reviewers everybody with the role; on call nobody in particular; risk standard", cleared.Sentence);
        Assert.Equal(PromptDuties.Open with { Owner = Some.Emil, BackupOwner = Some.Greta }, Duties);
    }

    [Fact]
    public void The_same_again_changes_nothing()
    {
        var change = new DutiesChange { Owner = Some.Emil, Reviewers = [Some.Boris] };
        Assert.Single(installation.Do(Assign(Some.Emil, change)));
        Assert.Empty(installation.Do(Assign(Some.Emil, change)));
        Assert.Empty(installation.Do(Assign(Some.Admin, new DutiesChange())));
    }

    [Theory]
    [InlineData("admin", true)]
    [InlineData("emil", true)]
    [InlineData("greta", true)]
    [InlineData("ana", false)]
    [InlineData("boris", false)]
    [InlineData("clara", false)]
    [InlineData("dora", false)]
    [InlineData("fritz", false)]
    [InlineData("system", false)]
    public void Administrators_and_the_two_owners_assign_them(string person, bool may)
    {
        var verdict = installation.Try(Assign(Some.Member(person), new DutiesChange { Risk = RiskLevel.Low }));
        if (may) Assert.IsType<Verdict.Accept>(verdict);
        else
        {
            Assert.Equal(
                new Refusal(RefusalKind.Forbidden, $"{person} may not assign the duties of support_router: it needs the role admin, or to be its owner or backup owner; admin, emil, greta may."),
                Assert.IsType<Verdict.Refuse>(verdict).Why);
        }
    }

    [Fact]
    public void Who_was_owner_has_no_right_from_it_any_more()
    {
        installation.Do(Assign(Some.Emil, new DutiesChange { Owner = Some.Dora }));
        Assert.Equal(RefusalKind.Forbidden, installation.Refuses(Assign(Some.Emil, new DutiesChange { Owner = Some.Emil })).Kind);
    }

    [Fact]
    public void An_owner_is_one_person_who_is_a_member()
    {
        installation.Do(new SetGroup(Some.Admin, Leads, [Some.Boris]));
        Refused(RefusalKind.Unknown, "There is no member zoe; add one with: slipway member add zoe --role ROLE", new DutiesChange { Owner = Some.Member("zoe") });
        Refused(RefusalKind.Unknown, "There is no member system; add one with: slipway member add system --role ROLE", new DutiesChange { BackupOwner = MemberName.System });
        Refused(RefusalKind.Invalid, "support-leads is a group, and the technical owner is one person; name a member.", new DutiesChange { TechnicalOwner = Leads });
    }

    [Fact]
    public void Owner_and_backup_owner_are_two_people()
    {
        Refused(RefusalKind.Conflict, "greta cannot be both owner and backup owner of support_router: name two people.", new DutiesChange { Owner = Some.Greta });
        installation.Do(Assign(Some.Emil, new DutiesChange { Owner = Some.Greta, BackupOwner = Some.Emil }));
        Assert.Equal((Some.Greta, Some.Emil), (Duties.Owner, Duties.BackupOwner));
    }

    [Theory]
    [InlineData(Duty.Owner, "Somebody always answers for a prompt: name another owner of support_router instead of none.")]
    [InlineData(Duty.BackupOwner, "Somebody always answers for a prompt: name another backup owner of support_router instead of none.")]
    public void The_two_owners_are_replaced_never_taken_away(Duty duty, string sentence) => Refused(RefusalKind.Invalid, sentence, new DutiesChange { Clear = [duty] });

    [Fact]
    public void Nothing_is_set_and_cleared_at_once() =>
        Refused(RefusalKind.Invalid, "release owners cannot be set and cleared at once.", new DutiesChange { ReleaseOwners = [Some.Clara], Clear = [Duty.ReleaseOwners] });

    [Fact]
    public void A_list_names_members_and_groups_there_are() => Refused(
        RefusalKind.Unknown, "There is no member or group zoe; add one with: slipway member add zoe --role ROLE, or: slipway group set zoe MEMBER", new DutiesChange { OnCall = [Some.Dora, Some.Member("zoe")] });

    [Fact]
    public void A_list_that_would_let_nobody_act_is_refused()
    {
        installation.Do(new SetGroup(Some.Admin, Leads, [Some.Clara, Some.Dora]));
        Refused(RefusalKind.Conflict, "Nobody of support-leads, emil has the role reviewer, so nobody could do it for support_router; give it to one of them first.", new DutiesChange { Reviewers = [Leads, Some.Emil] });
        Refused(RefusalKind.Conflict, "Nobody of boris has the role release_owner, so nobody could do it for support_router; give it to one of them first.", new DutiesChange { ReleaseOwners = [Some.Boris] });
        installation.Do(Assign(Some.Emil, new DutiesChange { ReleaseOwners = [Leads], OnCall = [Some.Emil] }));
    }

    [Theory]
    [InlineData("user-facing", RiskLevel.UserFacing)]
    [InlineData("user_facing", RiskLevel.UserFacing)]
    [InlineData("low", RiskLevel.Low)]
    public void A_risk_level_is_read_with_hyphens_too(string text, RiskLevel risk) => Assert.Equal((true, risk), (DutyNames.TryParse(text, out RiskLevel read), read));

    [Fact]
    public void Every_risk_level_and_every_duty_has_a_name_that_reads_back()
    {
        Assert.All(Enum.GetValues<RiskLevel>(), risk => Assert.Equal((true, risk), (DutyNames.TryParse(risk.Word(), out RiskLevel read), read)));
        Assert.All(Enum.GetValues<Duty>(), duty => Assert.Equal((true, duty), (DutyNames.TryParse(duty.Word().Replace(' ', '-'), out Duty read), read)));
        Assert.False(DutyNames.TryParse("high", out RiskLevel _) || DutyNames.TryParse(null, out Duty _));
    }

    private static AssignDuties Assign(MemberName by, DutiesChange change, PromptName? prompt = null) => new(by, prompt ?? Some.Prompt, change);

    private void Refused(RefusalKind kind, string sentence, DutiesChange change) => Assert.Equal(new Refusal(kind, sentence), installation.Refuses(Assign(Some.Emil, change)));
}
