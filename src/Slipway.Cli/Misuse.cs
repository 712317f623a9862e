using System.CommandLine;
using System.CommandLine.Parsing;

namespace Slipway.Cli;

/// <summary>Says in a sentence what does not fit of what was typed: the parser's own messages speak of symbols and types.</summary>
internal static class Misuse
{
    /// <summary>What is wrong, the cause before what follows from it.</summary>
    /// <param name="parse">What was typed, with at least one error.</param>
    public static string Of(ParseResult parse)
    {
        // An unknown word is the cause where there is one; that a command or option is missing then follows from it.
        if (parse.UnmatchedTokens.Count > 0) return $"\"{parse.UnmatchedTokens[0]}\" is not understood here.";
        var command = parse.CommandResult.Command;
        if (command.Subcommands.Count > 0 && command.Action is null) return $"It is not said what to do: {string.Join(", ", command.Subcommands.Select(known => known.Name))}.";
        if (parse.Errors.Select(error => error.SymbolResult is ArgumentResult { Parent: OptionResult of } ? of : error.SymbolResult).OfType<OptionResult>()
            .FirstOrDefault(option => option.IdentifierToken is not null) is { } option)
            return Of(option) ?? parse.Errors[0].Message;
        List<string> missing =
        [
            .. parse.Errors.Select(error => error.SymbolResult).OfType<ArgumentResult>().Where(argument => argument.Tokens.Count == 0).Select(argument => argument.Argument.Name).Distinct(),
            .. command.Options.Where(known => known.Required && parse.GetResult(known) is not { IdentifierToken: not null }).Select(known => known.Name),
        ];
        return missing switch
        {
            [] => parse.Errors[0].Message,
            [var one] => $"{one} is missing.",
            [.. var most, var last] => $"{string.Join(", ", most)} and {last} are missing.",
        };
    }

    private static string? Of(OptionResult result) => (result.Tokens, Nullable.GetUnderlyingType(result.Option.ValueType) ?? result.Option.ValueType) switch
    {
        ([], _) => $"{result.Option.Name} needs a value: {result.Option.Name} {result.Option.HelpName ?? "VALUE"}",
        ([var token], var type) when type == typeof(int) => $"\"{token.Value}\" does not fit {result.Option.Name}: it must be a whole number.",
        ([var token], var type) when type == typeof(decimal) => $"\"{token.Value}\" does not fit {result.Option.Name}: it must be a number, as in 2.50.",
        ([var token], var type) when type == typeof(bool) => $"\"{token.Value}\" does not fit {result.Option.Name}: it must be true or false.",
        ([_, _, ..], _) => $"{result.Option.Name} can be named only once.",
        _ => null,
    };
}
