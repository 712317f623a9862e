using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Slipway.Client;
using Slipway.Core.Access;
using Slipway.Core.Calls;
using Slipway.Core.Models;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;
using Slipway.Server.Tests.Gateway;

namespace Slipway.Server.Tests.Calls;

/// <summary>What applications say of their calls, and who may read it.</summary>
public sealed class CallReportTests(CallReportTests.Installation shared) : IClassFixture<CallReportTests.Installation>
{
    private static int drawn;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private SlipwayApi Shop => shared.Server.Api("shop");

    [Fact]
    public async Task A_reported_call_is_stored_once_redacted_and_priced()
    {
        var call = Call() with
        {
            Provider = "offline",
            Model = "large-2026-01-01",
            InputTokens = 1_000,
            OutputTokens = 100,
            Tenant = "city",
            UserKey = "reader-7",
            Workflow = "desk",
            Input = """[{"role":"user","content":"I am ana@example.com"}]""",
            Output = "Call +44 20 7946 0958.",
            Error = "The model said ana@example.com.",
            ContractViolation = "\"+44 20 7946 0958\" is not an allowed property",
        };
        for (var again = 0; again < 3; again++) Assert.Equal(new ReportReceipt(1, []), await ReportAsync(call) with { Rejected = [] });
        var stored = (await FoundAsync(call.TraceId)).Calls;
        var record = Assert.Single(stored);
        Assert.True(record is { Door: "sdk", Tenant: "city", UserKey: "reader-7", Workflow: "desk", SpanId.Length: 16 });
        Assert.Equal("""[{"role":"user","content":"I am [email]"}]""", record.Input);
        Assert.Equal("Call [phone].", record.Output);
        Assert.Equal(("The model said [email].", "\"[phone]\" is not an allowed property"), (record.Error, record.ContractViolation));
        Assert.Equal(0.0045m, record.Cost);
        Assert.Equal(call.TraceId, Assert.Single(await shared.Server.Dan.CallsAsync(new CallQuery { User = "reader-7" }, Cancellation).Ok()).TraceId);
        Assert.Equal(call.TraceId, Assert.Single(await shared.Server.Dan.CallsAsync(new CallQuery { Tenant = "city", Version = "1.0.0", Prompt = Router.Prompt, Since = "1h" }, Cancellation).Ok()).TraceId);
        Assert.Contains(await shared.Server.Dan.CallUsersAsync(Some.Value<VersionId>(Router.First), null, Cancellation).Ok(), user => user is { User: "reader-7", Calls: 1 });
    }

    [Fact]
    public async Task What_does_not_fit_is_told_in_a_sentence_and_the_rest_is_taken()
    {
        var good = Call();
        (CallRecord Call, string Says)[] wrong =
        [
            (Call() with { TraceId = "x" }, "trace_id must be 32 hexadecimal digits"), (Call() with { SpanId = "x" }, "span_id must be 16 hexadecimal digits"),
            (Call() with { StartedAt = DateTimeOffset.UtcNow.AddDays(-8) }, "started_at must be within the last 7 days"), (Call() with { StartedAt = DateTimeOffset.UtcNow.AddHours(1) }, "started_at must be within"),
            (Call() with { Prompt = null }, "it names no prompt and version"), (Call() with { Prompt = "nobody" }, "There is no prompt nobody"), (Call() with { PromptVersion = "9.9.9" }, "router has no version 9.9.9"),
            (Call() with { PackageHash = ContentHash.Of("x"u8) }, "the package of router:v1.0.0 is sha256:"), (Call() with { LatencyMs = -1 }, "latency_ms"), (Call() with { InputTokens = -1 }, "must not be below 0"),
            (Call() with { Cost = -1 }, "cost must be"), (Call() with { Parameters = JsonElement.Parse("[]") }, "parameters must be an object"), (Call() with { UserKey = new string('x', 501) }, "at most 500"),
            (Call() with { Epoch = 1 }, "it names no release"), (Call() with { Release = new(9) }, "there is no release rel-9"), (Call() with { Release = new(1), Epoch = 7 }, "rel-1 has no epoch 7"),
        ];
        var receipt = await Shop.ReportCallsAsync(new CallReport([.. wrong.Select(one => one.Call), good]), Cancellation).Ok();
        Assert.Equal(1, receipt.Accepted);
        Assert.Equal(wrong.Length, receipt.Rejected.Length);
        foreach (var (at, (_, says)) in wrong.Index()) Assert.True(receipt.Rejected[at].StartsWith($"calls[{at}]: ", StringComparison.Ordinal) && receipt.Rejected[at].Contains(says, StringComparison.Ordinal), receipt.Rejected[at]);
        Assert.Equal(422, (await Shop.ReportCallsAsync(new CallReport([.. Enumerable.Repeat(good, 1_001)]), Cancellation).Refused()).Status);
        Assert.Equal(403, (await shared.Server.Dan.ReportCallsAsync(new CallReport([good]), Cancellation).Refused()).Status);
        Assert.Equal(403, (await shared.Server.Dan.ReportOutcomesAsync(new OutcomeReport([]), Cancellation).Refused()).Status);
    }

