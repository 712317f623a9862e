using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace Slipway.Core.Contracts;

/// <summary>A regular expression: matched in linear time, or, where it looks around or back, or is large, within a time limit.</summary>
internal sealed class SchemaPattern
{
    private readonly Regex regex;

    private SchemaPattern(string text, Regex regex) => (Text, this.regex) = (text, regex);

    /// <summary>The pattern as the schema has it.</summary>
    public string Text { get; }

    /// <summary>Reads a pattern; null, and why, where it cannot be used.</summary>
    public static SchemaPattern? Parse(string text, out string? problem)
    {
        if (text.Length > SchemaLimits.PatternLength)
        {
            problem = $"it is longer than {SchemaLimits.PatternLength} characters";
            return null;
        }
        if (EcmaPattern.Translate(text, out var states, out problem) is not { } translated) return null;
        try
        {
            return new SchemaPattern(text, Build(translated, states));
        }
        catch (ArgumentException unreadable)
        {
            problem = unreadable.Message.TrimEnd('.');
            return null;
        }
    }

    private static Regex Build(string translated, long states)
    {
        if (states <= SchemaLimits.PatternStates)
        {
            try
            {
                return new Regex(translated, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
            }
            catch (NotSupportedException)
            {
                // Lookarounds and backreferences: only backtracking can do them.
            }
        }
        return new Regex(translated, RegexOptions.CultureInvariant, SchemaLimits.PatternTime);
    }

    /// <summary>Whether some part of the text matches; null where that could not be found out in time.</summary>
    public bool? Matches(ReadOnlySpan<char> text)
    {
        try
        {
            return regex.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }
    }

    /// <inheritdoc cref="Matches(ReadOnlySpan{char})"/>
    public bool? Matches(ReadOnlySpan<byte> utf8)
    {
        char[]? rented = null;
        var room = utf8.Length <= 256 ? stackalloc char[256] : rented = ArrayPool<char>.Shared.Rent(utf8.Length);
        var matches = Matches(room[..Encoding.UTF8.GetChars(utf8, room)]);
        if (rented is not null) ArrayPool<char>.Shared.Return(rented);
        return matches;
    }
}
