using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Slipway.Core.Journal;
using Slipway.Core.Objects;
using Slipway.Core.Wire;
using Slipway.Server.Storage;

namespace Slipway.Server.Backups;

/// <summary>Says whether a backup is whole, without changing a byte of it.</summary>
public static class BackupCheck
{
    /// <summary>Checks every file against what was written down when it was copied, then the chain of the journal, its end and the objects it names.</summary>
    /// <param name="folder">The backup's folder.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="StorageException">There is no such folder, or it cannot be read.</exception>
    public static BackupCheckDocument Of(string folder, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        if (!Directory.Exists(folder)) throw new StorageException($"There is no folder {folder}.");
        try
        {
            var path = Path.Combine(folder, Backup.Manifest);
            if (!File.Exists(path)) return Wrong(null, $"{folder} holds no {Backup.Manifest}: it is no backup, or one that was broken off.");
            if (Read(path) is not { } backup) return Wrong(null, $"{path} is damaged: it is not what a backup says of itself.");
            // Somebody's changes that are not in the file yet; to look past them would be to check something else than what a server would start from.
            if (backup.Files.Select(file => file.Name + "-wal").FirstOrDefault(log => File.Exists(Path.Combine(folder, log))) is { } open)
                return Wrong(backup, $"{open} lies in {folder}: a server was started on it, so it is that server's data now and no backup.");
            var problems = backup.Files.Select(file => Compare(folder, file, cancellation)).OfType<string>().ToList();
            var journal = JournalOf(folder);
            if (journal.Problem is { } damage) problems.Add(damage);
            else if ((journal.Entry, journal.Hash) != (backup.Entry, backup.Hash))
                problems.Add(string.Create(CultureInfo.InvariantCulture, $"The journal ends at entry {journal.Entry} ({journal.Hash.Abbreviated}) and was copied up to entry {backup.Entry} ({backup.Hash.Abbreviated})."));
            return new BackupCheckDocument(backup, [.. problems]);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"{folder} cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>A file as it is now.</summary>
    internal static BackupFile FileOf(string folder, string name, CancellationToken cancellation)
    {
        using var file = File.OpenRead(Path.Combine(folder, name));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        long length = 0;
        while (file.Read(buffer) is > 0 and var read)
        {
            cancellation.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, read);
            length += read;
        }
        return new BackupFile(name, length, ContentHash.TryParse($"sha256:{Convert.ToHexStringLower(hash.GetHashAndReset())}", out var value) ? value : throw new System.Diagnostics.UnreachableException());
    }

    /// <summary>Reads the journal of a copy to its end: its chain, held against the checkpoint beside it, and every object it names.</summary>
    internal static JournalEnd JournalOf(string folder)
    {
        var (chain, registry) = (new ChainVerifier(), Registry.Empty);
        try
        {
            if (CheckpointFile.Read(folder) is { } witness) chain.Expect(witness);
            using var journal = SqliteJournal.OfCopy(Path.Combine(folder, Backup.Journal));
            foreach (var entry in journal.Entries())
            {
                if (chain.Next(entry) is { } damage) return End($"The journal is damaged: {damage}");
                registry = registry.Apply(entry);
            }
            return End(chain.End() is { } missing ? $"The journal is damaged: {missing}" : KnownObjects.All(registry).Select(known => Look(journal, registry, known)).FirstOrDefault(wrong => wrong is not null));
        }
        catch (Exception exception) when (exception is StorageException or UnknownEventException)
        {
            return End(exception.Message);
        }

        JournalEnd End(string? problem) => new(chain.Verified, chain.Last?.Hash ?? JournalEntry.Genesis, problem);
    }

    private static string? Look(SqliteJournal objects, Registry registry, KnownObject known)
    {
        try
        {
            return registry.Objects.Find(known.Hash) is not null || objects.Get(known.Hash) is not null ? null : $"The journal names {known.What}, and its object {known.Hash} is missing.";
        }
        catch (StorageException exception)
        {
            return $"{exception.Message} It is {known.What}.";
        }
    }

    private static string? Compare(string folder, BackupFile copied, CancellationToken cancellation)
    {
        if (!File.Exists(Path.Combine(folder, copied.Name))) return $"{copied.Name} is missing.";
        var now = FileOf(folder, copied.Name, cancellation);
        if (now == copied) return copied.Name == CheckpointKeyFile.Name ? Opened(folder) : null;
        return string.Create(CultureInfo.InvariantCulture,
            $"{copied.Name} is not the file that was copied ({copied.Bytes} bytes then, {now.Bytes} now): it was damaged, or a server was started on it.");
    }

    private static string? Opened(string folder)
    {
        try
        {
            using var key = CheckpointKeyFile.Open(folder);
            return null;
        }
        catch (StorageException exception)
        {
            return exception.Message;       // open to everybody: who copies backups about easily loses their modes
        }
    }

    private static BackupDocument? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(path), ApiJson.Default.BackupDocument);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static BackupCheckDocument Wrong(BackupDocument? backup, string problem) => new(backup, [problem]);
}

/// <summary>Where a copied journal ends.</summary>
/// <param name="Entry">The last entry that was found right; 0 for none.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="Problem">What is wrong, a sentence; null where nothing is.</param>
internal sealed record JournalEnd(long Entry, ContentHash Hash, string? Problem);
