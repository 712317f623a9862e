using System.Text.Json.Serialization;

namespace Slipway.Core.Journal;

/// <summary>Something that happened to the journal's own proof.</summary>
public abstract record CheckpointEvent : JournalEvent;

/// <summary>A server signs checkpoints with one more key from now on.</summary>
/// <param name="PublicKey">Its public half; the private one never leaves the server's data folder.</param>
public sealed record CheckpointKeyAdded(CheckpointKey PublicKey) : CheckpointEvent
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => $"added the key {PublicKey.Id} for signing checkpoints";
}

/// <summary>A server signed what the journal was.</summary>
/// <param name="Checkpoint">The statement.</param>
public sealed record CheckpointSigned(Checkpoint Checkpoint) : CheckpointEvent
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => $"signed a checkpoint of entry {Checkpoint.Sequence} ({Checkpoint.Hash.Abbreviated}) with the key {Checkpoint.Key.Abbreviated}";
}