    [Fact]
    public async Task An_author_reports_no_calls_of_production_and_no_outcomes()
    {
        var tried = Call() with { Environment = EnvironmentName.Staging };
        var receipt = await shared.Eve.ReportCallsAsync(new CallReport([Call(), tried]), Cancellation).Ok();
        Assert.Equal((1, "calls[0]: eve may not report calls of production: it needs the role application, which shop has."), (receipt.Accepted, Assert.Single(receipt.Rejected)));
        await FoundAsync(tried.TraceId);
        Assert.Equal(403, (await shared.Eve.ReportOutcomesAsync(new OutcomeReport([new(tried.TraceId, Escalated: true)]), Cancellation).Refused()).Status);
    }

    [Fact]
    public async Task A_unit_that_was_not_drawn_is_refused_as_a_candidates_and_one_of_a_step_before_is_not()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        await installation.StartCanaryAsync(Router.Good, Plans.Quick("10%", "50%", "100%") with { MinimumTime = Duration.Hours(24) });
        var release = new ReleaseId(2);
        var salt = installation.Server.Parts.GetRequiredService<Ledger>().Current.Releases.Find(release)!.Salt!;
        var (first, second, never) = (UnitIn(0, 100_000), UnitIn(100_000, 500_000), UnitIn(500_000, 1_000_000));
        Assert.Equal("-, rel-2 never had more than 10%, rel-2 never had more than 10%", await RefusalsAsync(epoch: 1));
        await installation.Cleo.CommandAsync("rel-2", "advance", new ReasonDocument("Read a hundred answers.", 1), Cancellation).Ok();
        Assert.Equal("-, -, rel-2 never had more than 50%", await RefusalsAsync(epoch: 1));
        await installation.Dan.CommandAsync("rel-2", "rollback", new ReasonDocument("It greets everybody."), Cancellation).Ok();
        Assert.Equal("-, -, rel-2 never had more than 50%", await RefusalsAsync(epoch: 2));
        var pinned = Candidate(never, 2) with { Reason = ResolveReason.Pinned };
        Assert.Equal(1, (await installation.Api("shop").ReportCallsAsync(new CallReport([pinned]), Cancellation).Ok()).Accepted);

        async Task<string> RefusalsAsync(int epoch)
        {
            string[] units = [first, second, never];
            var receipt = await installation.Api("shop").ReportCallsAsync(new CallReport([.. units.Select(unit => Candidate(unit, epoch))]), Cancellation).Ok();
            return string.Join(", ", units.Select((_, at) => receipt.Rejected.FirstOrDefault(said => said.StartsWith($"calls[{at}]", StringComparison.Ordinal))?.Split(" and ")[1].Split(',')[0] ?? "-"));
        }

        CallRecord Candidate(string unit, int epoch) => Call() with { PromptVersion = "1.1.0", Release = release, Epoch = epoch, Arm = Arm.Candidate, Reason = ResolveReason.InCanary, UnitKey = unit };

