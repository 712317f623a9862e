namespace Slipway.Core.Rendering;

/// <summary>A text that is parsed by itself: the template, or a partial at one place where it is included.</summary>
internal sealed class Source(string text, string? partial = null, Origin includedBy = default, string indent = "")
{
    private int[]? lineStarts;

    public string Text { get; } = text;

    /// <summary>The partial's name; null for the template.</summary>
    public string? Partial { get; } = partial;

    /// <summary>The tag that includes this partial.</summary>
    public Origin IncludedBy { get; } = includedBy;

    /// <summary>What stands before every line of a partial whose tag has a line of its own.</summary>
    public string Indent { get; } = indent;

    /// <summary>The names of the partials this text is inside of, outermost first.</summary>
    public IEnumerable<string> Chain => Partial is null ? [] : IncludedBy.Source.Chain.Append(Partial);

    public (int Line, int Column) PositionOf(int offset)
    {
        // Counted once: a long text with thousands of names would otherwise be counted through for each of them.
        var starts = lineStarts ??= LineStarts();
        var found = Array.BinarySearch(starts, offset);
        var line = found >= 0 ? found : ~found - 1;
        return (line + 1, offset - starts[line] + 1);
    }

    private int[] LineStarts()
    {
        var starts = new List<int> { 0 };
        for (var at = Text.IndexOf('\n', StringComparison.Ordinal); at >= 0; at = Text.IndexOf('\n', at + 1)) starts.Add(at + 1);
        return [.. starts];
    }
}

/// <summary>Where in which text a tag or a run of text stands; lines and columns are counted only when somebody asks.</summary>
internal readonly record struct Origin(Source Source, int Start, int End)
{
    /// <summary>The tag as written, shortened to one line.</summary>
    public string Tag
    {
        get
        {
            var written = Source.Text.AsSpan(Start, End - Start);
            var line = written.IndexOfAny('\r', '\n');
            var length = Math.Min(line < 0 ? written.Length : line, 60);
            if (length < written.Length && length > 0 && char.IsHighSurrogate(written[length - 1])) length--;
            return length < written.Length ? $"{written[..length]}…" : written.ToString();
        }
    }

    /// <summary><c>line 3, column 12</c>, and of which partial.</summary>
    public string Place
    {
        get
        {
            var (line, column) = Source.PositionOf(Start);
            return Source.Partial is null ? $"line {line}, column {column}" : $"line {line}, column {column} of partial {Source.Partial}";
        }
    }

    /// <summary>Line and column in the template itself, also for what stands in a partial.</summary>
    public (int Line, int Column) Position => Source.Partial is null ? Source.PositionOf(Start) : Source.IncludedBy.Position;

    /// <summary>The error "tag, place, <paramref name="fault"/>".</summary>
    public TemplateError Error(string fault) => ErrorOf(Tag, fault);

    /// <summary>The error "<paramref name="subject"/>, place, <paramref name="fault"/>".</summary>
    public TemplateError ErrorOf(string subject, string fault)
    {
        var (line, column) = Position;
        return new TemplateError(line, column, $"{subject} at {Place} {fault}");
    }
}
