using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Slipway.Core.Wire;

namespace Slipway.Core.Journal;

/// <summary>The public half of a key that signs checkpoints: ECDSA over P-256, written as its SubjectPublicKeyInfo in base64.</summary>
[JsonConverter(typeof(TextValueConverter<CheckpointKey>))]
public sealed record CheckpointKey : ITextValue<CheckpointKey>
{
    /// <summary>The length of a signature.</summary>
    internal const int SignatureBytes = 64;

    private const string P256 = "1.2.840.10045.3.1.7";

    private CheckpointKey(string value, ContentHash id) => (Value, Id) = (value, id);

    /// <summary>The key in base64.</summary>
    public string Value { get; }

    /// <summary>Its fingerprint: SHA-256 over the SubjectPublicKeyInfo, whole, because a short one could be met by trying keys.</summary>
    public ContentHash Id { get; }

    /// <inheritdoc/>
    public static string Form => "the SubjectPublicKeyInfo of a P-256 key in base64";

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? text, [MaybeNullWhen(false)] out CheckpointKey value)
    {
        value = null;
        Span<byte> bytes = stackalloc byte[256];
        if (text is null || !Convert.TryFromBase64String(text, bytes, out var length)) return false;
        using var key = ECDsa.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(bytes[..length], out _);
            // Only the one spelling of a key has its fingerprint.
            if (key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value != P256 || Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()) != text) return false;
        }
        catch (CryptographicException)
        {
            return false;
        }
        value = new CheckpointKey(text, ContentHash.Of(bytes[..length]));
        return true;
    }

    /// <summary>Whether a signature over some bytes is this key's.</summary>
    /// <param name="content">What was signed.</param>
    /// <param name="signature">64 bytes, IEEE P1363.</param>
    public bool Verifies(ReadOnlySpan<byte> content, ReadOnlySpan<byte> signature)
    {
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(Convert.FromBase64String(Value), out _);
        return key.VerifyData(content, signature, HashAlgorithmName.SHA256);
    }

    /// <inheritdoc/>
    public override string ToString() => Value;
}
