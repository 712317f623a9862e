using System.Diagnostics;
using System.Net;

namespace Slipway.Server.Tests.Gateway;

/// <summary>Timeouts, retries and fallback models, as a version's serving settings have them.</summary>
public sealed class ServingTests(ServingInstallation shared) : IClassFixture<ServingInstallation>
{
    private readonly string trace = Guid.NewGuid().ToString("N");
    private readonly FakeOpenAi upstream = shared.Renewed();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(503, false)]
    [InlineData(429, false)]
    [InlineData(500, true)]
    public async Task A_failure_that_passes_is_tried_again_and_counted(int status, bool stream)
    {
        shared.Fails(2, status);
        var (response, text) = await AskAsync(ServingInstallation.Patient, stream);
        Assert.True(response.IsSuccessStatusCode, text);
        Assert.Equal(3, upstream.Requests.Count);
        var call = await CallActivities.OfAsync(trace);
        Assert.Equal((2, null), (call.GetTagItem("slipway.retries"), call.GetTagItem("slipway.fallback")));
    }

    [Fact]
    public async Task What_will_not_pass_is_not_tried_again()
    {
        shared.Fails(3, 400);
        Assert.Equal(HttpStatusCode.BadGateway, (await AskAsync(ServingInstallation.Patient)).Response.StatusCode);
        Assert.Single(upstream.Requests);
    }

    [Fact]
    public async Task What_a_client_tries_again_itself_is_not_tried_again_here()
    {
        shared.Fails(3);
        Assert.Equal(HttpStatusCode.BadGateway, (await AskAsync(ServingInstallation.Patient, headers: ("x-stainless-retry-count", "1"))).Response.StatusCode);
        Assert.Single(upstream.Requests);
        upstream.Requests.Clear();
        shared.Fails(1);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(ServingInstallation.Patient, headers: ("x-stainless-retry-count", "0"))).Response.StatusCode);
        Assert.Equal(2, upstream.Requests.Count);
    }

    [Fact]
    public async Task A_provider_that_wants_more_time_than_there_is_is_not_waited_for()
    {
        shared.Fails(3, 429, retryAfter: "100");
        var (response, _) = await AskAsync(ServingInstallation.Patient);
        Assert.Equal(((HttpStatusCode)429, "100"), (response.StatusCode, response.Header("Retry-After")));
        Assert.Single(upstream.Requests);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Another_model_answers_where_the_versions_own_has_failed_and_that_is_told(bool stream)
    {
        upstream.Answer = (context, sent) => sent.Model == "gpt-mini-2026-01-01" ? FakeOpenAi.Usual(context, sent) : FakeOpenAi.Error(context, 500, "broken", "0");
        var (response, text) = await AskAsync(ServingInstallation.Steady, stream);
        Assert.True(response.IsSuccessStatusCode, text);
        Assert.Equal(["gpt-test-2026-01-01", "gpt-test-2026-01-01", "gpt-test-2026-01-01", "gpt-mini-2026-01-01"], upstream.Requests.Select(sent => sent.Model));
        Assert.Equal((ServingInstallation.Mini, "1.0.0"), (response.Header("x-slipway-fallback"), response.Header("x-slipway-version")));
        Assert.Contains("\"model\":\"gpt-mini-2026-01-01\"", text, StringComparison.Ordinal);
        var call = await CallActivities.OfAsync(trace);
        Assert.Equal((2, ServingInstallation.Mini, "model"), (call.GetTagItem("slipway.retries"), call.GetTagItem("slipway.fallback"), call.GetTagItem("slipway.drifted")));
    }

    [Fact]
    public async Task A_model_that_is_gone_is_replaced_at_once()
    {
        upstream.Answer = (context, sent) => sent.Model == "gpt-mini-2026-01-01" ? FakeOpenAi.Usual(context, sent) : FakeOpenAi.Error(context, 404, "no such model");
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(ServingInstallation.Steady)).Response.StatusCode);
        Assert.Equal(2, upstream.Requests.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_attempt_that_takes_too_long_is_given_up_for_the_next(bool stream)
    {
        var hanging = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = 1;
        upstream.Answer = async (context, sent) =>
        {
            if (Interlocked.Exchange(ref first, 0) == 0)
            {
                await FakeOpenAi.Usual(context, sent);
                return;
            }
            hanging.SetResult();
            await upstream.Hang(context);
        };
        var asking = AskAsync(ServingInstallation.Patient, stream);
        await hanging.Task.WaitAsync(Cancellation);
        shared.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal("gone", await upstream.Abandoned.Reader.ReadAsync(Cancellation));
        // The wait before the next attempt is the clock's too.
        await PassAsync(asking, TimeSpan.FromSeconds(1));
        var (response, text) = await asking;
        Assert.True(response.IsSuccessStatusCode, text);
        Assert.Equal(1, (await CallActivities.OfAsync(trace)).GetTagItem("slipway.retries"));
    }

    [Fact]
    public async Task A_call_is_sent_on_within_the_callers_trace_and_has_a_span_of_its_own()
    {
        await AskAsync(ServingInstallation.Steady);
        var sent = ActivityContext.Parse(Assert.Single(upstream.Requests).Headers["traceparent"], null);
        Assert.Equal(trace, sent.TraceId.ToHexString());
        Assert.NotEqual("00f067aa0ba902b7", sent.SpanId.ToHexString());
        var call = await CallActivities.OfAsync(trace);
        Assert.Equal(("00f067aa0ba902b7", sent.SpanId), (call.ParentSpanId.ToHexString(), call.SpanId));
        Assert.Equal(
            ("chat gpt-test-2026-01-01", "chat", "openai", "steady", "1.0.0", 21),
            (call.DisplayName, call.GetTagItem("gen_ai.operation.name"), call.GetTagItem("gen_ai.provider.name"), call.GetTagItem("gen_ai.prompt.name"), call.GetTagItem("gen_ai.prompt.version"), call.GetTagItem("gen_ai.usage.input_tokens")));
        Assert.Equal(("loans", null), (call.GetTagItem("slipway.route"), call.GetTagItem("slipway.drifted")));
    }

    [Fact]
    public async Task Calls_that_ask_the_same_with_other_variables_have_the_same_effective_hash()
    {
        await AskAsync(ServingInstallation.Steady);
        var first = (await CallActivities.OfAsync(trace)).GetTagItem("slipway.effective_hash");
        var other = Guid.NewGuid().ToString("N");
        await SendAsync(Chat.Body("Something else", prompt: ServingInstallation.Steady).Replace("city", "village", StringComparison.Ordinal), other);
        Assert.NotNull(first);
        Assert.Equal(first, (await CallActivities.OfAsync(other)).GetTagItem("slipway.effective_hash"));
    }

    [Fact]
    public async Task Every_answer_says_how_old_the_routing_is_errors_too()
    {
        foreach (var body in (string[])[Chat.Body(prompt: ServingInstallation.Steady), """{"model": "slipway/steady", "messages": []}"""])
        {
            var (response, _) = await SendAsync(body, trace);
            Assert.Equal(("steady", "1.0.0", "stable", trace), (response.Header("x-slipway-prompt"), response.Header("x-slipway-version"), response.Header("x-slipway-arm"), response.Header("x-slipway-trace")));
            Assert.True(long.Parse(response.Header("x-slipway-cache-age"), System.Globalization.CultureInfo.InvariantCulture) >= 0);
        }
    }

    [Fact]
    public async Task A_stream_in_which_nothing_comes_is_kept_alive()
    {
        var (asked, go) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        upstream.Answer = async (context, sent) =>
        {
            asked.SetResult();
            await go.Task;
            await FakeOpenAi.Usual(context, sent);
        };
        using var http = shared.Server.Http("shop");
        var asking = http.ChatAsync(Chat.Body(stream: true, prompt: ServingInstallation.Steady));
        await asked.Task.WaitAsync(Cancellation);
        shared.Clock.Advance(TimeSpan.FromSeconds(15));
        using var response = await asking;
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancellation));
        Assert.Equal((": keep-alive", ""), (await reader.ReadLineAsync(Cancellation), await reader.ReadLineAsync(Cancellation)));
        go.SetResult();
        Assert.StartsWith("data: {", await reader.ReadLineAsync(Cancellation), StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", await reader.ReadToEndAsync(Cancellation), StringComparison.Ordinal);
    }

    private async Task PassAsync(Task until, TimeSpan step)
    {
        while (!until.IsCompleted)
        {
            shared.Clock.Advance(step);
            await Task.WhenAny(until, Task.Delay(10, Cancellation));
        }
    }

    private Task<(HttpResponseMessage Response, string Text)> AskAsync(string prompt, bool stream = false, params (string, string)[] headers) =>
        SendAsync(Chat.Body(stream: stream, prompt: prompt), trace, headers);

    private async Task<(HttpResponseMessage Response, string Text)> SendAsync(string body, string trace, params (string, string)[] headers)
    {
        using var http = shared.Server.Http("shop");
        var response = await http.ChatAsync(body, [("traceparent", $"00-{trace}-00f067aa0ba902b7-01"), .. headers]);
        return (response, await response.Content.ReadAsStringAsync(Cancellation));
    }
}
