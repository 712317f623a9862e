using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Server.Storage;

namespace Slipway.Server.Snapshots;

/// <summary>Tells the other servers on the same database which instances this one knows of, at most once a second, and learns theirs.</summary>
internal sealed partial class InstanceExchange(PostgresInstances table, InstanceBook book, TimeProvider clock, ILogger<InstanceExchange> log) : BackgroundService
{
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(1), AtLatest = TimeSpan.FromSeconds(5), Fresh = TimeSpan.FromMilliseconds(250);
    private readonly string node = Guid.CreateVersion7().ToString();
    private readonly Lock gate = new();
    private ImmutableArray<Sighting> others = [];
    private long readAt;
    private bool isAway;

    /// <summary>What the other servers know, as old as a second and a bit.</summary>
    /// <exception cref="StorageUnavailableException">The database is away: what this server knows is not all.</exception>
    public ImmutableArray<Sighting> Others()
    {
        lock (gate)
        {
            if (readAt != 0 && clock.GetElapsedTime(readAt) < Fresh) return others;
            others = [.. table.ReadOthers(node, InstanceBook.Forgotten).SelectMany(row => Read(row, clock.GetUtcNow()))];
            readAt = clock.GetTimestamp();
            return others;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var turns = new PeriodicTimer(Turn, clock);
        var (told, toldAt) = (-1L, clock.GetTimestamp());
        try
        {
            while (await turns.WaitForNextTickAsync(stoppingToken))
            {
                var changes = book.Changes;
                if (changes == told && clock.GetElapsedTime(toldAt) < AtLatest) continue;
                if (Tell()) (told, toldAt) = (changes, clock.GetTimestamp());
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops; its streams have ended, and what it last told is forgotten by itself.
            Tell();
        }
    }

    private bool Tell()
    {
        try
        {
            table.Write(node, JsonSerializer.SerializeToUtf8Bytes(book.All(), SightingJson.Default.ImmutableArraySighting), InstanceBook.Forgotten);
            if (isAway) LogBack();
            isAway = false;
            return true;
        }
        catch (StorageException exception)
        {
            if (!isAway) LogAway(exception.Message);
            isAway = true;
            return false;
        }
    }

    // A server that has not written for longer than a lease is gone, and its streams with it: what it knew was so when it last wrote.
    private static IEnumerable<Sighting> Read(PostgresInstances.Row row, DateTimeOffset now)
    {
        var known = JsonSerializer.Deserialize(row.Sightings, SightingJson.Default.ImmutableArraySighting);
        return row.Age < InstanceList.Lease ? known
            : known.Select(one => one.Connected ? one with { Connected = false, LastSeen = now - row.Age } : one).Where(one => now - one.LastSeen <= InstanceBook.Forgotten);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Reason} Until it is back, other servers do not know of this one's instances")]
    private partial void LogAway(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Other servers are told of this one's instances again")]
    private partial void LogBack();
}

/// <summary>How servers of one build tell each other of instances.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ImmutableArray<Sighting>))]
internal sealed partial class SightingJson : JsonSerializerContext;
