using System.Text.RegularExpressions;

namespace Slipway.Server.Providers.Offline;

/// <summary>An item of a list that names something and says what it is.</summary>
internal readonly record struct NamedItem(string Name, string Description);

/// <summary>Finds the labels of a prompt and what is said about each.</summary>
internal static partial class LabelReader
{
    /// <summary>Words a prompt uses for what it classifies into.</summary>
    public const string LabelWords = "route|label|categor(?:y|ies)|class|classes|intent|queue|topic|team|department|tag|type|option";

    /// <summary>The lists and tables of the prompt whose items name something, by list number.</summary>
    public static List<(int List, string Title, List<NamedItem> Items)> NamedLists(IEnumerable<Block> blocks)
    {
        var lists = new List<(int, string, List<NamedItem>)>();
        foreach (var group in blocks.Where(block => block.Kind is BlockKind.Item or BlockKind.Row).GroupBy(block => block.List))
        {
            var (title, texts) = (group.First().Title, group.Select(block => block.Text).ToList());
            var items = group.First().Kind == BlockKind.Row
                ? [.. texts.Where(text => !RowRule().IsMatch(text)).Skip(1).Select(OfRow)]
                : texts.Select(text => OfItem(text, SpeaksOfLabels(title))).OfType<NamedItem>().ToList();
            if (items.Count >= 2 && items.Count * 5 >= texts.Count * 4 || group.First().Kind == BlockKind.Row && items.Count >= 2)
                lists.Add((group.Key, title, items));
        }
        return lists;
    }

    /// <summary>The labels, in order, with all that other lists say about them too.</summary>
    public static List<LabelReading> Read(
        IReadOnlyList<(int List, string Title, List<NamedItem> Items)> lists, IEnumerable<Block> blocks, IReadOnlyList<string> fromOutput)
    {
        var named = lists.OrderByDescending(list => SpeaksOfLabels(list.Title)).FirstOrDefault().Items ?? [];
        if (named.Count == 0) named = [.. Enumerated(blocks).Select(name => new NamedItem(name, ""))];
        if (named.Count == 0) named = [.. fromOutput.Select(name => new NamedItem(name, ""))];
        return [.. named.DistinctBy(item => item.Name, StringComparer.OrdinalIgnoreCase).Select(item =>
            new LabelReading(item.Name, string.Join(". ", lists.SelectMany(list => list.Items).Concat(named)
                .Where(other => other.Name.Equals(item.Name, StringComparison.OrdinalIgnoreCase))
                .Select(other => WhatItIsNot().Replace(other.Description, " ")).Distinct())))];
    }

    /// <summary>Whether a title introduces labels.</summary>
    public static bool SpeaksOfLabels(string title) => LabelTitle().IsMatch(title);

    private static List<string> Enumerated(IEnumerable<Block> blocks) =>
        blocks.Where(block => block.Kind != BlockKind.Code)
            .SelectMany(block => EnumerationStart().Matches(block.Text).Select(start => block.Text[(start.Index + start.Length)..]))
            .Select(text => Enumeration.At(text, wordsEach: 3))
            .FirstOrDefault(names => names.Count >= 2) ?? [];

    private static NamedItem? OfItem(string text, bool underLabelTitle)
    {
        if (Described().Match(text) is { Success: true } described)
            return new NamedItem(described.Groups["name"].Value.Trim(), described.Groups["description"].Value.Trim());
        return Bare().Match(text) is { Success: true } bare && (underLabelTitle || !bare.Groups["name"].Value.Contains(' '))
            ? new NamedItem(bare.Groups["name"].Value, "") : null;
    }

    private static NamedItem OfRow(string row)
    {
        var cells = row.Trim('|', ' ').Split('|');
        return new NamedItem(cells[0].Trim(' ', '*', '`', '"'), string.Join(". ", cells[1..].Select(cell => cell.Trim())));
    }

    [GeneratedRegex($@"\b(?:{LabelWords})s?\b|\b(?:choose|pick|classify|one of)\b", RegexOptions.IgnoreCase)]
    private static partial Regex LabelTitle();

    [GeneratedRegex(
        $@"(?:\bone of(?: the| these| the following)?(?: (?:{LabelWords})s?)?|\b(?:{LabelWords})s?\b(?: are)?|" +
        $@"\b(?:classify|sort|tag)\b[^.:]{{0,60}}?\b(?:as|into))\s*(?::|–|—|\()?\s*(?:one of:?\s+)?(?=[\p{{L}}""`])",
        RegexOptions.IgnoreCase)]
    private static partial Regex EnumerationStart();

    [GeneratedRegex(
        """^(?:\*\*|__|`|"|“)*(?<name>[\p{L}\p{N}][\p{L}\p{N}_/&.-]*(?: [\p{L}\p{N}&][\p{L}\p{N}_/&.-]*){0,2}?)(?:\*\*|__|""" +
        """`|"|”)*\s*(?::(?:\*\*|__)?|–|—|(?<=\s)-|=(?!>))\s+(?<description>.+)$""")]
    private static partial Regex Described();

    [GeneratedRegex(
        """^(?:\*\*|__|`|"|“)*(?<name>[\p{L}\p{N}][\p{L}\p{N}_/&-]*(?: [\p{L}\p{N}&][\p{L}\p{N}_/&-]*){0,2})(?:\*\*|__|""" +
        """`|"|”)*[,;:]?$""")]
    private static partial Regex Bare();

    [GeneratedRegex(@"^\|[\s|:-]+\|?$")]
    private static partial Regex RowRule();

    // "invoices and payments, but not refunds": what a label is not must not count for it.
    [GeneratedRegex(@"\b(?:but not|not for|not about|except(?: for)?|excluding|other than|unlike)\b[^;.)]*", RegexOptions.IgnoreCase)]
    private static partial Regex WhatItIsNot();
}
