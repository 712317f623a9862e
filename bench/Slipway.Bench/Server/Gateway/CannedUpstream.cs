using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Slipway.Bench.Server.Gateway;

/// <summary>A model service that costs next to nothing: it answers every request with the same bytes, and streams pieces at a pace.</summary>
internal sealed class CannedUpstream : IDisposable
{
    /// <summary>The pace of a stream.</summary>
    public const int PiecesPerSecond = 25;

    /// <summary>What it answers; it fits the contract of the benchmark's prompt.</summary>
    public const string Answer = """{"department": "loans", "urgency": "low"}""";

    private static readonly byte[] Whole = Http("application/json", """
        {"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"gpt-bench-2026-01-01","choices":[{"index":0,"message":{"role":"assistant","content":"{\"department\": \"loans\", \"urgency\": \"low\"}","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":210,"completion_tokens":12,"total_tokens":222}}
        """.Trim());

    private static readonly byte[] StreamHead = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray();
    private static readonly byte[] Piece = Chunk("""{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-bench-2026-01-01","choices":[{"index":0,"delta":{"content":" loans"},"finish_reason":null}],"usage":null}""");
    private static readonly byte[] StreamEnd = [.. Chunk("""{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-bench-2026-01-01","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null}"""), .. Chunk("[DONE]"), .. "0\r\n\r\n"u8];

    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly int pieces;

    /// <param name="pieces">How many pieces a stream has.</param>
    public CannedUpstream(int pieces)
    {
        this.pieces = pieces;
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(4096);
        _ = AcceptAsync();
    }

    /// <summary>Its base URL, up to and with <c>/v1</c>.</summary>
    public Uri BaseUrl => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndPoint!).Port}/v1");

    public void Dispose() => listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await listener.AcceptAsync());
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
        {
            // It was stopped.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        socket.NoDelay = true;
        var buffer = new byte[64 * 1024];
        var filled = 0;
        try
        {
            while (true)
            {
                var read = await socket.ReceiveAsync(buffer.AsMemory(filled));
                if (read == 0) return;
                filled += read;
                if (Length(buffer.AsSpan(0, filled)) is not { } length || filled < length) continue;
                var streams = buffer.AsSpan(0, filled).IndexOf("\"stream\":true"u8) >= 0;
                filled = 0;
                if (streams) await StreamAsync(socket);
                else await socket.SendAsync(Whole);
            }
        }
        catch (SocketException)
        {
            // The other side went away.
        }
        finally
        {
            socket.Dispose();
        }
    }

    private async Task StreamAsync(Socket socket)
    {
        await socket.SendAsync(StreamHead);
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / PiecesPerSecond));
        for (var piece = 0; piece < pieces; piece++)
        {
            await socket.SendAsync(Piece);
            await pace.WaitForNextTickAsync();
        }
        await socket.SendAsync(StreamEnd);
    }

    private static int? Length(ReadOnlySpan<byte> request)
    {
        var end = request.IndexOf("\r\n\r\n"u8);
        if (end < 0) return null;
        var at = request[..end].IndexOf("Content-Length: "u8);
        var line = request[(at + "Content-Length: ".Length)..end];
        return end + 4 + (at < 0 ? 0 : int.Parse(line[..(line.IndexOf((byte)'\r') is >= 0 and var stop ? stop : line.Length)], System.Globalization.CultureInfo.InvariantCulture));
    }

    private static byte[] Http(string type, string body) =>
        Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\n\r\n{body}");

    private static byte[] Chunk(string data)
    {
        var text = $"data: {data}\n\n";
        return Encoding.ASCII.GetBytes($"{text.Length:x}\r\n{text}\r\n");
    }
}
