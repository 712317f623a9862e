using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Slipway.Core.Access;
using Slipway.Core.Evaluations;
using Slipway.Core.Journal;
using Slipway.Core.Models;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;

namespace Slipway.Core.Tests.Access;

/// <summary>What a key lets through, held against every command.</summary>
public sealed class KeyScopeTests
{
    private static readonly KeyScope Everything = KeyScope.Everything;

    [Theory]
    [InlineData("support_router", "support_router", true)]
    [InlineData("support_router", "support_router2", false)]
    [InlineData("support_router", "support", false)]
    [InlineData("support_*", "support_router", true)]
    [InlineData("support_*", "support", false)]
    [InlineData("support/", "support/router", true)]
    [InlineData("support/", "supporters", false)]
    [InlineData("support/*", "support/router", true)]
    [InlineData("s*", "support/router", true)]
    public void A_pattern_covers_the_prompts_it_names(string pattern, string prompt, bool covers) =>
        Assert.Equal(covers, Some.Parse<PromptPattern>(pattern).Covers(Some.Parse<PromptName>(prompt)));

    [Theory]
    [InlineData("support_*", "support_router", true)]
    [InlineData("support_*", "support_r*", true)]
    [InlineData("support/", "support/*", true)]
    [InlineData("support/*", "support/", true)]
    [InlineData("support_r*", "support_*", false)]
    [InlineData("support_router", "support_router*", false)]
    [InlineData("support_router", "support_router", true)]
    public void A_pattern_covers_the_patterns_that_reach_no_further(string wide, string narrow, bool covers) =>
        Assert.Equal(covers, Some.Parse<PromptPattern>(wide).Covers(Some.Parse<PromptPattern>(narrow)));

    [Theory]
    [InlineData("*")]
    [InlineData("")]
    [InlineData("Support")]
    [InlineData("a*b")]
    [InlineData("support_**")]
    [InlineData("support:v1.0.0")]
    public void Another_text_is_no_pattern(string text) => Assert.False(PromptPattern.TryParse(text, out _));

    [Fact]
    public void A_key_that_is_limited_to_a_prompt_acts_on_it_and_on_nothing_else()
    {
        var installation = Some.LiveInstallation();
        var (own, other) = (installation.Key(Some.Ana, OfPrompts("support_router")), installation.Key(Some.Ana, OfPrompts("billing")));
        var version = installation.Submitting(Some.Submission("1.9.0"));
        Assert.Equal(
            new Refusal(RefusalKind.Forbidden, $"{other} of ana may not submit versions of support_router: it is limited to billing. admin can issue a key that may."),
            installation.Refuses(version, other));
        Assert.Single(installation.Do(version, own));

        Assert.Equal($"{other} of ana may not push support_router_golden:v5: it is limited to billing. admin can issue a key that may.",
            installation.Refuses(new PushGoldenSet(Some.Ana, Some.Parse<GoldenSetId>("support_router_golden:v5"), Some.Hash("more"), Some.Counts(9)), other).Reason);
        Assert.Empty(installation.Do(new PushGoldenSet(Some.Ana, Some.GoldenSet, Some.Hash("cases"), Some.Counts(180)), other));
        Assert.Single(installation.Do(new PushGoldenSet(Some.Ana, Some.Parse<GoldenSetId>("billing_golden:v1"), Some.Hash("cases"), Some.Counts(180)), other));

        Assert.Equal($"{other} of ana may not evaluate support_router:v1.1.0 against support_router:v1.0.0: it is limited to billing. admin can issue a key that may.",
            installation.Refuses(new RecordEvaluation(Some.Ana, Some.Evaluation("1.1.0", "1.0.0")), other).Reason);
        installation.Do(new RecordEvaluation(Some.Ana, Some.Evaluation("1.1.0", "1.0.0")), own);
        var proposal = new ProposeRelease(Some.Ana, Some.Version("1.1.0"), Some.Production, Some.Plan());
        Assert.Equal($"{other} of ana may not propose support_router:v1.1.0 for production: it is limited to billing. admin can issue a key that may.", installation.Refuses(proposal, other).Reason);
        Assert.Single(installation.Do(proposal, own));
    }

    [Fact]
    public void A_key_that_is_limited_to_an_environment_acts_there_alone()
    {
        var installation = Some.LiveInstallation();
        var release = installation.Propose("1.1.0");
        var key = installation.Key(Some.Boris, Everything with { Environments = [EnvironmentName.Staging] });
        Assert.Equal(
            $"{key} of boris may not approve rel-2 (support_router:v1.1.0 in production): it is limited to staging. admin can issue a key that may.",
            installation.Refuses(new ReleaseCommand.Approve(Some.Boris, release, ""), key).Reason);
        var onCall = installation.Key(Some.Dora, Everything with { Environments = [EnvironmentName.Staging] });
        Assert.Equal(
            $"{onCall} of dora may not roll back support_router in production: it is limited to staging. admin can issue a key that may.",
            installation.Refuses(new RollBackPrompt(Some.Dora, Some.Prompt, Some.Production, "x"), onCall).Reason);
        Assert.Single(installation.Do(installation.Submitting(Some.Submission("1.9.0")), installation.Key(Some.Ana, Everything with { Environments = [EnvironmentName.Staging] })));
    }

