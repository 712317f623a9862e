using Slipway.Core.Journal;
using Slipway.Core.Wire;
using Slipway.Server.Api;
using Slipway.Server.Storage;

namespace Slipway.Server;

/// <summary>Signs what the journal is, with this server's own key.</summary>
internal sealed class Checkpoints : IDisposable
{
    private readonly string folder;
    private readonly Ledger ledger;
    private readonly TimeProvider clock;
    private readonly CheckpointKeyFile key;

    /// <summary>Holds the journal against the newest checkpoint in the data folder, and sees to it that the journal names this server's key.</summary>
    /// <exception cref="StorageException">The journal was cut or replaced, or a file of the data folder cannot be used.</exception>
    public Checkpoints(ServerOptions options, IJournal journal, Ledger ledger, TimeProvider clock)
    {
        (folder, this.ledger, this.clock) = (options.DataFolder, ledger, clock);
        if (CheckpointFile.Read(folder) is { } witness)
        {
            var sequence = witness.Document.Checkpoint.Sequence;
            var hash = journal.ReadAfter(sequence - 1, most: 1) is [{ } entry] && entry.Sequence == sequence ? entry.Hash : null;
            if (witness.Contradiction(ledger.Current.Checkpoints, ledger.Current.Head, hash) is { } damage)
                throw new StorageException($"{journal.Damaged(damage).Message} Where there is no newer one, move {witness.Name} away.");
        }
        key = CheckpointKeyFile.OpenOrMake(folder);
        UpToDate();
    }

    /// <summary>The public half of this server's key.</summary>
    public CheckpointKey PublicKey => key.PublicKey;

    /// <summary>Signs the journal as it is now, other servers' entries included.</summary>
    public CheckpointDocument SignNow() => Sign(UpToDate());

    /// <summary>Signs the journal as this server knows it.</summary>
    /// <remarks>What is signed is what was read and checked, not what the database holds now: it may have been changed since.</remarks>
    public CheckpointDocument Sign(Registry state) => Sign(new EntryMark(state.Head, state.HeadHash));

    /// <summary>Puts a checkpoint of the last border into the journal, where none is there yet.</summary>
    public void RecordDue()
    {
        if (ledger.Current.Checkpoints.Due is { } due) ledger.Execute(new RecordCheckpoint(Sign(due).Checkpoint), CommandId.New());
    }

    /// <summary>Keeps a checkpoint of the journal as this server knows it beside the database.</summary>
    public void Keep(Registry state) => CheckpointFile.Write(folder, Sign(state));

    public void Dispose() => key.Dispose();

    private CheckpointDocument Sign(EntryMark mark) => new(Checkpoint.Sign(mark, clock.GetUtcNow(), key.PublicKey, key.Sign), key.PublicKey);

    // A command that changes nothing has the ledger look for what other servers wrote.
    private Registry UpToDate() => ((LedgerResult.Done)ledger.Execute(new AddCheckpointKey(key.PublicKey), CommandId.New())).State;
}
