using System.Buffers;
using System.IO.Pipelines;

namespace Slipway.Server.Gateway;

/// <summary>A request's body, whole, where the web server has it; given back when the request is answered.</summary>
internal readonly struct RequestBody : IDisposable
{
    private readonly PipeReader reader;
    private readonly SequencePosition end;

    private RequestBody(PipeReader reader, ReadOnlySequence<byte> buffer) =>
        (this.reader, end, Bytes) = (reader, buffer.End, buffer.IsSingleSegment ? buffer.First : buffer.ToArray());

    /// <summary>All of it.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Waits for all of it.</summary>
    public static async ValueTask<RequestBody> ReadAsync(HttpContext context)
    {
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            if (read.IsCompleted) return new RequestBody(reader, read.Buffer);
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => reader.AdvanceTo(end);
}
