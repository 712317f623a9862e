using System.Text.RegularExpressions;
using Slipway.Tests;

namespace Slipway.Client.Tests.Documentation;

/// <summary>Every command line that stands anywhere in the documentation is one that the program takes, and every command stands somewhere.</summary>
public sealed partial class CommandLineTests
{
    private static IEnumerable<Page> Pages => [Page.Readme, .. Page.Docs, .. Page.BesideFiles];

    [Fact]
    public void Every_command_line_of_the_documentation_is_one_that_the_program_takes()
    {
        var lines = Pages.SelectMany(page => Lines(page).Select(line => (Place: $"{page.Name}:{line.Number}", line.Text, line.Kind))).ToList();
        Assert.True(lines.Count > 150, $"Only {lines.Count} command lines were found.");
        var wrong = lines.Select(line => (line.Place, line.Text, Wrong: line.Kind switch
        {
            Kind.Shell => CommandTree.WrongWithShell(line.Text),
            Kind.Synopsis => CommandTree.WrongWith(line.Text, mention: false),
            _ => CommandTree.WrongWith(line.Text, mention: true),
        })).Where(line => line.Wrong is not null).Select(line => $"{line.Place}: {line.Text}\n    {line.Wrong}").ToList();
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void Every_option_that_a_sentence_names_is_one_of_some_command()
    {
        var options = Pages.SelectMany(page => page.CodeInProse.Where(code => code.Text.StartsWith("--", StringComparison.Ordinal)).Select(code => (Place: $"{page.Name}:{code.Line}", Name: OptionName().Match(code.Text).Value))).ToList();
        Assert.NotEmpty(options);
        var unknown = options.Where(option => !CommandTree.IsOption(option.Name)).Select(option => $"{option.Place}: {option.Name}").ToList();
        Assert.True(unknown.Count == 0, string.Join('\n', unknown));
    }

    [Fact]
    public void Every_command_is_told_of_in_the_README_or_on_a_page()
    {
        var told = Pages.SelectMany(Lines).Select(line => CommandTree.NameOf(line.Text)).ToHashSet(StringComparer.Ordinal);
        var missing = CommandTree.Doing.Where(command => !told.Contains(command)).ToList();
        Assert.True(missing.Count == 0, $"No page tells of: {string.Join(", ", missing)}");
    }

    /// <summary>What the program tells people to type is read as far as its command and its options: values are filled in where it runs.</summary>
    [Fact]
    public void Every_command_that_the_program_tells_people_to_type_is_there()
    {
        var told = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories).SelectMany(Hints).ToList();
        Assert.True(told.Count > 60, $"Only {told.Count} were found.");
        var wrong = told.Where(hint => CommandTree.WrongWithName(hint.Text) is not null).Select(hint => $"{hint.Place}: {hint.Text}\n    {CommandTree.WrongWithName(hint.Text)}").ToList();
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));

        static IEnumerable<(string Place, string Text)> Hints(string file) =>
            from line in File.ReadLines(file).Index()
            where !line.Item.TrimStart().StartsWith("//", StringComparison.Ordinal)
            from hint in InSource().Matches(line.Item)
            select ($"{Path.GetRelativePath(Repository.Root, file)}:{line.Index + 1}", hint.Value);
    }

    [Theory]
    [InlineData("slipway release drill support_router                 now; who may roll back may", null)]
    [InlineData("slipway release   check support_router:v1.6.0      what the plan would be", null)]
    [InlineData("slipway incident add-case inc-3 --case ID | --all | --file FILE     the next version", null)]
    [InlineData("slipway policy set support_router --contract observe|retry|fallback|reject", null)]
    [InlineData("slipway change take chg-1 [--version support_router:v1.6.0] [--note TEXT]", null)]
    [InlineData("slipway eval MANIFEST --repeats N", null)]
    [InlineData("slipway release dril support_router", "\"dril\" is not understood here.")]
    [InlineData("slipway release drill support_router --limits 1s", "--limits is no option of it.")]
    [InlineData("slipway release drill support_router  with --limits 1s", "--limits is no option of it.")]
    [InlineData("slipway change take chg-1 [--versions support_router:v1.6.0]", "--versions is no option of it.")]
    [InlineData("slipway incident add-case inc-3 --case ID | --every", "--every is no option of it.")]
    [InlineData("slipway release decline rel-2", "--reason is missing.")]
    [InlineData("slipway live support_router stable", "\"stable\" is not understood here.")]
    [InlineData("slipway calls --limit many", "\"many\" does not fit --limit: it must be a whole number.")]
    public void A_synopsis_is_held_to_the_commands_there_are(string line, string? wrong) => Assert.Equal(wrong, CommandTree.WrongWith(line, mention: false));

    private enum Kind { Shell, Synopsis, Sentence }

    // What a shell runs, what a block of text begins a line with or leads to ("see: slipway diff …"), and code in a sentence: also where it leaves the program's name out.
    private static IEnumerable<(int Number, string Text, Kind Kind)> Lines(Page page)
    {
        foreach (var block in page.Blocks.Where(block => block.Language is "sh" or "text" or ""))
        {
            var shell = block.Language == "sh";
            // Continued lines are one, and places stay what they are.
            var text = shell ? block.Text.Replace("\\\n", "  ", StringComparison.Ordinal) : block.Text;
            foreach (Match match in (shell ? InShell() : InText()).Matches(text))
                yield return (block.Line + block.Text.AsSpan(0, match.Index).Count('\n'), match.Groups[1].Value, shell ? Kind.Shell : Kind.Synopsis);
        }
        foreach (var (line, text) in page.CodeInProse)
        {
            if (text.StartsWith("slipway ", StringComparison.Ordinal) || text.StartsWith("./slipway ", StringComparison.Ordinal)) yield return (line, text, Kind.Sentence);
            else if (TwoWords().Match(text) is { Success: true } words && CommandTree.IsGroup(words.Groups[1].Value)) yield return (line, $"slipway {text}", Kind.Sentence);
        }
    }

    [GeneratedRegex("(?<![\\w/.-])(\\./slipway .*)")] private static partial Regex InShell();

    [GeneratedRegex("(?:^ *|see: )((?:\\./)?slipway .*)", RegexOptions.Multiline)] private static partial Regex InText();

    [GeneratedRegex("(?<=: |[^>]\")slipway [a-z](?>[^\";]*)(?!\"u8)")] private static partial Regex InSource();

    [GeneratedRegex("^([a-z]+) [a-z]+(-[a-z]+)*( |$)")] private static partial Regex TwoWords();

    [GeneratedRegex("^--[a-z-]+")] private static partial Regex OptionName();
}
