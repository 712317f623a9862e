using System.Net;
using System.Text.Json;
using Slipway.Core.Calls;
using Slipway.Core.Resolution;

namespace Slipway.Server.Tests.Gateway;

/// <summary>What is done with an answer that breaks its contract.</summary>
public sealed class ContractPolicyTests(ServingInstallation shared) : IClassFixture<ServingInstallation>
{
    private readonly string trace = Guid.NewGuid().ToString("N");
    private readonly FakeOpenAi upstream = shared.Renewed();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Observed_it_is_given_on(bool stream)
    {
        await shared.SetAsync(ContractPolicy.Observe);
        shared.Answers(ServingInstallation.Broken, FakeOpenAi.Valid);
        var (response, text) = await AskAsync(stream);
        Assert.Equal((HttpStatusCode.OK, ServingInstallation.Broken), (response.StatusCode, stream ? Streamed(text) : Content(text)));
        Assert.Equal(stream ? "" : "broken", response.Header("x-slipway-contract"));
        Assert.Equal("observed", await ActionAsync());
        Assert.Single(upstream.Requests);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Retried_the_second_answer_is_given_on(bool stream)
    {
        await shared.SetAsync(ContractPolicy.Retry);
        shared.Answers(ServingInstallation.Broken, FakeOpenAi.Valid);
        var (response, text) = await AskAsync(stream);
        Assert.Equal((HttpStatusCode.OK, FakeOpenAi.Valid, "retried"), (response.StatusCode, stream ? Streamed(text) : Content(text), response.Header("x-slipway-contract")));
        var call = await CallActivities.OfAsync(trace);
        Assert.Equal(("retried", 1, "loans", 42), (call.GetTagItem("slipway.contract_action"), call.GetTagItem("slipway.retries"), call.GetTagItem("slipway.route"), call.GetTagItem("gen_ai.usage.input_tokens")));
    }

    [Fact]
    public async Task Retried_in_vain_what_came_is_given_on()
    {
        await shared.SetAsync(ContractPolicy.Retry);
        shared.Answers(ServingInstallation.Broken);
        Assert.Equal(ServingInstallation.Broken, Content((await AskAsync()).Text));
        Assert.Equal(2, upstream.Requests.Count);
    }

    [Fact]
    public async Task Where_the_second_attempt_fails_the_first_answer_is_given_on()
    {
        await shared.SetAsync(ContractPolicy.Retry);
        var asked = 0;
        upstream.Answer = (context, _) => Interlocked.Increment(ref asked) == 1 ? FakeOpenAi.Whole(context, ServingInstallation.Broken) : FakeOpenAi.Error(context, 500, "broken");
        var (response, text) = await AskAsync();
        Assert.Equal((HttpStatusCode.OK, ServingInstallation.Broken), (response.StatusCode, Content(text)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Fallen_back_stable_answers_and_the_candidate_has_it_on_record(bool stream)
    {
        await shared.SetAsync(ContractPolicy.Fallback);
        upstream.Answer = (context, sent) =>
        {
            var answer = sent.Text.Contains("Never add anything", StringComparison.Ordinal) ? ServingInstallation.Broken : FakeOpenAi.Valid;
            return sent.Streams ? FakeOpenAi.Stream(context, answer) : FakeOpenAi.Whole(context, answer);
        };
        var (response, text) = await AskAsync(stream);
        Assert.Equal((HttpStatusCode.OK, FakeOpenAi.Valid), (response.StatusCode, stream ? Streamed(text) : Content(text)));
        Assert.Equal(("1.0.0", "stable", "router:v1.0.0", "fell_back"), (response.Header("x-slipway-version"), response.Header("x-slipway-arm"), response.Header("x-slipway-fallback"), response.Header("x-slipway-contract")));
        Assert.Contains("\"system_fingerprint\":\"router:v1.0.0\"", text, StringComparison.Ordinal);
        var call = await CallActivities.OfAsync(trace);
        Assert.Equal(("1.1.0", "candidate", "fell_back"), (call.GetTagItem("gen_ai.prompt.version"), call.GetTagItem("slipway.arm"), call.GetTagItem("slipway.contract_action")));
        CallRecord? record = null;
        await Some.Eventually(async () =>
        {
            shared.Clock.Advance(TimeSpan.FromMilliseconds(100));       // records gather for a moment before they are stored
            return (record = (await shared.Server.Dan.CallsAsync(null, null, trace, 1, Cancellation).Ok()).FirstOrDefault()) is not null;
        }, $"the record of {trace}");
        Assert.Equal(("1.1.0", Arm.Candidate, false), (record!.PromptVersion, record.Arm, record.SchemaValid));
    }

    [Fact]
    public async Task Stables_own_broken_answer_is_given_on()
    {
        await shared.SetAsync(ContractPolicy.Fallback);
        shared.Answers(ServingInstallation.Broken);
        var (response, text) = await AskAsync(unit: null);
        Assert.Equal((HttpStatusCode.OK, "stable", ServingInstallation.Broken), (response.StatusCode, response.Header("x-slipway-arm"), Content(text)));
        Assert.Single(upstream.Requests);
    }

    [Fact]
    public async Task Who_asked_for_a_version_gets_no_other()
    {
        await shared.SetAsync(ContractPolicy.Fallback);
        shared.Answers(ServingInstallation.Broken);
        var (response, _) = await SendAsync(Chat.Body().Replace("slipway/router", "slipway/router@canary", StringComparison.Ordinal), "somebody");
        Assert.Equal(("1.1.0", "broken"), (response.Header("x-slipway-version"), response.Header("x-slipway-contract")));
        Assert.Single(upstream.Requests);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rejected_it_is_an_error_that_no_client_sends_again(bool stream)
    {
        await shared.SetAsync(ContractPolicy.Reject);
        shared.Answers(ServingInstallation.Broken);
        var (response, text) = await AskAsync(stream);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "false", "rejected"), (response.StatusCode, response.Header("x-should-retry"), response.Header("x-slipway-contract")));
        var error = JsonElement.Parse(text).GetProperty("error");
        Assert.Equal(("contract_broken", "invalid_answer_error"), (error.GetProperty("code").GetString(), error.GetProperty("type").GetString()));
        Assert.StartsWith("router:v1.1.0 answered, but not as its output contract has it", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal("rejected", await ActionAsync());
        Assert.Single(upstream.Requests);
    }

    [Theory]
    [InlineData(ContractPolicy.Retry)]
    [InlineData(ContractPolicy.Fallback)]
    [InlineData(ContractPolicy.Reject)]
    public async Task An_answer_that_keeps_it_is_given_on_whatever_the_policy(ContractPolicy policy)
    {
        await shared.SetAsync(policy);
        foreach (var stream in (bool[])[false, true])
        {
            var (response, text) = await AskAsync(stream);
            Assert.Equal((FakeOpenAi.Valid, "kept"), (stream ? Streamed(text) : Content(text), response.Header("x-slipway-contract")));
        }
        Assert.Equal(2, upstream.Requests.Count);
    }

    private async Task<object?> ActionAsync() => (await CallActivities.OfAsync(trace)).GetTagItem("slipway.contract_action");

    private Task<(HttpResponseMessage Response, string Text)> AskAsync(bool stream = false, string? unit = "nearly-everybody") => SendAsync(Chat.Body(stream: stream), unit);

    private async Task<(HttpResponseMessage Response, string Text)> SendAsync(string body, string? unit)
    {
        using var http = shared.Server.Http("shop");
        // One in a hundred is outside the canary, and the salt is drawn anew in each run.
        foreach (var attempt in Enumerable.Range(0, 20))
        {
            if (unit is null) break;
            var resolved = await shared.Server.Dan.ResolveAsync(new Core.Wire.ResolveQuery(Router.Prompt, $"{unit}-{attempt}"), Cancellation).Ok();
            if (resolved.Arm != Arm.Candidate) continue;
            unit = $"{unit}-{attempt}";
            break;
        }
        var response = unit is null
            ? await http.ChatAsync(body, ("traceparent", $"00-{trace}-00f067aa0ba902b7-01"))
            : await http.ChatAsync(body, ("traceparent", $"00-{trace}-00f067aa0ba902b7-01"), ("x-slipway-unit", unit));
        return (response, await response.Content.ReadAsStringAsync(Cancellation));
    }

    private static string? Content(string text) => JsonElement.Parse(text).GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString();

    private static string Streamed(string text) => string.Concat(text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)[..^1]
        .Select(line => JsonElement.Parse(line["data: ".Length..]).GetProperty("choices")).Where(choices => choices.GetArrayLength() > 0)
        .Select(choices => choices[0].GetProperty("delta").TryGetProperty("content", out var content) ? content.GetString() : ""));
}
