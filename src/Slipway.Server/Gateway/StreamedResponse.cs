using System.Buffers;
using Slipway.Server.Providers;

namespace Slipway.Server.Gateway;

/// <summary>A streamed answer on its way to the caller: each piece goes out at once, and where nothing comes for a while a comment says that there is still somebody.</summary>
internal sealed class StreamedResponse : IAsyncDisposable
{
    /// <summary>How long a stream is silent before a comment is sent.</summary>
    public static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(15);

    private readonly HttpResponse response;
    private readonly GatewayCall call;
    private readonly TimeProvider clock;
    private readonly SemaphoreSlim turn = new(1, 1);       // pieces and comments go into one pipe
    private readonly ITimer timer;
    private long lastWrite;
    private bool started, ended;

    public StreamedResponse(HttpResponse response, GatewayCall call, TimeProvider clock)
    {
        (this.response, this.call, this.clock) = (response, call, clock);
        lastWrite = clock.GetTimestamp();
        timer = clock.CreateTimer(static stream => _ = ((StreamedResponse)stream!).KeepAliveAsync(), this, LongestSilence, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Sends a piece.</summary>
    public async ValueTask WriteAsync(ModelPiece piece, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            Start();
            call.FirstPiece();
            call.Writer.Piece(response.BodyWriter, piece);
            await FlushAsync(cancellation);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Sends the end.</summary>
    public async ValueTask EndAsync(ModelAnswer answer, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            call.Writer.End(response.BodyWriter, answer);
            await FlushAsync(cancellation);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Sends no more comments.</summary>
    public async ValueTask DisposeAsync()
    {
        await timer.DisposeAsync();
        await turn.WaitAsync();     // for a comment that is being sent
        ended = true;
        turn.Release();
    }

    // Headers go out with the first byte: until then a failing provider still gets a proper status.
    private void Start()
    {
        if (started) return;
        started = true;
        SlipwayHeaders.WriteOutcome(response, call);
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache";
    }

    private async ValueTask FlushAsync(CancellationToken cancellation)
    {
        await response.BodyWriter.FlushAsync(cancellation);
        lastWrite = clock.GetTimestamp();
    }

    private async Task KeepAliveAsync()
    {
        await turn.WaitAsync();
        try
        {
            if (ended) return;
            var wait = LongestSilence - clock.GetElapsedTime(lastWrite);
            if (wait <= TimeSpan.Zero)
            {
                Start();
                response.BodyWriter.Write(": keep-alive\n\n"u8);
                await FlushAsync(response.HttpContext.RequestAborted);
                wait = LongestSilence;
            }
            timer.Change(wait, Timeout.InfiniteTimeSpan);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // The caller is gone: whoever writes next learns it too.
        }
        finally
        {
            turn.Release();
        }
    }
}
