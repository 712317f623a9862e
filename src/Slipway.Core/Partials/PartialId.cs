using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;
using Slipway.Core.Wire;

namespace Slipway.Core.Partials;

/// <summary>The name of a shared snippet, e.g. <c>global/privacy</c>.</summary>
/// <remarks>1 to 120 characters: a lower-case letter, then letters, digits, <c>_ - . /</c>.</remarks>
[JsonConverter(typeof(TextValueConverter<PartialName>))]
public sealed record PartialName : ITextValue<PartialName>
{
    private static readonly NameForm Names = new(120, "_./-");

    private PartialName(string value) => Value = value;

    /// <summary>The name.</summary>
    public string Value { get; }

    /// <inheritdoc/>
    public static string Form => "1 to 120 characters: a lower-case letter, then lower-case letters, digits, _ - . or /";

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? text, [MaybeNullWhen(false)] out PartialName value) =>
        (value = Names.Fits(text) ? new PartialName(text) : null) is not null;

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>One version of a partial, written <c>global/privacy@3</c>.</summary>
/// <param name="Name">Which partial.</param>
/// <param name="Version">Which of its versions, from 1 without gaps.</param>
[JsonConverter(typeof(TextValueConverter<PartialId>))]
public sealed record PartialId(PartialName Name, int Version) : ITextValue<PartialId>
{
    /// <inheritdoc/>
    public static string Form => "PARTIAL@VERSION, as in global/privacy@3";

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? text, [MaybeNullWhen(false)] out PartialId value)
    {
        value = PartialReference.TryParse(text, out var reference) && reference.Version is { } version ? new PartialId(reference.Name, version) : null;
        return value is not null;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}@{Version}");
}

/// <summary>A partial as a tag names it: an exact version, or the newest one.</summary>
/// <param name="Name">Which partial.</param>
/// <param name="Version">Which version; null where the tag names none.</param>
internal sealed record PartialReference(PartialName Name, int? Version)
{
    public static bool TryParse(string? text, [MaybeNullWhen(false)] out PartialReference reference)
    {
        reference = null;
        if (text is null) return false;
        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (!PartialName.TryParse(at < 0 ? text : text[..at], out var name)) return false;
        if (at < 0) reference = new PartialReference(name, null);
        else if (int.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version > 0 && text[at + 1] != '0')
            reference = new PartialReference(name, version);
        return reference is not null;
    }
}
