using System.Net;
using System.Text.Json;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;
using Slipway.Server.Gateway;

namespace Slipway.Server.Tests.Gateway;

/// <summary>A shadow through the real gateway: users get stable, the candidate is asked afterwards, and its answers are seen by nobody but those who release.</summary>
public sealed class ShadowTests
{
    private const string Release = "rel-2";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_good_version_is_proved_in_its_shadow_and_only_then_met_by_users()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        var started = await installation.StartCanaryAsync(Router.Good, Plans.Quick("50%", "100%") with { Shadow = Shadow(calls: 1_000) });
        Assert.Equal((ReleaseState.Shadow, "0%", "100%"), (started.State, started.Weight.ToString(), started.Shadow?.Share.ToString()));

        using var shop = installation.Http("shop");
        var document = await SendUntilAsync(installation, shop, Router.Plain, release => release.State != ReleaseState.Shadow, answer => Assert.Equal(("1.0.0", "stable"), (answer.Header("x-slipway-version"), answer.Header("x-slipway-arm"))));

        var shadow = document.Shadow!;
        Assert.Equal((ReleaseState.Canary, "50%"), (document.State, document.Weight.ToString()));
        Assert.StartsWith("in its shadow schema_pass_rate >= baseline - 30pp holds: 0 of ", document.Reason, StringComparison.Ordinal);
        Assert.True(shadow.Candidate.Successes == shadow.Candidate.Calls && shadow.Stable.Calls == shadow.Candidate.Calls && shadow.Units > 5);
        Assert.NotNull(shadow.Candidate.LatencyMs);

        var calls = (await installation.Dan.CallsAsync(new Client.CallQuery { Release = Release, Limit = 1_000 }, Cancellation).Ok()).Where(call => call.Arm == Arm.Shadow).ToList();
        Assert.All(calls, call => Assert.Equal(("1.1.0", ResolveReason.Shadowed, 1, true), (call.PromptVersion, call.Reason, call.Epoch, call.SchemaValid)));
        var trace = await installation.Dan.TraceAsync(calls[0].TraceId, Cancellation).Ok();
        Assert.Equal([Arm.Stable, Arm.Shadow], trace.Calls.Select(call => call.Arm));
        Assert.Equal(trace.Calls[0].SpanId, trace.Calls[1].ShadowOf);
        Assert.NotNull(trace.Calls[1].Output);

        var told = (await installation.Dan.LogAsync(Router.Prompt, Cancellation).Ok()).Select(line => $"{line.Actor} {line.Sentence}").ToList();
        Assert.Contains("cleo started rel-2 in its shadow", told);
        Assert.Contains(told, line => line.StartsWith("system advanced rel-2 to 50%: in its shadow schema_pass_rate", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_bad_version_is_stopped_in_its_shadow_before_any_user_met_it()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        await installation.StartCanaryAsync(Router.Bad, Plans.Quick("50%", "100%") with { Shadow = Shadow(calls: 1_000) });

        using var shop = installation.Http("shop");
        var document = await SendUntilAsync(installation, shop, Router.Tempting, release => release.State != ReleaseState.Shadow, answer => Assert.Equal("1.0.0", answer.Header("x-slipway-version")));

        Assert.Equal(ReleaseState.RolledBack, document.State);
        Assert.StartsWith("in its shadow, before any user met it: schema_pass_rate >= baseline - 30pp is broken: ", document.Reason, StringComparison.Ordinal);
        Assert.True(document.Shadow!.Candidate.ContractFailures > 0 && document.Shadow.Stable.ContractFailures == 0);
        Assert.True(Assert.Single(document.Evidence).Harmful);
        Assert.DoesNotContain(document.Arms, arm => arm.Arm == Arm.Candidate);
        Assert.Equal(Router.First, Assert.Single(await installation.Dan.LiveAsync(Router.Prompt, null, null, Cancellation).Ok()).Version.ToString());

        // Nothing of it is in what users met: not in the numbers of a version, not among its users.
        var byVersion = await MetricsAsync(installation, "version");
        Assert.Equal(["1.0.0"], byVersion.Groups.Select(group => group.Version));
        Assert.Equal([Arm.Stable, Arm.Shadow], (await MetricsAsync(installation, "arm")).Groups.Where(group => group.Release is not null).Select(group => group.Arm));
        using var users = await installation.Http("dan").GetAsync(new Uri($"/api/v1/calls/users?prompt={Router.Prompt}&version=1.2.0", UriKind.Relative), Cancellation);
        Assert.Equal(0, (await users.JsonAsync()).GetArrayLength());
    }

    [Fact]
    public async Task A_budget_of_calls_is_kept_exactly_ends_once_and_is_spent_after_a_restart_too()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        await installation.StartCanaryAsync(Router.Good, Patient() with { Shadow = Shadow(calls: 7) });
        using (var shop = installation.Http("shop")) await SendAsync(shop, 30);
        await Stopped();
        await installation.RestartAsync();
        using (var shop = installation.Http("shop")) await SendAsync(shop, 10, "later");
        await Stopped();
        var document = await installation.Dan.ReleaseAsync(Release, Cancellation).Ok();
        Assert.Equal((ReleaseState.Shadow, 7, "0%"), (document.State, document.Shadow!.Calls, document.Shadow.Share.ToString()));
        Assert.NotNull(document.Shadow.StoppedAt);
        Assert.Equal(["stopped the shadow of rel-2 after 7 calls: its budget of 7 calls is spent"],
            (await installation.Dan.LogAsync(Router.Prompt, Cancellation).Ok()).Select(line => line.Sentence).Where(line => line.StartsWith("stopped", StringComparison.Ordinal)));

        Task Stopped() => Some.Eventually(async () => (await installation.Dan.ReleaseAsync(Release, Cancellation).Ok()).Shadow!.StoppedAt is not null, "the shadow is stopped");
    }

