using System.Buffers;
using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Slipway.Bench.Server;

/// <summary>The least a server can do that pushes: bytes that are there already go to everybody who is connected.</summary>
internal sealed class BareStreams(WebApplication app, ConcurrentDictionary<Channel<byte[]>, bool> listeners) : IAsyncDisposable
{
    public Uri Address => new(app.Urls.First());

    public static async Task<BareStreams> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var (app, listeners) = (builder.Build(), new ConcurrentDictionary<Channel<byte[]>, bool>());
        app.MapGet("/", async (HttpContext context) =>
        {
            var events = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });
            listeners.TryAdd(events, true);      // before its reader knows of it: what is published from then on must reach it
            context.Response.ContentType = "text/event-stream";
            var writer = context.Response.BodyWriter;
            writer.Write("data: hello\n\n"u8);
            await writer.FlushAsync(context.RequestAborted);
            try
            {
                await foreach (var bytes in events.Reader.ReadAllAsync(context.RequestAborted))
                {
                    writer.Write(bytes);
                    await writer.FlushAsync(context.RequestAborted);
                }
            }
            catch (OperationCanceledException)
            {
                // The reader has gone.
            }
            finally
            {
                listeners.TryRemove(events, out _);
            }
        });
        await app.StartAsync();
        return new BareStreams(app, listeners);
    }

    public void Publish(byte[] bytes)
    {
        foreach (var listener in listeners.Keys) listener.Writer.TryWrite(bytes);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var listener in listeners.Keys) listener.Writer.TryComplete();
        await app.DisposeAsync();
    }
}
