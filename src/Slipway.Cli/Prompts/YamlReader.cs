using System.Collections.Immutable;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Slipway.Cli.Prompts;

/// <summary>Reads the YAML that manifests are written in: one document of plain values, whose text says all there is to it.</summary>
/// <remarks>No anchors, aliases, tags or directives: what a reviewer reads must be what is pushed.</remarks>
internal sealed partial class YamlReader
{
    private const int MaximumDepth = 32;
    private readonly string file;
    private readonly List<ManifestProblem> problems;
    private readonly Parser parser;
    private bool isTooDeep;

    private YamlReader(string file, string text, List<ManifestProblem> problems) =>
        (this.file, this.problems, parser) = (file, problems, new Parser(new Scanner(new StringReader(text), skipComments: true)));

    /// <summary>Reads a text; adds every problem.</summary>
    /// <returns>The outermost value, also where it has problems; null where the text cannot be read to its end.</returns>
    public static ManifestNode? Read(string file, string text, List<ManifestProblem> problems)
    {
        if (Unprintable().Match(text) is { Success: true } match)
        {
            var (line, column) = TextFile.Place(text, match.Index);
            problems.Add(new ManifestProblem(file, line, column,
                $"The character U+{(int)match.ValueSpan[0]:X4} cannot stand in a manifest: it cannot be seen, and YAML readers differ on it."));
            return null;
        }
        var reader = new YamlReader(file, text, problems);
        try
        {
            return reader.ReadDocument();
        }
        catch (YamlException exception)
        {
            reader.Report(exception.Start, $"Not YAML: {exception.Message}");
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
        {
            // The parser answers some broken texts so, e.g. a bracket that is never closed.
            reader.Report(reader.parser.Current?.End ?? Mark.Empty, "Not YAML from here on: a bracket before is not closed, or a tag is broken.");
        }
        return null;
    }

    private ManifestNode? ReadDocument()
    {
        Next();     // the start of the stream
        if (Next() is not DocumentStart start)
        {
            problems.Add(new ManifestProblem(file, null, null, "The file is empty."));
            return null;
        }
        if (start.Start.Line != start.End.Line)     // a document that takes more than its own --- to begin
            Report(start.Start, "A manifest has no directives: remove the lines that begin with %.");
        var root = ReadNode(Next(), depth: 1);
        if (isTooDeep) return null;
        Next();     // the end of the document
        if (Next() is DocumentStart second) Report(second.Start, "A second document begins here: a file holds one manifest.");
        return root;
    }

    private ManifestNode ReadNode(ParsingEvent begin, int depth)
    {
        var (line, column) = Position(begin.Start);
        if (begin is AnchorAlias alias) Report(alias.Start, $"*{TextFile.Excerpt(alias.Value.Value)} is an alias: write the value itself.");
        if (begin is NodeEvent node)
        {
            if (!node.Anchor.IsEmpty) Report(node.Start, $"&{TextFile.Excerpt(node.Anchor.Value)} is an anchor: a manifest has none, as nothing may refer to it.");
            if (!node.Tag.IsEmpty) Report(node.Start, $"{TextFile.Excerpt(node.Tag.Value)} is a tag: a manifest has none, quotation marks make a text.");
        }
        switch (begin)
        {
            case Scalar scalar: return new ManifestNode.Scalar(line, column, scalar.Value, scalar.Style == ScalarStyle.Plain);
            case SequenceStart when !IsTooDeep(begin, depth): return ReadList(line, column, depth);
            case MappingStart when !IsTooDeep(begin, depth): return ReadMapping(line, column, depth);
            default: return new ManifestNode.Unread(line, column);
        }
    }

    private ManifestNode.List ReadList(int line, int column, int depth)
    {
        var items = ImmutableArray.CreateBuilder<ManifestNode>();
        while (!isTooDeep && Next() is var item and not SequenceEnd) items.Add(ReadNode(item, depth + 1));
        return new ManifestNode.List(line, column, items.ToImmutable());
    }

    private ManifestNode.Mapping ReadMapping(int line, int column, int depth)
    {
        var entries = ImmutableArray.CreateBuilder<ManifestEntry>();
        var lineOfKey = new Dictionary<string, int>(StringComparer.Ordinal);
        while (!isTooDeep && Next() is var begin and not MappingEnd)
        {
            var key = ReadNode(begin, depth + 1);
            if (isTooDeep) break;
            var value = ReadNode(Next(), depth + 1);
            if (key is not ManifestNode.Scalar name)
            {
                if (key is not ManifestNode.Unread) Report(begin.Start, "A key must be a text, not a list or a mapping.");
            }
            else if (lineOfKey.TryAdd(name.Text, name.Line)) entries.Add(new ManifestEntry(name, value));
            else Report(begin.Start, $"The key \"{TextFile.Excerpt(name.Text)}\" stands twice, first in line {lineOfKey[name.Text]}.");
        }
        return new ManifestNode.Mapping(line, column, entries.ToImmutable());
    }

    // The limit is not for the stack alone: the scanner's time grows with the square of the depth.
    private bool IsTooDeep(ParsingEvent begin, int depth)
    {
        if (depth <= MaximumDepth) return false;
        Report(begin.Start, $"Lists and mappings are nested more than {MaximumDepth} deep here; the rest of the file was not read.");
        return isTooDeep = true;
    }

    private ParsingEvent Next() => parser.MoveNext() ? parser.Current! : throw new YamlException("The text ends too early.");

    private void Report(Mark mark, string message)
    {
        var (line, column) = Position(mark);
        problems.Add(new ManifestProblem(file, line, column, message));
    }

    private static (int Line, int Column) Position(Mark mark) => ((int)mark.Line, (int)mark.Column);

    // YAML 1.1 ends a line at NEL, LS and PS, and so does the parser; editors and YAML 1.2 do not: a key could hide behind one.
    [GeneratedRegex("[\0-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u2028\u2029\uFEFF\uFFFE\uFFFF]")] private static partial Regex Unprintable();
}
