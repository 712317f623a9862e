using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;

namespace Slipway.Core.Rendering;

/// <summary>UTF-8 output in a rented array that grows up to a limit.</summary>
internal struct OutputBuffer(int expected, int limit) : IDisposable
{
    // Room for the template's own text and some values, so that most renderings never grow.
    private byte[] buffer = ArrayPool<byte>.Shared.Rent(Math.Min(expected, limit) + 1024);
    private int written;

    public readonly ReadOnlySpan<byte> Written => buffer.AsSpan(0, written);

    public void Dispose()
    {
        var bytes = buffer;
        buffer = [];
        written = 0;
        ArrayPool<byte>.Shared.Return(bytes);
    }

    /// <summary>False, and nothing appended, where the limit would be passed.</summary>
    public bool TryAppend(ReadOnlySpan<byte> text)
    {
        if (text.Length > limit - written) return false;
        Reserve(text.Length);
        text.CopyTo(buffer.AsSpan(written));
        written += text.Length;
        return true;
    }

    /// <summary>Appends the text of a JSON string; false, and nothing appended, past the limit or where it is not Unicode.</summary>
    public bool TryAppendString(JsonElement value, out bool isText)
    {
        var json = JsonMarshal.GetRawUtf8Value(value);
        var inner = json[1..^1];
        isText = Utf8.IsValid(inner);               // a JSON document read from bytes was not checked for that
        if (!isText) return false;
        if (!inner.Contains((byte)'\\')) return TryAppend(inner);

        // An escape of up to six bytes becomes one at least, and never more than it was: what is surely too long is not even unescaped,
        // and the raw length is room enough for the rest.
        if (inner.Length > 6L * (limit - written)) return false;
        Reserve(inner.Length);
        var reader = new Utf8JsonReader(json);
        reader.Read();
        int length;
        try
        {
            length = reader.CopyString(buffer.AsSpan(written));
        }
        catch (InvalidOperationException)           // the platform's only sign of half a surrogate pair behind a \u escape
        {
            isText = false;
            return false;
        }
        if (length > limit - written) return false;
        written += length;
        return true;
    }

    private void Reserve(int more)
    {
        if (more <= buffer.Length - written) return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(written + more, 2 * buffer.Length));
        Written.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }
}
