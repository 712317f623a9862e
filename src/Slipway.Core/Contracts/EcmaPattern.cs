using System.Globalization;
using System.Text;

namespace Slipway.Core.Contracts;

/// <summary>
/// Rewrites a regular expression of JSON Schema (ECMA-262, Unicode mode) for .NET, where the same signs mean other things: <c>\d</c> and
/// <c>\w</c> are ASCII only, <c>$</c> is the very end, <c>.</c> and <c>[^x]</c> take a whole code point, <c>[</c> within a class is a sign
/// like any other.
/// </summary>
/// <remarks>
/// What .NET has and ECMA-262 has not (inline options, <c>\A</c>, <c>\G</c>, conditionals) is refused rather than guessed at. Kept as .NET
/// has them: <c>\b</c> knows letters of all scripts, <c>\p{…}</c> sees the basic plane only.
/// </remarks>
internal sealed class EcmaPattern
{
    private const string Spaces = @"\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff";
    private const string NotSpaces =
        @"\0-\x08\x0e-\x1f!-\u009f\u00a1-\u167f\u1681-\u1fff\u200b-\u2027\u202a-\u202e\u2030-\u205e\u2060-\u2fff\u3001-\ufefe\uff00-\uffff";
    private const string AnyPair = @"[\ud800-\udbff][\udc00-\udfff]";
    private const string Surrogates = @"\ud800-\udfff";

    private readonly string source;
    private readonly StringBuilder output = new();
    private readonly Stack<long> groups = new();
    private int at;

    // States an automaton would need, counted as a product of nested repetitions: of everything so far in this group, and of its last part.
    private long size;
    private long lastSize;

    private EcmaPattern(string source) => this.source = source;

    /// <summary>The pattern as .NET writes it, and about how many states it needs; null, and why, where it cannot be rewritten.</summary>
    public static string? Translate(string source, out long states, out string? problem)
    {
        var pattern = new EcmaPattern(source);
        problem = null;
        while (problem is null && pattern.at < source.Length) problem = pattern.Next();
        states = pattern.size;
        return problem is null ? pattern.output.ToString() : null;
    }

    private string? Next()
    {
        var c = source[at];
        switch (c)
        {
            case '\\': return Escape();
            case '[': return Class();
            case '(': return Open();
            case '{' when Repetition() is { } most:
                size += lastSize * (most - 1);
                lastSize *= most;
                return null;
            case ')':
                if (groups.Count == 0) return "it closes a group that was never opened";
                lastSize = size;
                size += groups.Pop();
                return Copy(")");
            case '$': return Copy(@"\z");
            case '.': return Part($@"(?:[^\n\r\u2028\u2029{Surrogates}]|{AnyPair})");
            case '^' or '|' or '*' or '+' or '?': return Copy(c.ToString());
            default:
                var rune = Rune.TryGetRuneAt(source, at, out var found) ? found.Value : c;
                at += rune > 0xffff ? 1 : 0;
                return Part(Literal(rune));
        }
    }

    private string? Copy(string text)
    {
        at++;
        output.Append(text);
        return null;
    }

    private string? Part(string text)
    {
        (lastSize, size) = (1, size + 1);
        return Copy(text);
    }

    private string? Open()
    {
        groups.Push(size);
        size = 0;
        if (at + 1 >= source.Length || source[at + 1] != '?') return Copy("(");
        var rest = source.AsSpan(at + 2);
        string[] known = [":", "=", "!", "<=", "<!"];
        foreach (var kind in known)
        {
            if (!rest.StartsWith(kind, StringComparison.Ordinal)) continue;
            at += 1 + kind.Length;
            return Copy("(?" + kind);
        }
        var end = rest.IndexOf('>');
        if (rest.IsEmpty || rest[0] != '<' || end < 2 || !IsName(rest[1..end])) return "it opens a group of a kind ECMA-262 does not know";
        var name = rest[..(end + 1)].ToString();
        at += 1 + name.Length;
        return Copy("(?" + name);
    }

    private static bool IsName(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
            if (c != '_' && !char.IsLetterOrDigit(c)) return false;
        return !char.IsDigit(text[0]);
    }

