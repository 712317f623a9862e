using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Slipway.Bench.Core;
using Slipway.Client;
using Slipway.Core.Releases;
using Slipway.Core.Wire;
using Slipway.Server;
using Slipway.Server.Snapshots;
using Slipway.Server.Storage;

namespace Slipway.Bench.Server;

internal sealed class PropagationBenchmark : Benchmark
{
    private const int Prompts = 10, Requests = 500;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public override string Name => "propagation";

    public override async Task<Table> MeasureAsync(Effort effort)
    {
        using (var journal = new SqliteJournal(Path.Combine(effort.Folder, "slipway.db"))) Story.Write(journal, effort.Scale(1_000, 200), Prompts);
        await using var slipway = await SlipwayServer.StartAsync(new ServerOptions { DataFolder = effort.Folder, Listen = "http://127.0.0.1:0", NewStreamsPerSecond = 20_000 });
        await using var bare = await BareStreams.StartAsync();
        using var http = BareReader.Client(Story.Secret);
        using var streams = new HttpMessageInvoker(new SocketsHttpHandler());
        using var requests = new HttpMessageInvoker(new SocketsHttpHandler { MaxConnectionsPerServer = Requests });
        var stream = new Uri(slipway.Address, "/api/v1/snapshots/production/stream");
        (string Who, StartFollower Start)[] kinds =
        [
            ("readers", (_, _, applied) => BareReader.StartAsync(http, stream, applied)),
            ("SDK instances", (server, number, applied) => SdkInstance.StartAsync(streams, requests, server, number, applied)),
        ];
        var (lines, left) = (ImmutableArray.CreateBuilder<Measurement>(), "");
        foreach (var (count, p50, p99) in ((int, double?, double)[])[(effort.Scale(1_000, 20), 0.020, 0.050), (effort.Scale(5_000, 40), null, 0.150)])
            foreach (var (who, start) in kinds)
            {
                // Both ends of each connection are in this process.
                var needed = 2 * (count + Requests) + 500;
                var name = string.Create(CultureInfo.InvariantCulture, $"{count:#,0} {who}");
                if (needed <= OpenFiles()) lines.AddRange(await CompareAsync(effort, count, name, p50, p99, slipway, bare, http, start));
                else left += string.Create(CultureInfo.InvariantCulture, $" {name} were left out: they need {needed:#,0} open files, and {OpenFiles():#,0} are allowed (ulimit -n).");
            }
        return new Table("Push a change to everybody who follows the routing", lines.ToImmutable(),
            "From before the command is sent over HTTP, its durable append included, until each reader has the whole record, and each SDK instance begins to acknowledge it; \"published\" is from the moment the command is on record. Server and readers share " +
            "this process and its cores, so the readers' own work is in every line. The floor is an endpoint that writes the same bytes to as many connections, and the same readers, one after the other in this run." +
            left);
    }

