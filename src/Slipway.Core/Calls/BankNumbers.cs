using System.Collections.Frozen;

namespace Slipway.Core.Calls;

/// <summary>Numbers of banks, known by their check digits.</summary>
internal static class BankNumbers
{
    // The registry of ISO 13616: which countries have such numbers, and how long theirs are.
    private static readonly FrozenDictionary<string, int> IbanLengths = (
        "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 " +
        "GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 " +
        "PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30").Split(' ')
        .ToFrozenDictionary(one => one[..2], one => int.Parse(one.AsSpan(2), System.Globalization.CultureInfo.InvariantCulture), StringComparer.OrdinalIgnoreCase);

    private const int LongestCard = 19, ShortestCard = 12;

    /// <summary>An IBAN whose check digits begin here: in groups or in one piece.</summary>
    public static Redaction? Iban(ReadOnlySpan<char> text, int at, int floor)
    {
        var start = at - 2;
        if (start < floor || !char.IsAsciiLetter(text[start]) || !char.IsAsciiLetter(text[start + 1]) || !PersonalDataScanner.Begins(text, start)) return null;
        if (!IbanLengths.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text[start..at], out var length)) return null;
        Span<char> number = stackalloc char[length];
        var (count, end) = (0, start);
        for (; end < text.Length && count < length; end++)
        {
            if (char.IsAsciiLetterOrDigit(text[end])) number[count++] = char.ToUpperInvariant(text[end]);
            else if (text[end] is not (' ' or '-') || !char.IsAsciiLetterOrDigit(text[end - 1])) return null;
        }
        return count == length && PersonalDataScanner.Ends(text, end) && Remainder(number) == 1 ? new Redaction(start, end - start, PersonalData.Iban) : null;
    }

    /// <summary>A card's number that begins here: 12 to 19 digits in one piece or in groups, with a good check digit.</summary>
    public static Redaction? Card(ReadOnlySpan<char> text, int at)
    {
        if (!PersonalDataScanner.Begins(text, at) || at > 0 && text[at - 1] == '+') return null;
        Span<char> digits = stackalloc char[LongestCard];
        var (count, group, found) = (0, 0, 0);
        for (var i = at; i <= text.Length; i++)
        {
            if (i < text.Length && char.IsAsciiDigit(text[i]))
            {
                if (count == LongestCard) break;
                digits[count++] = text[i];
                group++;
                continue;
            }
            // A group ends here: what has come so far may be the number, and what follows its month or its code.
            if (group < 3) break;
            if (PersonalDataScanner.Ends(text, i) && IsCard(digits[..count])) found = i;
            if (i >= text.Length || text[i] is not (' ' or '-')) break;
            group = 0;
        }
        return found > 0 ? new Redaction(at, found - at, PersonalData.Card) : null;
    }

    // Twelve and thirteen digits are common (times in milliseconds, order numbers); cards of that length begin as below.
    private static bool IsCard(ReadOnlySpan<char> digits) => digits.Length >= ShortestCard && digits.ContainsAnyExcept(digits[0])
        && (digits.Length > 13 || digits[0] is '4' or '5' or '6' || digits.StartsWith("0604")) && IsLuhn(digits);

    private static bool IsLuhn(ReadOnlySpan<char> digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[^(i + 1)] - '0';
            sum += i % 2 == 0 ? digit : digit > 4 ? 2 * digit - 9 : 2 * digit;
        }
        return sum % 10 == 0;
    }

    private static int Remainder(ReadOnlySpan<char> iban)
    {
        var remainder = 0;
        for (var i = 0; i < iban.Length; i++)
        {
            var c = iban[(i + 4) % iban.Length];
            remainder = char.IsAsciiDigit(c) ? (remainder * 10 + c - '0') % 97 : (remainder * 100 + c - 'A' + 10) % 97;
        }
        return remainder;
    }
}
