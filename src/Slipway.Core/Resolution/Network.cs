using System.Buffers;
using System.Globalization;

namespace Slipway.Core.Resolution;

/// <summary>An address, read without allocating. An IPv4 address that is written as an IPv6 one, <c>::ffff:10.0.0.1</c>, is the IPv4 address.</summary>
internal readonly struct Address
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");
    private static readonly UInt128 Mapped = (UInt128)0xffff << 32;

    private Address(UInt128 bits) => Bits = bits;

    /// <summary>The 128 bits of IPv6; of an IPv4 address those of its mapped one.</summary>
    public UInt128 Bits { get; }

    /// <summary>Whether it is an IPv4 address.</summary>
    public bool IsFour => Bits >> 32 == 0xffff;

    /// <summary>Reads an address: four numbers from 0 to 255 without leading zeros, or IPv6 without a zone.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Address address)
    {
        var read = text.Contains(':') ? TryReadSix(text, out var bits) : TryReadFour(text, out bits);
        address = new Address(bits);
        return read;
    }

    // By hand: the platform's parser takes 010.1 for an address, and makes an object of each.
    private static bool TryReadFour(ReadOnlySpan<char> text, out UInt128 bits)
    {
        bits = 0;
        Span<Range> parts = stackalloc Range[5];
        if (text.Split(parts, '.') != 4) return false;
        uint address = 0;
        foreach (var part in parts[..4])
        {
            if (!TryReadNumber(text[part], out var number) || number > 255) return false;
            address = address << 8 | (uint)number;
        }
        bits = Mapped | address;
        return true;
    }

    /// <summary>Reads a number from 0 to 999 without leading zeros.</summary>
    public static bool TryReadNumber(ReadOnlySpan<char> digits, out int number)
    {
        number = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit(digit)) return false;
            number = number * 10 + (digit - '0');
            if (number > 999) return false;
        }
        return digits.Length == 1 || (digits.Length > 1 && digits[0] != '0');
    }

    private static bool TryReadSix(ReadOnlySpan<char> text, out UInt128 bits)
    {
        bits = 0;
        var gap = text.IndexOf("::");
        if (gap < 0) return TryReadGroups(text, out bits, out var groups) && groups == 8;
        var head = text[..gap];
        var tail = text[(gap + 2)..];
        if (!TryReadGroups(head, out var left, out var before) || head.Contains('.') || !TryReadGroups(tail, out var right, out var after) || before + after > 7) return false;
        bits = (before == 0 ? 0 : left << 16 * (8 - before)) | right;
        return true;
    }

    private static bool TryReadGroups(ReadOnlySpan<char> text, out UInt128 bits, out int groups)
    {
        (bits, groups) = (0, 0);
        while (!text.IsEmpty)
        {
            var colon = text.IndexOf(':');
            var group = colon < 0 ? text : text[..colon];
            if (colon < 0 && group.Contains('.'))
            {
                if (!TryReadFour(group, out var four) || groups > 6) return false;
                bits = bits << 32 | (uint)four;
                groups += 2;
                return true;
            }
            // What ends with a single colon is no list of groups.
            if (group.Length is 0 or > 4 || ++groups > 8 || colon == text.Length - 1 || group.ContainsAnyExcept(HexDigits)) return false;
            bits = bits << 16 | uint.Parse(group, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            text = colon < 0 ? [] : text[(colon + 1)..];
        }
        return true;
    }
}

/// <summary>A network in CIDR notation, or one address; an IPv6 network holds no IPv4 address.</summary>
internal readonly struct Network
{
    private readonly UInt128 bits, mask;
    private readonly bool four;

    private Network(UInt128 bits, UInt128 mask, bool four) => (this.bits, this.mask, this.four) = (bits, mask, four);

    /// <summary>Reads a network.</summary>
    /// <returns>False where the text is none, also where bits are set behind its prefix: who wrote <c>10.0.0.7/8</c> meant something else.</returns>
    public static bool TryParse(string text, out Network network)
    {
        network = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!Address.TryParse(slash < 0 ? text : text.AsSpan(0, slash), out var address)) return false;
        var length = 128;
        if (slash >= 0)
        {
            if (!Address.TryReadNumber(text.AsSpan(slash + 1), out length)) return false;
            if (!text.AsSpan(0, slash).Contains(':')) length += 96;
        }
        if (length > 128) return false;
        var mask = length == 0 ? UInt128.Zero : UInt128.MaxValue << (128 - length);
        network = new Network(address.Bits, mask, address.IsFour && length >= 96);
        return (address.Bits & ~mask) == 0;
    }

    /// <summary>Whether an address lies in it.</summary>
    public bool Contains(Address address) => address.IsFour == four && (address.Bits & mask) == bits;
}
