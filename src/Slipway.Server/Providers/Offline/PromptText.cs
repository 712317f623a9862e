using System.Text.RegularExpressions;

namespace Slipway.Server.Providers.Offline;

/// <summary>What a piece of a prompt is by its Markdown.</summary>
internal enum BlockKind { Paragraph, Item, Row, Code }

/// <summary>A paragraph, list item, table row or code block of a prompt.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text on one line, without the bullet; code keeps its lines.</param>
/// <param name="Title">The heading above and, for items and rows, the paragraph that introduces the list.</param>
/// <param name="List">The same number for all items of one list and all rows of one table.</param>
internal sealed record Block(BlockKind Kind, string Text, string Title, int List);

/// <summary>Takes a prompt apart as a reader sees it: headings, lists, tables, sentences.</summary>
internal static partial class PromptText
{
    /// <summary>The blocks of a prompt in order; headings appear only as the titles of what follows them.</summary>
    public static List<Block> Blocks(string text)
    {
        var blocks = new List<Block>();
        var (heading, lead, list) = ("", "", 0);
        var (afterBlank, inCode) = (true, false);
        foreach (var line in text.Split('\n').Select(line => line.TrimEnd()))
        {
            if (line.TrimStart().StartsWith("```", StringComparison.Ordinal))
            {
                inCode = !inCode;
                if (inCode) blocks.Add(new Block(BlockKind.Code, "", heading, ++list));
            }
            else if (inCode)
            {
                blocks[^1] = blocks[^1] with { Text = $"{blocks[^1].Text}{line}\n" };
            }
            else if (Heading().Match(line) is { Success: true } title)
            {
                (heading, lead, list) = (title.Groups["text"].Value, "", list + 1);
            }
            else if (Item().Match(line) is { Success: true } item)
            {
                if (blocks is not [.., { Kind: BlockKind.Item }]) list++;
                blocks.Add(new Block(BlockKind.Item, item.Groups["text"].Value, $"{heading} {lead}", list));
            }
            else if (line.TrimStart().StartsWith('|'))
            {
                if (blocks is not [.., { Kind: BlockKind.Row }]) list++;
                blocks.Add(new Block(BlockKind.Row, line.Trim(), $"{heading} {lead}", list));
            }
            else if (line.Length > 0)
            {
                var continues = !afterBlank && blocks is [.., { Kind: BlockKind.Paragraph or BlockKind.Item }];
                if (continues) blocks[^1] = blocks[^1] with { Text = $"{blocks[^1].Text} {line.Trim()}" };
                else blocks.Add(new Block(BlockKind.Paragraph, line.Trim(), heading, ++list));
                if (blocks[^1].Kind == BlockKind.Paragraph) lead = blocks[^1].Text;
            }
            afterBlank = line.Length == 0 || Heading().IsMatch(line);
        }
        return blocks;
    }

    /// <summary>The sentences of a text; a quotation is never cut, and a semicolon ends a sentence too.</summary>
    public static IEnumerable<string> Sentences(string text)
    {
        var (start, quoted) = (0, false);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] is '"' or '“' or '”') quoted = text[at] == '"' ? !quoted : text[at] == '“';
            var ends = text[at] == '\n' || (!quoted && text[at] is '.' or '!' or '?' or ';' && EndsHere(text, at));
            if (!ends) continue;
            if (text[start..at].Trim() is { Length: > 0 } sentence) yield return sentence;
            (start, quoted) = (at + 1, false);
        }
        if (text[start..].Trim() is { Length: > 0 } rest) yield return rest;
    }

    // "e.g. a refund" goes on; "v1.6" and "a.b" have no space after the point.
    private static bool EndsHere(string text, int at) =>
        (at + 1 == text.Length || char.IsWhiteSpace(text[at + 1]) || text[at + 1] is '"' or '*' or ')')
        && !(text[at] == '.' && at >= 3 && text[at - 2] == '.' && char.IsLetter(text[at - 1]));

    [GeneratedRegex(@"^\s{0,3}(?:#{1,6}\s+(?<text>.*?)\s*#*|</?(?<text>[A-Za-z][\w-]*)>|\*\*(?<text>[^*]+?):?\*\*:?)$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"^\s*(?:[-*•+]|\d{1,2}[.)])\s+(?<text>.+)$|^(?<text>(?:\*\*|`)[^*`]{1,40}(?:\*\*|`)\s*(?::|–|—|-\s).+)$")]
    private static partial Regex Item();
}
