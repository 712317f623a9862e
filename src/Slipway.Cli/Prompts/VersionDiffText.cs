using Slipway.Core.Prompts;

namespace Slipway.Cli.Prompts;

/// <summary>What differs between two versions, as people read it: changed lines with a little of what stands around them.</summary>
internal static class VersionDiffText
{
    private const int Around = 2;

    public static void Write(Terminal terminal, VersionId before, VersionId after, VersionDiff diff)
    {
        terminal.Heading($"{before} → {after}");
        if (diff.Fields.Count == 0) terminal.Line("  behave the same: their packages differ in nothing");
        foreach (var field in diff.Fields)
        {
            terminal.Line();
            terminal.Heading(field.Field);
            Write(terminal, field.Lines);
        }
    }

    private static void Write(Terminal terminal, IReadOnlyList<LineDiff> lines)
    {
        var shown = -1;
        for (var index = 0; index < lines.Count; index++)
        {
            if (!Enumerable.Range(index - Around, Around * 2 + 1).Any(near => near >= 0 && near < lines.Count && lines[near].Change != LineChange.Same)) continue;
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
