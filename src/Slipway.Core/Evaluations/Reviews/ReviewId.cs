using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;
using Slipway.Core.Wire;

namespace Slipway.Core.Evaluations;

/// <summary>One queue of answers that people score, written <c>rev-3</c>; numbered through the whole installation.</summary>
[JsonConverter(typeof(TextValueConverter<ReviewId>))]
public sealed record ReviewId : ITextValue<ReviewId>
{
    private const string Prefix = "rev-";

    /// <summary>The review of a number from 1 on.</summary>
    public ReviewId(long number)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        Number = number;
    }

    /// <summary>1 for the first.</summary>
    public long Number { get; }

    /// <inheritdoc/>
    public static string Form => "rev-NUMBER, as in rev-3";

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? text, [MaybeNullWhen(false)] out ReviewId value) =>
        (value = NumberedId.Read(text, Prefix, 12) is { } number ? new ReviewId(number) : null) is not null;

    /// <inheritdoc/>
    public override string ToString() => NumberedId.Write(Prefix, Number);
}

/// <summary>One row of a review, written <c>rev-3/12</c>.</summary>
/// <param name="Review">Which review.</param>
/// <param name="Row">The row's number, from 1.</param>
[JsonConverter(typeof(TextValueConverter<ReviewRowId>))]
public sealed record ReviewRowId(ReviewId Review, int Row) : ITextValue<ReviewRowId>
{
    /// <inheritdoc/>
    public static string Form => "REVIEW/ROW, as in rev-3/12";

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? text, [MaybeNullWhen(false)] out ReviewRowId value)
    {
        value = text?.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash && ReviewId.TryParse(text[..slash], out var review) && text[(slash + 1)..] is [not '0', ..] number
            && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var row) ? new ReviewRowId(review, row) : null;
        return value is not null;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Review}/{Row.ToString(CultureInfo.InvariantCulture)}";
}
