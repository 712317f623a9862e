using Slipway.Core.Access;
using Slipway.Core.Journal;

namespace Slipway.Core.Tests.Access;

public sealed class GroupTests
{
    private static readonly MemberName Leads = Some.Member("support-leads");
    private readonly Installation installation = Some.Installation();

    [Fact]
    public void A_group_is_its_members()
    {
        Assert.Equal("made support-leads the group of boris, greta", Assert.Single(installation.Do(new SetGroup(Some.Admin, Leads, [Some.Boris, Some.Greta]))).Sentence);
        Assert.Equal([Some.Boris, Some.Clara, Some.Greta], installation.State.Access.Meant([Leads, Some.Clara, Some.Boris]));
        Assert.Empty(installation.State.Access.Meant([]));
    }

    [Fact]
    public void New_members_replace_the_old_ones_and_the_same_ones_change_nothing()
    {
        installation.Do(new SetGroup(Some.Admin, Leads, [Some.Boris, Some.Greta]));
        Assert.Empty(installation.Do(new SetGroup(Some.Admin, Leads, [Some.Boris, Some.Greta, Some.Boris])));
        installation.Do(new SetGroup(Some.Admin, Leads, [Some.Clara]));
        Assert.Equal([Some.Clara], installation.State.Access.Meant([Leads]));
    }

    [Fact]
    public void Only_an_administrator_sets_groups() => Assert.Equal(
        new Refusal(RefusalKind.Forbidden, "ana may not set groups: it needs the role admin, which admin has."), installation.Refuses(new SetGroup(Some.Ana, Leads, [Some.Ana])));

    [Fact]
    public void A_group_cannot_contain_groups()
    {
        installation.Do(new SetGroup(Some.Admin, Leads, [Some.Boris]));
        Assert.Equal(
            new Refusal(RefusalKind.Invalid, "support-leads is a group, and a group cannot contain groups; name its members."),
            installation.Refuses(new SetGroup(Some.Admin, Some.Member("everybody"), [Some.Ana, Leads])));
        Assert.Equal(RefusalKind.Invalid, installation.Refuses(new SetGroup(Some.Admin, Leads, [Leads])).Kind);
    }

    [Fact]
    public void Groups_and_members_share_one_name_space()
    {
        installation.Do(new SetGroup(Some.Admin, Leads, [Some.Boris]));
        Assert.Equal(new Refusal(RefusalKind.Conflict, "support-leads is the name of a group; choose another for the member."), installation.Refuses(new AddMember(Some.Admin, Leads, [Role.Author])));
        Assert.Equal(new Refusal(RefusalKind.Conflict, "ana is the name of a member; choose another for the group."), installation.Refuses(new SetGroup(Some.Admin, Some.Ana, [Some.Boris])));
        Assert.Equal(RefusalKind.Invalid, installation.Refuses(new SetGroup(Some.Admin, MemberName.System, [Some.Boris])).Kind);
    }

    [Fact]
    public void A_group_is_no_member_and_has_no_key()
    {
        installation.Do(new SetGroup(Some.Admin, Leads, [Some.Boris]));
        Assert.Equal(RefusalKind.Unknown, installation.Refuses(new IssueKey(Some.Admin, Leads, Some.Hash("slw_group"))).Kind);
        Assert.False(installation.State.Access.Has(Leads, Role.Reviewer));
    }

    [Fact]
    public void A_group_has_members_and_at_least_one()
    {
        Assert.Equal(new Refusal(RefusalKind.Invalid, "A group has at least one member; name who is in support-leads."), installation.Refuses(new SetGroup(Some.Admin, Leads, [])));
        Assert.Equal(
            new Refusal(RefusalKind.Unknown, "There is no member zoe; add one with: slipway member add zoe --role ROLE"), installation.Refuses(new SetGroup(Some.Admin, Leads, [Some.Ana, Some.Member("zoe")])));
    }
}
