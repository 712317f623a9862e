using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;
using Slipway.Core.Wire;

namespace Slipway.Core.Releases;

/// <summary>One release, written <c>rel-12</c>; numbered through the whole installation.</summary>
[JsonConverter(typeof(TextValueConverter<ReleaseId>))]
public sealed record ReleaseId : ITextValue<ReleaseId>
{
    private const string Prefix = "rel-";

    /// <summary>The release of a number from 1 on.</summary>
    public ReleaseId(int number)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        Number = number;
    }

    /// <summary>1 for the first.</summary>
    public int Number { get; }

    /// <inheritdoc/>
    public static string Form => "rel-NUMBER, as in rel-12";

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? text, [MaybeNullWhen(false)] out ReleaseId value) =>
        (value = NumberIn(text) is { } number ? new ReleaseId(number) : null) is not null;

    /// <inheritdoc/>
    public override string ToString() => $"{Prefix}{Number.ToString(CultureInfo.InvariantCulture)}";

    // By hand, not by a pattern: every start of a server reads each release in the journal.
    private static int? NumberIn(string? text)
    {
        if (text is null || !text.StartsWith(Prefix, StringComparison.Ordinal)) return null;
        var digits = text.AsSpan(Prefix.Length);
        return digits.Length is >= 1 and <= 9 && digits[0] != '0' && !digits.ContainsAnyExceptInRange('0', '9') ? int.Parse(digits, CultureInfo.InvariantCulture) : null;
    }
}
