using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;
using EnvironmentName = Slipway.Core.Releases.EnvironmentName;

namespace Slipway.Client.Tests.Serving;

/// <summary>A request that a fake server got.</summary>
internal sealed record Request(string What, string Path, string? LastEvent, string? ETag, string? Key, string Body)
{
    public bool AsksFor(Package package) => What == FakeSlipway.Package && Path.EndsWith(package.Hash.Value, StringComparison.Ordinal);

    public T As<T>() => (T)JsonSerializer.Deserialize(Body, ApiJson.Default.GetTypeInfo(typeof(T))!)!;
}

/// <summary>The server's side of the protocol in <c>docs/push.md</c>, which a test can let be slow, wrong, or gone.</summary>
internal sealed class FakeSlipway : IAsyncDisposable
{
    public const string Stream = "stream", Snapshot = "snapshot", Package = "package", Instances = "instances", Calls = "calls", Outcomes = "outcomes", RunEvents = "events", Run = "run";

    private readonly ConcurrentDictionary<ContentHash, byte[]> packages = new();
    private readonly ConcurrentDictionary<string, Func<HttpContext, Task>> instead = new();
    private readonly ConcurrentDictionary<Channel<string>, bool> streams = new();
    private WebApplication? application;
    private SnapshotDocument table = new(EnvironmentName.Production, 0, []);

    public Uri Address { get; private set; } = null!;

    public SeenList<Request> Requests { get; } = new();

    public SnapshotDocument Table => Volatile.Read(ref table);