    [Fact]
    public async Task A_budget_in_money_is_not_passed_to_find_out()
    {
        await using var upstream = await FakeOpenAi.StartAsync();
        await using var installation = await StartAsync(upstream);
        // 21 tokens in and 9 out: $0.03 a call, so that $0.10 pay for three.
        await installation.Admin.RegisterModelAsync(Some.Value<Core.Models.ModelReference>(ServingInstallation.Model), new ModelFactsRequest(null, new Core.Models.ModelPrices(1_000, null, 1_000), Pinned: true), Cancellation).Ok();
        await installation.StartCanaryAsync(Router.Good, Patient() with { Shadow = new ShadowPlan(Share.All, new ShadowBudget(Cost: 0.1m), MinimumUnits: 2) }, ServingInstallation.Model);
        using var shop = installation.Http("shop");
        for (var unit = 0; unit < 8; unit++)
        {
            await SendAsync(shop, 1, $"unit{unit}");
            await Some.Eventually(async () => await LostAsync(installation) is { Waiting: 0 } && (await installation.Dan.ReleaseAsync(Release, Cancellation).Ok()).Shadow!.Calls >= Math.Min(unit + 1, 3), "the shadow has asked");
        }
        await Some.Eventually(async () => (await installation.Dan.ReleaseAsync(Release, Cancellation).Ok()).Shadow!.StoppedAt is not null, "the shadow is stopped");
        var shadow = (await installation.Dan.ReleaseAsync(Release, Cancellation).Ok()).Shadow!;
        Assert.Equal((3, 0.09m), (shadow.Calls, shadow.Cost));
        Assert.Contains((await installation.Dan.LogAsync(Router.Prompt, Cancellation).Ok()), line => line.Sentence == "stopped the shadow of rel-2 after 3 calls for $0.09: of its budget of $0.1 it spent $0.09, and one more call would pass it");
    }

    [Fact]
    public async Task Users_are_answered_while_the_candidate_hangs_and_what_has_no_room_is_dropped_and_counted()
    {
        await using var upstream = await FakeOpenAi.StartAsync();
        await using var installation = await StartAsync(upstream, options => options with { DrainTime = TimeSpan.FromSeconds(1) });
        await installation.StartCanaryAsync(Router.Good, Patient() with { Shadow = Shadow(calls: 100_000) }, ServingInstallation.Model);
        upstream.Requests.Clear();
        upstream.Answer = (context, sent) => IsCandidate(sent) ? upstream.Hang(context) : FakeOpenAi.Usual(context, sent);
        using var shop = installation.Http("shop");
        await SendAsync(shop, ShadowTraffic.MostAtOnce);
        await Some.Eventually(() => Task.FromResult(upstream.Requests.Count(IsCandidate) == ShadowTraffic.MostAtOnce), "the candidate is asked as often as it may be at once");
        await SendAsync(shop, ShadowTraffic.Capacity + 5, "more");
        await Some.Eventually(async () => await LostAsync(installation) == new ShadowLossDocument(ShadowTraffic.Capacity, 5, 0), "what has no room is counted");
        Assert.Empty((await installation.Dan.ReleaseAsync(Release, Cancellation).Ok()).Arms.Where(arm => arm.Arm == Arm.Shadow));
        // It stops within its time, and what was cut short is no failure of the candidate.
        await installation.StopAsync();
        await installation.RestartAsync();
        Assert.Equal(0, (await installation.Dan.ReleaseAsync(Release, Cancellation).Ok()).Shadow!.Calls);
    }

