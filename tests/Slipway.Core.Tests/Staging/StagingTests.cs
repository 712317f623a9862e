using Slipway.Core.Evaluations;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Staging;

namespace Slipway.Core.Tests.Staging;

public sealed class StagingTests
{
    private const string Retrieval = "it looks things up in kb-2, production in kb-1";
    private readonly Installation installation = Some.LiveInstallation();

    public StagingTests()
    {
        installation.Do(new AssignDuties(Some.Emil, Some.Prompt, new DutiesChange { Risk = RiskLevel.Regulated, SecurityReviewers = [Some.Boris] }));
        installation.Do(new RecordEvaluation(Some.Ana, Some.Evaluation("1.1.0", "1.0.0")));
    }

    [Fact]
    public void Where_mistakes_cost_the_most_a_version_is_tried_in_staging_first()
    {
        Assert.Equal(
            "support_router:v1.1.0 was not tried in staging, which its release asks for: there is no staging report on it; it goes there first with: slipway release bootstrap support_router:v1.1.0 --environment staging --reason TEXT",
            installation.Refuses(Propose()).Reason);
        installation.Stage("1.2.0");
        Assert.EndsWith("it goes there with: slipway release propose support_router:v1.1.0 --environment staging", installation.Refuses(Propose()).Reason, StringComparison.Ordinal);
        installation.Stage("1.1.0");
        Assert.EndsWith("there is no staging report on it; make one with: slipway staging report support_router:v1.1.0", installation.Refuses(Propose()).Reason, StringComparison.Ordinal);
        installation.Do(Report());
        Assert.NotEmpty(installation.Do(Propose()));
    }

    [Fact]
    public void What_differs_blocks_until_somebody_says_why_it_may()
    {
        installation.Stage("1.1.0");
        installation.Do(Report(("retrieval", Retrieval), ("models asked", "in staging offline/other answered")));
        Assert.Equal(
            "Nobody explained why support_router:v1.1.0 may differ from production in retrieval (it looks things up in kb-2, production in kb-1) and in models asked (in staging offline/other answered); " +
            "say why with: slipway staging explain support_router:v1.1.0 retrieval --reason TEXT", installation.Refuses(Propose()).Reason);
        installation.Do(Explain("retrieval"));
        Assert.EndsWith("say why with: slipway staging explain support_router:v1.1.0 \"models asked\" --reason TEXT", installation.Refuses(Propose()).Reason, StringComparison.Ordinal);
        installation.Do(Explain("models asked"));
        var release = installation[Assert.IsType<ReleaseProposed>(Assert.Single(installation.Do(Propose()))).Release];
        Assert.Equal("it was tried in staging with 20 requests of production, and what differs is explained", Item(release).Sentence);
    }

    [Fact]
    public void An_explanation_is_of_the_difference_as_it_was_told()
    {
        installation.Stage("1.1.0");
        installation.Do(Report(("retrieval", Retrieval)));
        installation.Do(Explain("retrieval"));
        Assert.Empty(installation.Do(Explain("retrieval")));
        installation.Do(Report(("retrieval", Retrieval), ("answers", "it answered 18 of 20")));
        Assert.Equal(["answers"], Staged().Unexplained.Select(one => one.Part));
        installation.Do(Report(("retrieval", "it looks things up in kb-3, production in kb-1")));
        Assert.Equal(["retrieval"], Staged().Unexplained.Select(one => one.Part));
        Assert.Empty(Staged().Explanations);
    }

    [Fact]
    public void A_report_beside_another_live_version_is_worth_nothing()
    {
        installation.Stage("1.3.0");
        installation.Do(new RecordStaging(Some.Ana, Some.Staging(installation, "1.3.0")));
        installation.Do(new AssignDuties(Some.Emil, Some.Prompt, new DutiesChange { Risk = RiskLevel.Standard }));
        installation.GoLive("1.2.0");
        installation.Do(new AssignDuties(Some.Emil, Some.Prompt, new DutiesChange { Risk = RiskLevel.Regulated }));
        installation.Do(new RecordEvaluation(Some.Ana, Some.Evaluation("1.3.0", "1.2.0")));
        Assert.Equal(
            "The staging report on support_router:v1.3.0 holds it against 1.0.0, and 1.2.0 is live in production; make a new one with: slipway staging report support_router:v1.3.0",
            installation.Refuses(Propose("1.3.0")).Reason);
    }

