using System.Buffers;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;

namespace Slipway.Core.Rendering;

/// <summary>Turns a text and its partials into a <see cref="CompiledTemplate"/>, or into everything that is wrong with them.</summary>
internal sealed class TemplateCompiler(IReadOnlyDictionary<string, string> partials)
{
    /// <summary>Characters a template may have with its partials in place; five levels of partials could multiply to anything.</summary>
    public const int MaxSize = 1_000_000;

    public const int MaxErrors = 100;

    private const int MaxPartialDepth = 5;

    private readonly ImmutableArray<Step>.Builder steps = ImmutableArray.CreateBuilder<Step>();
    private readonly ArrayBufferWriter<byte> literals = new();
    private readonly ImmutableArray<Origin>.Builder levels = ImmutableArray.CreateBuilder<Origin>();
    private readonly VariableCollector variables = new();
    private readonly List<TemplateError> errors = [];
    private readonly HashSet<string> reported = [];      // a partial that is included twice has its faults once
    private int size;
    private int depth;
    private int sections;                                // of the depth, those that are not inverted
    private bool textMayGrow;

    public IReadOnlyList<TemplateError> Errors => errors;

    /// <summary>Call once. The result means something only where <see cref="Errors"/> stays empty.</summary>
    public CompiledTemplate Compile(string text)
    {
        CompileSource(new Source(text), partialDepth: 0);
        return new CompiledTemplate(steps.DrainToImmutable(), ImmutableCollectionsMarshal.AsImmutableArray(literals.WrittenSpan.ToArray()),
            levels.DrainToImmutable(), variables.ToImmutable());
    }

    private bool Full => errors.Count >= MaxErrors || size > MaxSize;

    private void CompileSource(Source source, int partialDepth)
    {
        if (!Spend(source.Text.Length, source)) return;
        if (UnpairedSurrogate(source.Text) is { } half)
        {
            Report(new Origin(source, half, half).ErrorOf("The text", "holds half of a surrogate pair, which is no character."));
            return;
        }
        var open = new Stack<OpenSection>();
        var scanner = new TagScanner(source.Text);
        var position = 0;
        while (!Full && scanner.TryRead(out var tag))
        {
            AddText(source, position, tag.TextEnd);
            // A standalone tag takes the indent of its line with it; every other tag stands behind it.
            if (!tag.Standalone && source.Indent.Length > 0 && IsLineStart(source.Text, tag.Start)) AddIndent(source, tag.Start);
            AddTag(source, tag, open, partialDepth);
            position = tag.TextStart;
        }
        if (Full) return;
        AddText(source, position, source.Text.Length);
        foreach (var section in open.Reverse())
        {
            if (section.Name is not null) Report(section.Origin.Error($"is never closed: {{{{/{section.Name}}}}} is missing."));
            Leave(section);
        }
    }

    private void AddTag(Source source, Tag tag, Stack<OpenSection> open, int partialDepth)
    {
        var origin = new Origin(source, tag.Start, tag.End);
        switch (tag.Kind)
        {
            case TagKind.Broken:
                Report(origin.Error(tag.Content));
                break;
            case TagKind.Value:
                if (PathOf(tag, origin) is { } path) AddStep(StepKind.Value, path, origin, VariableUses.Value);
                break;
            case TagKind.Section:
                open.Push(Enter(StepKind.Section, PathOf(tag, origin), origin));
                break;
            case TagKind.Inverted:
                open.Push(Enter(StepKind.Inverted, PathOf(tag, origin), origin));
                break;
            case TagKind.Close:
                Close(tag, origin, open);
                break;
            case TagKind.Partial:
                AddPartial(source, tag, origin, partialDepth);
                break;
            default:
                break;
        }
    }

    private NamePath? PathOf(Tag tag, Origin origin)
    {
        var path = NamePath.Parse(tag.Content);
        if (path is null) Report(origin.Error(tag.Content.Length == 0 ? "names nothing." : $"is not understood: {NamePath.Rule}."));
        return path;
    }

    private void AddStep(StepKind kind, NamePath path, Origin origin, VariableUses use)
    {
        steps.Add(new Step(kind, 0, 0, path, origin));
        variables.Add(path, origin, use, inSection: sections > 0);
        textMayGrow = false;
    }

    /// <summary>A section whose name is wrong is entered too, without a name, so that its end is not reported as well.</summary>
    private OpenSection Enter(StepKind kind, NamePath? path, Origin origin)
    {
        var index = steps.Count;
        if (path is not null) AddStep(kind, path, origin, kind is StepKind.Section ? VariableUses.Section : VariableUses.Inverted);
        if (kind is StepKind.Section) sections++;
        if (++depth > levels.Count) levels.Add(origin);
        return new OpenSection(kind, path?.Text, index, origin);
    }

