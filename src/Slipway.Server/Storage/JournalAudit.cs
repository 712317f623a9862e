using Slipway.Core.Journal;

namespace Slipway.Server.Storage;

/// <summary>Reads the journal of a data folder without a server, for checking it.</summary>
public static class JournalAudit
{
    /// <summary>The entries as they lie in the file, in order, unchecked.</summary>
    /// <param name="dataFolder">A server's data folder.</param>
    /// <exception cref="StorageException">There is no journal, it cannot be read, or an entry has lost its form.</exception>
    public static IReadOnlyList<JournalEntry> Read(string dataFolder)
    {
        var path = Path.Combine(dataFolder, "slipway.db");
        if (!File.Exists(path)) throw new StorageException($"There is no journal {path}.");
        using var journal = new SqliteJournal(path);
        return journal.ReadAfter(0);
    }
}
