using Slipway.Core.Access;
using Slipway.Core.Journal;

namespace Slipway.Core.Tests.Access;

public sealed class AccessTests
{
    private readonly Installation installation = Some.Installation();

    [Fact]
    public void The_first_start_makes_one_administrator_with_one_key()
    {
        var fresh = new Installation();
        Assert.Equal(["made admin admin", "issued key-1 to admin"], fresh.Do(new InitializeAccess(Some.Hash("slw_1"))).Select(happened => happened.Sentence));
        Assert.Equal(Some.Admin, Assert.IsType<KeyCheck.Open>(fresh.State.Access.Authenticate(Some.Hash("slw_1"), fresh.Now)).Member.Name);
        Assert.Equal(new Refusal(RefusalKind.Conflict, "This installation has an administrator already."), fresh.Refuses(new InitializeAccess(Some.Hash("slw_2"))));
    }

    [Fact]
    public void A_refusal_names_the_missing_right_and_who_has_it() => Assert.Equal(
        new Refusal(RefusalKind.Forbidden, "ana may not add members: it needs the role admin, which admin has."),
        installation.Refuses(new AddMember(Some.Ana, Some.Dora, [Role.Admin])));

    [Fact]
    public void A_refusal_names_everybody_who_could_do_it()
    {
        installation.Do(new AddMember(Some.Admin, Some.Member("zoe"), [Role.Reviewer, Role.Author]));
        Assert.Equal("fritz may not push golden sets: it needs the role author or reviewer, which ana, boris, zoe have.",
            Assert.IsType<Verdict.Refuse>(installation.State.Access.Deny(Some.Fritz, "push golden sets", Role.Author, Role.Reviewer)).Why.Reason);
    }

    [Fact]
    public void A_refusal_says_that_nobody_could_do_it()
    {
        installation.Do(new AddMember(Some.Admin, Some.Dora, []));
        Assert.Equal("dora may not freeze rel-1: it needs the role on_call, which nobody has yet.",
            Assert.IsType<Verdict.Refuse>(installation.State.Access.Deny(Some.Dora, "freeze rel-1", Role.OnCall)).Why.Reason);
    }

    [Fact]
    public void Somebody_unknown_may_do_nothing() =>
        Assert.Equal(RefusalKind.Forbidden, installation.Refuses(new AddMember(Some.Member("nobody"), Some.Ana, [])).Kind);

    [Fact]
    public void One_of_the_roles_is_enough() => Assert.Null(installation.State.Access.Deny(Some.Ana, "evaluate", Role.Reviewer, Role.Author));

    [Fact]
    public void New_roles_replace_the_old_ones()
    {
        installation.Do(new AddMember(Some.Admin, Some.Ana, [Role.Reviewer]));
        Assert.Equal([Role.Reviewer], installation.State.Access.Members["ana"].Roles);
        Assert.False(installation.State.Access.Has(Some.Ana, Role.Author));
    }

    [Fact]
    public void The_same_roles_again_change_nothing()
    {
        Assert.Empty(installation.Do(new AddMember(Some.Admin, Some.Ana, [Role.Author])));
        Assert.Empty(installation.Do(new AddMember(Some.Admin, Some.Ana, [Role.Author, Role.Author])));
    }

    [Fact]
    public void System_cannot_be_a_member() => Assert.Equal(
        new Refusal(RefusalKind.Invalid, "\"system\" is the name of the controllers; choose another."),
        installation.Refuses(new AddMember(Some.Admin, Some.Member("system"), [Role.Application])));

    [Fact]
    public void The_last_administrator_stays_one()
    {
        var refusal = installation.Refuses(new AddMember(Some.Admin, Some.Admin, [Role.Author]));
        Assert.Equal(new Refusal(RefusalKind.Conflict, "admin is the only administrator with a key and must stay one until there is another."), refusal);
    }

    [Fact]
    public void An_administrator_without_a_key_replaces_nobody()
    {
        installation.Do(new AddMember(Some.Admin, Some.Dora, [Role.Admin]));
        Assert.Equal(RefusalKind.Conflict, installation.Refuses(new AddMember(Some.Admin, Some.Admin, [])).Kind);
        installation.Do(new IssueKey(Some.Admin, Some.Dora, Some.Hash("slw_dora")));
        installation.Do(new AddMember(Some.Admin, Some.Admin, []));
        Assert.Equal(RefusalKind.Forbidden, installation.Refuses(new AddMember(Some.Admin, Some.Ana, [])).Kind);
    }

    [Theory]
    [InlineData("release_owner", Role.ReleaseOwner)]
    [InlineData("release-owner", Role.ReleaseOwner)]
    [InlineData("on-call", Role.OnCall)]
    [InlineData("admin", Role.Admin)]
    public void A_role_is_read_with_hyphens_too(string text, Role role) => Assert.Equal((true, role), (Roles.TryParse(text, out var read), read));

    [Fact]
    public void Every_role_has_a_name_that_reads_back() =>
        Assert.All(Enum.GetValues<Role>(), role => Assert.Equal((true, role), (Roles.TryParse(role.Name(), out var read), read)));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Admin")]
    [InlineData("owner")]
    [InlineData("0")]
    public void Another_text_is_no_role(string? text) => Assert.False(Roles.TryParse(text, out _));
}
