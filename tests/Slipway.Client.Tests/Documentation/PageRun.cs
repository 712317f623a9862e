using System.Globalization;
using System.Text.RegularExpressions;

namespace Slipway.Client.Tests.Documentation;

/// <summary>What came of the commands of a page.</summary>
/// <param name="ExitCode">How the script ended.</param>
/// <param name="Output">All that was said; where a command failed, the last line names its block's first line and the command.</param>
internal sealed partial record PageRun(int ExitCode, string Output)
{
    /// <summary>Begins the output of a block; the number of the block's first line follows.</summary>
    public const string Mark = "===== block at line ";

    /// <summary>Every command did what it should, and said what the page shows.</summary>
    public void Shows(Page page)
    {
        Assert.True(ExitCode == 0, Output);
        var said = Output.Split(Mark).Skip(1).Select(block => block.Split('\n', 2)).ToDictionary(block => int.Parse(block[0], CultureInfo.InvariantCulture), block => block[1]);
        Page.Block? commands = null;
        foreach (var block in page.Blocks)
        {
            if (block.Language == "sh") commands = block;
            else if (block.Language == "output") Assert.True(NotShown(block.Text, said[commands!.Line]) is not { } line, $"{page.Name}:{block.Line} shows what was not said, or not in this order: {NotShown(block.Text, said[commands.Line])}\n{said[commands.Line]}");
        }
    }

    /// <summary>The first line of a shown output that was not said after the one before; null where all were.</summary>
    /// <param name="shown">As the page shows it: <c>…</c> on a line of its own stands for any lines.</param>
    /// <param name="said">What the commands said.</param>
    public static string? NotShown(string shown, string said)
    {
        var lines = said.Split('\n').Select(Alike).ToList();
        var at = 0;
        foreach (var line in shown.TrimEnd('\n').Split('\n').Where(line => line.Trim() != "…"))
        {
            at = lines.IndexOf(Alike(line), at) + 1;
            if (at == 0) return line;
        }
        return null;
    }

    // Numbers, times, hashes and how wide a column is are another each time.
    private static string Alike(string line) => Space().Replace(Number().Replace(Hash().Replace(line, "#"), "#"), " ").TrimEnd();

    [GeneratedRegex("(?=[0-9a-f-]*[0-9])[0-9a-f]{7,}[0-9a-f-]*")] private static partial Regex Hash();

    [GeneratedRegex("[0-9]+(?:[.,][0-9]+)*")] private static partial Regex Number();

    [GeneratedRegex(" +")] private static partial Regex Space();
}

/// <summary>The comparison itself.</summary>
public sealed class PageRunTests
{
    private const string Said = "desk:v1.0.0  sha256:0123456789abcdef\n  the first version\nrel-1  completed in 12 ms\n";

    [Theory]
    [InlineData("desk:v1.0.0  sha256:fedcba9876543210\n…\nrel-1  completed in 7.5 ms\n", null)]
    [InlineData("  the first version\n", null)]
    [InlineData("  the second version\n", "  the second version")]
    [InlineData("rel-1  completed in 12 ms\n  the first version\n", "  the first version")]
    [InlineData("rel-1  frozen in 12 ms\n", "rel-1  frozen in 12 ms")]
    public void What_a_page_shows_was_said_in_this_order_whatever_the_numbers(string shown, string? missing) => Assert.Equal(missing, PageRun.NotShown(shown, Said));
}
