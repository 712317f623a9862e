using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Wire;
using Slipway.Server.Storage;

namespace Slipway.Server.Backups;

/// <summary>Copies the data of a server that keeps it in SQLite; the server may be running.</summary>
public static class Backup
{
    /// <summary>What a backup says of itself.</summary>
    internal const string Manifest = "backup.json";

    /// <summary>What is put behind the name of a backup until it is whole.</summary>
    internal const string Unfinished = ".unfinished";

    internal const string Journal = "slipway.db";

    // The journal first: while a file is copied, an erasure in it cannot empty its write-ahead log, and commands would wait for that. Calls are the largest by far.
    private static readonly string[] Databases = [Journal, "evaluations.db", "calls.db"];

    /// <summary>Makes a backup and checks it.</summary>
    /// <param name="dataFolder">A server's data folder.</param>
    /// <param name="folder">What the backup is to be: a folder that is not there yet, or is empty.</param>
    /// <param name="progress">Told which share is done, 0 to 1, and which file it is at.</param>
    /// <param name="clock">The clock; the system's by default.</param>
    /// <param name="cancellation">Gives up; nothing is left then.</param>
    /// <exception cref="StorageException">There is no journal, something cannot be read or written, or the disk is full. Nothing is left.</exception>
    public static BackupResult Make(string dataFolder, string folder, Action<double, string>? progress = null, TimeProvider? clock = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(dataFolder);
        ArgumentNullException.ThrowIfNull(folder);
        var target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var beside = target + Unfinished;
        try
        {
            if (!File.Exists(Path.Combine(dataFolder, Journal))) throw new StorageException($"There is no journal {Path.Combine(dataFolder, Journal)}.");
            if (File.Exists(target) || Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any()) return new BackupResult.Refused($"{folder} holds something already; name a folder that is not there yet.");
            if (Path.Exists(beside)) return new BackupResult.Refused($"{folder}{Unfinished} is there: a backup is being made, or was broken off. Remove it if none is being made.");
            // Beside the target, so that on one file system a rename is all that is left to do; a backup that is broken off never had the name.
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(beside);
            else Directory.CreateDirectory(beside, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            // Of two at once the second ends here: it must not be there yet.
            SqliteFile.MakeEmpty(Path.Combine(beside, Journal));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"{folder} cannot be made: {exception.Message}", exception);
        }

        var whole = false;
        try
        {
            var (time, files) = Copy(dataFolder, beside, progress ?? ((_, _) => { }), clock ?? TimeProvider.System, cancellation);
            var journal = BackupCheck.JournalOf(beside);
            if (journal.Problem is { } problem) return new BackupResult.Refused($"What was copied is not kept. {problem}");
            var document = new BackupDocument(time, journal.Entry, journal.Hash, files);
            AtomicFile.Write(Path.Combine(beside, Manifest), JsonSerializer.Serialize(document, ApiJson.Default.BackupDocument) + "\n", replace: false);
            if (Directory.Exists(target)) Directory.Delete(target);      // refuses one that has been filled meanwhile
            Directory.Move(beside, target);
            whole = true;
            return new BackupResult.Made(document);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"{folder} cannot be written: {exception.Message}", exception);
        }
        finally
        {
            if (!whole) Directory.Delete(beside, recursive: true);
        }
    }

    private static (DateTimeOffset Time, ImmutableArray<BackupFile> Files) Copy(string dataFolder, string beside, Action<double, string> progress, TimeProvider clock, CancellationToken cancellation)
    {
        // Read before the databases: a checkpoint that is newer than the journal beside it would say that entries were cut off, and the server would not start.
        var small = new[] { CheckpointFile.Name, CheckpointKeyFile.Name }.Where(name => File.Exists(Path.Combine(dataFolder, name)))
            .ToDictionary(name => name, name => File.ReadAllText(Path.Combine(dataFolder, name)), StringComparer.Ordinal);
        var databases = Databases.Where(name => File.Exists(Path.Combine(dataFolder, name))).ToList();
        var all = databases.ToDictionary(name => name, name => Math.Max(1, new FileInfo(Path.Combine(dataFolder, name)).Length), StringComparer.Ordinal);
        var (done, total) = (0L, all.Values.Sum());
        DateTimeOffset time;
        using (var moment = new SqliteMoment([.. databases.Select(name => Path.Combine(dataFolder, name))]))
        {
            time = clock.GetUtcNow();
            foreach (var name in databases)
            {
                if (name != Journal) SqliteFile.MakeEmpty(Path.Combine(beside, name));
                moment.Copy(Path.Combine(dataFolder, name), Path.Combine(beside, name), share => progress((done + share * all[name]) / total, name), cancellation);
                done += all[name];
            }
        }
        foreach (var (name, text) in small) AtomicFile.Write(Path.Combine(beside, name), text, replace: false);

        return (time, [.. databases.Concat(small.Keys).Order(StringComparer.Ordinal).Select(name => BackupCheck.FileOf(beside, name, cancellation))]);
    }
}

/// <summary>What became of a backup.</summary>
public abstract record BackupResult
{
    private BackupResult() { }

    /// <summary>It is there, whole and checked.</summary>
    /// <param name="Backup">What it says of itself.</param>
    public sealed record Made(BackupDocument Backup) : BackupResult;

    /// <summary>It was not made, and nothing is left of it: there is something already, or what was copied is damaged.</summary>
    /// <param name="Reason">Why, a sentence.</param>
    public sealed record Refused(string Reason) : BackupResult;
}
