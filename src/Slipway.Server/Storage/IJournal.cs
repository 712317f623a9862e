using System.Collections.Immutable;
using System.Globalization;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Wire;

namespace Slipway.Server.Storage;

/// <summary>The journal on one engine. The database itself refuses to change or remove an entry.</summary>
internal interface IJournal : IDisposable
{
    /// <summary>What people call it: a file, or a database and its server; never a password.</summary>
    string Name { get; }

    /// <summary>The entries after a sequence, in order.</summary>
    /// <param name="sequence">0 for all.</param>
    /// <param name="most">At most so many.</param>
    /// <exception cref="StorageException">An entry has lost its form, or the engine is away.</exception>
    ImmutableArray<JournalEntry> ReadAfter(long sequence, int most = int.MaxValue);

    /// <summary>Appends entries and remembers the command that caused them, all or nothing, durably.</summary>
    /// <param name="expectedHead">The sequence the caller believes to be the last.</param>
    /// <param name="entries">Chained to it; none for a command that changed nothing.</param>
    /// <param name="command">The command under its caller's own id; null where nobody can repeat it.</param>
    /// <returns>False where somebody else appended first, or has used the id; nothing was written then.</returns>
    bool Append(long expectedHead, ImmutableArray<JournalEntry> entries, AcceptedCommand? command = null);

    /// <summary>What is known of the command with an id; null where no accepted command had it.</summary>
    AcceptedCommand? FindCommand(string id);

    /// <summary>Waits until somebody else may have appended.</summary>
    /// <param name="atMost">Then it is time to look in any case.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="StorageUnavailableException">Nothing can be heard at the moment; nothing was waited for.</exception>
    Task WaitForOthersAsync(TimeSpan atMost, CancellationToken cancellation);
}

/// <summary>The objects on one engine, by their hash. The database itself refuses to change one, and to remove one that the journal does not say is erased.</summary>
internal interface IObjectStore
{
    /// <summary>Stores an object under its hash; storing it again changes nothing.</summary>
    /// <returns>False where it was erased: it is not taken again.</returns>
    bool Put(ContentHash hash, ReadOnlyMemory<byte> bytes);

    /// <summary>An object's bytes.</summary>
    /// <returns>Null where there is none of that hash.</returns>
    /// <exception cref="StorageException">The bytes no longer have their hash.</exception>
    byte[]? Get(ContentHash hash);

    /// <summary>Removes the bytes of objects for good; doing it again changes nothing.</summary>
    /// <param name="objects">Each with the entry of the journal that says so; the database asks for it.</param>
    void Erase(IReadOnlyCollection<Core.Objects.ErasedObject> objects);
}

/// <summary>A command that was accepted under its caller's own id.</summary>
/// <param name="Id">The id.</param>
/// <param name="Request">The digest of what was asked; null where the journal is older than its memory of requests.</param>
/// <param name="Head">The last entry when it was done.</param>
/// <param name="Entries">How many entries it caused; they end at <paramref name="Head"/>.</param>
internal sealed record AcceptedCommand(string Id, ContentHash? Request, long Head, int Entries);

/// <summary>What every engine does alike.</summary>
internal static class Journals
{
    private const int Batch = 1_000;

    /// <summary>The entries after a sequence, in order, read as they are asked for: a journal of any length can be gone through.</summary>
    public static IEnumerable<JournalEntry> Entries(this IJournal journal, long after = 0)
    {
        while (journal.ReadAfter(after, Batch) is { IsEmpty: false } batch)
        {
            foreach (var entry in batch) yield return entry;
            after = batch[^1].Sequence;
        }
    }

    /// <summary>Says that the journal cannot be trusted any more.</summary>
    /// <param name="journal">Which.</param>
    /// <param name="damage">What is wrong, a sentence that names the entry.</param>
    public static StorageException Damaged(this IJournal journal, string damage) =>
        new($"The journal {journal.Name} is damaged: {damage} Nothing is served from it; restore it from a backup.");

    /// <summary>Gives bytes out only if they still are what their hash says.</summary>
    public static byte[]? Checked(this byte[]? bytes, ContentHash hash) =>
        bytes is null || ContentHash.Of(bytes) == hash ? bytes : throw new StorageException($"The object {hash} was changed after it was written.");
}

/// <summary>An entry as a row; every engine has the same columns.</summary>
internal sealed record JournalRow(long Sequence, string Time, string Actor, string Command, string Event, string Previous, string Hash)
{
    /// <summary>The columns, in the order of the properties.</summary>
    public const string Columns = "sequence, time, actor, command, event, previous, hash";

    public static JournalRow Of(JournalEntry entry) => new(
        entry.Sequence, JournalEntry.TimeText(entry.Time), entry.Actor.Value, entry.Command, entry.Event, entry.Previous.Value, entry.Hash.Value);

    /// <exception cref="StorageException">It has lost the form of an entry.</exception>
    public JournalEntry Entry(IJournal journal)
    {
        if (!MemberName.TryParse(Actor, out var actor) || !ContentHash.TryParse(Previous, out var previous) || !ContentHash.TryParse(Hash, out var hash)
            || !DateTimeOffset.TryParseExact(Time, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            throw journal.Damaged($"Entry {Sequence} was changed after it was written: its time, actor or hash has lost its form.");
        return new JournalEntry(Sequence, time, actor, Command, Event, previous, hash);
    }
}

/// <summary>An accepted command as a row; every engine has the same columns.</summary>
internal sealed record CommandRow(string Id, string Request, long Head, long Entries)
{
    /// <summary>Finds a command by its id; one that only the journal knows comes without its request.</summary>
    /// <remarks>One statement, so that both tables are seen at one moment.</remarks>
    public const string Find = """
        SELECT id, request, head, entries FROM commands WHERE id = @id
        UNION ALL
        SELECT command, '', max(sequence), 0 FROM journal WHERE command = @id GROUP BY command
        ORDER BY request DESC LIMIT 1
        """;

    public static CommandRow Of(AcceptedCommand command) => new(command.Id, command.Request!.Value, command.Head, command.Entries);

    public AcceptedCommand Command(IJournal journal) =>
        Request.Length == 0 ? new AcceptedCommand(Id, null, Head, 0)
        : ContentHash.TryParse(Request, out var request) ? new AcceptedCommand(Id, request, Head, (int)Entries)
        : throw journal.Damaged($"The command {Id} was changed after it was written.");
}
