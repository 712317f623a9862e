using System.Text;

namespace Slipway.Cli.Prompts;

/// <summary>A text as somebody keeps it on disk, or why it cannot be read.</summary>
internal abstract record TextFile
{
    private const long MaximumSize = 64 * 1024 * 1024;
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private TextFile() { }

    /// <summary>It can be read.</summary>
    /// <param name="Text">Line ends are line feeds and no byte order mark stands in front; all else is as in the file.</param>
    internal sealed record Read(string Text) : TextFile;

    /// <summary>It cannot.</summary>
    /// <param name="Line">The line that cannot be read, from 1; null where it is the whole file.</param>
    /// <param name="Column">Its column, from 1.</param>
    /// <param name="Why">A sentence that follows the file's name.</param>
    internal sealed record Unreadable(int? Line, int? Column, string Why) : TextFile;

    /// <summary>Reads a file of at most 64 MiB in UTF-8.</summary>
    public static TextFile Open(string path)
    {
        try
        {
            if (Directory.Exists(path)) return Refuse("This is a folder, where a file is needed.");
            var file = new FileInfo(path);
            if (!file.Exists) return Refuse("There is no such file.");
            return file.Length > MaximumSize ? Refuse("The file is larger than 64 MiB.") : Decode(File.ReadAllBytes(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Refuse($"The file cannot be read: {exception.Message}");
        }
    }

    /// <summary>A text from a file as a sentence can show it: one line, at most 80 characters, nothing that moves a terminal's cursor.</summary>
    public static string Excerpt(string text)
    {
        const int Length = 80;
        var start = text.Length <= Length ? text : string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[Length - 1]) ? Length - 1 : Length), "…");
        return string.Create(start.Length, start, (shown, from) =>
        {
            for (var i = 0; i < shown.Length; i++) shown[i] = char.IsControl(from[i]) ? '\uFFFD' : from[i];
        });
    }

    /// <summary>The line and column, from 1, of a character.</summary>
    public static (int Line, int Column) Place(ReadOnlySpan<char> text, int index)
    {
        var before = text[..index];
        return (before.Count('\n') + 1, index - before.LastIndexOf('\n'));
    }

    // Git and editors on Windows turn LF into CRLF, and some put a byte order mark in front. Nobody means either, so both are undone:
    // the same commit has the same hash on every machine. Nothing else is touched, not even a line feed at the end: a model reads it.
    private static TextFile Decode(byte[] bytes)
    {
        try
        {
            var text = Strict.GetString(bytes);
            return new Read((text.StartsWith('\uFEFF') ? text[1..] : text).Replace("\r\n", "\n", StringComparison.Ordinal));
        }
        catch (DecoderFallbackException exception)
        {
            var before = Encoding.UTF8.GetString(bytes.AsSpan(0, Math.Clamp(exception.Index, 0, bytes.Length)));
            var (line, column) = Place(before, before.Length);
            return new Unreadable(line, column, "From here on the file is not UTF-8 text; save it as UTF-8.");
        }
    }

    private static Unreadable Refuse(string why) => new(null, null, why);
}
