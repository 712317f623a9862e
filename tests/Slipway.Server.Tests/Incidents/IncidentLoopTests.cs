using System.Collections.Immutable;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Slipway.Core.Evaluations;
using Slipway.Core.Incidents;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;
using Slipway.Server.Tests.Gateway;
using Slipway.Server.Tests.Storage;

namespace Slipway.Server.Tests.Incidents;

/// <summary>From a rollback to the case that would find it: over HTTP, on real engines, with real calls.</summary>
public sealed class IncidentLoopTests
{
    private const string Private = "Do you have a study room for six? Write to reader@example.org";
    private static readonly IncidentId First = new(1);
    private static readonly PromptName Prompt = Some.Value<PromptName>(Router.Prompt);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task A_rollback_is_an_incident_with_those_whom_it_touched_and_a_case_of_it_closes_it(string engine)
    {
        using var storage = TestEngine.Named(engine);
        await using var installation = await TestInstallation.StartWithRouterAsync(storage.Configure);
        var sent = await RolledBackAsync(installation);
        var bad = sent.Where(one => one.Version == "1.2.0").ToList();

        var incident = await CountedAsync(installation, bad.Count);
        var details = incident.Details!;
        Assert.Equal((IncidentState.Open, IncidentOrigin.Rollback, Router.Bad, Router.First, "rel-2", "dan"),
            (incident.State, incident.Origin, incident.Version.ToString(), incident.Stable!.ToString(), incident.Release!.ToString(), incident.OpenedBy.Value));
        Assert.Equal((bad.Count, bad.Count, bad.Select(one => one.User).Distinct().Count()), ((int)details.Figures.Requests, (int)details.Figures.Failing, (int)details.Figures.Users));
        foreach (var group in details.Workflows)
        {
            var those = bad.Where(one => one.Workflow == group.Value).ToList();
            Assert.Equal((those.Count, those.Count, those.Select(one => one.User).Distinct().Count()), ((int)group.Requests, (int)group.Failing, (int)group.Users!));
        }
        Assert.Equal(bad.Select(one => one.Workflow).Distinct().Order(), details.Workflows.Select(group => group.Value).Order());
        Assert.Equal(("tenant", "city", bad.Count), (details.Tenants[0].Name, details.Tenants[0].Value, (int)details.Tenants[0].Requests));
        Assert.Equal([("plan", "pro", (long)bad.Count)], details.Segments.Select(group => (group.Name, group.Value, group.Requests)));
        Assert.Equal("dan", details.Clock.RolledBackBy!.Value);
        Assert.InRange(details.Clock.SecondsFailing!.Value, 0, details.Clock.SecondsExposed!.Value);
        Assert.Equal(bad.Count, details.FailingCalls.Length);
        Assert.All(details.FailingCalls, call => Assert.Equal("schema", Assert.Single(call.Failures).Check));
        Assert.Equal(["ana submitted", "ana proposed", "ben signed", "ben approved", "cleo started", "dan rolled", "dan opened"],
            details.Timeline.Select(line => $"{line.Actor} {line.Sentence.Split(' ')[0]}"));

        // Whoever looks at the prompt or the release is led to it.
        Assert.Equal([First], Assert.Single(await installation.Dan.LiveAsync(Router.Prompt, null, null, Cancellation).Ok()).Incidents);
        Assert.Equal(new IncidentLink(First, IncidentState.Open), (await installation.Dan.ReleaseAsync("rel-2", Cancellation).Ok()).Incident);

        // It cannot be closed on anybody's word.
        Assert.Equal("No case of inc-1 is in a golden set of router. See which calls could become one with: slipway incident cases inc-1; or ben can close it without one: slipway incident waive inc-1 --reason TEXT",
            (await installation.Ana.CloseIncidentAsync(First, cancellation: Cancellation).Refused()).Message);
        Assert.Equal(403, (await installation.Ana.WaiveIncidentAsync(First, "It is nothing.", Cancellation).Refused()).Status);

        var proposed = await installation.Dan.IncidentCasesAsync(First, Cancellation).Ok();
        Assert.Equal(Router.GoldenSet[..^3], proposed.Set);
        // All calls said the same, so that one case is proposed; the others say why they are none.
        var one = Assert.Single(proposed.Proposed);
        Assert.Equal(bad.Count - 1, proposed.LeftOut.Count(left => left.Contains($"has the same input as {one.Id}.", StringComparison.Ordinal)));
        Assert.True(one.IsCertain);
        Assert.StartsWith("The answer does not fit its schema: ", one.Failures[0].Sentence, StringComparison.Ordinal);
        var line = one.Case.GetRawText();
        Assert.DoesNotContain("reader@example.org", line, StringComparison.Ordinal);
        Assert.Contains("[email]", line, StringComparison.Ordinal);
        Assert.Equal($"incident:inc-1:{one.TraceId}", one.Case.GetProperty("source").GetString());
        Assert.Equal("schema", one.Case.GetProperty("tags").GetProperty("failed").GetString());

        // Proposed is not accepted.
        await PushAsync(installation, 2, line);
        Assert.Contains("wait to be confirmed", (await installation.Ana.CloseIncidentAsync(First, cancellation: Cancellation).Refused()).Message, StringComparison.Ordinal);
        await PushAsync(installation, 3, Confirmed(line));
        var closed = await installation.Ana.CloseIncidentAsync(First, new IncidentCloseRequest("Its greeting is gone."), Cancellation).Ok();
        Assert.Equal((IncidentState.Closed, "ana", "Its greeting is gone."), (closed.State, closed.EndedBy!.Value, closed.EndedBecause));
        var test = Assert.Single(closed.Tests).Facts;
        Assert.Equal([new IncidentCase(one.Id, CaseAnswer.Failed, CaseAnswer.Passed)], test.Cases);
        Assert.Equal("router_golden:v3", test.Set.ToString());

        var log = await installation.Dan.LogAsync(Router.Prompt, Cancellation).Ok();
        Assert.Equal(
        [
            $"tested inc-1 on 1 case of router_golden:v3 with {test.Run}: router:v1.2.0 fails and 1.0.0 passes {one.Id}",
            $"closed inc-1: {one.Id} of router_golden:v3 would find it now, after {Count(bad.Count, "request")} of {Count(bad.Select(call => call.User).Distinct().Count(), "user")}, {bad.Count} of them failing: Its greeting is gone.",
        ], log.TakeLast(2).Select(entry => entry.Sentence));
        Assert.Empty(Assert.Single(await installation.Dan.LiveAsync(Router.Prompt, null, null, Cancellation).Ok()).Incidents);

        // The run is to be seen like others, but is no evaluation on whose word anything is released.
        Assert.Equal((EvaluationRunState.Finished, 1), await RunAsync(installation, test.Run));
        Assert.DoesNotContain(log, entry => entry.Sentence.StartsWith("evaluated router:v1.2.0 against 1.0.0 on router_golden:v3", StringComparison.Ordinal));

        var again = await installation.Ana.CloseIncidentAsync(First, cancellation: Cancellation).Refused();
        Assert.Equal(409, again.Status);
        Assert.StartsWith("inc-1 is over: ana closed it on ", again.Message, StringComparison.Ordinal);
        Assert.Equal(409, (await installation.Ben.WaiveIncidentAsync(First, "Too late.", Cancellation).Refused()).Status);
        Assert.Equal(bad.Count, (int)(await installation.Dan.IncidentAsync(First, Cancellation).Ok()).Details!.Figures.Requests);
    }

