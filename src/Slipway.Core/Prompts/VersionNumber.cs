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

/// <summary>How much a version changes, and so which of the three numbers of a semantic version rises.</summary>
[JsonConverter(typeof(EnumTextConverter<VersionStep>))]
public enum VersionStep
{
    /// <summary>White space, typing errors or comments of the texts.</summary>
    [JsonStringEnumMemberName("patch")] Patch,
    /// <summary>How it answers: texts, model, parameters.</summary>
    [JsonStringEnumMemberName("minor")] Minor,
    /// <summary>What applications rely on: the output contract, the tools, the required variables.</summary>
    [JsonStringEnumMemberName("major")] Major,
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

    /// <summary>The first number of a semantic version; 0 of a calendar one.</summary>
    public int Major => Scheme == VersionScheme.Semantic ? order.Item1 : 0;

    /// <summary>The first number a prompt gets that names none: <c>1.0.0</c>.</summary>
    public static VersionNumber First { get; } = Semantic(1, 0, 0);

    /// <inheritdoc/>
    public static string Form => "a version such as 1.6.0 or 2026-03-15.3";

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? text, [MaybeNullWhen(false)] out VersionNumber value)
    {
        value = null;
        if (text is null) return false;
        var number = text.StartsWith('v') ? text[1..] : text;
        if (ReadSemantic(number) is { } order)
            value = new(VersionScheme.Semantic, order, number);
        else if (CalendarForm().Match(number) is { Success: true } calendar && DateOnly.TryParseExact(number[..10], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            value = new(VersionScheme.Calendar, (day.Year, day.Month, day.Day, int.Parse(calendar.Groups[1].ValueSpan, CultureInfo.InvariantCulture)), number);
        return value is not null;
    }

    /// <summary>The semantic number that follows by a step.</summary>
    /// <exception cref="InvalidOperationException">It is a calendar version, or there is no step.</exception>
    public VersionNumber Next(VersionStep step) => (Scheme, step) switch
    {
        (VersionScheme.Semantic, VersionStep.Major) => Semantic(order.Item1 + 1, 0, 0),
        (VersionScheme.Semantic, VersionStep.Minor) => Semantic(order.Item1, order.Item2 + 1, 0),
        (VersionScheme.Semantic, VersionStep.Patch) => Semantic(order.Item1, order.Item2, order.Item3 + 1),
        _ => throw new InvalidOperationException("A calendar version is followed by a date."),
    };

    /// <summary>The calendar number that follows on a day.</summary>
    public VersionNumber NextOn(DateOnly day)
    {
        var count = Scheme == VersionScheme.Calendar && (order.Item1, order.Item2, order.Item3) == (day.Year, day.Month, day.Day) ? order.Item4 + 1 : 1;
        return new(VersionScheme.Calendar, (day.Year, day.Month, day.Day, count), string.Create(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd}.{count}"));
    }

    /// <summary>How far a semantic number is from an older one: the first of its three numbers that differs.</summary>
    public VersionStep StepFrom(VersionNumber older)
    {
        ArgumentNullException.ThrowIfNull(older);
        return order.Item1 != older.order.Item1 ? VersionStep.Major : order.Item2 != older.order.Item2 ? VersionStep.Minor : VersionStep.Patch;
    }

    private static VersionNumber Semantic(int major, int minor, int patch) =>
        new(VersionScheme.Semantic, (major, minor, patch, 0), string.Create(CultureInfo.InvariantCulture, $"{major}.{minor}.{patch}"));

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

    // By hand, not by a pattern: every start of a server reads each version in the journal.
    private static (int, int, int, int)? ReadSemantic(ReadOnlySpan<char> text)
    {
        Span<Range> parts = stackalloc Range[4];
        return text.Split(parts, '.') == 3 && Part(text[parts[0]]) is { } major && Part(text[parts[1]]) is { } minor && Part(text[parts[2]]) is { } patch
            ? (major, minor, patch, 0) : null;
    }

    // At most six digits, and no leading zero: one version has one spelling.
    private static int? Part(ReadOnlySpan<char> digits) =>
        digits.Length is >= 1 and <= 6 && !digits.ContainsAnyExceptInRange('0', '9') && (digits[0] != '0' || digits.Length == 1)
            ? int.Parse(digits, CultureInfo.InvariantCulture) : null;

    [GeneratedRegex(@"^[0-9]{4}-[0-9]{2}-[0-9]{2}\.([1-9][0-9]{0,5})\z")] private static partial Regex CalendarForm();
}