    private static async Task<ImmutableArray<Measurement>> CompareAsync(
        Effort effort, int count, string who, double? p50, double p99, SlipwayServer slipway, BareStreams bare, HttpClient http, StartFollower start)
    {
        using var api = new SlipwayApi(slipway.Address, Story.Secret);
        var publisher = slipway.Parts.GetRequiredService<SnapshotPublisher>();
        var publishedAt = 0L;
        publisher.Published += () => publishedAt = Stopwatch.GetTimestamp();
        List<Times> commands = [], published = [], floors = [];
        byte[] record = [];
        // First the one crowd, then the other: both at once would be more open files than most systems allow.
        await using (var followers = await Crowd.GatherAsync(slipway.Address, count, start))
        {
            for (var round = Warmup(effort); round < effort.Rounds; round++)
            {
                var before = publisher.EditionOf(EnvironmentName.Production).Revision;
                var started = Stopwatch.GetTimestamp();
                var arrivals = await followers.AwaitAsync(before, async () =>
                {
                    var policy = new PolicyDocument(Redact: [string.Create(CultureInfo.InvariantCulture, $"turn {before}")]);
                    if (await api.SetPolicyAsync(Story.Prompt(0), policy) is ApiResult<PolicyDocument>.Failed failed) throw new InvalidOperationException(failed.Failure.Message);
                });
                record = publisher.EditionOf(EnvironmentName.Production).After(before)[0].Event.ToArray();
                if (round < 0) continue;
                commands.Add(Times.Since(started, arrivals));
                published.Add(Times.Since(publishedAt, arrivals));
            }
        }
        await using (var floor = await Crowd.GatherAsync(bare.Address, count, (address, _, applied) => BareReader.StartAsync(http, address, applied)))
        {
            for (var round = Warmup(effort); round < effort.Rounds; round++)
            {
                // The same bytes each time: only what is heard from now on counts.
                floor.Forget();
                var started = Stopwatch.GetTimestamp();
                var arrivals = await floor.AwaitAsync(0, () =>
                {
                    bare.Publish(record);
                    return Task.CompletedTask;
                });
                if (round >= 0) floors.Add(Times.Since(started, arrivals));
            }
        }
        return
        [
            new($"{who}: change to applied, p50", Unit.Seconds, [.. commands.Select(times => times.P50)], p50 is { } most ? new Goal(most) : null),
            new($"{who}: change to applied, p99", Unit.Seconds, [.. commands.Select(times => times.P99)], new Goal(p99)),
            new($"{who}: change to applied, last", Unit.Seconds, [.. commands.Select(times => times.Last)]),
            new($"{who}: published to applied, p50", Unit.Seconds, [.. published.Select(times => times.P50)]),
            new($"{who}: published to applied, p99", Unit.Seconds, [.. published.Select(times => times.P99)]),
            new($"{who}: floor, bare event stream, p50", Unit.Seconds, [.. floors.Select(times => times.P50)]),
            new($"{who}: floor, bare event stream, p99", Unit.Seconds, [.. floors.Select(times => times.P99)]),
            new($"{who}: floor, bare event stream, last", Unit.Seconds, [.. floors.Select(times => times.Last)]),
            new($"{who}: last, published / floor", Unit.Ratio, [.. published.Zip(floors, (one, other) => one.Last / other.Last)]),
        ];
    }

    private static int Warmup(Effort effort) => effort.Quick ? 0 : -3;

    // The runtime raises its own limit to the most it may have before anything here runs.
    private static long OpenFiles() => File.Exists("/proc/self/limits")
        && File.ReadLines("/proc/self/limits").FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal)) is { } line
        && long.TryParse(line["Max open files".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], out var most) ? most : long.MaxValue;

    /// <summary>How long it took, in seconds.</summary>
    private sealed record Times(double P50, double P99, double Last)
    {
        public static Times Since(long started, long[] arrivals)
        {
            var sorted = arrivals.Select(arrival => Stopwatch.GetElapsedTime(started, arrival).TotalSeconds).Order().ToArray();
            return new Times(sorted[(int)(0.5 * (sorted.Length - 1))], sorted[(int)Math.Ceiling(0.99 * (sorted.Length - 1))], sorted[^1]);
        }
    }

    /// <summary>Many followers, and when each of them had what was last published.</summary>
    private sealed class Crowd(int count) : IAsyncDisposable
    {
        private readonly ImmutableArray<IAsyncDisposable>.Builder members = ImmutableArray.CreateBuilder<IAsyncDisposable>(count);
        private readonly long[] arrivals = new long[count];
        private readonly long[] had = new long[count];
        private TaskCompletionSource all = new();
        private long after = long.MaxValue;
        private int missing;

        public static async Task<Crowd> GatherAsync(Uri server, int count, StartFollower start)
        {
            var crowd = new Crowd(count);
            // A few at a time: how fast so many come back is another question.
            foreach (var group in Enumerable.Range(0, count).Chunk(100))
                crowd.members.AddRange(await Task.WhenAll(group.Select(number => start(server, number, revision => crowd.Arrived(number, revision)))));
            return crowd;
        }

        /// <summary>When each had it, after something was published that is newer than a revision.</summary>
        public async Task<long[]> AwaitAsync(long newerThan, Func<Task> publish)
        {
            all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref missing, count);
            Volatile.Write(ref after, newerThan);
            await publish();
            try
            {
                await all.Task.WaitAsync(Patience);
            }
            catch (TimeoutException)
            {
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{Volatile.Read(ref missing)} of {count} were not reached within {Patience.TotalSeconds:0} s."));
            }
            return [.. arrivals];
        }

        public void Forget() => Array.Clear(had);

        public async ValueTask DisposeAsync()
        {
            foreach (var member in members) await member.DisposeAsync();
        }

        private void Arrived(int number, long revision)
        {
            // What it had before, said late or said again, is no arrival.
            if (revision <= Math.Max(had[number], Volatile.Read(ref after))) return;
            (arrivals[number], had[number]) = (Stopwatch.GetTimestamp(), revision);
            if (Interlocked.Decrement(ref missing) == 0) all.TrySetResult();
        }
    }
}
