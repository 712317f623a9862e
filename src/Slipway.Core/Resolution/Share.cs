using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Slipway.Core.Wire;

namespace Slipway.Core.Resolution;

/// <summary>A share of traffic in parts per million; the default is nothing. Written as a percentage, e.g. <c>12.5%</c>.</summary>
[JsonConverter(typeof(TextValueConverter<Share>))]
public readonly partial record struct Share : ITextValue<Share>, IComparable<Share>
{
    private Share(int partsPerMillion) => PartsPerMillion = partsPerMillion;

    /// <summary>All traffic.</summary>
    public static Share All { get; } = new(1_000_000);

    /// <summary>0 to 1,000,000.</summary>
    public int PartsPerMillion { get; }

    /// <summary>The share as a number from 0 to 1.</summary>
    public double Fraction => PartsPerMillion / 1_000_000d;

    /// <inheritdoc/>
    public static string Form => "a percentage from 0% to 100% with at most four decimals, as in 10% or 0.5%";

    /// <summary>The share of a number of parts per million.</summary>
    /// <returns>False where the number is not one from 0 to 1,000,000.</returns>
    public static bool TryOf(int partsPerMillion, out Share share)
    {
        var there = partsPerMillion is >= 0 and <= 1_000_000;
        share = there ? new Share(partsPerMillion) : default;
        return there;
    }

    /// <summary>Whether a bucket lies within the share.</summary>
    /// <param name="bucket">0 to 999,999.</param>
    public bool Covers(int bucket) => bucket < PartsPerMillion;

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? text, [MaybeNullWhen(false)] out Share value)
    {
        value = default;
        if (text is null || !Pattern().IsMatch(text)) return false;
        var percent = decimal.Parse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
        if (percent > 100) return false;
        value = new Share((int)(percent * 10_000));
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(Share other) => PartsPerMillion.CompareTo(other.PartsPerMillion);

    /// <summary>Whether the left one is smaller.</summary>
    public static bool operator <(Share left, Share right) => left.PartsPerMillion < right.PartsPerMillion;

    /// <summary>Whether the left one is larger.</summary>
    public static bool operator >(Share left, Share right) => left.PartsPerMillion > right.PartsPerMillion;

    /// <summary>Whether the left one is smaller or the same.</summary>
    public static bool operator <=(Share left, Share right) => left.PartsPerMillion <= right.PartsPerMillion;

    /// <summary>Whether the left one is larger or the same.</summary>
    public static bool operator >=(Share left, Share right) => left.PartsPerMillion >= right.PartsPerMillion;

    /// <inheritdoc/>
    public override string ToString() => (PartsPerMillion / 10_000m).ToString("0.####", CultureInfo.InvariantCulture) + "%";

    [GeneratedRegex(@"^[0-9]{1,3}(\.[0-9]{1,4})?%\z")] private static partial Regex Pattern();
}
