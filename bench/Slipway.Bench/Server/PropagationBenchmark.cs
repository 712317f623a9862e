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
    private const int Prompts = 10, WarmUps = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public override string Name => "propagation";

    public override async Task<Table> MeasureAsync(Effort effort)
    {
        using (var journal = new SqliteJournal(Path.Combine(effort.Folder, "slipway.db"))) Story.Write(journal, effort.Scale(1_000, 200), Prompts);
        await using var slipway = await SlipwayServer.StartAsync(new ServerOptions { DataFolder = effort.Folder, Listen = "http://127.0.0.1:0", NewStreamsPerSecond = 20_000 });
        await using var bare = await BareStreams.StartAsync();
        using var http = BareReader.Client(Story.Secret);
        var (lines, left) = (ImmutableArray.CreateBuilder<Measurement>(), new List<int>());
        var stream = new Uri(slipway.Address, "/api/v1/snapshots/production/stream");
        foreach (var (count, who, answers, sockets, p50, p99, start) in ((int, string, bool, int, double?, double, StartFollower)[])
        [
            (effort.Scale(1_000, 20), "SDKs", true, 4, 0.020, 0.050, static (server, number, applied) => SdkFollower.StartAsync(server, Story.Secret, number, applied, acknowledges: true)),
            (effort.Scale(1_000, 20), "SDKs that acknowledge nothing", false, 2, null, 0.050, static (server, number, applied) => SdkFollower.StartAsync(server, Story.Secret, number, applied, acknowledges: false)),
            (effort.Scale(1_000, 20), "readers", false, 2, null, 0.050, (_, _, applied) => BareReader.StartAsync(http, stream, applied)),
            (effort.Scale(5_000, 40), "readers", false, 2, null, 0.150, (_, _, applied) => BareReader.StartAsync(http, stream, applied)),
        ])
        {
            // Both ends of each connection are in this process.
            if (sockets * count + 500 > OpenFiles()) left.Add(count);
            else lines.AddRange(await MeasureAsync(effort, string.Create(CultureInfo.InvariantCulture, $"{count:#,0} {who}"), count, answers, p50, p99, slipway, start, bare, http));
        }
        return new Table("Push a change to everybody who follows the routing", lines.ToImmutable(),
            "From before the command is sent over HTTP, its durable append included, until each reader has the whole record; \"published\" is from the moment the command is on record. Server and readers share " +
            "this process and its cores, so the readers' own work is in every line. SDKs apply the record and acknowledge it, which each round waits for; readers only read it. The floor is an endpoint that writes the same bytes to as many readers, right afterwards." +
            string.Concat(left.Select(count => string.Create(CultureInfo.InvariantCulture, $" {count:#,0} were left out: they need more open files than the {OpenFiles():#,0} that are allowed (ulimit -n)."))));
    }

    private static async Task<ImmutableArray<Measurement>> MeasureAsync(
        Effort effort, string who, int count, bool answers, double? p50, double p99, SlipwayServer slipway, StartFollower start, BareStreams bare, HttpClient http)
    {
        using var api = new SlipwayApi(slipway.Address, Story.Secret);
        var (publisher, publishedAt, record) = (slipway.Parts.GetRequiredService<SnapshotPublisher>(), 0L, Array.Empty<byte>());
        publisher.Published += () => publishedAt = Stopwatch.GetTimestamp();
        List<Times> commands = [], published = [], floors = [];
        await using (var followers = await Crowd.GatherAsync(slipway.Address, count, start))
        {
            for (var round = effort.Quick ? 0 : -WarmUps; round < effort.Rounds; round++)
            {
                var started = Stopwatch.GetTimestamp();
                var arrivals = await followers.AwaitAsync(async () =>
                {
                    var policy = new PolicyDocument(SeveralKindsOfChange: (round & 1) == 0, Redact: [$"{who} {round}"]);
                    if (await api.SetPolicyAsync(Story.Prompt(0), policy) is ApiResult<PolicyDocument>.Failed failed) throw new InvalidOperationException(failed.Failure.Message);
                    var edition = publisher.EditionOf(EnvironmentName.Production);
                    record = edition.Find(edition.Revision)!.Event.ToArray();
                });
                // Nobody rolls back while a thousand instances still answer what came a moment before.
                if (answers) _ = await api.InstancesAsync(EnvironmentName.Production, Story.Prompt(0), Duration.Seconds(30));
                if (round < 0) continue;
                commands.Add(Times.Since(started, arrivals));
                published.Add(Times.Since(publishedAt, arrivals));
            }
        }
        await using (var readers = await Crowd.GatherAsync(bare.Address, count, (address, _, applied) => BareReader.StartAsync(http, address, applied)))
        {
            for (var round = effort.Quick ? 0 : -WarmUps; round < effort.Rounds; round++)
            {
                var started = Stopwatch.GetTimestamp();
                var arrivals = await readers.AwaitAsync(() =>
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
        private TaskCompletionSource all = new();
        private int missing;

        public static async Task<Crowd> GatherAsync(Uri server, int count, StartFollower start)
        {
            var crowd = new Crowd(count);
            // A few at a time: how fast so many come back is another question.
            foreach (var group in Enumerable.Range(0, count).Chunk(100))
                crowd.members.AddRange(await Task.WhenAll(group.Select(number => start(server, number, _ => crowd.Arrived(number)))));
            return crowd;
        }

        /// <summary>When each had it, after something was published that all of them get once.</summary>
        public async Task<long[]> AwaitAsync(Func<Task> publish)
        {
            all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref missing, count);
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

        public async ValueTask DisposeAsync() => await Task.WhenAll(members.Select(member => member.DisposeAsync().AsTask()));

        private void Arrived(int number)
        {
            arrivals[number] = Stopwatch.GetTimestamp();
            if (Interlocked.Decrement(ref missing) == 0) all.TrySetResult();
        }
    }
}
