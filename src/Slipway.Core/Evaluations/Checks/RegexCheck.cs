using System.Text.Json;
using System.Text.RegularExpressions;
using Slipway.Core.Contracts;

namespace Slipway.Core.Evaluations;

/// <summary>Some part of the answer matches a regular expression, or none does.</summary>
/// <remarks>The dialect is that of JSON Schema (ECMA-262). Matching takes time that grows with the answer's length alone: what would need to
/// look around or back, or an automaton of more than 1,000 states, is refused when the golden set is read.</remarks>
public sealed record RegexCheck : Check
{
    internal const string Named = "regex";
    internal const int LongestPattern = 1_000;
    private readonly Regex regex;

    private RegexCheck(string pattern, Regex regex, bool ignoresCase, bool mustMatch) =>
        (Pattern, this.regex, IgnoresCase, MustMatch) = (pattern, regex, ignoresCase, mustMatch);

    /// <inheritdoc/>
    public override string Name => Named;

    /// <summary>The regular expression, 1 to 1,000 characters.</summary>
    public string Pattern { get; }

    /// <summary>Whether capital and small letters are the same. Default false.</summary>
    public bool IgnoresCase { get; }

    /// <summary>Whether a part of the answer must match; else none may. Default true.</summary>
    public bool MustMatch { get; }

    internal static RegexCheck? Read(CheckArguments given)
    {
        given.Takes("pattern", "ignore_case", "matches");
        var (pattern, ignoresCase) = (given.Text("pattern"), given.Flag("ignore_case"));
        var mustMatch = !given.IsGiven("matches") || given.Flag("matches");
        if (pattern is null) return null;
        var made = Make(pattern, ignoresCase, mustMatch, out var problem);
        if (made is null) given.Problem("pattern", $"\"pattern\" cannot be used: {problem}.");
        return given.Fit ? made : null;
    }

    /// <summary>Compiles a pattern; null, and why, where it cannot be used.</summary>
    internal static RegexCheck? Make(string pattern, bool ignoresCase, bool mustMatch, out string? problem)
    {
        if (pattern.Length > LongestPattern)
        {
            problem = $"it is longer than {LongestPattern} characters";
            return null;
        }
        if (EcmaPattern.Translate(pattern, out var states, out problem) is not { } translated) return null;
        if (states > SchemaLimits.PatternStates)
        {
            problem = $"its repetitions come to more than {SchemaLimits.PatternStates} states; repeat less";
            return null;
        }
        try
        {
            var options = RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | (ignoresCase ? RegexOptions.IgnoreCase : RegexOptions.None);
            return new RegexCheck(pattern, new Regex(translated, options), ignoresCase, mustMatch);
        }
        catch (NotSupportedException)
        {
            problem = "it looks around or refers back, which cannot be matched in bounded time";
        }
        catch (ArgumentException unreadable)
        {
            problem = unreadable.Message.TrimEnd('.');
        }
        return null;
    }

    private protected override void WriteArguments(Utf8JsonWriter writer)
    {
        writer.WriteString("pattern"u8, Pattern);
        if (IgnoresCase) writer.WriteBoolean("ignore_case"u8, true);
        if (!MustMatch) writer.WriteBoolean("matches"u8, false);
    }

    private protected override CheckResult Judge(CheckInput input)
    {
        var answer = input.Answer.Shown;
        var match = regex.Match(answer);
        var pattern = JsonValues.Excerpt(Pattern);
        return (match.Success, MustMatch) switch
        {
            (true, true) => Pass($"The answer matches {pattern}", match.Value),
            (true, false) => Fail($"The answer matches {pattern}, which it must not", match.Value),
            (false, true) => Fail($"The answer does not match {pattern}", answer),
            (false, false) => Pass($"The answer does not match {pattern}"),
        };
    }
}
