using System.Security.Cryptography;
using Slipway.Core.Journal;
using Slipway.Core.Wire;

namespace Slipway.Core.Tests.Journal;

/// <summary>A server's key with both halves.</summary>
internal sealed class Signer
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public static Signer Ours { get; } = new();

    public static Signer Forger { get; } = new();

    public CheckpointKey PublicKey => Some.Parse<CheckpointKey>(Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()));

    public Checkpoint Sign(EntryMark mark) => Checkpoint.Sign(mark, Some.Noon, PublicKey, content => key.SignData(content, HashAlgorithmName.SHA256));

    public Checkpoint Sign(Registry state) => Sign(new EntryMark(state.Head, state.HeadHash));

    public CheckpointDocument Document(JournalEntry entry) => new(Sign(new EntryMark(entry.Sequence, entry.Hash)), PublicKey);
}
