using System.Collections.Immutable;
using System.Diagnostics;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Slipway.Bench.Core;
using Slipway.Server;
using Slipway.Server.Storage;

namespace Slipway.Bench.Server;

internal sealed class LiveBenchmark : Benchmark
{
    private const int Prompts = 10;

    public override string Name => "live";

    public override async Task<Table> MeasureAsync(Effort effort)
    {
        using (var journal = new SqliteJournal(Path.Combine(effort.Folder, "slipway.db"))) Story.Write(journal, effort.Scale(1_000, 200), Prompts);
        await using var slipway = await SlipwayServer.StartAsync(new ServerOptions { DataFolder = effort.Folder, Listen = "http://127.0.0.1:0" });
        await using var empty = await StartEmptyAsync();
        var lines = ImmutableArray.CreateBuilder<Measurement>();
        foreach (var connections in (int[])[1, 16])
        {
            using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = connections });
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Story.Secret);
            lines.AddRange(await CompareAsync(effort, client, connections, new Uri(slipway.Address, "/api/v1/live"), new Uri(empty.Urls.First())));
        }
        return new Table($"Read what is live of {Prompts} prompts over HTTP, against an empty endpoint", lines.ToImmutable(),
            "Both servers and the client share this process and its cores; the two servers take turns. The client's own work is in both, so the ratio flatters: take the difference of the " +
            "latencies for what Slipway adds. A read checks the key, finds what is live, and writes 3 KB of JSON; the empty endpoint writes nothing. Allocations are the client's as well.");
    }

    private static async Task<ImmutableArray<Measurement>> CompareAsync(Effort effort, HttpClient client, int connections, Uri live, Uri empty)
    {
        List<Load> lives = [], empties = [];
        var requests = effort.Scale(5_000, 20) * (connections > 1 ? 2 : 1);
        for (var round = effort.Quick ? 0 : -4; round < effort.Rounds; round++)
        {
            var (nothing, something) = (await Load.RunAsync(client, empty, connections, requests), await Load.RunAsync(client, live, connections, requests));
            if (round < 0) continue;        // warm-up
            empties.Add(nothing);
            lives.Add(something);
        }
        var at = connections == 1 ? "1 connection" : $"{connections} connections";
        return
        [
            new($"{at}: live", Unit.PerSecond, [.. lives.Select(load => load.Rate)], Allocated: lives[^1].Allocated),
            new($"{at}: empty", Unit.PerSecond, [.. empties.Select(load => load.Rate)], Allocated: empties[^1].Allocated),
            new($"{at}: live / empty", Unit.Ratio, [.. lives.Zip(empties, (something, nothing) => something.Rate / nothing.Rate)]),
            new($"{at}: live, p50", Unit.Seconds, [.. lives.Select(load => load.Quantile(0.5))]),
            new($"{at}: empty, p50", Unit.Seconds, [.. empties.Select(load => load.Quantile(0.5))]),
            new($"{at}: live, p99", Unit.Seconds, [.. lives.Select(load => load.Quantile(0.99))]),
            new($"{at}: empty, p99", Unit.Seconds, [.. empties.Select(load => load.Quantile(0.99))]),
        ];
    }

    private static async Task<WebApplication> StartEmptyAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGet("/", () => TypedResults.Ok());
        await app.StartAsync();
        return app;
    }

    /// <summary>Requests from some connections at once, each as soon as the one before it was answered.</summary>
    private sealed record Load(double Rate, double Allocated, ImmutableArray<double> Latencies)
    {
        public double Quantile(double share) => Latencies[(int)(share * (Latencies.Length - 1))];

        public static async Task<Load> RunAsync(HttpClient client, Uri address, int connections, int requests)
        {
            var stretch = new Stretch();
            var latencies = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(() => AskAsync(client, address, requests / connections))));
            var sorted = latencies.SelectMany(one => one).Order().ToImmutableArray();
            return new Load(sorted.Length / stretch.Seconds, (double)stretch.Bytes / sorted.Length, sorted);
        }

        private static async Task<double[]> AskAsync(HttpClient client, Uri address, int requests)
        {
            var latencies = new double[requests];
            for (var i = 0; i < requests; i++)
            {
                var started = Stopwatch.GetTimestamp();
                using var response = await client.GetAsync(address);
                response.EnsureSuccessStatusCode();
                latencies[i] = Stopwatch.GetElapsedTime(started).TotalSeconds;
            }
            return latencies;
        }
    }
}
