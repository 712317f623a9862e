using System.Buffers;
using System.Collections.Immutable;
using System.Net;

namespace Slipway.Core.Calls;

/// <summary>Finds personal data in one pass: it stops at digits, <c>@</c> and <c>:</c> alone, and looks at no more than a few dozen characters around each.</summary>
internal static class PersonalDataScanner
{
    private const int LongestLocalPart = 64, LongestDomain = 253, LongestIp = 45;
    private static readonly SearchValues<char> Triggers = SearchValues.Create("@:0123456789");

    /// <summary>Adds what it finds, in order.</summary>
    public static void Scan(ReadOnlySpan<char> text, ImmutableArray<Redaction>.Builder found)
    {
        // Nothing before the floor is looked at again: it is part of what was found.
        var (at, floor) = (0, 0);
        while (text[at..].IndexOfAny(Triggers) is >= 0 and var next)
        {
            at += next;
            if (Look(text, at, floor) is { } redaction)
            {
                found.Add(redaction);
                at = floor = redaction.End;
            }
            else
            {
                at++;
                if (char.IsAsciiDigit(text[at - 1])) while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
            }
        }
    }

    private static Redaction? Look(ReadOnlySpan<char> text, int at, int floor) => text[at] switch
    {
        '@' => Email(text, at, floor),
        ':' => Ip6(text, at, floor),
        _ => Ip6(text, at, floor) ?? BankNumbers.Iban(text, at, floor) ?? Ip4(text, at) ?? BankNumbers.Card(text, at) ?? PhoneNumbers.Phone(text, at, floor),
    };

    /// <summary>Whether a word may begin here. The letter of an escape, as in <c>\n4111…</c>, is no part of a word.</summary>
    public static bool Begins(ReadOnlySpan<char> text, int at) =>
        at == 0 || !char.IsLetterOrDigit(text[at - 1]) && text[at - 1] != '_' || at >= 2 && text[at - 2] == '\\' && "nrtbf".Contains(text[at - 1], StringComparison.Ordinal);

    /// <summary>Whether a word may end here.</summary>
    public static bool Ends(ReadOnlySpan<char> text, int at) => at >= text.Length || !char.IsLetterOrDigit(text[at]) && text[at] is not ('_' or '@');

    private static Redaction? Email(ReadOnlySpan<char> text, int at, int floor)
    {
        var start = at;
        while (start > floor && at - start < LongestLocalPart && IsLocal(text[start - 1])) start--;
        if (start < at && start > 0 && text[start - 1] == '\\' && "nrtbf".Contains(text[start], StringComparison.Ordinal)) start++;
        while (start < at && !char.IsLetterOrDigit(text[start])) start++;
        if (start == at) return null;

        int end = at + 1, label = end, dots = 0;
        while (end < text.Length && end - at <= LongestDomain && (char.IsLetterOrDigit(text[end]) || text[end] is '-' or '.'))
        {
            if (text[end] == '.')
            {
                if (end == label) break;
                dots++;
                label = end + 1;
            }
            end++;
        }
        // A full stop or a hyphen at the end belongs to the sentence.
        while (end > at + 1 && text[end - 1] is '.' or '-')
        {
            if (text[end - 1] == '.') dots--;
            end--;
        }
        if (dots < 1) return null;
        var top = text[(at + 1)..end];
        top = top[(top.LastIndexOf('.') + 1)..];
        return top.Length >= 2 && char.IsLetter(top[0]) ? new Redaction(start, end - start, PersonalData.Email) : null;

        static bool IsLocal(char c) => char.IsLetterOrDigit(c) || c is '.' or '_' or '%' or '+' or '-' or '\'';
    }

    private static Redaction? Ip4(ReadOnlySpan<char> text, int at)
    {
        if (!Begins(text, at) || at > 0 && text[at - 1] == '.') return null;
        var end = at;
        for (var part = 0; part < 4; part++)
        {
            if (part > 0 && (end >= text.Length || text[end++] != '.')) return null;
            var (value, digits) = (0, 0);
            for (; end < text.Length && digits < 4 && char.IsAsciiDigit(text[end]); end++, digits++) value = value * 10 + text[end] - '0';
            if (digits is 0 or 4 || value > 255) return null;
        }
        var goesOn = end + 1 < text.Length && text[end] == '.' && char.IsAsciiDigit(text[end + 1]);
        return Ends(text, end) && !goesOn ? new Redaction(at, end - at, PersonalData.IpAddress) : null;
    }

    private static Redaction? Ip6(ReadOnlySpan<char> text, int at, int floor)
    {
        int start = at, end = at;
        while (start > floor && at - start < LongestIp && IsPart(text[start - 1])) start--;
        while (end < text.Length && end - start <= LongestIp && (IsPart(text[end]) || text[end] == '.')) end++;
        while (end > start && (text[end - 1] == '.' || text[end - 1] == ':' && !(end - start > 1 && text[end - 2] == ':'))) end--;
        var candidate = text[start..end];
        // A digit is asked for, because a::b and d::f are names in many languages.
        return candidate.Count(':') >= 2 && candidate.ContainsAnyInRange('0', '9') && Begins(text, start) && Ends(text, end)
            && IPAddress.TryParse(candidate, out _)
            ? new Redaction(start, end - start, PersonalData.IpAddress) : null;

        static bool IsPart(char c) => char.IsAsciiHexDigit(c) || c == ':';
    }
}
