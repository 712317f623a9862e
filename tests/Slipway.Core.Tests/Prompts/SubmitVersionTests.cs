using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Models;
using Slipway.Core.Prompts;

namespace Slipway.Core.Tests.Prompts;

public sealed class SubmitVersionTests
{
    private readonly Installation installation = Some.Installation();

    private static Submission Fifth => Some.Submission("1.5.0", "Route the fifth ticket.");

    [Fact]
    public void A_version_keeps_who_submitted_it_when_and_why()
    {
        installation.Submit(Fifth with { ChangeKind = new ChangeKinds(ChangeKind.Tone), Linked = "INC-12" });
        var version = installation.State.Prompts.Find(Some.Version("1.5.0"))!;
        Assert.Equal((Some.Ana, installation.Now, Some.Emil), (version.Author, version.SubmittedAt, version.Facts.Owner));
        Assert.Equal(("Route accounts better.", new ChangeKinds(ChangeKind.Tone), "INC-12"), (version.Facts.ChangeReason, version.Facts.ChangeKind, version.Facts.Linked));
        Assert.Equal(Some.Package(Fifth).Hash, version.Package);
    }

    [Fact]
    public void The_newest_version_says_who_owns_the_prompt()
    {
        installation.Submit(Fifth with { Owner = Some.Fritz });
        Assert.Equal((Some.Fritz, 5), (installation.State.Prompts.Find(Some.Prompt)!.Owner, installation.State.Prompts.Find(Some.Prompt)!.Versions.Length));
    }

    [Fact]
    public void The_same_version_again_changes_nothing_whoever_pushes_it()
    {
        installation.Do(new AddMember(Some.Admin, Some.Dora, [Role.Author]));
        installation.Submit(Fifth);
        Assert.Empty(installation.Submit(Fifth));
        Assert.Empty(installation.Submit(Fifth, by: Some.Dora));
        Assert.Equal(Some.Ana, installation.State.Prompts.Find(Some.Version("1.5.0"))!.Author);
    }

    [Fact]
    public void A_version_never_gets_other_content()
    {
        installation.Submit(Fifth);
        Assert.Equal(
            new Refusal(RefusalKind.Conflict, "support_router:v1.5.0 exists since 2026-03-02 with other content and never changes; give the new content a new version."),
            installation.Refuses(installation.Submitting(Fifth with { Template = "Route the fifth ticket!" })));
    }

    [Fact]
    public void A_version_never_gets_another_record()
    {
        installation.Submit(Fifth);
        var changes = (Submission[])
        [
            Fifth with { ChangeReason = "Another reason altogether." }, Fifth with { Owner = Some.Dora }, Fifth with { Linked = "INC-13" }, Fifth with { RollbackTo = Some.Parse<VersionNumber>("1.0.0") },
            Fifth with { ExpectedEffect = "x" }, Fifth with { CheckAfterRelease = "x" }, Fifth with { ChangeKind = new ChangeKinds(ChangeKind.Format) },
        ];
        Assert.All(changes, change => Assert.Equal(
            new Refusal(RefusalKind.Conflict, "support_router:v1.5.0 exists with the same content but another record (owner, reason, golden set or links); a version's record never changes either."),
            installation.Refuses(installation.Submitting(change))));
    }

    [Fact]
    public void Two_versions_may_have_the_same_content()
    {
        installation.Submit(Fifth);
        installation.Submit(Fifth with { Version = Some.Parse<VersionNumber>("1.6.0") });
        Assert.Equal(installation.State.Prompts.Find(Some.Version("1.5.0"))!.Package, installation.State.Prompts.Find(Some.Version("1.6.0"))!.Package);
    }

    [Fact]
    public void A_prompt_keeps_the_scheme_of_its_first_version() => Assert.Equal(
        new Refusal(RefusalKind.Invalid, "support_router numbers its versions like 1.0.0; 2026-03-15.3 is of the other scheme."),
        installation.Refuses(installation.Submitting(Some.Submission("2026-03-15.3"))));