    [Fact]
    public void A_key_that_is_limited_to_a_role_has_what_that_role_gives_and_nothing_that_comes_with_the_person()
    {
        var installation = Some.LiveInstallation();
        installation.Do(new AddMember(Some.Admin, Some.Ana, [Role.Author, Role.Reviewer]));
        var release = installation.Propose("1.1.0");
        var key = installation.Key(Some.Ana, Everything with { Roles = [Role.Reviewer] });
        Assert.Equal(
            $"{key} of ana may not submit versions: it is limited to the role reviewer and needs the role author, which ana has.",
            installation.Refuses(installation.Submitting(Some.Submission("1.9.0")), key).Reason);
        Assert.Equal(
            $"{key} of ana may not cancel rel-2: it is limited to the role reviewer, and this takes the person. admin can issue a key that is not limited.",
            installation.Refuses(new ReleaseCommand.Cancel(Some.Ana, release, "x"), key).Reason);
        Assert.Single(installation.Do(new ReleaseCommand.Cancel(Some.Ana, release, "x"), installation.Key(Some.Ana)));

        installation.Do(new AddMember(Some.Admin, Some.Emil, [Role.Application]));
        var application = installation.Key(Some.Emil, Everything with { Roles = [Role.Application] });
        Assert.Equal(RefusalKind.Forbidden, installation.Refuses(new RollBackPrompt(Some.Emil, Some.Prompt, Some.Production, "x"), application).Kind);
        Assert.NotEqual(RefusalKind.Forbidden, installation.Refuses(new RollBackPrompt(Some.Emil, Some.Prompt, Some.Production, "x"), installation.Key(Some.Emil)).Kind);
    }

    [Fact]
    public void A_role_that_the_member_loses_is_lost_to_the_key()
    {
        var installation = Some.Installation();
        var key = installation.Key(Some.Ana, Everything with { Roles = [Role.Author] });
        installation.Do(new AddMember(Some.Admin, Some.Ana, [Role.Reviewer]));
        Assert.Equal(RefusalKind.Forbidden, installation.Refuses(installation.Submitting(Some.Submission("1.9.0")), key).Kind);
    }

