using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace Slipway.Core.Wire;

/// <summary>The name of an object: SHA-256 over its bytes, written <c>sha256:</c> and 64 lower-case hexadecimal digits.</summary>
[JsonConverter(typeof(TextValueConverter<ContentHash>))]
public sealed record ContentHash : ITextValue<ContentHash>
{
    private const string Prefix = "sha256:";
    private const int Length = 71;
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    private ContentHash(string value) => Value = value;

    /// <summary>The whole text, with its prefix.</summary>
    public string Value { get; }

    /// <summary>The first twelve digits, enough for a person to compare.</summary>
    public string Abbreviated => Value[Prefix.Length..][..12];

    /// <inheritdoc/>
    public static string Form => "sha256: followed by 64 hexadecimal digits";

    /// <summary>The hash of some bytes.</summary>
    public static ContentHash Of(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        Span<char> text = stackalloc char[Length];
        Prefix.CopyTo(text);
        Convert.TryToHexStringLower(hash, text[Prefix.Length..], out _);
        return new ContentHash(new string(text));
    }

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? text, [MaybeNullWhen(false)] out ContentHash value) =>
        (value = HasForm(text) ? new ContentHash(text) : null) is not null;

    /// <inheritdoc/>
    public override string ToString() => Value;

    // By hand, not by a pattern: every start of a server reads each hash in the journal.
    private static bool HasForm([NotNullWhen(true)] string? text) =>
        text is { Length: Length } && text.StartsWith(Prefix, StringComparison.Ordinal) && !text.AsSpan(Prefix.Length).ContainsAnyExcept(Digits);
}
