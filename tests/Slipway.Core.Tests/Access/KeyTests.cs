using System.Collections.Immutable;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Releases;
using Slipway.Core.Wire;

namespace Slipway.Core.Tests.Access;

public sealed class KeyTests
{
    private readonly Installation installation = Some.Installation();

    private static KeyScope Scope(Role[]? roles = null, string[]? prompts = null, string[]? environments = null, DateTimeOffset? expires = null) => new(
        roles?.ToImmutableArray(), environments?.Select(Some.Parse<EnvironmentName>).ToImmutableArray(), prompts?.Select(Some.Parse<PromptPattern>).ToImmutableArray(), expires);

    [Fact]
    public void A_key_authenticates_its_member_until_it_is_revoked()
    {
        var (first, second) = (Some.Hash("slw_a"), Some.Hash("slw_b"));
        installation.Do(new IssueKey(Some.Admin, Some.Ana, first));
        installation.Do(new IssueKey(Some.Admin, Some.Ana, second));
        Assert.Equal((Some.Ana, "key-2"), Opened(first));
        Assert.Equal("revoked key-2 of ana: it leaked", Assert.Single(installation.Do(new RevokeKey(Some.Admin, "key-2", " it leaked "))).Sentence);
        Assert.Equal("The API key key-2 of ana was revoked on 2026-03-02 12:00 UTC; it opens nothing any more.", Assert.IsType<KeyCheck.Closed>(Check(first)).Reason);
        Assert.Equal((Some.Ana, "key-3"), Opened(second));
        Assert.Empty(installation.Do(new RevokeKey(Some.Admin, "key-2")));
    }

    [Fact]
    public void A_key_opens_to_the_moment_it_ends()
    {
        var end = installation.Now.AddDays(90);
        installation.Do(new IssueKey(Some.Admin, Some.Ana, Some.Hash("slw_a"), Scope(expires: end)));
        Assert.IsType<KeyCheck.Open>(installation.State.Access.Authenticate(Some.Hash("slw_a"), end.AddMilliseconds(-1)));
        Assert.Equal("The API key key-2 of ana expired on 2026-05-31 12:00 UTC; have a new one issued.", Assert.IsType<KeyCheck.Closed>(installation.State.Access.Authenticate(Some.Hash("slw_a"), end)).Reason);
    }

    [Fact]
    public void An_unknown_key_authenticates_nobody() => Assert.IsType<KeyCheck.Unknown>(Check(Some.Hash("slw_guess")));

    [Fact]
    public void The_journal_says_what_a_key_is_limited_to() => Assert.Equal(
        "issued key-2 to ana, limited to the role author, support_router and sales/, staging until 2026-04-01 00:00 UTC: the pipeline of the shop",
        Assert.Single(installation.Do(new IssueKey(
            Some.Admin, Some.Ana, Some.Hash("slw_a"), Scope([Role.Author, Role.Author], ["support_router", "sales/"], ["staging"], new DateTimeOffset(2026, 4, 1, 0, 0, 0, 0, TimeSpan.Zero)),
            "the pipeline of the shop "))).Sentence);

    [Fact]
    public void System_cannot_hold_a_key() => Assert.Equal(RefusalKind.Unknown, installation.Refuses(new IssueKey(Some.Admin, MemberName.System, Some.Hash("slw_x"))).Kind);

    [Fact]
    public void A_key_needs_a_member() => Assert.Equal(
        new Refusal(RefusalKind.Unknown, "There is no member zoe; add one with: slipway member add zoe --role ROLE"),
        installation.Refuses(new IssueKey(Some.Admin, Some.Member("zoe"), Some.Hash("slw_z"))));

    [Fact]
    public void A_key_that_is_not_there_cannot_be_revoked() => Assert.Equal(
        new Refusal(RefusalKind.Unknown, "There is no key key-9."), installation.Refuses(new RevokeKey(Some.Admin, "key-9")));

    [Fact]
    public void One_secret_is_one_key() =>
        Assert.Equal(RefusalKind.Conflict, installation.Refuses(new IssueKey(Some.Admin, Some.Ana, Some.Hash("slw_first"))).Kind);

    [Fact]
    public void A_key_cannot_be_wider_than_its_member() => Assert.Equal(
        new Refusal(RefusalKind.Invalid, "ana does not have the role reviewer or admin, so no key of ana can; ana has author."),
        installation.Refuses(new IssueKey(Some.Admin, Some.Ana, Some.Hash("slw_a"), Scope([Role.Author, Role.Reviewer, Role.Admin]))));

