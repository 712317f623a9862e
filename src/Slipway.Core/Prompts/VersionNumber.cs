using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Slipway.Core.Wire;

namespace Slipway.Core.Prompts;

/// <summary>How a prompt numbers its versions; one scheme per prompt.</summary>
public enum VersionScheme
{
    /// <summary>Major, minor and patch: <c>1.6.0</c>.</summary>
    Semantic,
    /// <summary>Date and count within the day: <c>2026-03-15.3</c>.</summary>
    Calendar,
}

/// <summary>A version's number: semantic (<c>1.6.0</c>) or calendar (<c>2026-03-15.3</c>). Written without the leading <c>v</c>, read with or without.</summary>
[JsonConverter(typeof(TextValueConverter<VersionNumber>))]
public sealed partial record VersionNumber : ITextValue<VersionNumber>, IComparable<VersionNumber>
{
    private readonly (int, int, int, int) order;

    private VersionNumber(VersionScheme scheme, (int, int, int, int) order, string text) => (Scheme, this.order, Text) = (scheme, order, text);

    /// <summary>Which of the two it is.</summary>
    public VersionScheme Scheme { get; }

    /// <summary>The number as written, without <c>v</c>.</summary>
    public string Text { get; }

    /// <inheritdoc/>
    public static string Form => "a version such as 1.6.0 or 2026-03-15.3";

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? text, [MaybeNullWhen(false)] out VersionNumber value)
    {
        value = null;
        if (text is null) return false;
        var number = text.StartsWith('v') ? text[1..] : text;
        if (Semantic().Match(number) is { Success: true } semantic)
            value = new(VersionScheme.Semantic, (Part(semantic, 1), Part(semantic, 2), Part(semantic, 3), 0), number);
        else if (Calendar().Match(number) is { Success: true } calendar && DateOnly.TryParseExact(number[..10], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            value = new(VersionScheme.Calendar, (day.Year, day.Month, day.Day, Part(calendar, 1)), number);
        return value is not null;
    }

    /// <summary>Older before newer; numbers of different schemes have no meaningful order and are never compared within one prompt.</summary>
    public int CompareTo(VersionNumber? other) => other is null ? 1 : (Scheme, order).CompareTo((other.Scheme, other.order));

    /// <summary>Whether the left one is older.</summary>
    public static bool operator <(VersionNumber left, VersionNumber right) => Comparer<VersionNumber>.Default.Compare(left, right) < 0;

    /// <summary>Whether the left one is newer.</summary>
    public static bool operator >(VersionNumber left, VersionNumber right) => Comparer<VersionNumber>.Default.Compare(left, right) > 0;

    /// <summary>Whether the left one is older or the same.</summary>
    public static bool operator <=(VersionNumber left, VersionNumber right) => Comparer<VersionNumber>.Default.Compare(left, right) <= 0;

    /// <summary>Whether the left one is newer or the same.</summary>
    public static bool operator >=(VersionNumber left, VersionNumber right) => Comparer<VersionNumber>.Default.Compare(left, right) >= 0;

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static int Part(Match match, int group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})\z")] private static partial Regex Semantic();
    [GeneratedRegex(@"^[0-9]{4}-[0-9]{2}-[0-9]{2}\.([1-9][0-9]{0,5})\z")] private static partial Regex Calendar();
}
