using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Slipway.Core.Prompts;

namespace Slipway.Cli.Demo;

/// <summary>Customers writing: tickets through the gateway at a steady pace, each a conversation of its own, as the shop's application sends them.</summary>
internal sealed class DemoTraffic(DemoCast cast, PromptName prompt, IReadOnlyList<string> tickets)
{
    /// <summary>Requests a second; a busy shop, so that the story is short.</summary>
    public const int Pace = 150;

    private const int TicksPerSecond = 50, MostAtOnce = 64;
    private static readonly string[] Tiers = ["free", "plus", "business"];
    private long sent, failed;

    /// <summary>Requests answered so far, whatever the answer.</summary>
    public long Sent => Interlocked.Read(ref sent);

    /// <summary>Requests that got no answer.</summary>
    public long Failed => Interlocked.Read(ref failed);

    /// <summary>Sends until it is cancelled, then waits for what is under way.</summary>
    public async Task FlowAsync(CancellationToken cancellation)
    {
        using var http = new HttpClient { BaseAddress = cast.Server, Timeout = TimeSpan.FromSeconds(30) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", cast.KeyOf(DemoCast.Shop));
        using var places = new SemaphoreSlim(MostAtOnce);
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1d / TicksPerSecond));
        var number = 0;
        try
        {
            while (await pace.WaitForNextTickAsync(cancellation))
            {
                for (var i = 0; i < Pace / TicksPerSecond; i++)
                {
                    await places.WaitAsync(cancellation);
                    _ = SendAsync(http, number++, places);
                }
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The release is decided; nobody needs more traffic.
        }
        for (var i = 0; i < MostAtOnce; i++) await places.WaitAsync(CancellationToken.None);
    }

    private async Task SendAsync(HttpClient http, int number, SemaphoreSlim places)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent(Body(number), Encoding.UTF8, "application/json") };
            // A run of the story is one stretch of conversations; the number alone would draw the same buckets for every release.
            request.Headers.Add("x-slipway-unit", string.Create(CultureInfo.InvariantCulture, $"conversation-{number}"));
            using var response = await http.SendAsync(request);
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
        ["model"] = $"slipway/{prompt}",
        ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = tickets[number % tickets.Count] }),
        ["prompt"] = new JsonObject { ["variables"] = new JsonObject { ["customer_tier"] = Tiers[number % Tiers.Length] } },
    }.ToJsonString();
}