    [Fact]
    public void A_key_that_was_revoked_or_has_ended_meanwhile_decides_nothing()
    {
        var installation = Some.Installation();
        var (revoked, ended) = (installation.Key(Some.Ana), installation.Key(Some.Ana, Everything with { ExpiresAt = installation.Now.AddHours(1) }));
        installation.Do(new RevokeKey(Some.Admin, revoked));
        installation.Now = installation.Now.AddHours(1);
        Assert.Contains("was revoked on", installation.Refuses(installation.Submitting(Some.Submission("1.9.0")), revoked).Reason, StringComparison.Ordinal);
        Assert.Contains("expired on", installation.Refuses(installation.Submitting(Some.Submission("1.9.0")), ended).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_acts_for_nobody_but_its_member()
    {
        var installation = Some.Installation();
        var key = installation.Key(Some.Ana);
        Assert.Throws<ArgumentException>(() => installation.Try(new RevokeKey(Some.Admin, "key-1"), key));
    }

    [Fact]
    public void A_command_that_does_not_say_what_it_touches_is_closed_to_limited_keys()
    {
        var installation = Some.Installation();
        var command = new Silent(Some.Ana);
        installation.Do(command, installation.Key(Some.Ana));
        Assert.Equal("key-3 of ana may not do this, which concerns the whole installation: it is limited to a. admin can issue a key that may.", installation.Refuses(command, installation.Key(Some.Ana, OfPrompts("a"))).Reason);
        Assert.Equal(RefusalKind.Forbidden, installation.Refuses(command, installation.Key(Some.Ana, Everything with { Environments = [Some.Production] })).Kind);
    }

    [Fact]
    public void Reading_is_for_people_and_a_member_without_roles_is_one()
    {
        var access = Some.Installation().State.Access;
        Assert.Null(access.DenyApplication(Some.Emil, "read the log"));
        Assert.Null(access.DenyApplication(Some.Ana, "read the log"));
        Assert.Equal("fritz may not read the log: it needs a role other than application, which admin, ana, boris, clara, dora, emil, greta have.",
            Assert.IsType<Verdict.Refuse>(access.DenyApplication(Some.Fritz, "read the log")).Why.Reason);
    }

    /// <summary>Whatever a key is limited to, what is done with it could have been done by its member without.</summary>
    [Fact]
    public void A_key_can_never_do_what_its_member_cannot() => Prop.ForAll(Cases.ToArbitrary(), given =>
    {
        var installation = Some.LiveInstallation();
        installation.Release(given.State);
        installation.Do(new AddMember(Some.Admin, given.Who, [.. given.Roles]));
        var key = installation.Key(given.Who, given.Scope with { Roles = given.Scope.Roles is { } limited && limited.Intersect(given.Roles).ToImmutableArray() is { IsEmpty: false } kept ? kept : null });
        if (given.RolesLater is { } later) installation.Append(Some.Admin, new MemberAdded(given.Who, [.. later]));
        foreach (var command in Commands(given.Who, installation))
        {
            var (alone, withKey) = (installation.Copy().Try(command), installation.Copy().Try(command, key));
            Assert.False(alone is Verdict.Refuse && withKey is Verdict.Accept, $"{command.GetType().Name} with {key}, {given}: {(alone as Verdict.Refuse)?.Why.Reason}");
            if (withKey is not Verdict.Accept accept) continue;
            Assert.All(accept.Events.OfType<KeyIssued>(), issued => Assert.True(installation.State.Access.FindKey(key)!.Scope is var own && (issued.Scope.WiderThan(own) is null || alone is Verdict.Accept && own.Covers(Role.Admin) && !own.IsPartial())));
        }
        var (plain, acting) = (installation.State.Access, installation.State.Access.ActingWith(installation.State.Access.FindKey(key)!));
        Assert.False(plain.DenyApplication(given.Who, "read") is not null && acting.DenyApplication(given.Who, "read") is null);
        Assert.All(Roles.All, role => Assert.True(plain.Has(given.Who, role.Role) || !acting.Has(given.Who, role.Role)));
    }).QuickCheckThrowOnFailure();

    private static Gen<Case> Cases =>
        from who in Gen.Elements(Some.Ana, Some.Boris, Some.Clara, Some.Dora, Some.Emil, Some.Fritz)
        from roles in Gen.SubListOf(Roles.All.Select(role => role.Role))
        from later in Gen.OneOf(Gen.Constant<IEnumerable<Role>?>(null), Gen.SubListOf(Roles.All.Select(role => role.Role)).Select(list => (IEnumerable<Role>?)list))
        from limit in Gen.SubListOf(Roles.All.Select(role => role.Role))
        from prompts in Gen.Elements<string?>(null, "support_router", "support_*", "billing")
        from environments in Gen.Elements<EnvironmentName?>(null, EnvironmentName.Production, EnvironmentName.Staging)
        from state in Gen.Elements(ReleaseState.Proposed, ReleaseState.Approved, ReleaseState.Canary, ReleaseState.Frozen, ReleaseState.Completed, ReleaseState.RolledBack)
        select new Case(who, [.. roles], later?.ToArray(), state, new KeyScope(
            limit.Count == 0 ? null : [.. limit], environments is null ? null : [environments], prompts is null ? null : [Some.Parse<PromptPattern>(prompts)], null));

    private static IEnumerable<Command> Commands(MemberName who, Installation installation)
    {
        var release = new ReleaseId(2);
        return
        [
            installation.Submitting(Some.Submission("1.9.0"), who), installation.Submitting(Some.Submission("1.0.0", prompt: "billing"), who),
            new PushGoldenSet(who, Some.Parse<GoldenSetId>("support_router_golden:v5"), Some.Hash("more"), Some.Counts(9)), new PushRubric(who, Some.Rubric()), new RecordEvaluation(who, Some.Evaluation("1.2.0", "1.0.0")),
            new ProposeRelease(who, Some.Version("1.1.0"), EnvironmentName.Staging, new ReleasePlanDocument()), new ReleaseCommand.Approve(who, release, "yes"),
            new ReleaseCommand.Decline(who, release, "no"), new ReleaseCommand.Cancel(who, release, "no"), new ReleaseCommand.Start(who, release, "salt"),
            new ReleaseCommand.Advance(who, release, 1, "well", []), new ReleaseCommand.Freeze(who, release, "odd", []), new ReleaseCommand.Resume(who, release, "fine"),
            new ReleaseCommand.RollBack(who, release, "bad", []), new RollBackPrompt(who, Some.Prompt, Some.Production, "bad"), new AddMember(who, who, [Role.Admin]),
            new SetModelAlias(who, "fast", Some.Model), new IssueKey(who, who, Some.Hash("slw_new")), new IssueKey(who, who, Some.Hash("slw_new"), Everything with { Prompts = [Some.Parse<PromptPattern>("b*")] }),
            new IssueKey(who, Some.Admin, Some.Hash("slw_new")), new RevokeKey(who, "key-1"), new RevokeKey(who, "key-2"),
        ];
    }

    private static KeyScope OfPrompts(string pattern) => Everything with { Prompts = [Some.Parse<PromptPattern>(pattern)] };

    private sealed record Case(MemberName Who, Role[] Roles, Role[]? RolesLater, ReleaseState State, KeyScope Scope)
    {
        public override string ToString() => $"{Who} with {string.Join(' ', Roles)}, later {(RolesLater is null ? "the same" : string.Join(' ', RolesLater))}, {State}, {Scope}";
    }

    private sealed record Silent(MemberName By) : Command(By)
    {
        public override Verdict Decide(Registry registry, DateTimeOffset now) => Verdict.Of();
    }
}
