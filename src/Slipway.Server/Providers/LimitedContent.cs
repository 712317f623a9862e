using System.Net;

namespace Slipway.Server.Providers;

/// <summary>The body of an answer that is read into memory: who answers without end is broken off.</summary>
internal sealed class LimitedContent : HttpContent
{
    /// <summary>How many bytes of a whole answer are read, or of one event of a stream; and how much of a streamed answer is put together.</summary>
    public const int Most = 16 * 1024 * 1024;

    private readonly HttpContent content;
    private readonly string provider;

    private LimitedContent(HttpContent content, string provider)
    {
        (this.content, this.provider) = (content, provider);
        foreach (var (header, values) in content.Headers.NonValidated) Headers.TryAddWithoutValidation(header, values);
    }

    /// <summary>Limits the body of a response that nobody has read.</summary>
    /// <param name="response">What came.</param>
    /// <param name="provider">The provider's name.</param>
    /// <returns>The same response.</returns>
    public static HttpResponseMessage Of(HttpResponseMessage response, string provider)
    {
        response.Content = new LimitedContent(response.Content, provider);
        return response;
    }

    /// <summary>Says that an answer is too long.</summary>
    public static ProviderException TooLong(string provider) => new($"{provider} answered with more than {Most / (1024 * 1024)} MiB, so its answer was broken off.");

    protected override async Task<Stream> CreateContentReadStreamAsync() => new Counted(await content.ReadAsStreamAsync(), this);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await using var body = await CreateContentReadStreamAsync();
        await body.CopyToAsync(stream);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = content.Headers.ContentLength ?? 0;
        return content.Headers.ContentLength is not null;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) content.Dispose();
        base.Dispose(disposing);
    }

    private sealed class Counted(Stream body, LimitedContent owner) : Stream
    {
        private readonly bool isEvents = owner.Headers.ContentType?.MediaType == "text/event-stream";
        private int held;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Count(buffer.AsSpan(offset, count), body.Read(buffer, offset, count));

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await body.ReadAsync(buffer, cancellationToken);
            return Count(buffer.Span, read);
        }

        public override void Flush() => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        // An event that has ended was given on: only what came since its end is still held. Frames are a multiple of the text in them, so the whole of a stream says nothing.
        private int Count(ReadOnlySpan<byte> buffer, int read)
        {
            var end = isEvents ? Math.Max(buffer[..read].LastIndexOf("\n\n"u8), buffer[..read].LastIndexOf("\n\r\n"u8)) : -1;
            held = end < 0 ? held + read : read - end;
            return held <= Most ? read : throw TooLong(owner.provider);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) body.Dispose();
            base.Dispose(disposing);
        }
    }
}
