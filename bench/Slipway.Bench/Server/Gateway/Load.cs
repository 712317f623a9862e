using System.Collections.Immutable;
using System.Diagnostics;

namespace Slipway.Bench.Server.Gateway;

/// <summary>Somebody who answers.</summary>
internal sealed record Contestant(GatewayProcess Process, string Path, string Key, bool NamesUsers = false)
{
    public async Task<ImmutableArray<RawConnection>> ConnectAsync(int connections, bool stream)
    {
        var all = Enumerable.Range(0, connections).Select(number => new RawConnection(new Uri(Process.Address, Path), Key, GatewaySetup.Body(stream, NamesUsers ? $"reader-{number}" : null))).ToImmutableArray();
        foreach (var connection in all) await connection.ConnectAsync();
        return all;
    }
}

/// <summary>What a load came to.</summary>
/// <param name="Rate">Answers, or pieces of answers, a second.</param>
/// <param name="Cpu">Seconds of processor time for each.</param>
/// <param name="Latencies">Seconds to the answer, or to its first piece; rising.</param>
internal sealed record Load(double Rate, double Cpu, ImmutableArray<double> Latencies)
{
    public double Quantile(double share) => Latencies[(int)(share * (Latencies.Length - 1))];

    /// <summary>Each connection asks as soon as it is answered.</summary>
    public static Task<Load> SaturateAsync(Contestant contestant, int connections, TimeSpan time) => RunAsync(contestant, connections, async (connection, latencies, started) =>
    {
        while (Stopwatch.GetElapsedTime(started) < time)
        {
            var asked = Stopwatch.GetTimestamp();
            await connection.AskAsync();
            latencies.Add(Stopwatch.GetElapsedTime(asked).TotalSeconds);
        }
    });

    /// <summary>Requests at even distances, spread over the connections; a late answer makes the next one late too, and both are counted from when they were due.</summary>
    public static Task<Load> PaceAsync(Contestant contestant, int rate, TimeSpan time)
    {
        const int Connections = 50;
        var next = -1;
        return RunAsync(contestant, Connections, async (connection, latencies, started) =>
        {
            while (Interlocked.Increment(ref next) is var place && place < rate * time.TotalSeconds)
            {
                var due = TimeSpan.FromSeconds((double)place / rate);
                // A timer of the system is due at the next millisecond.
                if (due - Stopwatch.GetElapsedTime(started) is { } wait && wait > TimeSpan.Zero) await Task.Delay(wait);
                var asked = Stopwatch.GetTimestamp();
                await connection.AskAsync();
                latencies.Add(Stopwatch.GetElapsedTime(asked).TotalSeconds);
            }
        });
    }

    /// <summary>Streams that are open at the same time, each to its end.</summary>
    public static async Task<Load> StreamAsync(Contestant contestant, int streams)
    {
        var connections = await contestant.ConnectAsync(streams, stream: true);
        var (pieces, started, before) = (0L, Stopwatch.GetTimestamp(), contestant.Process.ProcessorSeconds);
        // Opened over a second, as users come; a thousand at once would measure the opening.
        var firsts = await Task.WhenAll(connections.Select(async (connection, place) =>
        {
            await Task.Delay(TimeSpan.FromSeconds((double)place / streams));
            return await connection.StreamAsync(came => Interlocked.Add(ref pieces, came));
        }));
        var cpu = contestant.Process.ProcessorSeconds - before;
        foreach (var connection in connections) connection.Dispose();
        return new Load(pieces / Stopwatch.GetElapsedTime(started).TotalSeconds, cpu / pieces, [.. firsts.Order()]);
    }

    private static async Task<Load> RunAsync(Contestant contestant, int count, Func<RawConnection, List<double>, long, Task> run)
    {
        var connections = await contestant.ConnectAsync(count, stream: false);
        var (started, before) = (Stopwatch.GetTimestamp(), contestant.Process.ProcessorSeconds);
        var latencies = connections.Select(_ => new List<double>()).ToImmutableArray();
        await Task.WhenAll(connections.Zip(latencies, (connection, list) => run(connection, list, started)));
        var (seconds, cpu) = (Stopwatch.GetElapsedTime(started).TotalSeconds, contestant.Process.ProcessorSeconds - before);
        foreach (var connection in connections) connection.Dispose();
        var sorted = latencies.SelectMany(list => list).Order().ToImmutableArray();
        return new Load(sorted.Length / seconds, cpu / sorted.Length, sorted);
    }
}
