using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Slipway.Core.Prompts;

namespace Slipway.Cli.Demo;

/// <summary>Customers writing: tickets through the gateway at a steady pace, each a conversation of its own, as the shop's application sends them.</summary>
internal sealed class DemoTraffic : IAsyncDisposable
{
    private const int TicksPerSecond = 50, MostAtOnce = 64;
    private static readonly string[] Tiers = ["free", "plus", "business"];
    private readonly DemoScript script;
    private readonly HttpClient http;
    private readonly CancellationTokenSource over = new();
    private readonly Task flow;
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1), Look = TimeSpan.FromMilliseconds(50);
    private long sent, failed;
    private string? version;

    private DemoTraffic(DemoCast cast, PromptName prompt, DemoScript script)
    {
        (Prompt, this.script) = (prompt, script);
        // A request waits as long as the gateway lets its model try.
        http = new HttpClient { BaseAddress = cast.Server, Timeout = TimeSpan.FromMinutes(3) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", cast.KeyOf(DemoCast.Shop));
        flow = FlowAsync(over.Token);
    }

    /// <summary>What they write to.</summary>
    public PromptName Prompt { get; }

    /// <summary>Requests answered so far, whatever the answer.</summary>
    public long Sent => Interlocked.Read(ref sent);

    /// <summary>Requests that got no answer.</summary>
    public long Failed => Interlocked.Read(ref failed);

    /// <summary>The version that gave the newest answer, as its header names it; null before the first.</summary>
    public string? Version => Volatile.Read(ref version);

    /// <summary>Begins; it ends when it is disposed.</summary>
    public static DemoTraffic Start(DemoCast cast, PromptName prompt, DemoScript script) => new(cast, prompt, script);

    /// <summary>Waits until so many requests were answered.</summary>
    /// <exception cref="DemoException">They were not within a minute.</exception>
    public async Task ReachAsync(int requests, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        using var look = new PeriodicTimer(Look);
        while (Sent - Failed < requests)
        {
            if (Stopwatch.GetElapsedTime(started) > LongestWait) throw new DemoException($"Only {Sent - Failed} requests were answered within a minute, {Failed} were not.");
            await look.WaitForNextTickAsync(cancellation);
        }
    }

    /// <summary>Ends it, and waits for what is under way.</summary>
    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        await flow;
        over.Dispose();
        http.Dispose();
    }

    private async Task FlowAsync(CancellationToken cancellation)
    {
        using var places = new SemaphoreSlim(MostAtOnce);
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1d / TicksPerSecond));
        var (number, due) = (0, 0d);
        try
        {
            while (await pace.WaitForNextTickAsync(cancellation))
            {
                for (due += (double)script.Pace / TicksPerSecond; due >= 1; due--)
                {
                    await places.WaitAsync(cancellation);
                    _ = SendAsync(number++, places);
                }
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The story is over; nobody needs more traffic.
        }
        for (var i = 0; i < MostAtOnce; i++) await places.WaitAsync(CancellationToken.None);
    }

    private async Task SendAsync(int number, SemaphoreSlim places)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent(Body(number), Encoding.UTF8, "application/json") };
            request.Headers.Add("x-slipway-unit", string.Create(CultureInfo.InvariantCulture, $"conversation-{number}"));
            using var response = await http.SendAsync(request);
            if (response.Headers.TryGetValues("x-slipway-version", out var named)) Volatile.Write(ref version, named.First());
            if (!response.IsSuccessStatusCode) Interlocked.Increment(ref failed);
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            Interlocked.Increment(ref failed);
        }
        finally
        {
            Interlocked.Increment(ref sent);
            places.Release();
        }
    }

    private string Body(int number) => new JsonObject
    {
        ["model"] = $"slipway/{Prompt}",
        ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = script.Tickets[number % script.Tickets.Length] }),
        ["prompt"] = new JsonObject { ["variables"] = new JsonObject { ["customer_tier"] = Tiers[number % Tiers.Length] } },
    }.ToJsonString();
}
