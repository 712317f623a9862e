using System.Collections.Immutable;
using Slipway.Core.Wire;

namespace Slipway.Cli.Prompts;

/// <summary>What differs between two versions, as people read it: changed lines with a little of what stands around them.</summary>
internal static class VersionDiffText
{
    private const int Around = 2;

    public static void Write(Terminal terminal, VersionDiffDocument diff)
    {
        terminal.Heading($"{diff.From} → {diff.To}");
        if (diff.Fields.IsEmpty) terminal.Line("  behave the same: their packages differ in nothing");
        else terminal.Line($"  a {diff.Step.ToString().ToLowerInvariant()} change: {string.Join(", ", diff.Reasons)}");
        foreach (var field in diff.Fields)
        {
            terminal.Line();
            terminal.Heading(field.Field);
            Write(terminal, field.Lines);
        }
    }

    private static void Write(Terminal terminal, ImmutableArray<LineDiff> lines)
    {
        // A text that ends with a line feed has one more line, with nothing in it.
        if (lines is [.., { Change: LineChange.Same, Text: "" }]) lines = lines[..^1];
        var shown = -1;
        for (var index = 0; index < lines.Length; index++)
        {
            if (!Enumerable.Range(index - Around, Around * 2 + 1).Any(near => near >= 0 && near < lines.Length && lines[near].Change != LineChange.Same)) continue;
            if (shown >= 0 && index > shown + 1) terminal.Line("  …");
            shown = index;
            switch (lines[index].Change)
            {
                case LineChange.Added: terminal.Verdict($"+ {lines[index].Text}", good: true); break;
                case LineChange.Removed: terminal.Verdict($"- {lines[index].Text}", good: false); break;
                default: terminal.Line($"  {lines[index].Text}"); break;
            }
        }
    }
}
