using System.Net.ServerSentEvents;
using System.Text.Json;
using Slipway.Core.Wire;

namespace Slipway.Server.Tests.Snapshots;

/// <summary>Somebody who follows the routing of an environment, as an SDK does, with the platform's own reader of event streams.</summary>
internal sealed class Listener : IAsyncDisposable
{
    private readonly HttpResponseMessage response;
    private readonly IAsyncEnumerator<SseItem<string>> events;

    private Listener(HttpResponseMessage response, Stream body)
    {
        this.response = response;
        events = SseParser.Create(body).EnumerateAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
    }

    /// <summary>How it was answered.</summary>
    public HttpResponseMessage Response => response;

    /// <summary>Begins to listen.</summary>
    public static async Task<Listener> StartAsync(HttpClient http, string? instance = null, string? lastEventId = null, string environment = "production")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/snapshots/{environment}/stream{(instance is null ? "" : $"?instance={instance}")}");
        if (lastEventId is not null) request.Headers.Add("Last-Event-ID", lastEventId);
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode}");
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return new Listener(response, await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>The next event; null where the stream has ended.</summary>
    public async Task<SseItem<string>?> NextAsync()
    {
        try
        {
            return await events.MoveNextAsync() ? events.Current : null;
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>The next event that is no heartbeat.</summary>
    public async Task<SseItem<string>?> NextChangeAsync()
    {
        while (await NextAsync() is { } item)
            if (item.EventType != "heartbeat") return item;
        return null;
    }

    /// <summary>The whole table, which comes next.</summary>
    public async Task<SnapshotDocument> SnapshotAsync()
    {
        var item = await NextChangeAsync();
        Assert.Equal("snapshot", item?.EventType);
        var document = JsonSerializer.Deserialize(item!.Value.Data, ApiJson.Default.SnapshotDocument)!;
        Assert.Equal($"{document.Revision}", item.Value.EventId);
        return document;
    }

    /// <summary>A changed record, which comes next.</summary>
    public async Task<RouteDocument> RouteAsync()
    {
        var item = await NextChangeAsync();
        Assert.Equal("route", item?.EventType);
        var document = JsonSerializer.Deserialize(item!.Value.Data, ApiJson.Default.RouteDocument)!;
        Assert.Equal($"{document.Revision}", item.Value.EventId);
        return document;
    }

    /// <summary>The revision of the heartbeat that comes next.</summary>
    public async Task<long> HeartbeatAsync()
    {
        var item = await NextAsync();
        Assert.Equal("heartbeat", item?.EventType);
        return JsonElement.Parse(item!.Value.Data).GetProperty("revision").GetInt64();
    }

    public async ValueTask DisposeAsync()
    {
        // The connection first: a reader in the middle of a read ends with it.
        response.Dispose();
        try
        {
            await events.DisposeAsync();
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or NotSupportedException)
        {
            // It broke, as it was meant to.
        }
    }
}
