using System.Buffers;

namespace Slipway.Core.Evaluations;

/// <summary>A threshold's text in its parts; what they mean together is for <see cref="Threshold"/> to say.</summary>
/// <remarks>Taken apart by hand, not by a pattern: every start of a server reads each guardrail in the journal, with all its evidence.</remarks>
/// <param name="Operator">As written; empty for none.</param>
/// <param name="Baseline">Whether it is relative to a baseline.</param>
/// <param name="Minus">Whether the margin is taken off.</param>
/// <param name="Amount">Digits, perhaps with a point; empty for a baseline without a margin.</param>
/// <param name="Unit">Lower-case letters and percent signs; may be empty.</param>
internal sealed record ThresholdText(string Operator, bool Baseline, bool Minus, string Amount, string Unit)
{
    private const string BaselineWord = "baseline";
    private static readonly SearchValues<char> UnitCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz%");

    /// <summary>Takes a text apart.</summary>
    /// <returns>Null where it does not have the form of a threshold.</returns>
    public static ThresholdText? Read(ReadOnlySpan<char> text)
    {
        var rest = text.Trim();
        var @operator = rest switch
        {
            ['>', '=', ..] => ">=",
            ['<', '=', ..] => "<=",
            ['>', ..] => ">",
            ['<', ..] => "<",
            ['=', ..] => "=",
            _ => "",
        };
        rest = rest[@operator.Length..].TrimStart();
        var (baseline, minus) = (rest.StartsWith(BaselineWord, StringComparison.Ordinal), false);
        if (baseline)
        {
            rest = rest[BaselineWord.Length..].TrimStart();
            if (rest.IsEmpty) return new ThresholdText(@operator, baseline, minus, "", "");
            if (rest[0] is not ('+' or '-')) return null;
            minus = rest[0] == '-';
            rest = rest[1..].TrimStart();
        }
        var digits = LengthOfAmount(rest);
        var unit = rest[digits..].TrimStart();
        return digits > 0 && !unit.ContainsAnyExcept(UnitCharacters) ? new ThresholdText(@operator, baseline, minus, rest[..digits].ToString(), unit.ToString()) : null;
    }

    // A point belongs to the amount only with digits on both sides.
    private static int LengthOfAmount(ReadOnlySpan<char> text)
    {
        var whole = LengthOfDigits(text);
        if (whole == 0 || whole == text.Length || text[whole] != '.') return whole;
        var decimals = LengthOfDigits(text[(whole + 1)..]);
        return decimals == 0 ? whole : whole + 1 + decimals;
    }

    private static int LengthOfDigits(ReadOnlySpan<char> text) => text.IndexOfAnyExceptInRange('0', '9') is var end && end < 0 ? text.Length : end;
}
