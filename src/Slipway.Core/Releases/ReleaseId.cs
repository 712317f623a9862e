using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Slipway.Core.Wire;

namespace Slipway.Core.Releases;

/// <summary>One release, written <c>rel-12</c>; numbered through the whole installation.</summary>
[JsonConverter(typeof(TextValueConverter<ReleaseId>))]
public sealed partial record ReleaseId : ITextValue<ReleaseId>
{
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
        (value = text is not null && Pattern().Match(text) is { Success: true } match ? new ReleaseId(int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture)) : null) is not null;

    /// <inheritdoc/>
    public override string ToString() => $"rel-{Number.ToString(CultureInfo.InvariantCulture)}";

    [GeneratedRegex(@"^rel-([1-9][0-9]{0,8})\z")] private static partial Regex Pattern();
}
