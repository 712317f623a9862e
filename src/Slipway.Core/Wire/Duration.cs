using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Slipway.Core.Wire;

/// <summary>A length of time as people write it in a plan: <c>30s</c>, <c>10m</c>, <c>72h</c>, <c>3d</c>.</summary>
[JsonConverter(typeof(TextValueConverter<Duration>))]
public sealed partial record Duration : ITextValue<Duration>
{
    private Duration(TimeSpan value, string text) => (Value, Text) = (value, text);

    /// <summary>No time at all.</summary>
    public static Duration Zero { get; } = new(TimeSpan.Zero, "0s");

    /// <summary>The length.</summary>
    public TimeSpan Value { get; }

    /// <summary>The length as written.</summary>
    public string Text { get; }

    /// <inheritdoc/>
    public static string Form => "a whole number and s, m, h or d, as in 30s, 10m, 72h or 3d";

    /// <summary>Some seconds.</summary>
    public static Duration Seconds(int seconds) => new(TimeSpan.FromSeconds(seconds), $"{seconds.ToString(CultureInfo.InvariantCulture)}s");

    /// <summary>Some hours.</summary>
    public static Duration Hours(int hours) => new(TimeSpan.FromHours(hours), $"{hours.ToString(CultureInfo.InvariantCulture)}h");

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? text, [MaybeNullWhen(false)] out Duration value)
    {
        value = null;
        if (text is null || Pattern().Match(text) is not { Success: true } match) return false;
        var count = int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        value = new Duration(count * (match.Groups[2].Value switch
        {
            "s" => TimeSpan.FromSeconds(1),
            "m" => TimeSpan.FromMinutes(1),
            "h" => TimeSpan.FromHours(1),
            _ => TimeSpan.FromDays(1),
        }), text);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    [GeneratedRegex(@"^([0-9]{1,5})(s|m|h|d)\z")] private static partial Regex Pattern();
}
