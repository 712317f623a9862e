using System.Diagnostics.CodeAnalysis;
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
        (value = NumberedId.Read(text, Prefix, 9) is { } number ? new ReleaseId((int)number) : null) is not null;

    /// <inheritdoc/>
    public override string ToString() => NumberedId.Write(Prefix, Number);
}
