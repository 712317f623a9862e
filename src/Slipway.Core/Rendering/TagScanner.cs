namespace Slipway.Core.Rendering;

internal enum TagKind
{
    Value,
    Section,
    Inverted,
    Close,
    Partial,

    /// <summary>A comment, or other delimiters: nothing to render.</summary>
    Silent,

    /// <summary>Not a tag; <see cref="Tag.Content"/> says why not.</summary>
    Broken,
}

/// <summary>One tag of a text.</summary>
/// <param name="Kind">What its first character makes it.</param>
/// <param name="Start">Where the tag begins.</param>
/// <param name="End">Where the tag ends.</param>
/// <param name="Content">The name inside, trimmed.</param>
/// <param name="Standalone">True where the tag has its line to itself, so that the line leaves no trace.</param>
/// <param name="TextEnd">Where the text before it ends: before the blanks of a standalone tag.</param>
/// <param name="TextStart">Where the text after it begins: after the line break of a standalone tag.</param>
internal readonly record struct Tag(TagKind Kind, int Start, int End, string Content, bool Standalone, int TextEnd, int TextStart);

/// <summary>Finds the tags of one text, front to back, minding the delimiters set on the way.</summary>
internal struct TagScanner(string text)
{
    private string opening = "{{";
    private string closing = "}}";
    private int position;

    public bool TryRead(out Tag tag)
    {
        var start = text.IndexOf(opening, position, StringComparison.Ordinal);
        if (start < 0)
        {
            tag = default;
            return false;
        }
        tag = ReadAt(start);
        position = tag.TextStart;
        return true;
    }

    private Tag ReadAt(int start)
    {
        var inside = start + opening.Length;
        var sigil = inside < text.Length ? text[inside] : '\0';
        TagKind? kind = sigil switch
        {
            '#' => TagKind.Section,
            '^' => TagKind.Inverted,
            '/' => TagKind.Close,
            '>' => TagKind.Partial,
            '!' or '=' => TagKind.Silent,
            '{' or '&' => TagKind.Value,        // "unescaped", which here every value is
            '<' or '$' => TagKind.Broken,
            _ => null,
        };
        var close = sigil switch { '{' => "}" + closing, '=' => "=" + closing, _ => closing };
        if (kind is not null) inside++;

        var end = text.IndexOf(close, inside, StringComparison.Ordinal);
        if (end < 0) return Broken(start, text.Length, $"is never closed: {close} is missing.");
        var content = text[inside..end];
        var next = sigil is '!' or '=' ? -1 : content.IndexOf(opening, StringComparison.Ordinal);
        if (next >= 0) return Broken(start, inside + next, $"is never closed: {close} is missing before the next tag.");
        end += close.Length;

        if (kind is TagKind.Broken) return Broken(start, end, "is template inheritance, which does not exist here; use a partial.");
        if (sigil == '=' && !TrySetDelimiters(content)) return Broken(start, end, "must name two delimiters, as in {{=<% %>=}}.");
        return Placed(kind ?? TagKind.Value, start, end, content.Trim());
    }

    private static Tag Broken(int start, int end, string why) => new(TagKind.Broken, start, end, why, false, start, end);

    private bool TrySetDelimiters(string content)
    {
        var words = content.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length != 2 || content.Contains('=', StringComparison.Ordinal)) return false;
        (opening, closing) = (words[0], words[1]);
        return true;
    }

    /// <summary>A tag other than a value that is alone on its line, blanks aside, takes the line with it.</summary>
    private readonly Tag Placed(TagKind kind, int start, int end, string content)
    {
        var lineStart = start;
        while (lineStart > position && text[lineStart - 1] is ' ' or '\t') lineStart--;
        var lineEnd = end;
        while (lineEnd < text.Length && text[lineEnd] is ' ' or '\t') lineEnd++;
        var rest = text.AsSpan(lineEnd);
        var lineBreak = rest.StartsWith("\r\n") ? 2 : rest.StartsWith('\n') ? 1 : 0;

        var standalone = kind is not TagKind.Value && (lineStart == 0 || text[lineStart - 1] == '\n') && (rest.IsEmpty || lineBreak > 0);
        return standalone
            ? new Tag(kind, start, end, content, true, lineStart, lineEnd + lineBreak)
            : new Tag(kind, start, end, content, false, start, end);
    }
}
