using Dapper;
using Npgsql;

namespace Slipway.Server.Storage;

/// <summary>What each server on a database knows of the instances that ask it for routing: a row a server, replaced whole. It is true for a minute at most, so
/// it is kept without a write-ahead log: after a crash of the database everybody writes it again.</summary>
internal sealed class PostgresInstances : IDisposable
{
    private readonly NpgsqlDataSource source;
    private readonly string name;
    private volatile bool isMade;

    /// <param name="address">A <c>postgres://</c> address or a connection string.</param>
    public PostgresInstances(string address)
    {
        var builder = PostgresAddress.Read(address);
        builder.MaxPoolSize = 2;
        source = NpgsqlDataSource.Create(builder);
        name = $"{builder.Database ?? builder.Username} on {builder.Host}:{builder.Port}";
    }

    /// <summary>Replaces what a server knows, and forgets servers that have not written for a while.</summary>
    /// <exception cref="StorageUnavailableException">The database is away, or does not let itself be written.</exception>
    public void Write(string node, byte[] sightings, TimeSpan forgotten) => Use(connection => connection.Execute("""
        WITH gone AS (DELETE FROM instances WHERE seen < now() - @forgotten AND node <> @node)
        INSERT INTO instances (node, seen, sightings) VALUES (@node, now(), @sightings) ON CONFLICT (node) DO UPDATE SET seen = now(), sightings = @sightings
        """, new { node, sightings, forgotten }));

    /// <summary>What the other servers know that have written within a while.</summary>
    /// <exception cref="StorageUnavailableException">The database is away.</exception>
    public IReadOnlyList<Row> ReadOthers(string node, TimeSpan forgotten) => Use(connection => connection.Query<Row>(
        "SELECT now() - seen AS age, sightings FROM instances WHERE node <> @node AND seen >= now() - @forgotten", new { node, forgotten }).AsList());

    public void Dispose() => source.Dispose();

    private T Use<T>(Func<NpgsqlConnection, T> ask)
    {
        try
        {
            using var connection = source.OpenConnection();
            if (!isMade) Make(connection);
            return ask(connection);
        }
        catch (NpgsqlException exception)
        {
            throw new StorageUnavailableException($"The instances in the database {name} cannot be reached at the moment ({exception.Message.TrimEnd('.')}); try again.", exception);
        }
    }

    // Two servers may start at once, and making a table that is being made fails.
    private void Make(NpgsqlConnection connection)
    {
        using var transaction = connection.BeginTransaction();
        connection.Execute("SELECT pg_advisory_xact_lock('journal'::regclass::oid::bigint)", transaction: transaction);
        connection.Execute("CREATE UNLOGGED TABLE IF NOT EXISTS instances (node text PRIMARY KEY, seen timestamptz NOT NULL, sightings bytea NOT NULL)", transaction: transaction);
        transaction.Commit();
        isMade = true;
    }

    /// <summary>What a server knows.</summary>
    /// <param name="Age">How long ago it wrote it.</param>
    /// <param name="Sightings">As it wrote it.</param>
    internal sealed record Row(TimeSpan Age, byte[] Sightings);
}
