using System.Globalization;
using System.Text.Json.Serialization;
using Slipway.Core.Wire;

namespace Slipway.Core.Journal;

/// <summary>A signed statement of what the journal was: an entry's hash speaks for all entries up to it.</summary>
/// <remarks>Whoever can write to the journal can compute hashes anew, but cannot sign. Whoever keeps a checkpoint elsewhere can tell later whether
/// the journal was cut or rewritten.</remarks>
/// <param name="Sequence">The entry it is of.</param>
/// <param name="Hash">That entry's hash.</param>
/// <param name="Time">When it was signed; UTC, whole milliseconds.</param>
/// <param name="Key">The fingerprint of the key that signed it, <see cref="CheckpointKey.Id"/>.</param>
/// <param name="Signature">ECDSA over P-256 with SHA-256 of <see cref="Content"/>, as IEEE P1363 (64 bytes), in base64.</param>
public sealed record Checkpoint(
    long Sequence, ContentHash Hash, DateTimeOffset Time, ContentHash Key, string Signature)
{
    /// <summary>When it was signed.</summary>
    [JsonConverter(typeof(MillisecondTimeConverter))] public DateTimeOffset Time { get; } = JournalEntry.Milliseconds(Time);

    /// <summary>What is signed: the canonical JSON of all fields but the signature.</summary>
    public byte[] Content() => CanonicalJson.Of(
        $$"""{"hash":"{{Hash}}","key":"{{Key}}","sequence":{{Sequence.ToString(CultureInfo.InvariantCulture)}},"time":"{{JournalEntry.TimeText(Time)}}"}""");

    /// <summary>Makes a checkpoint.</summary>
    /// <param name="mark">The entry it is of.</param>
    /// <param name="time">When it is signed.</param>
    /// <param name="key">The public half of the key that signs.</param>
    /// <param name="sign">Signs with the private half, which Core never sees: 64 bytes, IEEE P1363.</param>
    public static Checkpoint Sign(EntryMark mark, DateTimeOffset time, CheckpointKey key, Func<byte[], byte[]> sign)
    {
        ArgumentNullException.ThrowIfNull(mark);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(sign);
        var unsigned = new Checkpoint(mark.Sequence, mark.Hash, time, key.Id, "");
        return unsigned with { Signature = Convert.ToBase64String(sign(unsigned.Content())) };
    }

    /// <summary>Whether a key signed exactly this.</summary>
    public bool IsSignedBy(CheckpointKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        Span<byte> signature = stackalloc byte[CheckpointKey.SignatureBytes];
        // Base64 has spare bits in its last letter: only the one spelling counts, so that a changed letter is a change.
        return key.Id == Key && Convert.TryFromBase64String(Signature, signature, out var length) && length == signature.Length
            && Convert.ToBase64String(signature) == Signature && key.Verifies(Content(), signature);
    }
}

/// <summary>An entry by what a checkpoint says of it.</summary>
/// <param name="Sequence">Which.</param>
/// <param name="Hash">Its hash.</param>
public sealed record EntryMark(long Sequence, ContentHash Hash);
