using System.Collections.Immutable;

namespace Slipway.Bench.Server.Gateway;

/// <summary>The gateway with all its work, against a bare .NET forwarder: the two take turns on one core, clients and upstream share another.</summary>
internal sealed class GatewayBenchmark : Benchmark
{
    private const int ServedCore = 0, OtherCore = 1;

    // On one saturated core the runtime needs about half a minute to compile twice what is called often; each contestant has as long.
    private const int WarmUps = 25;

    public override string Name => "gateway";

    public override async Task<Table> MeasureAsync(Effort effort)
    {
        var pieces = effort.Scale(100, 5);
        await using var upstream = await GatewayProcess.StartAsync(OtherCore, inline: false, "upstream", pieces.ToString(System.Globalization.CultureInfo.InvariantCulture));
        var key = await GatewaySetup.PrepareAsync(upstream.Address, effort.Folder);
        await using var forwarder = await GatewayProcess.StartAsync(ServedCore, inline: false, "forwarder", upstream.Address.ToString());
        await using var gateway = await GatewayProcess.StartAsync(ServedCore, inline: false, "gateway", upstream.Address.ToString(), effort.Folder);
        GatewayProcess.PinSelf(OtherCore);
        var (bare, full) = (new Contestant(forwarder, "/", key), new Contestant(gateway, "/v1/chat/completions", key));
        var lines = new List<Measurement>();
        await using (var unstored = await GatewayProcess.StartAsync(ServedCore, inline: false, "gateway-unstored", upstream.Address.ToString(), effort.Folder))
            lines.AddRange(await SaturatedAsync(effort, bare, full, new Contestant(unstored, "/v1/chat/completions", key)));
        lines.AddRange([.. await PacedAsync(effort, upstream, key, bare, full, 200), .. await PacedAsync(effort, upstream, key, bare, full, 1_000), .. await StreamedAsync(effort, bare, full, 1_000, pieces), .. await StreamedAsync(effort, bare, full, 200, pieces)]);
        return new Table("The gateway against a bare forwarder (Kestrel in, HttpClient out, bodies passed through)", [.. lines],
            $"{(GatewayProcess.CanPin ? "Forwarder and gateway take turns on core 0; upstream and clients share core 1" : "Not pinned to cores: taskset or a second core is missing")}. A request is 0.5 KB, the prompt that the gateway " +
            "renders from it 1.2 KB, the answer 0.4 KB. The gateway checks the key, resolves, renders four variables, asks, checks the answer against its schema and writes a record of the call, whose way into the call log " +
            "(SQLite, by another thread of the same process) is in its processor time too. \"Calls not stored\" is the same gateway, which makes and queues the same records, before a call log that keeps nothing.");
    }

    private static async Task<ImmutableArray<Measurement>> SaturatedAsync(Effort effort, Contestant bare, Contestant full, Contestant unstored)
    {
        const int Connections = 16;
        var time = TimeSpan.FromSeconds(effort.Quick ? 0.1 : 1.5);
        List<Load> bares = [], fulls = [], unstoreds = [];
        for (var round = effort.Quick ? 0 : -WarmUps; round < effort.Rounds; round++)
            foreach (var (contestant, loads) in ((Contestant, List<Load>)[])[(bare, bares), (full, fulls), (unstored, unstoreds)])
            {
                var load = await Load.SaturateAsync(contestant, Connections, time);
                if (round >= 0) loads.Add(load);
            }
        return
        [
            new("saturated: gateway", Unit.PerSecond, [.. fulls.Select(load => load.Rate)]),
            new("saturated: forwarder", Unit.PerSecond, [.. bares.Select(load => load.Rate)]),
            new("saturated: gateway, CPU per request", Unit.Seconds, [.. fulls.Select(load => load.Cpu)]),
            new("saturated: gateway, calls not stored, CPU per request", Unit.Seconds, [.. unstoreds.Select(load => load.Cpu)]),
            new("saturated: forwarder, CPU per request", Unit.Seconds, [.. bares.Select(load => load.Cpu)]),
            new("saturated: CPU, gateway / forwarder", Unit.Ratio, [.. fulls.Zip(bares, (one, other) => one.Cpu / other.Cpu)], new Goal(1.3)),
            new("saturated: CPU, gateway, calls not stored / forwarder", Unit.Ratio, [.. unstoreds.Zip(bares, (one, other) => one.Cpu / other.Cpu)]),
        ];
    }

    private static async Task<ImmutableArray<Measurement>> PacedAsync(Effort effort, GatewayProcess upstream, string key, Contestant bare, Contestant full, int rate)
    {
        var time = TimeSpan.FromSeconds(effort.Quick ? 0.1 : 2);
        var direct = new Contestant(upstream, "/v1/chat/completions", key);
        List<Load> directs = [], bares = [], fulls = [];
        for (var round = 0; round < Math.Min(effort.Rounds, 5); round++)
        {
            directs.Add(await Load.PaceAsync(direct, rate, time));
            bares.Add(await Load.PaceAsync(bare, rate, time));
            fulls.Add(await Load.PaceAsync(full, rate, time));
        }
        IEnumerable<Measurement> Added(double quantile, string name) =>
        [
            new($"{rate}/s: added {name}, gateway", Unit.Seconds, [.. fulls.Zip(directs, (one, other) => one.Quantile(quantile) - other.Quantile(quantile))]),
            new($"{rate}/s: added {name}, forwarder", Unit.Seconds, [.. bares.Zip(directs, (one, other) => one.Quantile(quantile) - other.Quantile(quantile))]),
        ];
        return [.. Added(0.5, "p50"), .. Added(0.99, "p99"), new($"{rate}/s: CPU, gateway / forwarder", Unit.Ratio, [.. fulls.Zip(bares, (one, other) => one.Cpu / other.Cpu)])];
    }

    private static async Task<ImmutableArray<Measurement>> StreamedAsync(Effort effort, Contestant bare, Contestant full, int count, int pieces)
    {
        var streams = effort.Scale(count, 5);
        List<Load> bares = [], fulls = [];
        for (var round = effort.Quick ? 0 : -1; round < Math.Min(effort.Rounds, 3); round++)
        {
            var (one, other) = (await Load.StreamAsync(bare, streams), await Load.StreamAsync(full, streams));
            if (round < 0) continue;
            bares.Add(one);
            fulls.Add(other);
        }
        var at = $"{streams:#,0} streams of {pieces} events, {CannedUpstream.PiecesPerSecond}/s";
        return
        [
            new($"{at}: gateway, CPU per event", Unit.Seconds, [.. fulls.Select(load => load.Cpu)]),
            new($"{at}: forwarder, CPU per event", Unit.Seconds, [.. bares.Select(load => load.Cpu)]),
            new($"{at}: CPU, gateway / forwarder", Unit.Ratio, [.. fulls.Zip(bares, (one, other) => one.Cpu / other.Cpu)], new Goal(1.1)),
            new($"{at}: first event p99, gateway - forwarder", Unit.Seconds, [.. fulls.Zip(bares, (one, other) => one.Quantile(0.99) - other.Quantile(0.99))], new Goal(0.001)),
        ];
    }
}