    [Fact]
    public void An_empty_list_is_no_way_to_say_all()
    {
        foreach (var scope in (KeyScope[])[Scope(roles: []), Scope(prompts: []), Scope(environments: [])])
            Assert.StartsWith("A list of roles, environments or prompts is empty", installation.Refuses(new IssueKey(Some.Admin, Some.Ana, Some.Hash("slw_a"), scope)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_has_ended_before_it_is_issued_is_none() => Assert.Equal(
        "The key would have expired at 2026-03-02 12:00 UTC already.", installation.Refuses(new IssueKey(Some.Admin, Some.Ana, Some.Hash("slw_a"), Scope(expires: Some.Noon))).Reason);

    [Theory]
    [InlineData("two\nlines")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901")]
    public void A_note_is_one_line(string note) => Assert.Equal(
        "The note must be one line of at most 200 characters.", installation.Refuses(new IssueKey(Some.Admin, Some.Ana, Some.Hash("slw_a"), null, note)).Reason);

    [Fact]
    public void Only_an_administrator_handles_the_keys_of_others()
    {
        Assert.Equal("ana may not issue keys for others: it needs the role admin, which admin has.", installation.Refuses(new IssueKey(Some.Ana, Some.Boris, Some.Hash("slw_a"))).Reason);
        Assert.Equal("ana may not revoke keys of others: it needs the role admin, which admin has.", installation.Refuses(new RevokeKey(Some.Ana, "key-1")).Reason);
        Assert.Equal(RefusalKind.Forbidden, installation.Refuses(new IssueKey(Some.Member("nobody"), Some.Member("nobody"), Some.Hash("slw_a"))).Kind);
    }

    [Fact]
    public void An_application_issues_no_keys() => Assert.Equal(
        "fritz may not issue keys: it needs a role other than application, which admin, ana, boris, clara, dora, emil, greta have.",
        installation.Refuses(new IssueKey(Some.Fritz, Some.Fritz, Some.Hash("slw_f"))).Reason);

    [Fact]
    public void A_member_issues_themselves_a_narrower_key_which_keeps_what_is_not_said()
    {
        var own = installation.Key(Some.Ana, Scope(prompts: ["support_*"], expires: installation.Now.AddDays(30)));
        var issued = Assert.IsType<KeyIssued>(Assert.Single(installation.Do(new IssueKey(Some.Ana, Some.Ana, Some.Hash("slw_ci"), Scope([Role.Author], ["support_router"])), own)));
        Assert.Equal(own, issued.IssuedWith);
        Assert.Equal((1, "support_router", installation.State.Access.FindKey(own)!.Scope.ExpiresAt), (issued.Scope.Roles!.Value.Length, issued.Scope.Prompts!.Value.Single().Value, issued.Scope.ExpiresAt));

        var plain = Assert.IsType<KeyIssued>(Assert.Single(installation.Do(new IssueKey(Some.Ana, Some.Ana, Some.Hash("slw_ci2")), own)));
        Assert.Equal(installation.State.Access.FindKey(own)!.Scope.ToString(), plain.Scope.ToString());
    }

    public static TheoryData<string> TooWide => ["roles", "prompts", "environments", "expiry"];

    [Theory]
    [MemberData(nameof(TooWide))]
    public void A_member_issues_no_key_that_is_wider_than_the_one_they_act_with(string what)
    {
        installation.Do(new AddMember(Some.Admin, Some.Ana, [Role.Author, Role.Reviewer]));
        var own = installation.Key(Some.Ana, Scope([Role.Author], ["support_*"], ["staging"], installation.Now.AddDays(30)));
        var (wide, sentence) = what switch
        {
            "roles" => (Scope(roles: [Role.Author, Role.Reviewer]), "have more than the role author"),
            "prompts" => (Scope(prompts: ["support_router", "s*"]), "reach beyond support_*"),
            "environments" => (Scope(environments: ["staging", "production"]), "reach beyond staging"),
            _ => (Scope(expires: installation.Now.AddDays(31)), "outlive it (it ends at "),
        };
        var refusal = installation.Refuses(new IssueKey(Some.Ana, Some.Ana, Some.Hash("slw_wide"), wide), own);
        Assert.Equal(RefusalKind.Forbidden, refusal.Kind);
        Assert.StartsWith($"{own} of ana may not issue a key that is wider than itself: this one would {sentence}", refusal.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_issued_with_a_key_ends_with_it()
    {
        var own = installation.Key(Some.Ana);
        installation.Do(new IssueKey(Some.Ana, Some.Ana, Some.Hash("slw_child")), own);
        installation.Do(new IssueKey(Some.Ana, Some.Ana, Some.Hash("slw_grandchild")), "key-3");
        var other = installation.Key(Some.Ana);
        Assert.Equal(
            ["revoked key-2 of ana: it leaked", "revoked key-3 of ana: it was issued with key-2", "revoked key-4 of ana: it was issued with key-3"],
            installation.Do(new RevokeKey(Some.Ana, own, "it leaked"), other).Select(happened => happened.Sentence));
        Assert.IsType<KeyCheck.Closed>(Check(Some.Hash("slw_grandchild")));
        Assert.Equal(KeyState.Active, installation.State.Access.FindKey(other)!.StateAt(installation.Now));
    }

    [Fact]
    public void A_limited_key_revokes_itself_and_what_reaches_no_further()
    {
        var (full, limited, narrow) = (installation.Key(Some.Ana), installation.Key(Some.Ana, Scope(prompts: ["support_*"])), installation.Key(Some.Ana, Scope(prompts: ["support_router"])));
        Assert.Equal($"{limited} of ana may not revoke {full}, which reaches further than itself. admin can.", installation.Refuses(new RevokeKey(Some.Ana, full), limited).Reason);
        installation.Do(new RevokeKey(Some.Ana, narrow), limited);
        installation.Do(new RevokeKey(Some.Ana, limited), limited);
        Assert.Equal(RefusalKind.Forbidden, installation.Refuses(new RevokeKey(Some.Ana, full), limited).Kind);
    }

    [Fact]
    public void A_key_of_an_administrator_that_is_limited_to_a_part_makes_nothing_wider()
    {
        var limited = installation.Key(Some.Admin, Scope(prompts: ["support_*"]));
        Assert.Equal(
            $"{limited} of admin may not issue a key that is wider than itself: this one would reach beyond support_*. admin can issue it.",
            installation.Refuses(new IssueKey(Some.Admin, Some.Admin, Some.Hash("slw_wide"), Scope(prompts: ["a*"])), limited).Reason);
        foreach (var command in (Command[])[
            new IssueKey(Some.Admin, Some.Ana, Some.Hash("slw_wide")), new RevokeKey(Some.Admin, installation.Key(Some.Ana)), new AddMember(Some.Admin, Some.Dora, [Role.Admin]),
            new Core.Models.SetModelAlias(Some.Admin, "production-default", Some.Model)])
            Assert.EndsWith("it is limited to support_*. admin can issue a key that may.", installation.Refuses(command, limited).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_last_key_of_the_last_administrator_is_not_revoked()
    {
        var refusal = installation.Refuses(new RevokeKey(Some.Admin, "key-1"));
        Assert.Equal(new Refusal(RefusalKind.Conflict, "key-1 is the last key of the last administrator; issue another one first."), refusal);
        installation.Do(new IssueKey(Some.Admin, Some.Admin, Some.Hash("slw_next")));
        installation.Do(new RevokeKey(Some.Admin, "key-1"));
        Assert.Equal(RefusalKind.Conflict, installation.Refuses(new RevokeKey(Some.Admin, "key-2")).Kind);
    }

    [Fact]
    public void A_key_that_cannot_administer_or_has_ended_is_no_administrators_last()
    {
        installation.Do(new AddMember(Some.Admin, Some.Admin, [Role.Admin, Role.Author]));
        installation.Key(Some.Admin, Scope([Role.Author]));
        installation.Key(Some.Admin, Scope(prompts: ["a"]));
        installation.Key(Some.Admin, Scope(expires: installation.Now.AddHours(1)));
        installation.Now = installation.Now.AddHours(2);
        Assert.Equal(RefusalKind.Conflict, installation.Refuses(new RevokeKey(Some.Admin, "key-1")).Kind);
        Assert.Equal(RefusalKind.Conflict, installation.Refuses(new AddMember(Some.Admin, Some.Admin, [])).Kind);
    }

    [Fact]
    public void Whoever_has_the_files_gets_a_key_of_the_administrator_on_record()
    {
        Assert.Equal("issued key-2 to admin: recovered by who can write the installation's journal", Assert.Single(installation.Do(new RecoverAccess(Some.Hash("slw_back")))).Sentence);
        Assert.Equal((MemberName.System, Some.Admin), (installation.Entries[^1].Actor, Opened(Some.Hash("slw_back")).Member));
        Assert.Equal(RefusalKind.Conflict, new Installation().Refuses(new RecoverAccess(Some.Hash("slw_back"))).Kind);
    }

    [Fact]
    public void A_secret_in_a_text_does_not_reach_the_journal()
    {
        var secret = "slw_" + new string('a', 43);
        var release = installation.Ask("1.0.0");
        foreach (var command in (Command[])[
            new RevokeKey(Some.Admin, installation.Key(Some.Ana), $"found {secret} in a log"), new IssueKey(Some.Admin, Some.Ana, Some.Hash("slw_n"), null, secret),
            new ReleaseCommand.Decline(Some.Boris, release, $"with --key {secret}")])
            Assert.StartsWith("There is an API key in this text.", installation.Refuses(command).Reason, StringComparison.Ordinal);
    }

    private KeyCheck Check(ContentHash hash) => installation.State.Access.Authenticate(hash, installation.Now);

    private (MemberName Member, string Key) Opened(ContentHash hash) => Assert.IsType<KeyCheck.Open>(Check(hash)) is var open ? (open.Member.Name, open.Key.Id) : default;
}