        string UnitIn(int from, int below) => Enumerable.Range(0, 10_000).Select(number => $"unit-{number}").First(unit => Bucket.Of(salt, unit) is var bucket && bucket >= from && bucket < below);
    }

    [Fact]
    public async Task An_outcome_joins_its_call_and_the_version_is_measured_by_it()
    {
        var call = Call() with { PromptVersion = "1.1.0" };
        var early = new CallOutcomeDocument(call.TraceId.ToUpperInvariant(), Escalated: true, Labels: ImmutableSortedDictionary<string, string>.Empty.Add("channel", "mail"));
        Assert.Equal(1, (await Shop.ReportOutcomesAsync(new OutcomeReport([early]), Cancellation).Ok()).Accepted);      // before the call is there
        await ReportAsync(call);
        await FoundAsync(call.TraceId);
        var receipt = await Shop.ReportOutcomesAsync(new OutcomeReport([new CallOutcomeDocument(call.TraceId, TaskSuccess: false), new CallOutcomeDocument("x")]), Cancellation).Ok();
        Assert.Equal((1, "outcomes[1]: trace_id must be 32 hexadecimal digits."), (receipt.Accepted, Assert.Single(receipt.Rejected)));
        Assert.True((await FoundAsync(call.TraceId)).Outcome is { Escalated: true, TaskSuccess: false, Labels.Count: 1 });
        var metrics = await shared.Server.Dan.MetricsAsync(Router.Prompt, null, "10m", "version", Cancellation).Ok();
        Assert.True(Assert.Single(metrics.Groups, group => group.Version == "1.1.0") is { Calls: 1, Successes: 0, Escalations: 1, TasksFailed: 1, Outcomes: 1, LatencyMs.P50: > 11.8 and < 12.2, Cost: null });
        Assert.Equal("1.1.0", metrics.Groups[^1].Version);
        Assert.Single((await shared.Server.Dan.MetricsAsync(Router.Prompt, null, null, "all", Cancellation).Ok()).Groups);
    }

    [Fact]
    public async Task Texts_are_for_administrators_and_those_who_must_act_and_no_record_is_for_applications()
    {
        var call = Call() with { Input = "What are your hours?", Output = "Nine to five." };
        await ReportAsync(call);
        Assert.Equal("Nine to five.", (await FoundAsync(call.TraceId)).Calls[0].Output);     // Dan is on call
        foreach (var member in (string[])["admin", "ana", "ben", "cleo"]) Assert.Equal(("Nine to five.", null), await TextsAsync(shared.Server.Api(member)));
        var (text, withheld) = await TextsAsync(shared.Eve);
        Assert.Null(text);
        Assert.StartsWith("eve may not read the texts of calls of router: it needs the role on_call or release_owner", withheld, StringComparison.Ordinal);
        Assert.All(await shared.Server.Admin.CallsAsync(new CallQuery { Prompt = Router.Prompt }, Cancellation).Ok(), listed => Assert.Null(listed.Output));
        Assert.Equal(403, (await Shop.TraceAsync(call.TraceId, Cancellation).Refused()).Status);
        Assert.Equal(403, (await Shop.MetricsAsync(Router.Prompt, null, null, null, Cancellation).Refused()).Status);
        Assert.Equal(404, (await shared.Server.Dan.TraceAsync(new string('0', 32), Cancellation).Refused()).Status);

        async Task<(string?, string?)> TextsAsync(SlipwayApi api) => await api.TraceAsync(call.TraceId, Cancellation).Ok() is var trace ? (trace.Calls[0].Output, trace.Withheld) : default;
    }

    [Fact]
    public async Task A_key_that_is_limited_to_another_prompt_reports_and_reads_nothing_of_this_one()
    {
        var call = Call();
        await ReportAsync(call);
        await FoundAsync(call.TraceId);
        var narrow = await shared.Server.Admin.IssueKeyAsync(new KeyRequest(Some.Value<MemberName>("shop"), Prompts: [Some.Value<PromptPattern>("billing")]), Cancellation).Ok();
        using var other = new SlipwayApi(shared.Server.Address, narrow.Secret);
        Assert.Contains("may not report calls of router in production", Assert.Single((await other.ReportCallsAsync(new CallReport([Call()]), Cancellation).Ok()).Rejected), StringComparison.Ordinal);
        Assert.Equal("outcomes[0]: its call is beyond what this key may touch.", Assert.Single((await other.ReportOutcomesAsync(new OutcomeReport([new(call.TraceId, Escalated: true)]), Cancellation).Ok()).Rejected));
        var reading = await shared.Server.Admin.IssueKeyAsync(new KeyRequest(Some.Value<MemberName>("dan"), Prompts: [Some.Value<PromptPattern>("billing")]), Cancellation).Ok();
        using var reader = new SlipwayApi(shared.Server.Address, reading.Secret);
        Assert.Equal(404, (await reader.TraceAsync(call.TraceId, Cancellation).Refused()).Status);
        Assert.Equal(403, (await reader.MetricsAsync(Router.Prompt, null, null, null, Cancellation).Refused()).Status);
        Assert.Equal(403, (await reader.UnmanagedAsync(Cancellation).Refused()).Status);
    }

    [Fact]
    public async Task Pages_of_calls_lead_to_the_end()
    {
        var calls = Enumerable.Range(0, 25).Select(at => Call() with { Tenant = "pages", StartedAt = DateTimeOffset.UtcNow.AddSeconds(-at) }).ToImmutableArray();
        await Shop.ReportCallsAsync(new CallReport(calls, Dropped: 3, Instance: "i"), Cancellation).Ok();
        await FoundAsync(calls[^1].TraceId);
        using var http = shared.Server.Http("dan");
        var (next, seen) = ("/api/v1/calls?tenant=pages&limit=10", new List<string>());
        while (next is not null)
        {
            using var page = await http.GetAsync(next, Cancellation);
            seen.AddRange((await page.JsonAsync()).EnumerateArray().Select(call => call.GetProperty("trace_id").GetString()!));
            next = page.Header("Link") is { Length: > 0 } link ? link[(link.IndexOf('<', StringComparison.Ordinal) + 1)..link.IndexOf('>', StringComparison.Ordinal)] : null;
        }
        Assert.Equal(calls.Select(call => call.TraceId), seen);
        Assert.True(await shared.Server.Dan.DroppedCallsAsync(Cancellation).Ok() is { Dropped: 0, Reported: 3 });
        using var wrong = await http.GetAsync("/api/v1/calls?after=x", Cancellation);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
    }

    [Fact]
    public async Task The_gateway_keeps_texts_as_the_prompts_policy_says()
    {
        using var http = shared.Server.Http("shop");
        using var answer = await http.ChatAsync(Chat.Body("My address is ana@example.com. " + Router.Plain));
        var record = (await FoundAsync(answer.Header("x-slipway-trace"))).Calls[0];
        Assert.Contains("My address is [email].", record.Input, StringComparison.Ordinal);
        Assert.Contains("loans", record.Output, StringComparison.Ordinal);
        Assert.NotNull(record.SpanId);
    }

    private async Task<ReportReceipt> ReportAsync(CallRecord call) => await Shop.ReportCallsAsync(new CallReport([call]), Cancellation).Ok();

    private async Task<TraceDocument> FoundAsync(string trace)
    {
        TraceDocument? found = null;
        await Some.Eventually(async () => (found = await shared.Server.Dan.TraceAsync(trace, Cancellation) is ApiResult<TraceDocument>.Ok ok ? ok.Value : null) is not null, $"the call of {trace}");
        return found!;
    }

    private static CallRecord Call() => new()
    {
        TraceId = Interlocked.Increment(ref drawn).ToString("x32", System.Globalization.CultureInfo.InvariantCulture),
        StartedAt = DateTimeOffset.UtcNow,
        Environment = EnvironmentName.Production,
        Prompt = Router.Prompt,
        PromptVersion = "1.0.0",
        Reason = ResolveReason.NoRelease,
        Provider = "acme",
        Model = "small-2026-01-01",
        Parameters = JsonElement.Parse("{}"),
        LatencyMs = 12,
        UnitKey = "unit",
    };

    /// <summary>A server on which a version is live and another is submitted, a model has prices, and Eve has no duty.</summary>
    public sealed class Installation : IAsyncLifetime
    {
        internal TestInstallation Server { get; private set; } = null!;

        internal SlipwayApi Eve { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Server = await TestInstallation.StartWithRouterAsync();
            await Server.Ana.SubmitAsync(Router.Submission(Router.Good), Cancellation).Ok();
            await Server.Admin.RegisterModelAsync(Some.Value<ModelReference>("offline/large-2026-01-01"), new ModelFactsRequest { Prices = new ModelPrices(2.5m, null, 20m) }, Cancellation).Ok();
            var eve = Some.Value<MemberName>("eve");
            await Server.Admin.AddMemberAsync(eve, [Role.Author], Cancellation).Ok();
            Eve = new SlipwayApi(Server.Address, (await Server.Admin.IssueKeyAsync(eve, Cancellation).Ok()).Secret);
        }

        public ValueTask DisposeAsync()
        {
            Eve?.Dispose();
            return Server.DisposeAsync();
        }
    }
}
