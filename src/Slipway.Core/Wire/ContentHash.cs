using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Slipway.Core.Wire;

/// <summary>The name of an object: SHA-256 over its bytes, written <c>sha256:</c> and 64 lower-case hexadecimal digits.</summary>
[JsonConverter(typeof(TextValueConverter<ContentHash>))]
public sealed partial record ContentHash : ITextValue<ContentHash>
{
    private ContentHash(string value) => Value = value;

    /// <summary>The whole text, with its prefix.</summary>
    public string Value { get; }

    /// <summary>The first twelve digits, enough for a person to compare.</summary>
    public string Abbreviated => Value["sha256:".Length..][..12];

    /// <inheritdoc/>
    public static string Form => "sha256: followed by 64 hexadecimal digits";

    /// <summary>The hash of some bytes.</summary>
    public static ContentHash Of(ReadOnlySpan<byte> bytes) => new("sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes)));

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? text, [MaybeNullWhen(false)] out ContentHash value) =>
        (value = text is not null && Pattern().IsMatch(text) ? new ContentHash(text) : null) is not null;

    /// <inheritdoc/>
    public override string ToString() => Value;

    [GeneratedRegex(@"^sha256:[0-9a-f]{64}\z")] private static partial Regex Pattern();
}
