using System.Collections.Immutable;
using Slipway.Client;
using Slipway.Core.Evaluations;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;
using Slipway.Server.Tests.Gateway;

namespace Slipway.Server.Tests.Evaluations;

/// <summary>Golden sets over HTTP, and how they grow by what happened.</summary>
public sealed class GoldenSetTests(GoldenSetTests.Installation shared) : IClassFixture<GoldenSetTests.Installation>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private SlipwayApi Ana => shared.Server.Ana;

    [Fact]
    public async Task A_set_is_listed_and_read_by_its_version_or_as_the_newest()
    {
        var listed = Assert.Single(await Ana.GoldenSetsAsync(Cancellation).Ok(), set => set.Set.ToString() == Router.GoldenSet);
        Assert.Equal((5, 0, Router.Prompt, null), (listed.Cases, listed.Proposed, Assert.Single(listed.UsedBy).Value, listed.Erased));
        var set = await Ana.GoldenSetAsync(Router.GoldenSet, Cancellation).Ok();
        Assert.Equal(("due", 5, 3), (set.Cases[0].GetProperty("id").GetString(), set.Summary.Cases, set.Summary.Kinds["normal"]));
        Assert.Equal((404, "There is no golden set router_golden:v9."), await RefusedAsync(Ana.GoldenSetAsync("router_golden:v9", Cancellation)));
        Assert.Equal(403, (await shared.Server.Api("shop").GoldenSetsAsync(Cancellation).Refused()).Status);
    }

    [Fact]
    public async Task A_push_says_what_the_policies_of_its_prompts_miss()
    {
        var policy = await Ana.PolicyAsync(Some.Value<PromptName>(Router.Prompt), Cancellation).Ok();
        var changed = policy with { Evaluation = policy.Evaluation! with { RequiredKinds = ImmutableSortedDictionary<string, int>.Empty.Add("bypass", 2).Add("rare", 1) } };
        Assert.Equal(2, (await shared.Server.Cleo.SetPolicyAsync(Some.Value<PromptName>(Router.Prompt), changed, Cancellation).Ok()).Evaluation!.RequiredKinds!["bypass"]);
        var pushed = await Ana.PushGoldenSetAsync(Some.Value<GoldenSetId>(Router.GoldenSet), Router.Cases, Cancellation).Ok();
        Assert.Equal("bypass (0 of 2)", Assert.Single(Assert.Single(pushed.Missing).Kinds).ToString());
        Assert.False(pushed.Created);
        var wrong = changed with { Evaluation = new EvaluationPolicyDocument(ImmutableSortedDictionary<string, int>.Empty.Add("bypas", 2)) };
        Assert.StartsWith("evaluation.required_kinds: there is no kind \"bypas\"; the kinds are normal, rare,", (await shared.Server.Cleo.SetPolicyAsync(Some.Value<PromptName>(Router.Prompt), wrong, Cancellation).Refused()).Message, StringComparison.Ordinal);
        // An older client does not know evaluations: it leaves them as they are.
        Assert.Equal(2, (await shared.Server.Cleo.SetPolicyAsync(Some.Value<PromptName>(Router.Prompt), changed with { Evaluation = null, SeveralKindsOfChange = true }, Cancellation).Ok()).Evaluation!.RequiredKinds!["bypass"]);
    }

    [Fact]
    public async Task A_recorded_call_becomes_a_case_with_its_variables_redacted_and_to_be_confirmed()
    {
        var trace = await ChatAsync("My address is ana@example.com. " + Router.Plain);
        var made = await Ana.AddCasesAsync("from_calls", new GoldenCasesRequest(Trace: trace, Kind: CaseKind.PersonalData), Cancellation).Ok();
        Assert.Equal(("from_calls:v1", true, $"trace-{trace[..12]}"), (made.Set.ToString(), made.Created, Assert.Single(made.Added)));
        var one = Assert.Single((await Ana.GoldenSetAsync("from_calls", Cancellation).Ok()).Cases);
        Assert.Equal("My address is [email]. " + Router.Plain, one.GetProperty("messages")[0].GetProperty("content").GetString());
        Assert.Equal("city", one.GetProperty("variables").GetProperty("library").GetString());
        Assert.Equal(("personal_data", $"trace:{trace}", true), (one.GetProperty("kind").GetString(), one.GetProperty("source").GetString(), one.GetProperty("confirm").GetBoolean()));
        Assert.Equal("schema field_equals field_equals", string.Join(' ', one.GetProperty("expect").EnumerateArray().Select(check => check.GetProperty("check").GetString())));

        var again = await Ana.AddCasesAsync("from_calls", new GoldenCasesRequest(Trace: trace), Cancellation).Ok();
        Assert.Equal(("from_calls:v1", false, $"trace-{trace[..12]} is in the set already."), (again.Set.ToString(), again.Created, Assert.Single(again.LeftOut)));
    }

    [Fact]
    public async Task Calls_are_found_by_what_became_of_them()
    {
        var (escalated, corrected, fine) = (await ChatAsync("The lamp in the study room is broken"), await ChatAsync("I paid my fine already"), await ChatAsync("Renew my books please"));
        await shared.Server.Api("shop").ReportOutcomesAsync(new OutcomeReport([new CallOutcomeDocument(escalated, Escalated: true), new CallOutcomeDocument(corrected, Corrected: true), new CallOutcomeDocument(fine, TaskSuccess: true)]), Cancellation).Ok();
        foreach (var (from, trace, source) in ((string, string, string)[])[("escalations", escalated, "escalation"), ("corrections", corrected, "correction")])
        {
            var made = await Ana.AddCasesAsync($"of_{from}", new GoldenCasesRequest(From: from, Prompt: Some.Value<PromptName>(Router.Prompt), Since: "1h"), Cancellation).Ok();
            Assert.Equal($"trace-{trace[..12]}", Assert.Single(made.Added));
            Assert.Equal($"{source}:{trace}", Assert.Single((await Ana.GoldenSetAsync($"of_{from}", Cancellation).Ok()).Cases).GetProperty("source").GetString());
        }
        Assert.Equal((404, "No call became a case."), await RefusedAsync(Ana.AddCasesAsync("of_abandoned", new GoldenCasesRequest(From: "abandoned", Prompt: Some.Value<PromptName>(Router.Prompt)), Cancellation)));
    }

    [Theory]
    [InlineData(null, null, null, null, 422, "Name a trace, or what to look for under from.")]
    [InlineData("00000000000000000000000000000001", "costly", null, null, 422, "Name a trace, or what to look for under from.")]
    [InlineData(null, "complaints", null, null, 422, "\"complaints\" is nothing to look for: it must be schema-failures, corrections, escalations, costly, abandoned.")]
    [InlineData(null, "costly", null, null, 422, "prompt is needed with from.")]
    [InlineData(null, "costly", "router", 0, 422, "limit must be a whole number from 1 to 200.")]
    [InlineData("00000000000000000000000000000001", null, null, null, 404, "There is no call of a trace 00000000000000000000000000000001; calls are kept for a while, and a trace has 32 hexadecimal digits.")]
    public async Task What_names_no_calls_is_refused(string? trace, string? from, string? prompt, int? limit, int status, string why) =>
        Assert.Equal((status, why), await RefusedAsync(Ana.AddCasesAsync("x", new GoldenCasesRequest(trace, from, prompt is null ? null : Some.Value<PromptName>(prompt), Limit: limit), Cancellation)));

    [Fact]
    public async Task Who_may_not_read_the_texts_of_calls_may_not_make_cases_of_them()
    {
        var trace = await ChatAsync("Are you open on Sunday?");
        var refusal = await shared.Eve.AddCasesAsync("eve", new GoldenCasesRequest(Trace: trace), Cancellation).Refused();
        Assert.Equal(403, refusal.Status);
        Assert.StartsWith("eve may not read the texts of calls of router", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(403, (await shared.Server.Dan.AddCasesAsync("dan", new GoldenCasesRequest(Trace: trace), Cancellation).Refused()).Status);
    }

    [Fact]
    public async Task A_persons_case_is_gone_for_good_when_its_version_is_erased_and_the_set_goes_on_without_it()
    {
        foreach (var text in (string[])["Is the reading room open?", "Where are the keys?"]) await Ana.AddCasesAsync("erasable", new GoldenCasesRequest(Trace: await ChatAsync(text)), Cancellation).Ok();
        var second = await Ana.GoldenSetAsync("erasable:v2", Cancellation).Ok();
        var kept = second.Cases[1].GetRawText() + "\n";
        await Ana.PushGoldenSetAsync(Some.Value<GoldenSetId>("erasable:v3"), kept, Cancellation).Ok();
        foreach (var set in (await Ana.GoldenSetsAsync(Cancellation).Ok()).Where(set => set.Set is { Name: "erasable", Version: < 3 })) await shared.Server.Admin.EraseAsync(set.Content, "A reader asked for it.", Cancellation).Ok();
        Assert.StartsWith("The golden set erasable:v1 was erased on ", (await Ana.GoldenSetAsync("erasable:v1", Cancellation).Refused()).Message, StringComparison.Ordinal);
        Assert.Single((await Ana.GoldenSetAsync("erasable", Cancellation).Ok()).Cases);
        Assert.Equal("erasable:v4", (await Ana.AddCasesAsync("erasable", new GoldenCasesRequest(Trace: await ChatAsync("May I bring my dog?")), Cancellation).Ok()).Set.ToString());
    }

    private async Task<string> ChatAsync(string text)
    {
        using var http = shared.Server.Http("shop");
        using var answer = await http.ChatAsync(Chat.Body(text));
        var trace = answer.Header("x-slipway-trace");
        await Some.Eventually(async () => await shared.Server.Dan.TraceAsync(trace, Cancellation) is ApiResult<TraceDocument>.Ok, $"the call of {trace}");
        return trace;
    }

    private static async Task<(int?, string)> RefusedAsync<T>(Task<ApiResult<T>> asked) => await asked.Refused() is var failure ? (failure.Status, failure.Message) : default;

    public sealed class Installation : IAsyncLifetime
    {
        private SlipwayApi? eve;

        public TestInstallation Server { get; private set; } = null!;

        /// <summary>An author who owns nothing.</summary>
        public SlipwayApi Eve => eve!;

        public async ValueTask InitializeAsync()
        {
            Server = await TestInstallation.StartWithRouterAsync();
            var name = Some.Value<Core.Access.MemberName>("eve");
            await Server.Admin.AddMemberAsync(name, [Core.Access.Role.Author], Cancellation).Ok();
            eve = new SlipwayApi(Server.Address, (await Server.Admin.IssueKeyAsync(name, Cancellation).Ok()).Secret);
        }

        public async ValueTask DisposeAsync()
        {
            eve?.Dispose();
            await Server.DisposeAsync();
        }
    }
}
