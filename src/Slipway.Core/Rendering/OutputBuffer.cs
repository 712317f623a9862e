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

    // Of what was appended, the bytes of the text itself: what JSON adds to it does not count.
    private int counted;

    public readonly ReadOnlySpan<byte> Written => buffer.AsSpan(0, written);

    public void Dispose()
    {
        var bytes = buffer;
        buffer = [];
        written = counted = 0;
        ArrayPool<byte>.Shared.Return(bytes);
    }

    /// <summary>False, and nothing appended, where the limit would be passed.</summary>
    public bool TryAppend(ReadOnlySpan<byte> text) => TryAppend(text, text.Length);

    /// <summary>Appends a text that was escaped; false, and nothing appended, where the limit would be passed.</summary>
    /// <param name="escaped">What is appended.</param>
    /// <param name="length">How many bytes the text has that it stands for.</param>
    public bool TryAppend(ReadOnlySpan<byte> escaped, int length)
    {
        if (length > limit - counted) return false;
        Reserve(escaped.Length);
        escaped.CopyTo(buffer.AsSpan(written));
        written += escaped.Length;
        counted += length;
        return true;
    }

    /// <summary>Appends the text of a JSON string; false, and nothing appended, past the limit or where it is not Unicode.</summary>
    /// <param name="value">The string.</param>
    /// <param name="escaped">Whether it is appended as it is written between its quotation marks.</param>
    /// <param name="isText">Whether it is Unicode.</param>
    public bool TryAppendString(JsonElement value, bool escaped, out bool isText)
    {
        var json = JsonMarshal.GetRawUtf8Value(value);
        var inner = json[1..^1];
        isText = Utf8.IsValid(inner);               // a JSON document read from bytes was not checked for that
        if (!isText) return false;
        if (!inner.Contains((byte)'\\')) return TryAppend(inner);

        // An escape of up to six bytes becomes one at least, and never more than it was: what is surely too long is not even unescaped,
        // and the raw length is room enough for the rest.
        if (inner.Length > 6L * (limit - counted)) return false;
        // Escaped, it goes in as it is; it is unescaped all the same, behind where it goes, to know that it can be and how long it is then.
        var at = escaped ? written + inner.Length : written;
        Reserve(escaped ? 2 * inner.Length : inner.Length);
        var reader = new Utf8JsonReader(json);
        reader.Read();
        int length;
        try
        {
            length = reader.CopyString(buffer.AsSpan(at));
        }
        catch (InvalidOperationException)           // the platform's only sign of half a surrogate pair behind a \u escape
        {
            isText = false;
            return false;
        }
        if (length > limit - counted) return false;
        if (escaped) inner.CopyTo(buffer.AsSpan(written));
        written += escaped ? inner.Length : length;
        counted += length;
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
