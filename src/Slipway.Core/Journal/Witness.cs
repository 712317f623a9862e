using Slipway.Core.Wire;

namespace Slipway.Core.Journal;

/// <summary>A checkpoint that lies beside a journal and says what the journal must hold.</summary>
/// <param name="Document">The checkpoint with its key.</param>
/// <param name="Name">What to call it in a sentence, e.g. its file.</param>
public sealed record Witness(CheckpointDocument Document, string Name)
{
    /// <summary>What a journal lacks of what the checkpoint says.</summary>
    /// <param name="journal">The keys the journal names.</param>
    /// <param name="head">The sequence of the journal's last entry.</param>
    /// <param name="hash">The hash the journal has at the checkpoint's sequence; null where it ends before.</param>
    /// <returns>Null where the two agree, else one sentence.</returns>
    public string? Contradiction(CheckpointsState journal, long head, ContentHash? hash)
    {
        ArgumentNullException.ThrowIfNull(journal);
        var checkpoint = Document.Checkpoint;
        return checkpoint switch
        {
            _ when !checkpoint.IsSignedBy(Document.PublicKey) => $"The signature of {Name} does not fit: it was changed after it was signed, or forged.",
            _ when checkpoint.Sequence == head + 1 => $"Entry {checkpoint.Sequence} is missing from the end: {Name} shows that it was written.",
            _ when checkpoint.Sequence > head => $"Entries {head + 1} to {checkpoint.Sequence} are missing from the end: {Name} shows that they were written.",
            _ when checkpoint.Hash != hash => $"Entry {checkpoint.Sequence} is not the one that {Name} was signed for: the journal was rewritten, or it is another one.",
            _ when !journal.Keys.ContainsKey(checkpoint.Key) => $"The key of {Name} is none that this journal names: {checkpoint.Key}. Somebody else signed it.",
            _ => null,
        };
    }
}