    [Fact]
    public async Task A_case_that_the_version_passes_or_that_what_is_live_fails_too_leaves_it_open_and_says_so()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        await RolledBackAsync(installation);

        await PushAsync(installation, 2, Case("easy", Router.Plain, """{"check": "schema"}"""));
        var passed = await installation.Ana.CloseIncidentAsync(First, cancellation: Cancellation).Refused();
        Assert.Equal((409, "inc-1 stays open: easy is passed by router:v1.2.0 too."), (passed.Status, passed.Message));

        await PushAsync(installation, 3, Case("wrong", Router.Tempting, """{"check": "schema"}, {"check": "field_equals", "field": "department", "value": "cellar"}"""));
        var failed = await installation.Ana.CloseIncidentAsync(First, cancellation: Cancellation).Refused();
        Assert.StartsWith("inc-1 stays open: wrong is failed by router:v1.0.0 too (", failed.Message, StringComparison.Ordinal);
        Assert.Contains("cellar", failed.Message, StringComparison.Ordinal);

        // Why it is open is on record and shown, and one good case beside them is enough.
        var open = await installation.Ana.IncidentAsync(First, Cancellation).Ok();
        Assert.Equal((IncidentState.Open, 2), (open.State, open.Tests.Length));
        await PushAsync(installation, 4, Case("wrong", Router.Tempting, """{"check": "field_equals", "field": "department", "value": "cellar"}"""), Case("good", "Do you have a quiet room?", """{"check": "schema"}"""));
        Assert.Equal(IncidentState.Closed, (await installation.Ana.CloseIncidentAsync(First, cancellation: Cancellation).Ok()).State);
    }

    [Fact]
    public async Task What_became_known_of_a_call_counts_and_a_person_says_what_would_have_been_right()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        await installation.StartCanaryAsync(Router.Bad, Patient);
        using var shop = installation.Http("shop");
        string? trace = null;
        for (var unit = 0; trace is null; unit++)
        {
            using var answer = await shop.ChatAsync(Chat.Body(Router.Plain, $"reader-{unit}"));
            if (answer.Header("x-slipway-version") == "1.2.0") trace = answer.Header("x-slipway-trace");
        }
        await installation.Api("shop").ReportOutcomesAsync(new OutcomeReport([new CallOutcomeDocument(trace, Escalated: true)]), Cancellation).Ok();
        await RollBackAsync(installation);

        IncidentDocument? incident = null;
        await Some.Eventually(async () => (incident = await installation.Dan.IncidentAsync(First, Cancellation).Ok()).Details!.Figures.Failing == 1, "the call is stored");
        Assert.Equal((trace, "A person had to take over."), (incident!.Details!.FailingCalls[0].TraceId, incident.Details.FailingCalls[0].Failures[0].Sentence));
        var proposed = Assert.Single((await installation.Dan.IncidentCasesAsync(First, Cancellation).Ok()).Proposed);
        // Its answer was wrong, so that nobody expects it: only its form.
        Assert.False(proposed.IsCertain);
        Assert.Equal("""[{"check":"schema"}]""", proposed.Case.GetProperty("expect").GetRawText());
    }

    [Fact]
    public async Task Texts_that_were_kept_in_full_are_redacted_and_where_none_are_kept_nothing_is_proposed()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        await installation.Cleo.ChangePolicyAsync(Prompt, policy => policy with { Capture = CapturePolicy.Full }, Cancellation).Ok();
        var bad = (await RolledBackAsync(installation)).Count(one => one.Version == "1.2.0");
        await CountedAsync(installation, bad);
        var proposed = Assert.Single((await installation.Dan.IncidentCasesAsync(First, Cancellation).Ok()).Proposed).Case.GetRawText();
        Assert.Contains("[email]", proposed, StringComparison.Ordinal);
        Assert.DoesNotContain("reader@example.org", proposed, StringComparison.Ordinal);

        await installation.Cleo.ChangePolicyAsync(Prompt, policy => policy with { Capture = CapturePolicy.None }, Cancellation).Ok();
        var none = await installation.Dan.IncidentCasesAsync(First, Cancellation).Ok();
        Assert.Empty(none.Proposed);
        Assert.Equal("The policy of router keeps no texts, so no call can become a case; write one by hand, with the source incident:inc-1.", Assert.Single(none.LeftOut));
    }

    [Fact]
    public async Task Each_may_do_what_their_duty_is()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        await RolledBackAsync(installation);
        // ben reviews and is the backup owner; cleo releases; the application is no person.
        var withheld = await installation.Api("shop").IncidentCasesAsync(First, Cancellation).Refused();
        Assert.Equal(403, withheld.Status);
        Assert.Equal(403, (await installation.Api("shop").IncidentAsync(First, Cancellation).Refused()).Status);
        Assert.Equal(403, (await installation.Api("shop").OpenIncidentAsync(new IncidentRequest(Some.Value<VersionId>(Router.First), "It is slow."), Cancellation).Refused()).Status);
        await installation.Admin.AddMemberAsync(Some.Value<Core.Access.MemberName>("rita"), [Core.Access.Role.Reviewer], Cancellation).Ok();
        using var rita = new Client.SlipwayApi(installation.Address, (await installation.Admin.IssueKeyAsync(Some.Value<Core.Access.MemberName>("rita"), Cancellation).Ok()).Secret);
        Assert.Equal(403, (await rita.IncidentCasesAsync(First, Cancellation).Refused()).Status);
        Assert.Equal("It greeted first.", (await rita.ExplainIncidentAsync(First, "It greeted first.", Cancellation).Ok()).Cause);
        Assert.Equal(403, (await rita.WaiveIncidentAsync(First, "It is nothing.", Cancellation).Refused()).Status);
        Assert.Equal(404, (await rita.IncidentAsync(new IncidentId(9), Cancellation).Refused()).Status);
        Assert.Equal(404, (await rita.CloseIncidentAsync(new IncidentId(9), cancellation: Cancellation).Refused()).Status);

        var waived = await installation.Ben.WaiveIncidentAsync(First, "The desk is closed for good.", Cancellation).Ok();
        Assert.Equal((IncidentState.Waived, "ben", null), (waived.State, waived.EndedBy!.Value, waived.Next));
        var byHand = await installation.Dan.OpenIncidentAsync(new IncidentRequest(Some.Value<VersionId>(Router.First), "It is slow.", Since: "1h"), Cancellation).Ok();
        Assert.Equal(("inc-2", IncidentOrigin.Person, null), (byHand.Id.ToString(), byHand.Origin, byHand.Stable));
        Assert.Equal(["inc-2"], (await installation.Dan.IncidentsAsync(Prompt, open: true, Cancellation).Ok()).Select(one => one.Id.ToString()));
        Assert.Equal(["inc-1", "inc-2"], (await installation.Dan.IncidentsAsync(cancellation: Cancellation).Ok()).Select(one => one.Id.ToString()));
        Assert.Contains("\"soon\" is no time", (await installation.Dan.OpenIncidentAsync(new IncidentRequest(Some.Value<VersionId>(Router.Bad), "Again.", Since: "soon"), Cancellation).Refused()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_that_is_away_leaves_it_open_says_why_and_what_was_answered_is_not_paid_twice()
    {
        await using var fake = await FakeOpenAi.StartAsync();
        fake.Answer = Greeting;
        await using var installation = await TestInstallation.StartWithRouterAsync(options => options with { Providers = [fake.Provider] }, FakeModel);
        await RolledBackAsync(installation, FakeModel);
        await PushAsync(installation, 2, Case("good", Router.Tempting, """{"check": "schema"}"""));

        fake.Answer = (context, sent) => sent.Text.Contains("friendly", StringComparison.Ordinal) ? Greeting(context, sent) : FakeOpenAi.Error(context, 400, "The model is being moved.");
        var away = await installation.Ana.CloseIncidentAsync(First, cancellation: Cancellation).Refused();
        Assert.Equal(409, away.Status);
        Assert.StartsWith("inc-1 stays open: good got no answer from router:v1.0.0 (", away.Message, StringComparison.Ordinal);
        Assert.Contains("The model is being moved", away.Message, StringComparison.Ordinal);

        fake.Answer = Greeting;
        var before = fake.Requests.Count;
        Assert.Equal(IncidentState.Closed, (await installation.Ana.CloseIncidentAsync(First, cancellation: Cancellation).Ok()).State);
        Assert.Equal(1, fake.Requests.Count - before);
    }

    [Fact]
    public async Task A_server_that_ends_in_the_middle_leaves_it_open_and_its_next_start_closes_it()
    {
        await using var fake = await FakeOpenAi.StartAsync();
        fake.Answer = Greeting;
        await using var installation = await TestInstallation.StartWithRouterAsync(options => options with { Providers = [fake.Provider] }, FakeModel);
        await RolledBackAsync(installation, FakeModel);
        await PushAsync(installation, 2, Case("good", Router.Tempting, """{"check": "schema"}"""));

        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        fake.Answer = (context, _) =>
        {
            asked.TrySetResult();
            return fake.Hang(context);
        };
        using var ana = installation.Http("ana");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/incidents/inc-1/close") { Content = JsonContent.Create(new { note = "the greeting is gone" }), Headers = { { "Idempotency-Key", "mine" } } };
        var waiting = ana.SendAsync(request, Cancellation);
        await asked.Task.WaitAsync(Cancellation);
        await installation.StopAsync();
        await Assert.ThrowsAnyAsync<Exception>(async () => (await waiting).EnsureSuccessStatusCode());

        fake.Answer = Greeting;
        await installation.RestartAsync();
        await Some.Eventually(async () => (await installation.Dan.IncidentAsync(First, Cancellation).Ok()).State == IncidentState.Closed, "the run goes on and closes it");
        var log = await installation.Dan.LogAsync(Router.Prompt, Cancellation).Ok();
        Assert.Equal(1, log.Count(line => line.Sentence.StartsWith("closed inc-1: good of router_golden:v2 would find it now", StringComparison.Ordinal)));

        // Whoever repeats the request hears what came of it.
        using var later = installation.Http("ana");
        using var repeated = new HttpRequestMessage(HttpMethod.Post, "/api/v1/incidents/inc-1/close") { Content = JsonContent.Create(new { note = "the greeting is gone" }), Headers = { { "Idempotency-Key", "mine" } } };
        using var answer = await later.SendAsync(repeated, Cancellation);
        Assert.Equal("closed", (await answer.JsonAsync()).GetProperty("state").GetString());
    }

    private const string FakeModel = "openai/gpt-test-2026-01-01";

    // Neither proved nor broken: a person decides.
    private static ReleasePlanDocument Patient { get; } = Plans.Quick("50%", "100%") with
    {
        Guardrails = ImmutableSortedDictionary<string, string>.Empty.Add("error_rate", "<= baseline + 90pp"),
        MinimumUnits = 10_000,
    };

    // The version that greets first does so, as the offline model would.
    private static Task Greeting(Microsoft.AspNetCore.Http.HttpContext context, FakeOpenAi.Sent sent) =>
        FakeOpenAi.Whole(context, sent.Text.Contains("friendly", StringComparison.Ordinal) && sent.Text.Contains("Do you have", StringComparison.Ordinal) ? $"Gladly! {FakeOpenAi.Valid}" : FakeOpenAi.Valid);

    private static async Task<List<(string User, string Workflow, string Version)>> RolledBackAsync(TestInstallation installation, string? model = null)
    {
        await installation.Ana.SubmitAsync(Router.Submission(Router.Bad, model ?? "production-default"), Cancellation).Ok();
        await installation.Ana.EvaluateAsync($$$"""{"candidate_prompt": "{{{Router.Bad}}}", "dataset": "{{{Router.GoldenSet}}}", "gates": {"schema_pass_rate": ">= 99%"}}""", Cancellation).Ok();
        await installation.ReleaseAsync(Router.Bad, Patient);
        using var shop = installation.Http("shop");
        var sent = new List<(string User, string Workflow, string Version)>();
        for (var call = 0; sent.Count(one => one.Version == "1.2.0") < 9; call++)
        {
            var (user, workflow) = ($"reader-{call / 2}", call % 3 == 0 ? "desk" : "phone");
            var body = JsonSerializer.Serialize(new { model = $"slipway/{Router.Prompt}", prompt = new { variables = new { library = "city" } }, messages = new[] { new { role = "user", content = Private } }, user, metadata = new { plan = "pro" } });
            using var answer = await shop.ChatAsync(body, ("x-slipway-workflow", workflow), ("x-slipway-tenant", "city"));
            sent.Add((user, workflow, answer.Header("x-slipway-version")));
        }
        await RollBackAsync(installation);
        return sent;
    }

    private static async Task RollBackAsync(TestInstallation installation) =>
        Assert.Equal(ReleaseState.RolledBack, (await installation.Dan.RollBackAsync(new RollbackRequest(Prompt, "Readers get chatter instead of JSON."), Cancellation).Ok()).State);

    // A record is stored a moment after its answer.
    private static async Task<IncidentDocument> CountedAsync(TestInstallation installation, int calls)
    {
        IncidentDocument? incident = null;
        await Some.Eventually(async () => (incident = await installation.Dan.IncidentAsync(First, Cancellation).Ok()).Details!.Figures.Requests == calls, "the calls are stored");
        return incident!;
    }

    private static async Task PushAsync(TestInstallation installation, int version, params string[] lines) => await installation.Ana.PushGoldenSetAsync(
        Some.Value<GoldenSetId>(string.Create(CultureInfo.InvariantCulture, $"router_golden:v{version}")), Router.Cases + string.Join('\n', lines), Cancellation).Ok();

    private static string Case(string id, string message, string expect) =>
        $$"""{"id": "{{id}}", "variables": {"library": "city"}, "messages": [{"role": "user", "content": "{{message}}"}], "expect": [{{expect}}], "source": "incident:inc-1"}""";

    private static string Confirmed(string line) => line.Replace(",\"confirm\":true", "", StringComparison.Ordinal);

    private static async Task<(EvaluationRunState, int)> RunAsync(TestInstallation installation, EvaluationRunId run)
    {
        var found = await installation.Ana.EvaluationRunAsync(run, Cancellation).Ok();
        return (found.State, found.Report!.Counts.Cases);
    }

    private static string Count(int number, string what) => string.Create(CultureInfo.InvariantCulture, $"{number} {what}{(number == 1 ? "" : "s")}");
}
