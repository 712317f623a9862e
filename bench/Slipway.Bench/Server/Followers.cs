using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using Slipway.Client;

namespace Slipway.Bench.Server;

/// <summary>Starts somebody who follows an event stream of routing.</summary>
/// <param name="server">Where.</param>
/// <param name="number">Which one it is.</param>
/// <param name="applied">To be told each revision once it is in use.</param>
/// <returns>Once it is up to date; disposing ends it.</returns>
internal delegate Task<IAsyncDisposable> StartFollower(Uri server, int number, Action<long> applied);

/// <summary>An application's SDK, as it is: it keeps the table, fetches what it lacks and acknowledges what it serves.</summary>
internal static class SdkFollower
{
    public static async Task<IAsyncDisposable> StartAsync(Uri server, string secret, int number, Action<long> applied, bool acknowledges)
    {
        var client = new SlipwayClient(new SlipwayClientOptions
        {
            Server = server,
            Key = secret,
            Instance = string.Create(CultureInfo.InvariantCulture, $"bench-{number}"),
            FirstSnapshotTimeout = TimeSpan.FromSeconds(60),
            Handler = acknowledges ? null : new Unacknowledged(),
        });
        var last = 0L;
        client.Applied += revision =>
        {
            if (Interlocked.Exchange(ref last, revision) != revision) applied(revision);
        };
        client.Start();
        await client.FirstSnapshot;
        return client;
    }
}

/// <summary>Keeps acknowledgements from the server: what is left is what it costs to get a change to its readers.</summary>
internal sealed class Unacknowledged() : DelegatingHandler(new SocketsHttpHandler())
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        request.Method == HttpMethod.Post ? Task.FromResult(new HttpResponseMessage(HttpStatusCode.NoContent)) : base.SendAsync(request, cancellationToken);
}

/// <summary>A reader that does nothing but read: what it has read counts as applied.</summary>
internal sealed class BareReader : IAsyncDisposable
{
    private readonly HttpResponseMessage response;
    private readonly Task reading;

    private BareReader(HttpResponseMessage response, Task reading) => (this.response, this.reading) = (response, reading);

    public static async Task<IAsyncDisposable> StartAsync(HttpClient http, Uri stream, Action<long> applied)
    {
        var response = await http.GetAsync(stream, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var reading = ReadAsync(await response.Content.ReadAsStreamAsync(), ready, applied);
        await ready.Task;
        return new BareReader(response, reading);
    }

    /// <summary>A client that opens as many connections as there are readers, and closes one at once: it would otherwise read on for seconds in the hope of an end.</summary>
    public static HttpClient Client(string secret) =>
        new(new SocketsHttpHandler { ResponseDrainTimeout = TimeSpan.Zero }) { Timeout = Timeout.InfiniteTimeSpan, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", secret) } };

    public async ValueTask DisposeAsync()
    {
        response.Dispose();
        await reading;
    }

    private static async Task ReadAsync(Stream body, TaskCompletionSource ready, Action<long> applied)
    {
        try
        {
            await foreach (var item in SseParser.Create(body, static (_, bytes) => bytes.Length).EnumerateAsync())
            {
                ready.TrySetResult();
                if (item is { EventType: "route", EventId: { } id }) applied(long.Parse(id, CultureInfo.InvariantCulture));
            }
            ready.TrySetException(new IOException("The stream ended before it began."));
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or ObjectDisposedException)
        {
            // It was ended; where it was not, a round waits in vain and says so.
            ready.TrySetException(exception);
        }
    }
}
