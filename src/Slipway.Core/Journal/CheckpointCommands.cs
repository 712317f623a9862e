using Slipway.Core.Access;

namespace Slipway.Core.Journal;

/// <summary>A server makes its key known, so that its checkpoints can be checked by whoever has the journal.</summary>
/// <param name="PublicKey">The public half.</param>
public sealed record AddCheckpointKey(CheckpointKey PublicKey) : Command(MemberName.System)
{
    /// <inheritdoc/>
    public override Verdict Decide(Registry registry, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(registry);
        return registry.Checkpoints.Keys.ContainsKey(PublicKey.Id) ? Verdict.Of() : Verdict.Of(new CheckpointKeyAdded(PublicKey));
    }
}

/// <summary>A server puts a checkpoint into the journal. Where another one was faster, nothing is left to do.</summary>
/// <param name="Checkpoint">Of the last entry, or of the last border.</param>
public sealed record RecordCheckpoint(Checkpoint Checkpoint) : Command(MemberName.System)
{
    /// <inheritdoc/>
    public override Verdict Decide(Registry registry, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(registry);
        if (registry.Checkpoints.Last?.Sequence >= Checkpoint.Sequence) return Verdict.Of();
        return registry.Checkpoints.Objection(Checkpoint, new EntryMark(registry.Head, registry.HeadHash)) is { } objection
            ? Verdict.Conflict($"This checkpoint cannot be recorded: {objection}.")
            : Verdict.Of(new CheckpointSigned(Checkpoint));
    }
}
