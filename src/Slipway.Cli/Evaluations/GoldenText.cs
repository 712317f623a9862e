using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Slipway.Core.Evaluations;
using Slipway.Core.Wire;

namespace Slipway.Cli.Evaluations;

/// <summary>Golden sets as people read them.</summary>
internal static class GoldenText
{
    private const int MostTags = 30, MostListed = 40;

    /// <summary>All kinds of cases, as the end of a sentence.</summary>
    public static string Kinds => string.Join(", ", Enum.GetValues<CaseKind>().Select(NameOf));

    /// <summary>The kind of a word; null where there is none.</summary>
    public static CaseKind? KindOf(string word) => Enum.GetValues<CaseKind>().Cast<CaseKind?>().FirstOrDefault(kind => NameOf(kind!.Value) == word);

    public static void List(Terminal terminal, ImmutableArray<GoldenSetListing> sets)
    {
        if (sets.IsEmpty) terminal.Line("There is no golden set yet; push one with: slipway golden push NAME_vN.jsonl");
        else
        {
            terminal.Table(["set", "cases", "to confirm", "used by", "content"], [.. sets.Select(set => (string[])
                [set.Set.ToString(), Number(set.Cases), set.Proposed == 0 ? "" : Number(set.Proposed), string.Join(", ", set.UsedBy), set.Content.Value + (set.Erased is null ? "" : $"  ({set.Erased})")])]);
        }
    }

    public static void Summary(Terminal terminal, string title, GoldenSetSummary summary, ImmutableArray<MissingKinds> missing)
    {
        terminal.Heading($"{title}  {ReportText.Cases(summary.Cases)}");
        if (summary.Proposed > 0) terminal.Line($"{ReportText.Cases(summary.Proposed)} of them {(summary.Proposed == 1 ? "waits" : "wait")} to be confirmed: no run asks {(summary.Proposed == 1 ? "it" : "them")} before");
        terminal.Line($"kinds    {Counts(summary.Kinds)}");
        terminal.Line($"sources  {Counts(summary.Sources)}; synthetic {summary.SyntheticShare.ToString("0.#%", CultureInfo.InvariantCulture)}");
        terminal.Line($"checks   {Counts(summary.Checks)}");
        if (!summary.Tags.IsEmpty) terminal.Line($"tags     {Counts(summary.Tags, MostTags)}");
        foreach (var duplicate in summary.Duplicates) terminal.Line($"  {duplicate}");
        Missing(terminal, missing);
    }

    public static void Missing(Terminal terminal, ImmutableArray<MissingKinds> missing)
    {
        foreach (var one in missing) terminal.Line($"Too few for the policy of {one.Prompt}: {string.Join(", ", one.Kinds)}. Its versions cannot be released on this set.");
    }

    public static void Diff(Terminal terminal, string before, string after, GoldenSetDiff diff)
    {
        terminal.Line($"From {before} to {after}: {diff.Added.Length} added, {diff.Removed.Length} removed, {diff.Changed.Length} changed, {diff.Renamed.Length} renamed, {diff.Same} the same");
        ImmutableArray<string> lines =
        [
            .. diff.Removed.Select(id => $"- {id}"), .. diff.Added.Select(id => $"+ {id}"), .. diff.Renamed.Select(one => $"= {one.From} is now {one.To}"),
            .. diff.Changed.Select(one => $"~ {one.Id}: {string.Join(", ", one.Fields)}"),
        ];
        foreach (var line in lines.Take(MostListed)) terminal.Line(line);
        if (lines.Length > MostListed) terminal.Line($"and {lines.Length - MostListed} more: --json shows all");
    }

    public static void Added(Terminal terminal, GoldenCasesDocument made)
    {
        terminal.Line(made.Created ? $"{made.Set}  {ReportText.Cases(made.Added.Length)} more" : $"{made.Set} stays as it is: no call became a case");
        foreach (var id in made.Added) terminal.Line($"  {id}");
        foreach (var left in made.LeftOut) terminal.Line($"  {left}");
        if (!made.Created) return;
        terminal.Line($"Each expects what was answered then, until somebody says that this was right. See them:  slipway golden show {made.Set} --lines");
        terminal.Line($"Confirm them:  slipway golden confirm {made.Set.Name} --all     or push them with other expectations as {made.Set.Next()}, without \"confirm\"");
    }

    private static string Counts(ImmutableSortedDictionary<string, int> counts, int most = int.MaxValue)
    {
        if (counts.IsEmpty) return "none";
        var shown = string.Join(", ", counts.OrderByDescending(one => one.Value).ThenBy(one => one.Key, StringComparer.Ordinal).Take(most).Select(one => $"{one.Key} {Number(one.Value)}"));
        return counts.Count > most ? $"{shown} and {Number(counts.Count - most)} more" : shown;
    }

    private static string Number(int count) => count.ToString(CultureInfo.InvariantCulture);

    private static string NameOf(CaseKind kind) => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());
}
