namespace Slipway.Core.Calls;

/// <summary>Telephone numbers as people write them. They have no check digit: what tells them from other numbers is how they are grouped.</summary>
internal static class PhoneNumbers
{
    private const int MostGroups = 7, LongestGroup = 11, Fewest = 7, Most = 13, MostInternational = 15;

    /// <summary>A telephone number whose first digit is here.</summary>
    public static Redaction? Phone(ReadOnlySpan<char> text, int at, int floor)
    {
        var start = at;
        if (start > floor && text[start - 1] == '(') start--;
        var international = start > floor && text[start - 1] == '+';
        if (international) start--;
        if (!international && Continues(text, start)) return null;

        Span<int> groups = stackalloc int[MostGroups];
        var (count, digits, end, dots, hyphens) = (0, 0, at, 0, 0);
        while (count < MostGroups)
        {
            var length = 0;
            while (end + length < text.Length && char.IsAsciiDigit(text[end + length])) length++;
            if (length > LongestGroup + (international ? 4 : 0)) return null;
            groups[count++] = length;
            (digits, end) = (digits + length, end + length);
            var gap = Gap(text, end);
            if (gap == 0) break;
            foreach (var c in text.Slice(end, gap))
            {
                if (c == '.') dots++;
                if (c == '-') hyphens++;
            }
            end += gap;
        }
        if (!PersonalDataScanner.Ends(text, end) && Extension(text, end) == 0) return null;
        if (!IsPhone(text[at..end], groups[..count], digits, international, dots, hyphens)) return null;
        // "704 1436 Rue …": an address.
        if (!international && count == 2 && start == at && end + 1 < text.Length && text[end] == ' ' && char.IsUpper(text[end + 1])) return null;
        end += Extension(text, end);
        return new Redaction(start, end - start, PersonalData.Phone);
    }

    private static bool IsPhone(ReadOnlySpan<char> written, ReadOnlySpan<int> groups, int digits, bool international, int dots, int hyphens)
    {
        if (international || written.StartsWith("00") && digits >= 10) return digits is >= Fewest + 1 and <= MostInternational;
        if (groups.Length == 1) return IsPlain(written);
        if (digits is < Fewest or > Most || dots > 0 && (dots != groups.Length - 1 || groups.Length < 3 || groups.ContainsAnyInRange(0, 2))) return false;
        var trunk = groups[0] == 1 && written[0] == '1' && digits == 11;
        for (var i = trunk ? 1 : 0; i < groups.Length; i++) if (groups[i] < 2) return false;
        // Two numbers beside each other are a house's and a street's more often than one of a telephone, whose last group is the longest.
        if (groups is [var first, var second] && !(second >= 4 && (first < 4 || second >= 6))) return false;
        // A date, a span of years, a social security number and a postal code are grouped like this.
        return !(groups is [4, 2, 2, ..] && IsYear(written[..4])) && !(groups is [2, 2, 4] && IsYear(written[^4..])) && !(groups is [4, 4] && IsYear(written[..4]) && IsYear(written[^4..]))
            && !(groups is [3, 2, 4] && hyphens == 2) && !(groups is [5, 4] && hyphens == 1);
    }

    // In one piece only what a national number looks like: seconds since 1970 begin with 1, most order numbers are of another length.
    private static bool IsPlain(ReadOnlySpan<char> digits) => digits.Length switch
    {
        10 => digits[0] != '1',
        11 => digits[0] == '0' || digits[0] == '1' && digits[1] >= '2',
        _ => false,
    };

    private static bool IsYear(ReadOnlySpan<char> digits) => digits.StartsWith("19") || digits.StartsWith("20");

    // What stands between two groups: a space, a hyphen, a dot, a bracket, or a bracket with one of them.
    private static int Gap(ReadOnlySpan<char> text, int at)
    {
        var length = 0;
        while (length < 3 && at + length < text.Length && text[at + length] is ' ' or '-' or '.' or '(' or ')') length++;
        if (length == 0 || at + length >= text.Length || !char.IsAsciiDigit(text[at + length])) return 0;
        return length == 1 || text.Slice(at, length).ContainsAny('(', ')') || text.Slice(at, length).SequenceEqual(" - ") ? length : 0;
    }

    private static int Extension(ReadOnlySpan<char> text, int at)
    {
        if (at + 1 >= text.Length || text[at] is not ('x' or 'X')) return 0;
        var length = 1;
        while (at + length < text.Length && length <= 6 && char.IsAsciiDigit(text[at + length])) length++;
        return length is > 1 and <= 6 && PersonalDataScanner.Ends(text, at + length) ? length : 0;
    }

    // Part of a longer number, of a name or of an amount.
    private static bool Continues(ReadOnlySpan<char> text, int start)
    {
        if (!PersonalDataScanner.Begins(text, start)) return true;
        if (start == 0) return false;
        if (text[start - 1] is '$' or '€' or '£' or '#' or '/' or '=') return true;
        return start >= 2 && text[start - 1] is '-' or '.' or ',' or ' ' && start >= 2 && (char.IsAsciiDigit(text[start - 2]) || text[start - 1] == '-' && char.IsLetter(text[start - 2]));
    }
}
