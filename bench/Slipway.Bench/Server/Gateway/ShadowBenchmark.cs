using Slipway.Core.Releases;
using Slipway.Core.Resolution;

namespace Slipway.Bench.Server.Gateway;

/// <summary>What users notice of a shadow: the gateway with and without one take turns on one core, and once more with a candidate that hangs.</summary>
internal sealed class ShadowBenchmark : Benchmark
{
    private const int ServedCore = 0, OtherCore = 1, WarmUps = 15, Connections = 16, PerSecond = 200;

    public override string Name => "shadow";

    public override async Task<Table> MeasureAsync(Effort effort)
    {
        await using var upstream = await GatewayProcess.StartAsync(OtherCore, inline: false, "upstream", "5");
        await using var stuck = await GatewayProcess.StartAsync(OtherCore, inline: false, "stuck");
        var shadow = new ShadowPlan(Share.All, new ShadowBudget(Calls: 1_000_000_000));
        async Task<Contestant> StartAsync(string name, ShadowPlan? plan, Uri candidate)
        {
            var folder = Path.Combine(effort.Folder, name);
            var key = await GatewaySetup.PrepareAsync(upstream.Address, folder, plan);
            return new Contestant(await GatewayProcess.StartAsync(ServedCore, inline: false, "gateway-shadowed", upstream.Address.ToString(), candidate.ToString(), folder), "/v1/chat/completions", key, NamesUsers: true);
        }
        var (plain, shadowed, full) = (await StartAsync("plain", null, upstream.Address), await StartAsync("shadowed", shadow, upstream.Address), await StartAsync("full", shadow, stuck.Address));
        await using var processes = new Processes(plain.Process, shadowed.Process, full.Process);
        GatewayProcess.PinSelf(OtherCore);

        Contestant[] all = [plain, shadowed, full];
        var (saturated, paced) = (all.Select(_ => new List<Load>()).ToArray(), all.Select(_ => new List<Load>()).ToArray());
        for (var round = effort.Quick ? 0 : -WarmUps; round < effort.Rounds; round++)
        {
            for (var at = 0; at < all.Length; at++)
            {
                var load = await Load.SaturateAsync(all[at], Connections, TimeSpan.FromSeconds(effort.Quick ? 0.1 : 1));
                if (round >= 0) saturated[at].Add(load);
            }
            if (round < 0) continue;
            for (var at = 0; at < all.Length; at++) paced[at].Add(await Load.PaceAsync(all[at], PerSecond, TimeSpan.FromSeconds(effort.Quick ? 0.1 : 2)));
        }
        IEnumerable<Measurement> Paced(int at, string name) =>
        [
            new($"{PerSecond}/s: p50, {name} / without", Unit.Ratio, [.. paced[at].Zip(paced[0], (one, other) => one.Quantile(0.5) / other.Quantile(0.5))], new Goal(1.05)),
            new($"{PerSecond}/s: p99, {name} / without", Unit.Ratio, [.. paced[at].Zip(paced[0], (one, other) => one.Quantile(0.99) / other.Quantile(0.99))]),
            new($"{PerSecond}/s: CPU a request, {name} / without", Unit.Ratio, [.. paced[at].Zip(paced[0], (one, other) => one.Cpu / other.Cpu)]),
        ];
        return new Table("A shadow beside the gateway without one",
        [
            new($"{PerSecond}/s: p50 without a shadow", Unit.Seconds, [.. paced[0].Select(load => load.Quantile(0.5))]),
            new($"{PerSecond}/s: p99 without a shadow", Unit.Seconds, [.. paced[0].Select(load => load.Quantile(0.99))]),
            .. Paced(1, "every request shadowed"),
            .. Paced(2, "queue full"),
            new("saturated: CPU a request without a shadow", Unit.Seconds, [.. saturated[0].Select(load => load.Cpu)]),
            new("saturated: CPU a request, queue full / without", Unit.Ratio, [.. saturated[2].Zip(saturated[0], (one, other) => one.Cpu / other.Cpu)], new Goal(1.05)),
            new("saturated: requests a second, every request shadowed / without", Unit.Ratio, [.. saturated[1].Zip(saturated[0], (one, other) => one.Rate / other.Rate)]),
        ],
            $"{(GatewayProcess.CanPin ? "The gateways take turns on core 0; upstream and clients share core 1" : "Not pinned to cores: taskset or a second core is missing")}. The share is 100 %, twenty times a usual one, so every request is asked of two versions: " +
            "its CPU is that of both, after the first is answered. \"Queue full\" is a candidate that never answers: eight requests hang, 256 wait, and every further one is dropped and counted.");
    }

    private sealed class Processes(params GatewayProcess[] all) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            foreach (var process in all) await process.DisposeAsync();
        }
    }
}