    [Fact]
    public async Task A_provider_that_limits_the_rate_is_left_alone_by_the_shadow_and_that_is_no_fault_of_the_candidate()
    {
        await using var upstream = await FakeOpenAi.StartAsync();
        await using var installation = await StartAsync(upstream);
        await installation.StartCanaryAsync(Router.Good, Patient() with { Shadow = Shadow() }, ServingInstallation.Model);
        upstream.Requests.Clear();
        upstream.Answer = (context, sent) => IsCandidate(sent) ? FakeOpenAi.Error(context, 429, "too fast", "100") : FakeOpenAi.Usual(context, sent);
        using var shop = installation.Http("shop");
        await SendAsync(shop, 1);
        await Some.Eventually(async () => (await LostAsync(installation)).Limited == 1, "the refusal is counted");
        await SendAsync(shop, 5, "more");
        await Some.Eventually(async () => (await LostAsync(installation)).Limited == 6, "the others are left out");
        Assert.Single(upstream.Requests, IsCandidate);
        Assert.Equal(0, (await installation.Dan.ReleaseAsync(Release, Cancellation).Ok()).Shadow!.Calls);
    }

    [Fact]
    public async Task Where_users_are_limited_no_shadow_is_in_their_way()
    {
        await using var upstream = await FakeOpenAi.StartAsync();
        await using var installation = await StartAsync(upstream);
        await installation.StartCanaryAsync(Router.Good, Patient() with { Shadow = Shadow() }, ServingInstallation.Model);
        upstream.Requests.Clear();
        upstream.Answer = (context, _) => FakeOpenAi.Error(context, 429, "too fast", "100");
        using var shop = installation.Http("shop");
        using var answer = await shop.ChatAsync(Chat.Body(user: "reader"));
        Assert.Equal((HttpStatusCode)429, answer.StatusCode);
        await Some.Eventually(async () => (await LostAsync(installation)).Limited == 1, "the shadow leaves the provider alone");
        Assert.DoesNotContain(upstream.Requests, IsCandidate);
    }

    [Fact]
    public async Task Only_what_the_canary_could_meet_and_a_model_was_asked_goes_to_the_candidate()
    {
        await using var upstream = await FakeOpenAi.StartAsync();
        await using var installation = await StartAsync(upstream);
        await installation.StartCanaryAsync(Router.Good, Patient() with { Shadow = Shadow(), Eligibility = [new ConditionDocument("plan", "equals", ["pro"])] }, ServingInstallation.Model);
        upstream.Requests.Clear();
        using var shop = installation.Http("shop");
        var pro = Chat.Body(user: "reader").Replace("\"stream\"", "\"metadata\":{\"plan\":\"pro\"},\"stream\"", StringComparison.Ordinal);
        foreach (var body in (string[])
        [
            Chat.Body(user: "reader"),                                                                      // not eligible
            pro.Replace("\"user\":\"reader\",", "", StringComparison.Ordinal),                              // no unit
            pro.Replace("\"library\"", "\"libary\"", StringComparison.Ordinal),                             // cannot be rendered
            pro.Replace("slipway/router", "slipway/router@1.0.0", StringComparison.Ordinal),                // a version asked for by its number
            pro.Replace("slipway/router", "slipway/router@1.1.0", StringComparison.Ordinal),
        ]) (await shop.ChatAsync(body)).Dispose();
        (await shop.ChatAsync(pro.Replace("\"stream\":false", "\"stream\":true", StringComparison.Ordinal))).Dispose();
        await Some.Eventually(async () => (await installation.Dan.ReleaseAsync(Release, Cancellation).Ok()).Shadow!.Calls == 1, "the one request that may goes to the candidate");
        Assert.Equal(2, upstream.Requests.Count(IsCandidate));      // the pinned one and the shadow's
        var call = Assert.Single(await installation.Dan.CallsAsync(new Client.CallQuery { Release = Release }, Cancellation).Ok(), call => call.Arm == Arm.Shadow);
        Assert.True(call.Streamed);
    }

