using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Slipway.Bench.Server.Gateway;

/// <summary>A client that costs next to nothing: it sends the same bytes again and again, and reads answers just far enough to find their end.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] request, buffer = new byte[16 * 1024];
    private readonly Uri address;

    /// <param name="address">Where to.</param>
    /// <param name="key">The API key.</param>
    /// <param name="body">JSON.</param>
    public RawConnection(Uri address, string key, string body)
    {
        this.address = address;
        request = Encoding.UTF8.GetBytes(
            $"POST {address.AbsolutePath} HTTP/1.1\r\nHost: {address.Authority}\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\nx-slipway-unit: conversation-4711\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");
    }

    public Task ConnectAsync() => socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, address.Port));

    public void Dispose() => socket.Dispose();

    /// <summary>Asks once and waits for the whole answer.</summary>
    public async Task AskAsync()
    {
        await socket.SendAsync(request);
        for (var filled = 0; ;)
        {
            filled += await ReceiveAsync(buffer.AsMemory(filled));
            if (IsWhole(buffer.AsSpan(0, filled))) return;
        }
    }

    /// <summary>Opens a stream and reads it to its end.</summary>
    /// <param name="pieces">Told of how many came.</param>
    /// <returns>Seconds to the first piece.</returns>
    public async Task<double> StreamAsync(Action<int> pieces)
    {
        var started = Stopwatch.GetTimestamp();
        await socket.SendAsync(request);
        var first = 0.0;
        while (true)
        {
            var read = await ReceiveAsync(buffer);
            var bytes = buffer.AsMemory(0, read);
            // Each event is a chunk of its own here, so counting their beginnings counts the events.
            var came = bytes.Span.Count("data: {"u8);
            if (came > 0 && first == 0) first = Stopwatch.GetElapsedTime(started).TotalSeconds;
            if (came > 0) pieces(came);
            if (bytes.Span.EndsWith("0\r\n\r\n"u8)) return first;
        }
    }

    private async Task<int> ReceiveAsync(Memory<byte> into)
    {
        var read = await socket.ReceiveAsync(into);
        return read > 0 ? read : throw new InvalidOperationException("The connection was closed before the answer's end.");
    }

    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0) return false;
        if (!answer.StartsWith("HTTP/1.1 200"u8)) throw new InvalidOperationException($"Not an answer: {Encoding.UTF8.GetString(answer)}");
        var at = answer[..end].IndexOf("Content-Length: "u8);
        if (at < 0) return answer.EndsWith("0\r\n\r\n"u8);
        var line = answer[(at + "Content-Length: ".Length)..];
        return answer.Length >= end + 4 + int.Parse(line[..line.IndexOf((byte)'\r')], System.Globalization.CultureInfo.InvariantCulture);
    }
}
