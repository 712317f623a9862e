using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Slipway.Cli;
using Command = System.CommandLine.Command;

namespace Slipway.Client.Tests.Documentation;

/// <summary>The commands there are, held against lines that name one.</summary>
internal static partial class CommandTree
{
    /// <summary>Every command that does something, by its words, as in <c>release drill</c>.</summary>
    public static ImmutableArray<string> Doing { get; } = [.. Below(CommandLine.Root, "").Order(StringComparer.Ordinal)];

    /// <summary>What is wrong with a line of a synopsis, whose command may be followed by a remark behind two spaces; null where nothing is.</summary>
    /// <param name="line">It begins with the program's name.</param>
    /// <param name="mention">Whether it may leave out what the command needs, as a sentence does that only names it.</param>
    public static string? WrongWith(string line, bool mention)
    {
        var parts = TwoSpaces().Split(line.Trim());
        var complaints = new List<string>();
        for (var taken = 1; taken <= parts.Length; taken++)
        {
            var words = Synopsis.Words(string.Join(' ', parts[..taken]), shell: false)[1..];
            if (WrongWith(words, mention) is { } wrong) complaints.Add(wrong);
            else return Options().Matches(string.Join(' ', parts[taken..])).Select(match => match.Value).FirstOrDefault(option => !IsOption(Named(words), option)) is { } strange
                ? $"{strange} is no option of it." : null;
        }
        return string.Join(" Or: ", complaints.Distinct());
    }

    /// <summary>What is wrong with a line of a shell; null where nothing is.</summary>
    /// <param name="line">It begins with the program's name.</param>
    public static string? WrongWithShell(string line) => WrongWith(Synopsis.Words(line, shell: true)[1..], mention: false);

    /// <summary>What is wrong with the command that a line names and with the options in it, whatever their values; null where nothing is.</summary>
    /// <param name="line">It begins with the program's name.</param>
    public static string? WrongWithName(string line)
    {
        var command = Named(line.Split(' ', ',').Skip(1));
        return command.Action is null ? "It names no command." : Options().Matches(line).Select(match => match.Value).FirstOrDefault(option => !IsOption(command, option)) is { } strange ? $"{strange} is no option of it." : null;
    }

    /// <summary>The words of the command that a line names, as in <c>release drill</c>; empty where it names none.</summary>
    /// <param name="line">It begins with the program's name.</param>
    public static string NameOf(string line)
    {
        var names = new List<string>();
        for (var command = Named(Synopsis.Words(line, shell: false)[1..]); command is not RootCommand; command = (Command)command.Parents.Single()) names.Insert(0, command.Name);
        return string.Join(' ', names);
    }

    /// <summary>Whether some command has other commands below it under this name.</summary>
    public static bool IsGroup(string word) => CommandLine.Root.Subcommands.Any(command => command.Name == word && command.Subcommands.Count > 0);

    /// <summary>Whether any command has this option.</summary>
    public static bool IsOption(string option) => Everything(CommandLine.Root).Any(command => IsOption(command, option));

    private static string? WrongWith(List<string> words, bool mention)
    {
        if (words.Count == 0) return mention ? null : "It names no command.";
        foreach (var reading in Synopsis.Readings(words))
        {
            var wrong = WrongWith(reading);
            // A value that is written in capitals may be a number.
            if (wrong is not null && reading.Any(Synopsis.IsPlaceholder)) wrong = WrongWith([.. reading.Select(word => Synopsis.IsPlaceholder(word) ? "1" : word)]);
            // What is left open may be any number of words.
            var open = mention || reading.Contains("…");
            if (wrong is not null && open && reading.Contains("…")) wrong = WrongWith([.. reading.Where(word => word != "…")]);
            if (wrong is not null && !(open && OnlyMissing(wrong))) return wrong;
        }
        return null;
    }

    private static string? WrongWith(ImmutableArray<string> words)
    {
        var parse = CommandLine.Root.Parse(words);
        // The parser takes an option it does not know for a value.
        if (parse.Tokens.FirstOrDefault(token => token.Type == TokenType.Argument && token.Value.StartsWith("--", StringComparison.Ordinal)) is { } unknown) return $"{unknown.Value} is no option of it.";
        return parse.Errors.Count > 0 ? Misuse.Of(parse) : null;
    }

    private static bool OnlyMissing(string wrong) =>
        wrong.EndsWith(" missing.", StringComparison.Ordinal) || wrong.StartsWith("It is not said what to do", StringComparison.Ordinal) || wrong.Contains(" needs a value: ", StringComparison.Ordinal);

    private static Command Named(IEnumerable<string> words)
    {
        Command command = CommandLine.Root;
        foreach (var word in words)
        {
            if (command.Subcommands.FirstOrDefault(below => below.Name == word) is not { } next) return command;
            command = next;
        }
        return command;
    }

    private static bool IsOption(Command command, string option) => command.Options.Concat(CommandLine.Root.Options.Where(known => known.Recursive)).Any(known => known.Name == option || known.Aliases.Contains(option));

    private static IEnumerable<Command> Everything(Command command) => command.Subcommands.SelectMany(Everything).Prepend(command);

    private static IEnumerable<string> Below(Command command, string before) => command.Subcommands.SelectMany(below =>
        Below(below, $"{before}{below.Name} ").Concat(below.Action is null ? [] : [before + below.Name]));

    [GeneratedRegex(" {2,}")] private static partial Regex TwoSpaces();

    [GeneratedRegex("--[a-z][a-z-]+")] private static partial Regex Options();
}
