using System.Globalization;

namespace Slipway.Core.Wire;

/// <summary>The spelling <c>PREFIX-NUMBER</c> of what is numbered through the whole installation, from 1.</summary>
internal static class NumberedId
{
    /// <summary>The number; null where the text is of another form. No leading zero: one thing has one spelling.</summary>
    /// <param name="text">The text.</param>
    /// <param name="prefix">What stands before the number, the hyphen included.</param>
    /// <param name="mostDigits">How many digits the number has at most, up to 18.</param>
    public static long? Read(string? text, string prefix, int mostDigits)
    {
        // By hand, not by a pattern: every start of a server reads each release in the journal.
        if (text is null || !text.StartsWith(prefix, StringComparison.Ordinal)) return null;
        var digits = text.AsSpan(prefix.Length);
        return digits.Length >= 1 && digits.Length <= mostDigits && digits[0] != '0' && !digits.ContainsAnyExceptInRange('0', '9') ? long.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture) : null;
    }

    /// <summary>Writes it as it is read.</summary>
    public static string Write(string prefix, long number) => prefix + number.ToString(CultureInfo.InvariantCulture);
}
