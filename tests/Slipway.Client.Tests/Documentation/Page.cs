using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Slipway.Tests;

namespace Slipway.Client.Tests.Documentation;

/// <summary>A page of documentation, as the tests of documentation read it.</summary>
/// <param name="Name">Its path from the repository's root, as in <c>docs/gates.md</c>.</param>
/// <param name="Text">What is in the file.</param>
internal sealed partial record Page(string Name, string Text)
{
    /// <summary>A fenced block.</summary>
    /// <param name="Language">The word behind its fence; empty where there is none.</param>
    /// <param name="Line">The line of the page on which its text begins, counted from 1.</param>
    /// <param name="Text">Its lines without the fences, each with its line break.</param>
    internal sealed record Block(string Language, int Line, string Text);

    /// <summary>The page for people who use Slipway first.</summary>
    public static Page Readme => Read("README.md");

    /// <summary>Every page of <c>docs/</c>, by name; decisions are no pages.</summary>
    public static ImmutableArray<Page> Docs { get; } =
        [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md").Select(file => $"docs/{Path.GetFileName(file)}").Order(StringComparer.Ordinal).Select(Read)];

    /// <summary>What stands beside the files that people take: <c>deploy/</c> and <c>samples/</c>.</summary>
    public static ImmutableArray<Page> BesideFiles { get; } =
    [
        .. ((string[])["deploy", "samples"]).SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "README.md", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(Repository.Root, file)).Order(StringComparer.Ordinal).Select(Read),
    ];

    /// <summary>Its fenced blocks, also those that stand in a list: without its indentation.</summary>
    public IEnumerable<Block> Blocks => Fenced().Matches(Text).Select(match => new Block(match.Groups["language"].Value, LineAt(match.Groups["text"].Index),
        string.Join('\n', match.Groups["text"].Value.Split('\n').Select(line => line.StartsWith(match.Groups["indent"].Value, StringComparison.Ordinal) ? line[match.Groups["indent"].Length..] : line))));

    /// <summary>Its blocks of commands that run as they stand.</summary>
    public IEnumerable<Block> Commands => Blocks.Where(block => block.Language == "sh");

    /// <summary>Its text with every character of a fenced block replaced by a space: the same places, and prose alone.</summary>
    public string Prose => Fenced().Replace(Text, match => NotLineBreak().Replace(match.Value, " "));

    /// <summary>What stands between single backquotes in its prose, a line break in it read as a space.</summary>
    public IEnumerable<(int Line, string Text)> CodeInProse => Code().Matches(Prose).Select(match => (LineAt(match.Index), match.Groups[1].Value.Replace('\n', ' ')));

    /// <summary>Reads a page.</summary>
    /// <param name="name">Its path from the repository's root.</param>
    public static Page Read(string name) => new(name, File.ReadAllText(Path.Combine(Repository.Root, name)));

    /// <summary>The line of a character, counted from 1.</summary>
    public int LineAt(int index) => Text.AsSpan(0, index).Count('\n') + 1;

    [GeneratedRegex("^(?<indent> *)```(?<language>[a-z]*)\n(?<text>.*?)^\\k<indent>```", RegexOptions.Singleline | RegexOptions.Multiline)] private static partial Regex Fenced();

    [GeneratedRegex("[^\n]")] private static partial Regex NotLineBreak();

    [GeneratedRegex("(?<!`)`([^`\n]+(?:\n[^`\n]+)?)`(?!`)")] private static partial Regex Code();
}
