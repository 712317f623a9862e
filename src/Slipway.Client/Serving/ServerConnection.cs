using System.Net;
using System.Net.Http.Headers;
using Slipway.Core.Wire;

namespace Slipway.Client.Serving;

/// <summary>What came of a request: a status and a body, or why none came.</summary>
/// <param name="Status">The status; 0 where the server did not answer.</param>
/// <param name="Body">The whole body; empty where none came.</param>
/// <param name="Problem">Why it is of no use, in a few words; null for 2xx and 304.</param>
/// <param name="ETag">Of what came.</param>
/// <param name="RetryAfter">How long the server asks to be left alone.</param>
/// <param name="Age">How long ago the server last knew that it is up to date.</param>
internal sealed record Reply(int Status, byte[] Body, string? Problem, string? ETag = null, TimeSpan? RetryAfter = null, TimeSpan Age = default)
{
    /// <summary>Whether the key was refused.</summary>
    public bool Forbidden => Status is (int)HttpStatusCode.Unauthorized or (int)HttpStatusCode.Forbidden;
}

/// <summary>The requests of one instance; what the network or the server does is a <see cref="Reply"/>, never an exception.</summary>
internal sealed class ServerConnection : IDisposable
{
    private const int LargestBody = 256 * 1024 * 1024;
    private readonly HttpClient http;
    private readonly SlipwayClientOptions options;
    private readonly TimeProvider clock;
    private readonly string environment, instance;

    public ServerConnection(SlipwayClientOptions options, TimeProvider clock)
    {
        (this.options, this.clock) = (options, clock);
        environment = Uri.EscapeDataString(options.Environment);
        instance = Uri.EscapeDataString(options.Instance);
        var handler = options.Handler ?? new SocketsHttpHandler
        {
            // A redirect leads to a login page or to another server: neither gets the key.
            AllowAutoRedirect = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        http = new HttpClient(handler, disposeHandler: options.Handler is null)
        {
            BaseAddress = new Uri(options.Server!.AbsoluteUri.TrimEnd('/') + "/api/v1/"),
            Timeout = Timeout.InfiniteTimeSpan,     // each request has its own, by the clock that was handed in
            MaxResponseContentBufferSize = LargestBody,
        };
        if (options.Key is { } key) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        http.DefaultRequestHeaders.UserAgent.ParseAdd(SlipwayClient.Sdk);
    }

    /// <summary>The whole table.</summary>
    /// <param name="etag">Of the one that is held; null for none.</param>
    /// <param name="stopping">Gives up.</param>
    public Task<Reply> SnapshotAsync(string? etag, CancellationToken stopping)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"snapshots/{environment}?instance={instance}");
        request.Headers.CacheControl = new CacheControlHeaderValue { NoCache = true };
        if (etag is not null) request.Headers.TryAddWithoutValidation("If-None-Match", etag);
        return SendAsync(request, options.RequestTimeout, stopping);
    }

    /// <summary>One package.</summary>
    public Task<Reply> PackageAsync(ContentHash hash, CancellationToken stopping) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, $"packages/{hash}"), options.RequestTimeout, stopping);

    /// <summary>Sends a document.</summary>
    public Task<Reply> PostAsync(string path, byte[] json, CancellationToken stopping) => SendAsync(
        new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(json) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } } }, options.RequestTimeout, stopping);

    /// <summary>Opens the event stream.</summary>
    /// <param name="lastEvent">The last event that was applied; null to get all.</param>
    /// <param name="silence">Ends when nothing came for too long, or when <paramref name="stopping"/> does.</param>
    /// <param name="stopping">Gives up.</param>
    /// <returns>The open response, to be disposed of; or a reply that says why there is none.</returns>
    public async Task<(HttpResponseMessage? Open, Reply? Failed)> StreamAsync(string? lastEvent, CancellationToken silence, CancellationToken stopping)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"snapshots/{environment}/stream?instance={instance}");
        request.Headers.Accept.ParseAdd("text/event-stream");
        request.Headers.CacheControl = new CacheControlHeaderValue { NoCache = true };
        if (lastEvent is not null) request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEvent);
        try
        {
            var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, silence);
            if (response.StatusCode == HttpStatusCode.OK) return (response, null);
            using (response) return (null, Of(response, []));
        }
        catch (Exception exception) when (Expected(exception, stopping))
        {
            return (null, Unanswered(exception));
        }
    }

    /// <summary>Whether it is the network's or the server's doing.</summary>
    public static bool Expected(Exception exception, CancellationToken stopping) =>
        exception is HttpRequestException or IOException || exception is OperationCanceledException && !stopping.IsCancellationRequested;

    /// <summary>Why a request was not answered.</summary>
    public static string Why(Exception exception) => exception is OperationCanceledException ? "nothing came in time" : (exception.InnerException ?? exception).Message.TrimEnd('.');

    private async Task<Reply> SendAsync(HttpRequestMessage request, TimeSpan timeout, CancellationToken stopping)
    {
        using var timer = new CancellationTokenSource(timeout, clock);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(stopping, timer.Token);
        try
        {
            using (request)
            using (var response = await http.SendAsync(request, limited.Token))
                return Of(response, await response.Content.ReadAsByteArrayAsync(limited.Token));
        }
        catch (Exception exception) when (Expected(exception, stopping))
        {
            return Unanswered(exception);
        }
    }

    private Reply Of(HttpResponseMessage response, byte[] body)
    {
        var status = (int)response.StatusCode;
        var wait = response.Headers.RetryAfter is { } after ? after.Delta ?? (after.Date is { } date ? date - clock.GetUtcNow() : null) : null;
        var problem = response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.NotModified ? null : FormattableString.Invariant($"it answered {status}");
        return new Reply(status, body, problem, response.Headers.ETag?.ToString(), wait < TimeSpan.Zero ? TimeSpan.Zero : wait, response.Headers.Age ?? TimeSpan.Zero);
    }

    private static Reply Unanswered(Exception exception) => new(0, [], Why(exception));

    public void Dispose() => http.Dispose();
}
