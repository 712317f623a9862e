using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Slipway.Core.Releases;
using Slipway.Server.Tests.Gateway;

namespace Slipway.Server.Tests.Providers;

/// <content>Providers that fail, hang, talk nonsense or are gone, and callers who do not wait for them.</content>
public sealed partial class OpenAiProviderTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_rate_limit_is_passed_on_with_its_waiting_time(bool stream)
    {
        upstream.Answer = (context, _) => FakeOpenAi.Error(context, 429, "Slow down.", retryAfter: "7");
        var (response, text) = await AskAsync(stream);
        Assert.Equal((HttpStatusCode.TooManyRequests, "7"), (response.StatusCode, response.Header("Retry-After")));
        Assert.Equal("rate_limit_error", JsonElement.Parse(text).GetProperty("error").GetProperty("type").GetString());
        Assert.Equal("openai answered 429: Slow down.", (await RecordAsync()).Error);
        Assert.Single(upstream.Requests);
    }

    [Fact]
    public async Task A_waiting_time_given_as_a_date_counts_too()
    {
        upstream.Answer = (context, _) => FakeOpenAi.Error(context, 429, "Slow down.", DateTimeOffset.UtcNow.AddSeconds(60).ToString("R", CultureInfo.InvariantCulture));
        var (response, _) = await AskAsync(stream: false);
        Assert.InRange(int.Parse(response.Header("Retry-After"), CultureInfo.InvariantCulture), 30, 61);
    }

    [Theory]
    [InlineData(500, false)]
    [InlineData(500, true)]
    [InlineData(401, false)]
    [InlineData(400, true)]
    public async Task A_provider_that_fails_is_not_the_callers_mistake(int status, bool stream)
    {
        upstream.Answer = (context, _) => FakeOpenAi.Error(context, status, "Oh no");
        var (response, text) = await AskAsync(stream);
        Assert.Equal((HttpStatusCode.BadGateway, "1"), (response.StatusCode, response.Header("Retry-After")));
        var error = JsonElement.Parse(text).GetProperty("error");
        Assert.Equal($"openai answered {status}: Oh no", error.GetProperty("message").GetString());
        Assert.Equal("1.0.0", response.Header("x-slipway-version"));
        var record = await RecordAsync();
        Assert.Equal(($"openai answered {status}: Oh no", null, null), (record.Error, record.SchemaValid, record.FinishReason));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("{}")]
    [InlineData("""{"choices": []}""")]
    [InlineData("""{"choices": 1}""")]
    [InlineData("[1]")]
    public async Task Nonsense_from_a_provider_is_told_as_such(string nonsense)
    {
        upstream.Answer = (context, _) => context.Response.WriteAsync(nonsense, context.RequestAborted);
        var (response, text) = await AskAsync(stream: false);
        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Contains("openai answered with something that is not a chat completion.", text, StringComparison.Ordinal);
        Assert.NotNull((await RecordAsync()).Error);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[1]")]
    [InlineData("""{"choices": 1}""")]
    [InlineData("""{"choices": [1]}""")]
    [InlineData("""{"error": {"message": "overloaded"}}""")]
    [InlineData("[DONE]")]
    public async Task Nonsense_in_a_stream_is_told_as_such(string nonsense)
    {
        upstream.Answer = (context, _) => FakeOpenAi.Piece(context, nonsense);
        var (response, text) = await AskAsync(stream: true);
        Assert.True(response.StatusCode == HttpStatusCode.BadGateway, $"{response.StatusCode} {text}");
        Assert.NotNull((await RecordAsync()).Error);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_provider_that_hangs_is_given_up(bool stream)
    {
        upstream.Answer = (context, _) => upstream.Hang(context);
        var (response, text) = await AskAsync(stream);
        Assert.Equal((HttpStatusCode.GatewayTimeout, "1"), (response.StatusCode, response.Header("Retry-After")));
        Assert.Contains("openai did not answer within 1 s.", text, StringComparison.Ordinal);
        Assert.True(await RecordAsync() is { Error: "openai did not answer within 1 s.", Abandoned: false });
        await upstream.Abandoned.Reader.ReadAsync(Cancellation);
    }

    [Fact]
    public async Task A_provider_that_cannot_be_reached_is_told_as_such()
    {
        await using var own = new ProviderInstallation();
        await own.InitializeAsync();
        await own.Upstream.DisposeAsync();
        var (response, text) = await AskAsync(stream: false, own.Server);
        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Contains("openai (127.0.0.1) cannot be reached.", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("end")]
    [InlineData("error")]
    [InlineData("hang")]
    public async Task A_stream_that_breaks_off_ends_with_an_error_line_and_no_proper_end(string how)
    {
        upstream.Answer = async (context, _) =>
        {
            await FakeOpenAi.Piece(context, """{"choices":[{"index":0,"delta":{"role":"assistant","content":"{\"depart"},"finish_reason":null}]}""");
            if (how == "cut") throw new IOException("The connection is closed with the answer unfinished.");
            if (how == "error") await FakeOpenAi.Piece(context, """{"error":{"message":"The server had an error."}}""");
            if (how == "hang") await upstream.Hang(context);
        };
        using var http = server.Http("shop");
        using var response = await http.ChatAsync(Chat.Body(stream: true), Traced);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await using var body = await response.Content.ReadAsStreamAsync(Cancellation);
        using var reader = new StreamReader(body);
        var lines = new List<string>();
        var broken = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            while (await reader.ReadLineAsync(Cancellation) is { } line) if (line.Length > 0) lines.Add(line);
        });
        Assert.True(broken is IOException or HttpRequestException, broken.ToString());
        Assert.Equal(2, lines.Count);
        var error = JsonElement.Parse(lines[1]["data: ".Length..]).GetProperty("error");
        Assert.Equal("server_error", error.GetProperty("type").GetString());
        Assert.Contains(how switch { "error" => "The server had an error.", "hang" => "did not answer within", _ => "broke off" }, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(lines, line => line.Contains("[DONE]", StringComparison.Ordinal));
        var record = await RecordAsync();
        Assert.Equal(error.GetProperty("message").GetString(), record.Error);
        Assert.True(record is { Streamed: true, SchemaValid: null, TimeToFirstTokenMs: > 0 });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_that_goes_away_cancels_the_call_upstream(bool stream)
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        upstream.Answer = async (context, _) =>
        {
            if (stream) await FakeOpenAi.Piece(context, """{"choices":[{"index":0,"delta":{"content":"x"},"finish_reason":null}]}""");
            arrived.SetResult();
            await upstream.Hang(context);
        };
        using var handler = new SocketsHttpHandler { ResponseDrainTimeout = TimeSpan.Zero };
        using var client = new HttpClient(handler, disposeHandler: false) { BaseAddress = server.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", server.Key("shop"));
        var asking = client.ChatAsync(Chat.Body(stream: stream), Traced);
        await arrived.Task.WaitAsync(Cancellation);
        if (stream) (await asking).Dispose();
        else client.CancelPendingRequests();
        if (!stream) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await upstream.Abandoned.Reader.ReadAsync(Cancellation);
        var record = await RecordAsync();
        Assert.True(record is { Abandoned: true, Error: null, SchemaValid: null });
    }

    [Fact]
    public async Task A_server_that_stops_breaks_off_what_does_not_end_and_records_it()
    {
        await using var own = new ProviderInstallation();
        await own.InitializeAsync();
        var (server, upstream) = (own.Server, own.Upstream);
        await server.RestartAsync(options => options with { ModelTimeout = TimeSpan.FromMinutes(5), DrainTime = TimeSpan.FromMilliseconds(100) });
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        upstream.Answer = async (context, _) =>
        {
            arrived.SetResult();
            await upstream.Hang(context);
        };
        var asking = AskAsync(stream: false, server);
        await arrived.Task.WaitAsync(Cancellation);
        await server.RestartAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => asking);
        await upstream.Abandoned.Reader.ReadAsync(Cancellation);
        Assert.True(await RecordAsync(server) is { Abandoned: true, Error: null });
    }

    [Fact]
    public async Task A_canary_whose_calls_fail_is_rolled_back_by_its_error_rate()
    {
        var plan = Plans.Quick("50%", "100%") with { Guardrails = ImmutableSortedDictionary<string, string>.Empty.Add("error_rate", "<= baseline + 20pp") };
        var release = await server.StartCanaryAsync(Router.Good, plan, ProviderInstallation.Model);
        upstream.Answer = (context, sent) => sent.Body.GetRawText().Contains("Never add anything", StringComparison.Ordinal)
            ? FakeOpenAi.Error(context, 500, "Oh no") : FakeOpenAi.Whole(context, FakeOpenAi.Valid);
        using var http = server.Http("shop");
        for (var unit = 0; unit < 500; unit++)
        {
            using var response = await http.ChatAsync(Chat.Body(user: $"reader-{unit}"));
            if (response.Header("x-slipway-release").Length == 0) break;
        }
        var over = await server.Dan.ReleaseAsync(release.Id.ToString(), Cancellation).Ok();
        Assert.Equal(ReleaseState.RolledBack, over.State);
        Assert.Contains("error_rate <= baseline + 20pp is broken: ", over.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_that_was_taken_away_is_told_as_such()
    {
        await using var own = new ProviderInstallation();
        await own.InitializeAsync();
        await own.Server.RestartAsync(options => options with { Providers = [] });
        var (response, text) = await AskAsync(stream: false, own.Server);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("No provider openai is configured here; there is offline.", text, StringComparison.Ordinal);
    }
}
