using System.Numerics;

namespace Slipway.Core.Contracts;

/// <summary>A JSON number as it is written, never as a <see cref="double"/>: 0.1, 1e400 and 9007199254740993 mean what they say.</summary>
/// <remarks>Reads the text in place and allocates nothing. An exponent past ±10^17 is taken for ±10^17.</remarks>
internal readonly ref struct ExactNumber
{
    private const long ExponentLimit = 100_000_000_000_000_000;

    // From the first to the last digit that is not zero; a decimal point may stand between them. Empty for zero.
    private readonly ReadOnlySpan<byte> digits;
    private readonly bool negative;

    /// <summary>The power of ten the first digit counts.</summary>
    private readonly long first;

    /// <summary>The power of ten the last digit counts.</summary>
    private readonly long last;

    /// <param name="text">A number that a JSON reader has let through.</param>
    public ExactNumber(ReadOnlySpan<byte> text)
    {
        negative = text[0] == '-';
        if (negative) text = text[1..];

        long exponent = 0;
        var e = text.IndexOfAny((byte)'e', (byte)'E');
        if (e >= 0)
        {
            exponent = ReadExponent(text[(e + 1)..]);
            text = text[..e];
        }

        var start = text.IndexOfAnyInRange((byte)'1', (byte)'9');
        if (start < 0)
        {
            negative = false;       // -0 is 0
            return;
        }
        var end = text.LastIndexOfAnyInRange((byte)'1', (byte)'9');
        var point = text.IndexOf((byte)'.');
        if (point < 0) point = text.Length;
        first = PowerAt(start, point) + exponent;
        last = PowerAt(end, point) + exponent;
        digits = text[start..(end + 1)];
    }

    private static long PowerAt(int position, int point) => position < point ? point - position - 1 : point - position;

    private static long ReadExponent(ReadOnlySpan<byte> text)
    {
        var below = text[0] == '-';
        long value = 0;
        foreach (var digit in text[0] is (byte)'-' or (byte)'+' ? text[1..] : text)
            value = Math.Min(ExponentLimit, value * 10 + (digit - '0'));
        return below ? -value : value;
    }

    public bool IsZero => digits.IsEmpty;

    /// <summary>Whether nothing stands behind the point: 1, 1.0 and 1e2 are whole, 1e-2 is not.</summary>
    public bool IsInteger => IsZero || last >= 0;

    public bool IsNegative => negative;

    /// <summary>How many digits stand from the first to the last that is not zero.</summary>
    public int SignificantDigits => digits.Length - (digits.Contains((byte)'.') ? 1 : 0);

    public int CompareTo(ExactNumber other)
    {
        if (IsZero || other.IsZero || negative != other.negative) return Sign.CompareTo(other.Sign);
        var larger = first != other.first ? first.CompareTo(other.first) : CompareDigits(digits, other.digits);
        return negative ? -larger : larger;
    }

    private int Sign => IsZero ? 0 : negative ? -1 : 1;

    private static int CompareDigits(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        int l = 0, r = 0;
        while (true)
        {
            if (l < left.Length && left[l] == '.') l++;
            if (r < right.Length && right[r] == '.') r++;
            if (l == left.Length || r == right.Length) return (left.Length - l).CompareTo(right.Length - r);
            if (left[l] != right[r]) return left[l].CompareTo(right[r]);
            l++;
            r++;
        }
    }

    /// <summary>Whether this is a whole number of times <paramref name="divisor"/>.</summary>
    /// <param name="divisor">Above zero, with at most <see cref="SchemaLimits.DivisorDigits"/> significant digits.</param>
    public bool IsMultipleOf(ExactNumber divisor)
    {
        if (IsZero) return true;
        // Both are whole numbers without a zero at the end, times a power of ten. If the divisor's power is the higher, ten would have
        // to divide the digits left over here; it cannot.
        var shift = last - divisor.last;
        if (shift < 0) return false;
        var modulus = divisor.Remainder(ulong.MaxValue);
        var power = (ulong)BigInteger.ModPow(10, shift, modulus);
        return (UInt128)Remainder(modulus) * power % modulus == 0;
    }

    private ulong Remainder(ulong modulus)
    {
        UInt128 remainder = 0;
        foreach (var digit in digits)
            if (digit != '.') remainder = (remainder * 10 + (ulong)(digit - '0')) % modulus;
        return (ulong)remainder;
    }

    /// <summary>The same for every way to write one number: 1, 1.0 and 10e-1.</summary>
    public int Hash()
    {
        var hash = new HashCode();
        hash.Add(Sign);
        hash.Add(first);
        foreach (var digit in digits)
            if (digit != '.') hash.Add(digit);
        return hash.ToHashCode();
    }

    /// <summary>The number as a count; more than an <see cref="int"/> holds counts as the largest one.</summary>
    public int ToCount()
    {
        if (first > 9) return int.MaxValue;
        long value = 0;
        foreach (var digit in digits)
            if (digit != '.') value = value * 10 + (digit - '0');
        for (var power = last; power > 0; power--) value *= 10;
        return (int)Math.Min(value, int.MaxValue);
    }
}