    [Fact]
    public void A_prompt_may_number_by_the_calendar()
    {
        installation.Submit(Some.Submission("2026-03-15.3", prompt: "refunds"));
        Assert.Equal(RefusalKind.Invalid, installation.Refuses(installation.Submitting(Some.Submission("1.0.0", prompt: "refunds"))).Kind);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  \n")]
    public void A_version_says_why_it_exists(string reason) => Assert.StartsWith(
        "change_reason is empty: say what was wrong and what gets better, as in: ", installation.Refuses(installation.Submitting(Fifth with { ChangeReason = reason })).Reason, StringComparison.Ordinal);

    [Theory]
    [InlineData("updated the wording")]
    [InlineData("Update prompt.")]
    [InlineData("fix")]
    [InlineData("Fixed some small things in the template.")]
    [InlineData("minor changes and improvements")]
    [InlineData("WIP, new version of the prompt")]
    [InlineData("better better better better")]
    [InlineData("INC-12")]
    [InlineData("see ticket INC-12")]
    public void An_excuse_is_no_reason(string reason)
    {
        var refusal = installation.Refuses(installation.Submitting(Fifth with { ChangeReason = reason }));
        Assert.Equal(RefusalKind.Invalid, refusal.Kind);
        Assert.StartsWith($"change_reason \"{reason}\" does not say why: say what was wrong and what gets better, as in: Improve account recovery routing", refusal.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Improve account recovery routing without increasing billing misroutes.")]
    [InlineData("Refunds went to sales.")]
    [InlineData("Kunden mit Schweizer Adressen landeten im falschen Team.")]
    [InlineData("修复账户恢复请求被错误分配到计费团队的问题")]
    [InlineData("Клиенты без доступа попадали в продажи.")]
    public void A_sentence_in_any_language_is_a_reason(string reason) => Assert.Single(installation.Submit(Fifth with { ChangeReason = reason }));

    [Fact]
    public void A_version_goes_back_to_one_there_is()
    {
        Assert.Equal("rollback_to names 0.9.0, which support_router does not have: it has 1.0.0, 1.1.0, 1.2.0, 1.3.0.", installation.Refuses(installation.Submitting(Some.Submission("1.5.0", rollbackTo: "0.9.0"))).Reason);
        Assert.Equal("rollback_to names 1.5.0, the version itself.", installation.Refuses(installation.Submitting(Some.Submission("1.5.0", rollbackTo: "1.5.0"))).Reason);
        Assert.Single(installation.Submit(Some.Submission("1.5.0", rollbackTo: "1.3.0")));
    }

    [Fact]
    public void A_first_version_has_nothing_to_go_back_to() => Assert.Equal(
        "rollback_to names 0.9.0, which refunds does not have: push that version first, or for its first version write rollback_to: null", installation.Refuses(installation.Submitting(Some.Submission("1.0.0", prompt: "refunds", rollbackTo: "0.9.0"))).Reason);

    [Fact]
    public void A_version_names_a_golden_set_there_is() => Assert.Equal(
        new Refusal(RefusalKind.Unknown, "There is no golden set support_router_golden:v5; push it with the manifest, or with: slipway golden push FILE"),
        installation.Refuses(installation.Submitting(Fifth with { GoldenSet = Some.GoldenSet.Next() })));

    [Fact]
    public void A_package_built_with_an_older_alias_is_refused()
    {
        var submitting = installation.Submitting(Fifth);
        installation.Do(new SetModelAlias(Some.Admin, "production-default", Some.Parse<ModelReference>("openai/gpt-4.1-2025-04-14")));
        Assert.Equal("The model alias production-default was changed meanwhile; push again.", installation.Refuses(submitting).Reason);
    }

    [Fact]
    public void Only_an_author_submits() => Assert.Equal(
        "boris may not submit versions: it needs the role author, which ana has.", installation.Refuses(installation.Submitting(Fifth, Some.Boris)).Reason);

    [Fact]
    public void What_is_not_there_is_said_with_what_is()
    {
        Assert.Equal("support_router has no version 9.0.0; it has 1.0.0, 1.1.0, 1.2.0, 1.3.0.", installation.State.Prompts.Missing(Some.Version("9.0.0")));
        Assert.Equal("There is no prompt refunds; there is support_router.", installation.State.Prompts.Missing(Some.Parse<PromptName>("refunds")));
        Assert.Equal("There is no prompt refunds; none has been pushed yet.", PromptsState.Empty.Missing(Some.Parse<PromptName>("refunds")));
    }
}