    [Fact]
    public async Task A_candidate_that_asks_for_more_than_applications_send_is_found_out_in_its_shadow()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        var wanting = Router.Submission(Router.Good) with { Version = Some.Value<VersionNumber>("2.0.0"), Template = "{{library}} {{branch}}", Variables = JsonElement.Parse("""{"library": {"type": "string"}, "branch": {"type": "string"}}"""), GoldenSet = Some.Value<Core.Evaluations.GoldenSetId>("wanting:v1") };
        await installation.Ana.PushGoldenSetAsync(Some.Value<Core.Evaluations.GoldenSetId>("wanting:v1"), """{"id": "one", "kind": "normal", "variables": {"library": "city", "branch": "east"}, "messages": [{"role": "user", "content": "hm"}], "expect": [{"check": "schema"}]}""" + "\n", Cancellation).Ok();
        await installation.Ana.SubmitAsync(wanting, Cancellation).Ok();
        await installation.Ana.EvaluateAsync("""{"candidate_prompt": "router:v2.0.0", "dataset": "wanting:v1", "gates": {"error_rate": "<= 100%"}}""", Cancellation).Ok();
        await installation.ReleaseAsync("router:v2.0.0", Plans.Quick("50%", "100%") with { Shadow = Shadow(), Guardrails = Plans.Quick("100%").Guardrails!.Clear().Add("error_rate", "<= baseline + 30pp") });
        using var shop = installation.Http("shop");
        var document = await SendUntilAsync(installation, shop, Router.Plain, release => release.State != ReleaseState.Shadow, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal(ReleaseState.RolledBack, document.State);
        Assert.Contains("error_rate <= baseline + 30pp is broken", document.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shadow_of_an_application_is_not_believed()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        await installation.StartCanaryAsync(Router.Good, Patient() with { Shadow = Shadow() });
        using var shop = installation.Http("shop");
        await SendAsync(shop, 1);
        await Some.Eventually(async () => (await installation.Dan.CallsAsync(new Client.CallQuery { Release = Release }, Cancellation).Ok()).Any(call => call.Arm == Arm.Shadow), "the shadow's call is stored");
        var call = (await installation.Dan.CallsAsync(new Client.CallQuery { Release = Release }, Cancellation).Ok()).First(call => call.Arm == Arm.Shadow);
        var receipt = await installation.Api("shop").ReportCallsAsync(new CallReport([call with { SpanId = "00000000000000aa" }]), Cancellation).Ok();
        Assert.Contains("a gateway alone asks a candidate in its shadow", Assert.Single(receipt.Rejected), StringComparison.Ordinal);
    }

    private static ShadowPlan Shadow(long calls = 500) => new(Share.All, new ShadowBudget(Calls: calls), MinimumUnits: 3);

    // Proved by one good call, and not done before a day.
    private static ReleasePlanDocument Patient() => Plans.Quick("50%", "100%") with
    {
        Guardrails = Plans.Quick("100%").Guardrails!.SetItem("schema_pass_rate", "100%"),
        MinimumTime = Duration.Hours(24),
    };

    private static bool IsCandidate(FakeOpenAi.Sent sent) => sent.Text.Contains("Never add anything", StringComparison.Ordinal);

    private static Task<TestInstallation> StartAsync(FakeOpenAi upstream, Func<ServerOptions, ServerOptions>? configure = null) =>
        TestInstallation.StartWithRouterAsync(options => (configure?.Invoke(options) ?? options) with { Providers = [upstream.Provider] }, ServingInstallation.Model);

    private static async Task SendAsync(HttpClient shop, int requests, string unit = "reader")
    {
        for (var number = 0; number < requests; number++)
        {
            using var answer = await shop.ChatAsync(Chat.Body(user: $"{unit}-{number}"));
            answer.EnsureSuccessStatusCode();
        }
    }

    private static async Task<ReleaseDocument> SendUntilAsync(TestInstallation installation, HttpClient shop, string message, Func<ReleaseDocument, bool> isOver, Action<HttpResponseMessage> check)
    {
        for (var unit = 0; unit < 2_000; unit++)
        {
            using (var answer = await shop.ChatAsync(Chat.Body(message, $"reader-{unit}")))
            {
                // The release may go on between the answer and this look, never before: so it is looked at first.
                if (await installation.Dan.ReleaseAsync(Release, Cancellation).Ok() is var release && isOver(release)) return release;
                check(answer);
            }
        }
        throw new InvalidOperationException("It is not over.");
    }

    private static async Task<CallMetricsDocument> MetricsAsync(TestInstallation installation, string by)
    {
        using var answer = await installation.Http("dan").GetAsync(new Uri($"/api/v1/calls/metrics?prompt={Router.Prompt}&by={by}", UriKind.Relative), Cancellation);
        return (await answer.JsonAsync()).Deserialize(ApiJson.Default.CallMetricsDocument)!;
    }

    private static async Task<ShadowLossDocument> LostAsync(TestInstallation installation) => (await installation.Dan.DroppedCallsAsync(Cancellation).Ok()).Shadows!;
}
