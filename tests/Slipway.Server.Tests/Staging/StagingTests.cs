using System.Text;
using System.Text.Json;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;
using Slipway.Server.Tests.Gateway;

namespace Slipway.Server.Tests.Staging;

/// <summary>A version on its way through staging: brought there, called with what production was asked, held against it, explained, let on.</summary>
public sealed class StagingTests : IAsyncLifetime
{
    private TestInstallation installation = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        installation = await TestInstallation.StartWithRouterAsync();
        await installation.Ana.SubmitAsync(Router.Submission(Router.Good) with { Retrieval = new RetrievalPolicy("kb-2", 5) }, Cancellation).Ok();
        await installation.Ana.EvaluateAsync(Router.Evaluation(Router.Good), Cancellation).Ok();
    }

    public ValueTask DisposeAsync() => installation.DisposeAsync();

    [Fact]
    public async Task A_grave_prompt_goes_through_staging_and_what_differs_is_explained_before_it_goes_on()
    {
        var prompt = Some.Value<PromptName>(Router.Prompt);
        await installation.Ana.AssignAsync(prompt, new DutiesChange { Risk = RiskLevel.Regulated, SecurityReviewers = [Some.Value<Core.Access.MemberName>("ben")] }, Cancellation).Ok();
        var proposal = new ProposalDocument(Some.Value<VersionId>(Router.Good), Plans.Quick("10%", "100%") with { Observe = null });
        Assert.Contains("was not tried in staging", (await installation.Ana.ProposeAsync(proposal, Cancellation).Refused()).Message, StringComparison.Ordinal);

        await StageAsync();
        await AskProductionAsync(6);
        var request = new StagingRequest(Some.Value<VersionId>(Router.Good));
        var made = await installation.Cleo.ReportStagingAsync(request, Cancellation).Ok();
        Assert.Equal((6, 6, 6), (made.Report.Staged.Asked, made.Report.Staged.Kept, made.Report.Live.Kept));
        Assert.Equal(("retrieval", "it looks things up in kb-2 (5 passages), production in none"), (Assert.Single(made.Unexplained).Part, made.Unexplained[0].Sentence));
        Assert.Equal([("retrieval", true), ("messages", false)], made.Report.Differences.Select(one => (one.Part, one.NeedsReason)));
        Assert.Null(made.Outdated);

        // Kept as objects, and told in the log.
        using var raw = await installation.Http("cleo").GetAsync(new Uri($"/api/v1/objects/{made.ReportHash}", UriKind.Relative), Cancellation);
        Assert.Equal(made.ReportHash, ContentHash.Of(await raw.Content.ReadAsByteArrayAsync(Cancellation)));
        Assert.Contains((await installation.Dan.LogAsync(Router.Prompt, Cancellation).Ok()).Select(line => line.Sentence),
            line => line == "tried router:v1.1.0 in staging with 6 requests of production, 6 answered as agreed, beside 1.0.0: 1 differences to explain (retrieval)");

        Assert.Contains("Nobody explained why router:v1.1.0 may differ from production in retrieval", (await installation.Ana.ProposeAsync(proposal, Cancellation).Refused()).Message, StringComparison.Ordinal);
        Assert.Equal(403, (await installation.Dan.ExplainStagingAsync(new StagingExplanationRequest(request.Version, "retrieval", "It is new."), Cancellation).Refused()).Status);
        var explained = await installation.Ana.ExplainStagingAsync(new StagingExplanationRequest(request.Version, "retrieval", "The index was filled on Monday."), Cancellation).Ok();
        Assert.Empty(explained.Unexplained);
        Assert.Equal("The index was filled on Monday.", Assert.Single(explained.Explanations).Reason);
        var proposed = await installation.Ana.ProposeAsync(proposal, Cancellation).Ok();
        Assert.Contains(proposed.Checklist, item => item is { Point: ChecklistPoint.Staging, Done: true });
        Assert.Equal(explained.ReportHash, (await installation.Dan.StagingReportAsync(request.Version, Cancellation).Ok()).ReportHash);
    }

    [Fact]
    public async Task The_same_requests_are_not_paid_for_twice_and_the_same_command_is_done_once()
    {
        await StageAsync();
        await AskProductionAsync(4);
        var request = new StagingRequest(Some.Value<VersionId>(Router.Good), 3);
        var first = await installation.Ana.ReportStagingAsync(request, Cancellation).Ok();
        var second = await installation.Ana.ReportStagingAsync(request, Cancellation).Ok();
        Assert.Equal((3, 3), (first.Report.Staged.Asked, second.Report.Staged.Asked));
        var report = (await (await installation.Http("ana").GetAsync(new Uri($"/api/v1/objects/{second.Report.Evaluation}", UriKind.Relative), Cancellation)).JsonAsync()).GetProperty("facts");
        Assert.Equal(6, report.GetProperty("from_cache").GetInt32());

        var entries = (await installation.Ana.LogAsync(null, Cancellation).Ok()).Length;
        foreach (var _ in (int[])[1, 2])
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, "/api/v1/staging-reports") { Content = new StringContent("""{"version": "router:v1.1.0"}""", Encoding.UTF8, "application/json") };
            message.Headers.Add("Idempotency-Key", "staged-once");
            using var http = installation.Http("ana");
            using var answer = await http.SendAsync(message, Cancellation);
            answer.EnsureSuccessStatusCode();
        }
        Assert.Equal(entries + 1, (await installation.Ana.LogAsync(null, Cancellation).Ok()).Length);
    }

    [Fact]
    public async Task What_surrounds_it_is_seen_in_the_calls_of_staging()
    {
        await StageAsync();
        await AskProductionAsync(2);
        var call = (await installation.Dan.CallsAsync(new Client.CallQuery { Prompt = Router.Prompt }, Cancellation).Ok())[0];
        var staged = await installation.Ana.VersionAsync(Router.Good, Cancellation).Ok();
        await installation.Api("shop").ReportCallsAsync(new CallReport(
        [
            call with { Environment = EnvironmentName.Staging, PromptVersion = "1.1.0", PackageHash = staged.Package, TraceId = new string('a', 32), SpanId = new string('b', 16), Model = "gpt-test", Provider = "openai", Drifted = "temperature", EffectiveHash = null, Door = "sdk" },
        ]), Cancellation).Ok();
        await Some.Eventually(async () => (await installation.Dan.CallsAsync(new Client.CallQuery { Prompt = Router.Prompt, Environment = "staging" }, Cancellation).Ok()).Length == 1, "the call in staging is stored");
        var made = await installation.Ana.ReportStagingAsync(new StagingRequest(staged.Version), Cancellation).Ok();
        Assert.Equal(["models asked", "overrides", "retrieval"], made.Unexplained.Select(one => one.Part));
    }

    [Fact]
    public async Task A_candidate_that_production_cannot_feed_is_found_out()
    {
        var wanting = Router.Submission(Router.Good) with { Version = Some.Value<VersionNumber>("2.0.0"), BasedOn = Some.Value<VersionNumber>("1.1.0"), Template = "{{library}} {{branch}}", Variables = JsonElement.Parse("""{"library": {"type": "string"}, "branch": {"type": "string"}}""") };
        await installation.Ana.SubmitAsync(wanting, Cancellation).Ok();
        await StageAsync("router:v2.0.0");
        await AskProductionAsync(3);
        var made = await installation.Ana.ReportStagingAsync(new StagingRequest(Some.Value<VersionId>("router:v2.0.0")), Cancellation).Ok();
        Assert.Equal((3, 0, 3), (made.Report.Staged.Asked, made.Report.Staged.Kept, made.Report.Staged.Errors));
        Assert.Equal(["answers", "variables"], made.Unexplained.Select(one => one.Part));
        Assert.Contains("it needs branch, which applications do not send to what is live", made.Unexplained[1].Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_is_said_in_a_sentence()
    {
        var version = Some.Value<VersionId>(Router.Good);
        async Task<string> Refusal(StagingRequest request, string who = "ana") => (await installation.Api(who).ReportStagingAsync(request, Cancellation).Refused()) is var refused ? string.Join(" ", refused.Errors.Prepend(refused.Message)) : "";
        Assert.StartsWith("router:v1.1.0 is not live in staging; it goes there first with: slipway release bootstrap router:v1.1.0 --environment staging", await Refusal(new StagingRequest(version)), StringComparison.Ordinal);
        Assert.Contains("router has no version 9.0.0", await Refusal(new StagingRequest(Some.Value<VersionId>("router:v9.0.0"))), StringComparison.Ordinal);
        await StageAsync();
        Assert.Equal("No request of router was recorded in production in that time; look further back with --since, as in --since 30d.", await Refusal(new StagingRequest(version)));
        await AskProductionAsync(1);
        Assert.Contains("requests must be a whole number from 1 to 200.", await Refusal(new StagingRequest(version, 0)), StringComparison.Ordinal);
        Assert.Contains("\"yesterday\" is no time", await Refusal(new StagingRequest(version, Since: "yesterday")), StringComparison.Ordinal);
        Assert.Contains("max_cost must be more than 0.", await Refusal(new StagingRequest(version, MaxCost: 0)), StringComparison.Ordinal);
        Assert.Contains("A ceiling on the cost needs prices", await Refusal(new StagingRequest(version, MaxCost: 1)), StringComparison.Ordinal);
        Assert.Contains("shop may not try versions in staging", await Refusal(new StagingRequest(version), "shop"), StringComparison.Ordinal);
        Assert.Contains("There is no staging report on router:v1.1.0 yet", (await installation.Dan.StagingReportAsync(version, Cancellation).Refused()).Message, StringComparison.Ordinal);
        await installation.Cleo.ChangePolicyAsync(version.Prompt, policy => policy with { Capture = CapturePolicy.None }, Cancellation).Ok();
        Assert.Equal(1, (await installation.Ana.ReportStagingAsync(new StagingRequest(version), Cancellation).Ok()).Report.Staged.Asked);      // what was kept is still there
    }

    private async Task StageAsync(string version = Router.Good)
    {
        var request = new BootstrapRequest(Some.Value<VersionId>(version), "To be tried.", EnvironmentName.Staging);
        await installation.Ana.BootstrapAsync(request, Cancellation).Ok();
        await installation.Ben.BootstrapAsync(request with { Reason = "Reads well." }, Cancellation).Ok();
    }

    private async Task AskProductionAsync(int requests)
    {
        using var shop = installation.Http("shop");
        for (var number = 0; number < requests; number++) (await shop.ChatAsync(Chat.Body($"{Router.Plain} ({number})", $"reader-{number}"))).Dispose();
        await Some.Eventually(async () => (await installation.Dan.CallsAsync(new Client.CallQuery { Prompt = Router.Prompt }, Cancellation).Ok()).Length >= requests, "the calls are stored");
    }
}
