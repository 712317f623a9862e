using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Server.Api;
using Slipway.Server.Storage;

namespace Slipway.Server.Access;

/// <summary>The way back when no administrator has a key any more.</summary>
public static class KeyRecovery
{
    /// <summary>Issues a key to an administrator, through the ledger and on record. Whoever can write the data folder, or the database, could replace the journal anyway.</summary>
    /// <param name="dataFolder">A server's data folder; the server may be running on it.</param>
    /// <param name="postgres">The database its journal is in, as a <c>postgres://</c> address or a connection string; null where that is an SQLite file in the folder.</param>
    /// <param name="clock">The clock; the system's by default.</param>
    /// <returns>The key's public name, whose it is, and its secret.</returns>
    /// <exception cref="StorageException">There is no journal, it cannot be used, or it has no administrator yet.</exception>
    /// <exception cref="UnknownEventException">A newer build wrote the journal.</exception>
    public static (string KeyId, MemberName Member, string Secret) Recover(string dataFolder, string? postgres = null, TimeProvider? clock = null)
    {
        using IJournal journal = postgres is null ? InFolder(dataFolder) : PostgresJournal.Existing(postgres);
        var secret = KeySecret.Draw();
        return new Ledger(journal, clock ?? TimeProvider.System).Execute(new RecoverAccess(KeySecret.Hash(secret)), CommandId.New()) switch
        {
            LedgerResult.Done done => (done.State.Access.Keys[KeySecret.Hash(secret)].Id, done.State.Access.Keys[KeySecret.Hash(secret)].Member, secret),
            LedgerResult.Refused refused => throw new StorageException(refused.Why.Reason),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static SqliteJournal InFolder(string dataFolder)
    {
        var path = Path.Combine(dataFolder, "slipway.db");
        return File.Exists(path) ? new SqliteJournal(path) : throw new StorageException($"There is no journal {path}.");
    }
}
