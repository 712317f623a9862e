using System.Collections.Immutable;
using System.Runtime.Versioning;
using Slipway.Core.Journal;

namespace Slipway.Server.Storage;

/// <summary>Looks at storage without a server, for checking it.</summary>
public static class StorageAudit
{
    /// <summary>The version of the system's SQLite library.</summary>
    /// <exception cref="StorageException">It is not installed; the message says how to.</exception>
    public static string SqliteVersion()
    {
        SqliteLibrary.Use();
        return SQLitePCL.raw.sqlite3_libversion().utf8_to_string();
    }

    /// <summary>A journal's entries as they lie in the file, in order, unchecked; read as they are asked for.</summary>
    /// <param name="dataFolder">A server's data folder.</param>
    /// <exception cref="StorageException">There is no journal, it cannot be read, or an entry has lost its form.</exception>
    public static IEnumerable<JournalEntry> Read(string dataFolder)
    {
        var path = Path.Combine(dataFolder, "slipway.db");
        return File.Exists(path) ? Read(() => new SqliteJournal(path)) : throw new StorageException($"There is no journal {path}.");
    }

    /// <summary>A journal's entries as they lie in a PostgreSQL database, in order, unchecked; read as they are asked for.</summary>
    /// <param name="address">A <c>postgres://</c> address or a connection string.</param>
    /// <param name="name">The database without its password, for people.</param>
    /// <exception cref="StorageException">It cannot be reached or read.</exception>
    public static IEnumerable<JournalEntry> ReadPostgres(string address, out string name)
    {
        var journal = new PostgresJournal(address);
        name = journal.Name;
        return Read(() => journal);
    }

    private static IEnumerable<JournalEntry> Read(Func<IJournal> open)
    {
        using var journal = open();
        foreach (var entry in journal.Entries()) yield return entry;
    }

    /// <summary>The database files in a data folder that everybody on the machine can read, by name, with their write-ahead logs; always none on Windows.</summary>
    /// <param name="dataFolder">A server's data folder.</param>
    /// <exception cref="StorageException">The folder cannot be looked at.</exception>
    public static ImmutableArray<string> OpenToOthers(string dataFolder)
    {
        if (OperatingSystem.IsWindows()) return [];
        try
        {
            // Who may not enter the folder reads nothing in it.
            return (File.GetUnixFileMode(dataFolder) & UnixFileMode.OtherExecute) == 0 ? []
                : [.. Directory.EnumerateFiles(dataFolder, "*.db*").Where(IsOpen).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"The data folder {dataFolder} cannot be looked at: {exception.Message}", exception);
        }
    }

    [UnsupportedOSPlatform("windows")]
    private static bool IsOpen(string path) => (File.GetUnixFileMode(path) & UnixFileMode.OtherRead) != 0;

    /// <summary>The newest checkpoint in a data folder, to hold its journal against.</summary>
    /// <param name="dataFolder">A server's data folder.</param>
    /// <returns>Null where there is none yet.</returns>
    /// <exception cref="StorageException">It is damaged or cannot be read.</exception>
    public static Witness? Checkpoint(string dataFolder) => CheckpointFile.Read(dataFolder);

    /// <summary>The key that a data folder's server signs checkpoints with.</summary>
    /// <param name="dataFolder">A server's data folder.</param>
    /// <exception cref="StorageException">It is damaged, cannot be read, or is open to others.</exception>
    public static CheckpointKey SigningKey(string dataFolder)
    {
        using var key = CheckpointKeyFile.Open(dataFolder);
        return key.PublicKey;
    }
}