    private void Leave(OpenSection section)
    {
        depth--;
        if (section.Kind is StepKind.Section) sections--;
        if (section.Name is null) return;
        if (section.Kind is StepKind.Section) steps.Add(new Step(StepKind.End, section.Index, 0, null, section.Origin));
        steps[section.Index] = steps[section.Index] with { To = steps.Count };
        textMayGrow = false;       // the text that follows is jumped to: it is not part of the body's last text
    }

    private void Close(Tag tag, Origin origin, Stack<OpenSection> open)
    {
        if (!open.TryPeek(out var innermost))
        {
            Report(origin.Error("closes nothing: no section is open."));
            return;
        }
        if (innermost.Name is not null && innermost.Name != tag.Content)
        {
            Report(origin.Error($"does not close {innermost.Origin.Tag} of {innermost.Origin.Place}."));
            // Closing an outer section ends the ones inside it; any other name is taken for a misspelling of the innermost.
            if (open.Any(section => section.Name == tag.Content))
                while (open.Peek().Name != tag.Content) Leave(open.Pop());
        }
        Leave(open.Pop());
    }

    private void AddPartial(Source source, Tag tag, Origin origin, int nesting)
    {
        var name = tag.Content;
        if (!partials.TryGetValue(name, out var text))
            Report(origin.Error(name.Length == 0 ? "names nothing." : "names a partial that is not there."));
        else if (source.Chain.Contains(name))
            Report(origin.Error($"makes a partial include itself: {string.Join(" > ", source.Chain.Append(name))}."));
        else if (nesting == MaxPartialDepth)
            Report(origin.Error($"is deeper than {MaxPartialDepth} partials: {string.Join(" > ", source.Chain.Append(name))}."));
        else
            // A partial inside an indented one keeps that indent and adds its own.
            CompileSource(new Source(text, name, origin, tag.Standalone ? source.Indent + source.Text[tag.TextEnd..tag.Start] : ""),
                nesting + 1);
    }

    private void AddText(Source source, int start, int end)
    {
        if (source.Indent.Length == 0)
        {
            AddRun(source, start, source.Text.AsSpan(start, end - start));
            return;
        }
        while (start < end && !Full)
        {
            if (IsLineStart(source.Text, start)) AddIndent(source, start);
            var line = source.Text.AsSpan(start, end - start);
            var length = line.IndexOf('\n') is >= 0 and var at ? at + 1 : line.Length;
            AddRun(source, start, line[..length]);
            start += length;
        }
    }

    private void AddIndent(Source source, int at)
    {
        if (Spend(source.Indent.Length, source)) AddRun(source, at, source.Indent);
    }

    private void AddRun(Source source, int start, ReadOnlySpan<char> run)
    {
        if (run.IsEmpty) return;
        var from = literals.WrittenCount;
        Encoding.UTF8.GetBytes(run, literals);
        var step = textMayGrow ? steps[^1] : new Step(StepKind.Text, from, 0, null, new Origin(source, start, start));
        step = step with { To = literals.WrittenCount };
        if (textMayGrow) steps[^1] = step;
        else steps.Add(step);
        textMayGrow = true;
    }

    private bool Spend(int characters, Source source)
    {
        if (size > MaxSize) return false;
        size = characters > MaxSize - size ? MaxSize + 1 : size + characters;
        if (size <= MaxSize) return true;
        Report(new Origin(source, 0, 0).ErrorOf("The text", $"takes the template, partials in place, past {MaxSize} characters."));
        return false;
    }

    private void Report(TemplateError error)
    {
        if (errors.Count < MaxErrors && reported.Add(error.Message)) errors.Add(error);
    }

    private static bool IsLineStart(string text, int at) => at == 0 || text[at - 1] == '\n';

    private static int? UnpairedSurrogate(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF')) return null;
        for (var at = 0; at < text.Length;)
        {
            if (Rune.DecodeFromUtf16(text.AsSpan(at), out _, out var length) is not OperationStatus.Done) return at;
            at += length;
        }
        return null;
    }

    /// <param name="Kind">Section or inverted.</param>
    /// <param name="Name">Null where the opening tag was wrong.</param>
    /// <param name="Index">The step that opens it.</param>
    /// <param name="Origin">The opening tag.</param>
    private readonly record struct OpenSection(StepKind Kind, string? Name, int Index, Origin Origin);
}