    [Fact]
    public void A_report_of_another_package_is_worth_nothing()
    {
        installation.Stage("1.1.0");
        installation.Append(Some.Ana, Some.Staging(installation, "1.1.0") with { Package = Some.Hash("another") });
        Assert.Contains("is of another package (", installation.Refuses(Propose()).Reason, StringComparison.Ordinal);
        Assert.Equal(RefusalKind.Conflict, installation.Refuses(new RecordStaging(Some.Ana, Some.Staging(installation, "1.1.0") with { Package = Some.Hash("another") })).Kind);
    }

    [Fact]
    public void The_list_is_of_the_moment_it_starts()
    {
        installation.Stage("1.1.0");
        installation.Do(Report());
        var release = installation.Approve(Assert.IsType<ReleaseProposed>(Assert.Single(installation.Do(Propose()))).Release);
        installation.Do(Report(("retrieval", Retrieval)));
        Assert.Contains("Nobody explained why", installation.Refuses(new ReleaseCommand.Start(Some.Clara, release, "salt")).Reason, StringComparison.Ordinal);
        installation.Do(Explain("retrieval"));
        Assert.Equal(ReleaseState.Canary, installation[installation.Start(release)].State);
    }

    [Fact]
    public void Where_the_risk_is_the_usual_only_a_plan_asks_for_it()
    {
        installation.Do(new AssignDuties(Some.Emil, Some.Prompt, new DutiesChange { Risk = RiskLevel.Standard }));
        Assert.Contains("was not tried in staging", installation.Refuses(new ProposeRelease(Some.Ana, Some.Version("1.1.0"), Some.Production, Some.Plan() with { Staging = true })).Reason, StringComparison.Ordinal);
        var release = installation[installation.Propose("1.1.0")];
        Assert.DoesNotContain(ReleaseChecklist.Of(installation.State, release), item => item.Point == ChecklistPoint.Staging);
    }

    [Theory]
    [InlineData("2.0.0", "support_router has no version 2.0.0")]
    [InlineData("1.0.0", "support_router:v1.0.0 is not live in staging, 1.1.0 is; it goes there with: slipway release propose support_router:v1.0.0 --environment staging")]
    public void What_is_not_in_staging_is_not_tried_there(string version, string sentence)
    {
        installation.Stage("1.1.0");
        Assert.StartsWith(sentence, Assert.IsType<Verdict.Refuse>(RecordStaging.Deny(installation.State, Some.Ana, Some.Version(version))).Why.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_live_already_or_has_nothing_beside_it_is_not_tried()
    {
        installation.Stage("1.0.0");
        Assert.Equal("support_router:v1.0.0 is live in production already.", Assert.IsType<Verdict.Refuse>(RecordStaging.Deny(installation.State, Some.Ana, Some.Version("1.0.0"))).Why.Reason);
        var fresh = Some.Installation();
        fresh.Stage("1.1.0");
        Assert.Contains("Nothing of support_router is live in production", Assert.IsType<Verdict.Refuse>(RecordStaging.Deny(fresh.State, Some.Ana, Some.Version("1.1.0"))).Why.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_may_not_is_told_and_a_reason_is_needed()
    {
        installation.Stage("1.1.0");
        Assert.Equal("There is no staging report on support_router:v1.1.0 yet; make one with: slipway staging report support_router:v1.1.0", installation.Refuses(Explain("retrieval")).Reason);
        installation.Do(Report(("retrieval", Retrieval)));
        Assert.Equal(RefusalKind.Forbidden, installation.Refuses(Report() with { By = Some.Fritz }).Kind);
        Assert.Equal(RefusalKind.Forbidden, installation.Refuses(Explain("retrieval") with { By = Some.Dora }).Kind);
        Assert.Equal("Say why: the reason is empty.", installation.Refuses(Explain("retrieval") with { Reason = " " }).Reason);
        Assert.Equal("The report on support_router:v1.1.0 tells of no difference in memory that needs a reason; it tells of retrieval.", installation.Refuses(Explain("memory")).Reason);
    }

    private StagedVersion Staged() => installation.State.Staging.Find(Some.Version("1.1.0"))!;

    private ChecklistItem Item(Release release) => ReleaseChecklist.Of(installation.State, release).Single(item => item.Point == ChecklistPoint.Staging);

    private RecordStaging Report(params (string, string)[] open) => new(Some.Ana, Some.Staging(installation, "1.1.0", open));

    private static ExplainStaging Explain(string part) => new(Some.Clara, Some.Version("1.1.0"), part, "we looked at it");

    private static ProposeRelease Propose(string version = "1.1.0") => new(Some.Ana, Some.Version(version), Some.Production, Some.Plan(observe: null));
}