    /// <summary>Copies <c>{n}</c>, <c>{n,}</c> or <c>{n,m}</c> and gives its higher number; null, copying nothing, if it is none.</summary>
    private long? Repetition()
    {
        var end = source.IndexOf('}', at);
        if (end < 0) return null;
        var bounds = source[(at + 1)..end].Split(',');
        if (bounds.Length > 2 || Number(bounds[0], NumberStyles.None) is not { } most) return null;
        if (bounds.Length == 2 && bounds[1].Length > 0)
        {
            if (Number(bounds[1], NumberStyles.None) is not { } upper) return null;
            most = upper;
        }
        output.Append(source, at, end + 1 - at);
        at = end + 1;
        // Past the limit the exact number is of no interest, and the products must not overflow.
        if (size > SchemaLimits.PatternStates) return 1;
        return Math.Max(1, most);
    }

    private string? Escape()
    {
        if (at + 1 >= source.Length) return "it ends in a lone backslash";
        var c = source[at + 1];
        switch (c)
        {
            case 'b' or 'B':
                at++;
                return Copy(@"\" + c);
            case >= '1' and <= '9' or 'k':
                return Backreference();
            case 'd' or 's' or 'w':
                at++;
                return Part($"[{Set(c)}]");
            case 'D' or 'S' or 'W':
                at++;
                return Part($"(?:[^{Set(char.ToLowerInvariant(c))}{Surrogates}]|{AnyPair})");
            case 'p' or 'P':
                return Property() is not { } category ? "it names a Unicode property that is not known here"
                    : c == 'p' ? Part($@"\p{{{category}}}") : Part($@"(?:[^\p{{{category}}}{Surrogates}]|{AnyPair})");
            default:
                return CodePoint() is { } literal ? Part(Literal(literal)) : $@"\{c} means nothing in ECMA-262";
        }
    }

    private string? Backreference()
    {
        var end = at + 2;
        if (source[at + 1] == 'k') end = source.IndexOf('>', at) + 1;
        else while (end < source.Length && char.IsAsciiDigit(source[end])) end++;
        if (end <= at + 3 && source[at + 1] == 'k') return @"\k names no group";
        var reference = source[at..end];
        at = end - 1;
        return Part(reference);
    }

    private static string Set(char letter) => letter switch
    {
        'd' => "0-9",
        'w' => "0-9A-Z_a-z",
        's' => Spaces,
        'D' => @"\0-/:-\uffff",
        'W' => @"\0-/:-@\[-\^`\{-\uffff",
        _ => NotSpaces,
    };

    /// <summary>Reads <c>\p{…}</c> up to, not including, its last sign; gives the general category in its short form.</summary>
    private string? Property()
    {
        var end = source.IndexOf('}', at);
        if (at + 2 >= source.Length || source[at + 2] != '{' || end < 0) return null;
        var name = source[(at + 3)..end];
        foreach (var prefix in (string[])["General_Category=", "gc="])
            if (name.StartsWith(prefix, StringComparison.Ordinal)) name = name[prefix.Length..];
        at = end;
        return UnicodeCategories.Short(name);
    }

    /// <summary>Reads an escape that stands for one code point up to, not including, its last sign.</summary>
    private int? CodePoint()
    {
        var c = source[++at];
        switch (c)
        {
            case 't': return '\t';
            case 'n': return '\n';
            case 'v': return '\v';
            case 'f': return '\f';
            case 'r': return '\r';
            case '0': return 0;
            case 'c' when at + 1 < source.Length && char.IsAsciiLetter(source[at + 1]): return source[++at] % 32;
            case 'x': return Hex(2);
            case 'u' when at + 1 < source.Length && source[at + 1] == '{':
                var end = source.IndexOf('}', at);
                if (end < 0 || Number(source.AsSpan(at + 2, end - at - 2), NumberStyles.AllowHexSpecifier) is not { } braced) return null;
                at = end;
                return Rune.IsValid(braced) ? braced : null;
            case 'u': return Utf16();
            default:
                // A sign that stands for itself. ECMA-262 allows only its syntax characters; people escape quotes and @ as well.
                return char.IsAsciiLetterOrDigit(c) || char.IsSurrogate(c) ? null : c;
        }
    }

    /// <summary>Reads the digits of <c>\u0000</c>; with the other half right behind, the two are one code point.</summary>
    private int? Utf16()
    {
        var unit = Hex(4);
        if (unit is not (>= 0xd800 and <= 0xdbff) || !source.AsSpan(at + 1).StartsWith("\\u", StringComparison.Ordinal)) return unit;
        var here = at;
        at += 2;
        if (Hex(4) is { } low and >= 0xdc00 and <= 0xdfff) return char.ConvertToUtf32((char)unit, (char)low);
        at = here;
        return unit;
    }

    private int? Hex(int digits)
    {
        if (at + digits >= source.Length) return null;
        if (Number(source.AsSpan(at + 1, digits), NumberStyles.AllowHexSpecifier) is not { } value) return null;
        at += digits;
        return value;
    }

    private static int? Number(ReadOnlySpan<char> digits, NumberStyles style) =>
        int.TryParse(digits, style, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static string Literal(int codePoint) => codePoint > 0xffff
        ? $"(?:{char.ConvertFromUtf32(codePoint)})"       // one part, so that a repetition takes both halves
        : Unit(codePoint);

    private static string Unit(int unit) => string.Create(CultureInfo.InvariantCulture, $@"\u{unit:x4}");

    private string? Class()
    {
        var negated = at + 1 < source.Length && source[at + 1] == '^';
        at += negated ? 2 : 1;
        var basic = new StringBuilder();
        var pairs = new StringBuilder();
        while (true)
        {
            if (at >= source.Length) return "it leaves a class open";
            if (source[at] == ']') break;
            if (Member(out var from, out var set) is { } problem) return problem;
            if (from is null)
            {
                basic.Append(set);
                continue;
            }
            var to = from;
            if (at + 1 < source.Length && source[at] == '-' && source[at + 1] != ']')
            {
                var dash = at++;
                if (Member(out to, out _) is { } wrong) return wrong;
                if (to is null) (to, at) = (from, dash);        // `a-\d`: the dash is a sign like any other
                if (to < from) return "a range in a class runs backwards";
            }
            AppendRange(basic, pairs, from.Value, to.Value);
        }
        if (negated && pairs.Length > 0) return "it excludes characters beyond the basic plane, which is not supported";
        if (negated) return Part($"(?:[^{basic}{Surrogates}]|{AnyPair})");
        if (basic.Length == 0 && pairs.Length == 0) return Part("(?!)");
        var one = basic.Length == 0 ? "" : $"[{basic}]";
        return Part(pairs.Length == 0 ? one : $"(?:{one}{(one.Length == 0 ? pairs.ToString(1, pairs.Length - 1) : pairs)})");
    }

    /// <summary>Reads one member of a class, past its last sign: a code point, or a set such as <c>\d</c> as .NET writes it.</summary>
    private string? Member(out int? codePoint, out string set)
    {
        (codePoint, set) = (null, "");
        var c = source[at];
        var next = at + 1 < source.Length ? source[at + 1] : '\0';
        if (c != '\\')
        {
            codePoint = Rune.TryGetRuneAt(source, at, out var rune) ? rune.Value : c;
            at += codePoint > 0xffff ? 2 : 1;
            return null;
        }
        if (next is 'd' or 'D' or 's' or 'S' or 'w' or 'W')
        {
            set = Set(next);
            at += 2;
            return null;
        }
        if (next is 'p' or 'P')
        {
            if (Property() is not { } category) return "it names a Unicode property that is not known here";
            set = $@"\{next}{{{category}}}";
        }
        else
        {
            if (at + 1 >= source.Length) return "it ends in a lone backslash";
            codePoint = next == 'b' ? '\b' : CodePoint();
            if (next == 'b') at++;
            if (codePoint is null) return $@"\{next} means nothing in ECMA-262";
        }
        at++;
        return null;
    }

    private static void AppendRange(StringBuilder basic, StringBuilder pairs, int from, int to)
    {
        if (from <= 0xffff) basic.Append(CultureInfo.InvariantCulture, $"{Unit(from)}-{Unit(Math.Min(to, 0xffff))}");
        if (to <= 0xffff) return;
        var (first, last) = (char.ConvertFromUtf32(Math.Max(from, 0x10000)), char.ConvertFromUtf32(to));
        if (first[0] == last[0])
        {
            AppendPairs(pairs, first[0], first[0], first[1], last[1]);
            return;
        }
        AppendPairs(pairs, first[0], first[0], first[1], 0xdfff);
        if (first[0] + 1 < last[0]) AppendPairs(pairs, first[0] + 1, last[0] - 1, 0xdc00, 0xdfff);
        AppendPairs(pairs, last[0], last[0], 0xdc00, last[1]);
    }

    private static void AppendPairs(StringBuilder pairs, int high, int highest, int low, int lowest) =>
        pairs.Append(CultureInfo.InvariantCulture, $"|[{Unit(high)}-{Unit(highest)}][{Unit(low)}-{Unit(lowest)}]");
}
