using Npgsql;

namespace Slipway.Server.Storage;

/// <summary>A PostgreSQL database: its connections, and what is told of it when it is away.</summary>
internal sealed class PostgresDatabase : IDisposable
{
    /// <summary>Knows where it is, and connects once.</summary>
    /// <param name="address">A <c>postgres://</c> address or a connection string.</param>
    /// <param name="prepare">Makes what is missing; gets the database's name.</param>
    /// <exception cref="StorageException">The address is not understood, or the database cannot be used.</exception>
    public PostgresDatabase(string address, Action<NpgsqlConnection, string> prepare)
    {
        var builder = PostgresAddress.Read(address);
        Source = NpgsqlDataSource.Create(builder);
        Name = $"{builder.Database ?? builder.Username} on {builder.Host}:{builder.Port}";
        try
        {
            using var connection = Source.OpenConnection();
            prepare(connection, Name);
        }
        catch (Exception exception)
        {
            Source.Dispose();
            if (exception is not (NpgsqlException or ArgumentException)) throw;
            throw new StorageException($"The database {Name} cannot be used: {Reason(exception)}.", exception);
        }
    }

    /// <summary>Database and server, without a password.</summary>
    public string Name { get; }

    public NpgsqlDataSource Source { get; }

    public void Dispose() => Source.Dispose();

    /// <summary>Asks on a connection of the pool. The pool does not know that the server went away and came back: what breaks on a connection of before is tried once more on a new one.</summary>
    /// <param name="ask">Told whether it was tried before, and may have been done.</param>
    /// <exception cref="StorageUnavailableException">The database is away.</exception>
    public T Use<T>(Func<NpgsqlConnection, bool, T> ask)
    {
        for (var retried = false; ; retried = true)
        {
            NpgsqlConnection? connection = null;
            try
            {
                connection = Source.OpenConnection();
                return ask(connection, retried);
            }
            catch (NpgsqlException exception) when (IsAway(exception))
            {
                if (connection is null || retried || exception.InnerException is TimeoutException)
                    throw new StorageUnavailableException($"The database {Name} is away at the moment ({Reason(exception)}); try again.", exception);
                Source.Clear();
            }
            finally
            {
                connection?.Dispose();
            }
        }
    }

    /// <summary>Why something failed, as part of a sentence.</summary>
    public static string Reason(Exception exception) => exception switch
    {
        PostgresException postgres => postgres.MessageText.TrimEnd('.'),
        { InnerException: System.Net.Sockets.SocketException socket } => socket.Message.TrimEnd('.'),
        { InnerException: TimeoutException } => "it did not answer in time",
        { InnerException: IOException } => "the connection broke",
        _ => exception.Message.TrimEnd('.'),
    };

    // Connections that fail or are ended (08, 57P), too many of them (53), locks that are not given in time (55P), a transaction ended for being idle (25P), a standby (25006).
    private static bool IsAway(NpgsqlException exception) => exception is not PostgresException { SqlState: var state }
        || state.StartsWith("08", StringComparison.Ordinal) || state.StartsWith("57P", StringComparison.Ordinal) || state.StartsWith("53", StringComparison.Ordinal)
        || state.StartsWith("55P", StringComparison.Ordinal) || state.StartsWith("25P", StringComparison.Ordinal) || state == "25006";
}
