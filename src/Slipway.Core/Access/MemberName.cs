using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Slipway.Core.Wire;

namespace Slipway.Core.Access;

/// <summary>Who acts: a person, an application or a controller, e.g. <c>ana</c>.</summary>
/// <remarks>1 to 60 characters: a lower-case letter, then letters, digits, <c>. _ - @</c>.</remarks>
[JsonConverter(typeof(TextValueConverter<MemberName>))]
public sealed record MemberName : ITextValue<MemberName>
{
    private static readonly NameForm Names = new(60, "._@-");

    private MemberName(string value) => Value = value;

    /// <summary>The controllers of this installation; nobody can hold a key in this name.</summary>
    public static MemberName System { get; } = new("system");

    /// <summary>The name.</summary>
    public string Value { get; }

    /// <inheritdoc/>
    public static string Form => "1 to 60 characters: a lower-case letter, then lower-case letters, digits, . _ - or @";

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? text, [MaybeNullWhen(false)] out MemberName value) =>
        (value = Names.Fits(text) ? new MemberName(text) : null) is not null;

    /// <inheritdoc/>
    public override string ToString() => Value;
}