    public static async Task<FakeSlipway> StartAsync()
    {
        var server = new FakeSlipway();
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Starts on the same address as before.</summary>
    public async Task StartAgainAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.Zero);
        builder.WebHost.ConfigureKestrel(options => options.Listen(System.Net.IPAddress.Loopback, Address?.Port ?? 0));
        application = builder.Build();
        application.MapGet("/api/v1/snapshots/{environment}/stream", context => AnswerAsync(Stream, context, StreamAsync));
        application.MapGet("/api/v1/snapshots/{environment}", context => AnswerAsync(Snapshot, context, SnapshotAsync));
        application.MapGet("/api/v1/packages/{hash}", context => AnswerAsync(Package, context, PackageAsync));
        application.MapGet("/api/v1/evaluations/{run}/events", context => AnswerAsync(RunEvents, context, NothingAsync));
        application.MapGet("/api/v1/evaluations/{run}", context => AnswerAsync(Run, context, NothingAsync));
        foreach (var path in (string[])[Instances, Calls, Outcomes]) application.MapPost("/api/v1/" + path, context => AnswerAsync(path, context, static _ => Task.CompletedTask));
        await application.StartAsync(TestContext.Current.CancellationToken);
        Address = new Uri(application.Urls.First());
    }

    /// <summary>Ends as a killed process does: whoever is connected is cut off.</summary>
    public async Task StopAsync()
    {
        foreach (var stream in streams.Keys) stream.Writer.TryComplete(new IOException("killed"));
        if (application is not { } running) return;
        application = null;
        await running.StopAsync(new CancellationToken(canceled: true));
        await running.DisposeAsync();
    }

    /// <summary>Answers such requests in another way.</summary>
    public void Instead(string what, Func<HttpContext, Task> answer) => instead[what] = answer;

    /// <summary>Answers all requests with a status.</summary>
    public void AnswerEverythingWith(int status)
    {
        foreach (var what in (string[])[Stream, Snapshot, Package, Instances, Calls, Outcomes, RunEvents, Run])
            Instead(what, context => { context.Response.StatusCode = status; return Task.CompletedTask; });
        CutStreams();
    }

    /// <summary>Takes all requests and answers none.</summary>
    public void BeSlow()
    {
        foreach (var what in (string[])[Stream, Snapshot, Package, Instances, Calls, Outcomes]) Instead(what, NeverAsync);
    }

    /// <summary>Takes a request, and answers when the client is gone.</summary>
    public static Task NeverAsync(HttpContext context)
    {
        var gone = new TaskCompletionSource();
        context.RequestAborted.Register(gone.SetResult);
        return gone.Task;
    }

    /// <summary>Is itself again.</summary>
    public void Recover() => instead.Clear();

    public void Keep(Package package) => packages[package.Hash] = package.Json.ToArray();

    public void Lose(ContentHash hash) => packages.TryRemove(hash, out _);

    /// <summary>Makes a table, and tells nobody.</summary>
    public void Hold(params ReadOnlySpan<RouteDocument> routes)
    {
        var revision = 0L;
        foreach (var route in routes) revision = Math.Max(revision, route.Revision);
        Volatile.Write(ref table, new SnapshotDocument(EnvironmentName.Production, revision, [.. routes]));
    }

    /// <summary>Changes a record, and tells everybody.</summary>
    public void Push(RouteDocument route)
    {
        Hold([.. Table.Routes.Where(other => other.Prompt != route.Prompt), route]);
        Send(Event("route", route.Revision, JsonSerializer.Serialize(route, ApiJson.Default.RouteDocument)));
    }

    public void Heartbeat() => Send(Event("heartbeat", null, $$"""{"revision":{{Table.Revision}}}"""));

    /// <summary>Sends a text to everybody who follows.</summary>
    public void Send(string text)
    {
        foreach (var stream in streams.Keys) stream.Writer.TryWrite(text);
    }

    /// <summary>Ends all streams as a proxy does that has had enough of them.</summary>
    public void CutStreams()
    {
        foreach (var stream in streams.Keys) stream.Writer.TryComplete();
    }

    public static string Event(string type, long? id, string data) => (id is null ? "" : $"id: {id}\n") + $"event: {type}\ndata: {data}\n\n";

    private async Task AnswerAsync(string what, HttpContext context, Func<HttpContext, Task> answer)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        var headers = context.Request.Headers;
        var request = new Request(what, context.Request.Path, headers["Last-Event-ID"], headers.IfNoneMatch, headers.Authorization, body);
        var own = instead.GetValueOrDefault(what);
        Requests.Add(request);
        await (own ?? answer)(context);
    }

    public async Task StreamAsync(HttpContext context)
    {
        var mine = Channel.CreateUnbounded<string>();
        streams[mine] = true;
        try
        {
            context.Response.ContentType = "text/event-stream";
            var known = context.Request.Headers["Last-Event-ID"].ToString() == Table.Revision.ToString(System.Globalization.CultureInfo.InvariantCulture);
            await context.Response.WriteAsync("retry: 1000\n\n" + (known ? "" : SnapshotEvent()) + Event("heartbeat", null, """{"revision":0}"""), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await foreach (var text in mine.Reader.ReadAllAsync(context.RequestAborted))
            {
                await context.Response.WriteAsync(text, context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
            }
        }
        catch (IOException)
        {
            context.Abort();
        }
        catch (OperationCanceledException)
        {
            // The client has gone away.
        }
        finally
        {
            streams.TryRemove(mine, out _);
        }
    }

    public string SnapshotEvent() => Event("snapshot", Table.Revision, JsonSerializer.Serialize(Table, ApiJson.Default.SnapshotDocument));

    private Task SnapshotAsync(HttpContext context)
    {
        var etag = $"\"{Table.Revision}-fake\"";
        context.Response.Headers.ETag = etag;
        if (context.Request.Headers.IfNoneMatch != etag) return context.Response.WriteAsync(JsonSerializer.Serialize(Table, ApiJson.Default.SnapshotDocument));
        context.Response.StatusCode = StatusCodes.Status304NotModified;
        return Task.CompletedTask;
    }

    private async Task PackageAsync(HttpContext context)
    {
        if (ContentHash.TryParse((string?)context.Request.RouteValues["hash"], out var hash) && packages.TryGetValue(hash, out var bytes)) await context.Response.Body.WriteAsync(bytes);
        else context.Response.StatusCode = StatusCodes.Status404NotFound;
    }

    private static Task NothingAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => new(StopAsync());
}
