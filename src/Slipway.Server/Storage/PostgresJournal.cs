using System.Collections.Immutable;
using Dapper;
using Npgsql;
using Slipway.Core.Journal;
using Slipway.Core.Objects;
using Slipway.Core.Wire;

namespace Slipway.Server.Storage;

/// <summary>Journal and objects in a PostgreSQL database, for several servers at once.</summary>
internal sealed class PostgresJournal : IJournal, IObjectStore
{
    private const string Channel = "slipway_journal";

    // Whoever writes holds the lock of this journal, so that heads are compared one after the other. What a lost server holds is let go of after a while.
    // One statement a command, here and below: of several, Npgsql sends the later ones on the thread pool, which may be full of threads that wait for this one.
    private const string BeginWriting = """
        SELECT set_config('synchronous_commit', 'on', true), set_config('idle_in_transaction_session_timeout', '10s', true), set_config('lock_timeout', '10s', true),
            pg_advisory_xact_lock('journal'::regclass::oid::bigint)
        """;

    private readonly PostgresDatabase database;
    private NpgsqlConnection? listener;
    private volatile bool keepsRemovedRows;

    /// <summary>Connects, and makes the tables where they are missing.</summary>
    /// <param name="address">A <c>postgres://</c> address or a connection string.</param>
    /// <exception cref="StorageException">The address is not understood, or the database cannot be used.</exception>
    public PostgresJournal(string address) : this(address, PostgresSchema.Prepare)
    {
    }

    private PostgresJournal(string address, Action<NpgsqlConnection, string> prepare) => database = new PostgresDatabase(address, prepare);

    /// <summary>Connects to a database that has a journal, and makes nothing.</summary>
    /// <param name="address">A <c>postgres://</c> address or a connection string.</param>
    /// <exception cref="StorageException">The address is not understood, the database cannot be used, or there is no journal in it.</exception>
    public static PostgresJournal Existing(string address) => new(address, PostgresSchema.Find);

    public string Name => database.Name;

    public ImmutableArray<JournalEntry> ReadAfter(long sequence, int most = int.MaxValue) => Use(connection => connection.Query<JournalRow>(
        $"SELECT {JournalRow.Columns} FROM journal WHERE sequence > @sequence ORDER BY sequence LIMIT @most", new { sequence, most })
        .Select(row => row.Entry(this)).ToImmutableArray());

    public bool Append(long expectedHead, ImmutableArray<JournalEntry> entries, AcceptedCommand? command = null) => Use(connection =>
    {
        using var transaction = connection.BeginTransaction();
        connection.Execute(BeginWriting, transaction: transaction);
        // A connection that broke while it committed may have written: then these very entries stand there, and it is done.
        if (!entries.IsEmpty && connection.ExecuteScalar<string?>("SELECT hash FROM journal WHERE sequence = @Sequence", new { entries[^1].Sequence }, transaction) == entries[^1].Hash.Value)
            return true;
        var head = connection.ExecuteScalar<long>("SELECT coalesce(max(sequence), 0) FROM journal", transaction: transaction);
        if (head != expectedHead || command is not null && connection.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM commands WHERE id = @Id)", new { command.Id }, transaction)) return false;
        if (!entries.IsEmpty) connection.Execute($"""
            WITH appended AS (
                INSERT INTO journal ({JournalRow.Columns}) SELECT * FROM unnest(@sequences, @times, @actors, @commands, @events, @previous, @hashes))
            SELECT pg_notify('{Channel}', '')
            """, Columns([.. entries.Select(JournalRow.Of)]), transaction);
        if (command is not null)
            connection.Execute("INSERT INTO commands (id, request, head, entries) VALUES (@Id, @Request, @Head, @Entries)", CommandRow.Of(command), transaction);
        transaction.Commit();
        return true;
    });

    public AcceptedCommand? FindCommand(string id) => Use(connection =>
        connection.QueryFirstOrDefault<CommandRow>(CommandRow.Find, new { id })?.Command(this));

    public async Task WaitForOthersAsync(TimeSpan atMost, CancellationToken cancellation)
    {
        try
        {
            if (listener is null)
            {
                listener = await database.Source.OpenConnectionAsync(cancellation);
                await listener.ExecuteAsync($"LISTEN {Channel}");
                return;     // What was appended before it listened is looked for at once.
            }
            await listener.WaitAsync(atMost, cancellation);
        }
        catch (Exception exception) when (exception is NpgsqlException or InvalidOperationException or IOException)
        {
            if (listener is { } lost) await lost.DisposeAsync();
            listener = null;
            throw new StorageUnavailableException($"The connection to {Name} that listens for changes is lost: {PostgresDatabase.Reason(exception)}.", exception);
        }
    }

    public bool Put(ContentHash hash, ReadOnlyMemory<byte> bytes) => Use(connection =>
    {
        using var transaction = connection.BeginTransaction();
        connection.Execute(BeginWriting, transaction: transaction);
        if (connection.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM erased WHERE hash = @hash)", new { hash = hash.Value }, transaction)) return false;
        connection.Execute("INSERT INTO objects (hash, bytes) VALUES (@hash, @bytes) ON CONFLICT DO NOTHING", new { hash = hash.Value, bytes = bytes.ToArray() }, transaction);
        transaction.Commit();
        return true;
    });

    public byte[]? Get(ContentHash hash) =>
        Use(connection => connection.ExecuteScalar<byte[]?>("SELECT bytes FROM objects WHERE hash = @hash", new { hash = hash.Value })).Checked(hash);

    public void Erase(IReadOnlyCollection<ErasedObject> objects)
    {
        if (objects.Count == 0) return;
        var (hashes, entries) = (objects.Select(erased => erased.Hash.Value).ToArray(), objects.Select(erased => erased.Entry).ToArray());
        Use(connection =>
        {
            using (var transaction = connection.BeginTransaction())
            {
                connection.Execute(BeginWriting, transaction: transaction);
                connection.Execute("INSERT INTO erased (hash, entry) SELECT * FROM unnest(@hashes, @entries) ON CONFLICT DO NOTHING", new { hashes, entries }, transaction);
                var removed = connection.Execute("DELETE FROM objects WHERE hash = ANY (@hashes)", new { hashes }, transaction);
                transaction.Commit();
                keepsRemovedRows |= removed > 0;
            }
            // A removed row stays in the table's file until the file is written anew.
            if (keepsRemovedRows) connection.Execute("VACUUM (FULL) objects");
            return keepsRemovedRows = false;
        });
    }

    public void Dispose()
    {
        listener?.Dispose();
        database.Dispose();
    }

    private T Use<T>(Func<NpgsqlConnection, T> ask) => database.Use((connection, _) => ask(connection));

    private static object Columns(JournalRow[] rows) => new
    {
        sequences = Array.ConvertAll(rows, row => row.Sequence),
        times = Array.ConvertAll(rows, row => row.Time),
        actors = Array.ConvertAll(rows, row => row.Actor),
        commands = Array.ConvertAll(rows, row => row.Command),
        events = Array.ConvertAll(rows, row => row.Event),
        previous = Array.ConvertAll(rows, row => row.Previous),
        hashes = Array.ConvertAll(rows, row => row.Hash),
    };
}
