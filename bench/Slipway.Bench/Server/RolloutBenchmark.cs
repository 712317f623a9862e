using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Slipway.Bench.Core;
using Slipway.Client;
using Slipway.Core.Calls;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;
using Slipway.Server;
using Slipway.Server.Calls;
using Slipway.Server.Rollouts;
using Slipway.Server.Storage;

namespace Slipway.Bench.Server;

/// <summary>How soon a bad version is found and gone, and what many releases at once cost the controller.</summary>
internal sealed class RolloutBenchmark : Benchmark
{
    private const double StableBad = 0.05, CandidateBad = 0.20;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3), Tick = TimeSpan.FromMilliseconds(100);

    private static readonly ReleasePlanDocument Plan = new()
    {
        Steps = [PlanStep.FromShare(Samples.Parse<Share>("20%")), Share.All],
        Guardrails = ImmutableSortedDictionary<string, string>.Empty.Add("schema_pass_rate", ">= baseline - 1pp"),
    };

    public override string Name => "rollout";

    public override async Task<Table> MeasureAsync(Effort effort)
    {
        var (releases, watched, calls) = (effort.Scale(1_000, 10), effort.Scale(20, 2), effort.Scale(200, 20));
        var detected = await DetectAsync(effort, watched);
        var (first, quiet, busy, kept) = Passes(effort, releases, calls);
        return new Table("Find a bad version, and watch many releases", [
            new("5 to 20% bad, 10 answers of the candidate a second: first bad answers to stable", Unit.Seconds, detected, new Goal(20)),
            new(string.Create(CultureInfo.InvariantCulture, $"{releases:#,0} active releases: a pass, nothing new"), Unit.Seconds, quiet, new Goal(1)),
            new(string.Create(CultureInfo.InvariantCulture, $"{releases:#,0} active releases: a pass, 10 new answers of each"), Unit.Seconds, busy, new Goal(1)),
            new(string.Create(CultureInfo.InvariantCulture, $"{releases:#,0} active releases: the first pass of a server, {calls} answers of each, nothing kept"), Unit.Seconds, first),
            new("the same where their evidence was kept", Unit.Seconds, kept),
        ],
        string.Create(CultureInfo.InvariantCulture, $"Bad versions: {watched} prompts at once on one server, each with a release at 20%, a margin of 1 pp and about 50 answers a second of which 10 are the candidate's, ") +
        "chosen by the real buckets and reported by the real SDK once a second; a value a release, from the first report to the moment the SDK serves stable to everybody, " +
        "so storing, judging, the durable rollback and the push are in it. Passes: the controller's own, over the call log in SQLite, three guardrails a release.");
    }

    private static async Task<ImmutableArray<double>> DetectAsync(Effort effort, int count)
    {
        var folder = Directory.CreateDirectory(Path.Combine(effort.Folder, "detect")).FullName;
        using (var journal = new SqliteJournal(Path.Combine(folder, "slipway.db"))) Story.WriteCanaries(journal, count, Plan, TimeProvider.System.GetUtcNow());
        await using var slipway = await SlipwayServer.StartAsync(new ServerOptions { DataFolder = folder, Listen = "http://127.0.0.1:0" });
        await using var client = SlipwayClient.Start(new SlipwayClientOptions { Server = slipway.Address, Key = Story.Secret, FirstSnapshotTimeout = TimeSpan.FromSeconds(60) });
        await client.FirstSnapshot;
        var (random, started, unit, candidateBad) = (new Random(4711), Stopwatch.GetTimestamp(), 0, effort.Quick ? 1 : CandidateBad);
        var found = new Dictionary<PromptName, double>();
        using var timer = new PeriodicTimer(Tick);
        while (found.Count < count && Stopwatch.GetElapsedTime(started) < Patience)
        {
            for (var number = 0; number < count; number++)
            {
                var prompt = Story.Prompt(number);
                for (var call = 0; call < 5; call++)
                {
                    if (client.Resolve(prompt.Value, UnitOf(++unit)) is not Decision.Serve served) throw new InvalidOperationException($"{prompt} is not served.");
                    if (served.Release is null) found.TryAdd(prompt, Stopwatch.GetElapsedTime(started).TotalSeconds);
                    else client.Report(Call(served, unit, random.NextDouble() < (served.Arm == Arm.Candidate ? candidateBad : StableBad)));
                }
            }
            await timer.WaitForNextTickAsync();
        }
        return found.Count == count ? [.. found.Values] : throw new InvalidOperationException($"{count - found.Count} bad versions were not found within {Patience.TotalMinutes:0} minutes.");
    }

    private static (ImmutableArray<double> First, ImmutableArray<double> Quiet, ImmutableArray<double> Busy, ImmutableArray<double> Kept) Passes(Effort effort, int releases, int each)
    {
        var folder = Directory.CreateDirectory(Path.Combine(effort.Folder, "passes")).FullName;
        var plan = Plan with { Guardrails = Plan.Guardrails!.Add("error_rate", "<= baseline + 2pp").Add("p95_latency", "<= baseline + 10%") };
        using (var journal = new SqliteJournal(Path.Combine(folder, "slipway.db"))) Story.WriteCanaries(journal, releases, plan, TimeProvider.System.GetUtcNow());
        var slipway = SlipwayServer.StartAsync(new ServerOptions { DataFolder = folder, Listen = "http://127.0.0.1:0" }).GetAwaiter().GetResult();
        try
        {
            var (log, ledger) = (slipway.Parts.GetRequiredService<ICallLog>(), slipway.Parts.GetRequiredService<Ledger>());
            var (random, unit) = (new Random(4711), 0);
            Answer(each);
            List<double> first = [], quiet = [], busy = [], kept = [];
            var rounds = effort.Quick ? 1 : 5;
            for (var round = 0; round < rounds; round++) first.Add(Time(Controller(out _)));
            var controller = Controller(out var evidence);
            controller.Pass();
            for (var round = 0; round < rounds; round++) quiet.Add(Time(controller));
            for (var round = 0; round < rounds; round++)
            {
                Answer(10);
                busy.Add(Time(controller));
            }
            foreach (var release in ledger.Current.Releases.All.Values.Where(release => release.CarriesTraffic)) evidence.Keep(release, decided: true);
            for (var round = 0; round < rounds; round++) kept.Add(Time(Controller(out _)));
            return ([.. first], [.. quiet], [.. busy], [.. kept]);

            RolloutController Controller(out RolloutEvidenceStore store)
            {
                store = new RolloutEvidenceStore(log, new ShadowEvidenceStore(log, TimeProvider.System), TimeProvider.System, NullLogger<RolloutEvidenceStore>.Instance);
                return new RolloutController(ledger, store, slipway.Parts.GetRequiredService<CallRecorder>(), TimeProvider.System, NullLogger<RolloutController>.Instance);
            }

            // Alike in both arms, so that nothing is decided while it is measured.
            void Answer(int count)
            {
                foreach (var release in ledger.Current.Releases.All.Values.Where(release => release.CarriesTraffic))
                {
                    log.Append([.. Enumerable.Range(0, count).Select(number => Call(
                        new Decision.Serve(new ServedVersion(number % 5 == 0 ? release.Candidate : release.Baseline!, ContentHash.Of("p"u8)), number % 5 == 0 ? Arm.Candidate : Arm.Stable, release.Id, release.Epoch, 1, ResolveReason.InCanary),
                        unit++, random.NextDouble() < StableBad))]);
                }
            }
        }
        finally
        {
            slipway.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        static double Time(RolloutController controller)
        {
            var stretch = new Stretch();
            controller.Pass();
            return stretch.Seconds;
        }
    }

    private static string UnitOf(int number) => string.Create(CultureInfo.InvariantCulture, $"u-{number}");

    private static CallRecord Call(Decision.Serve served, int number, bool bad) => new()
    {
        TraceId = string.Create(CultureInfo.InvariantCulture, $"{number:x32}"),
        SpanId = string.Create(CultureInfo.InvariantCulture, $"{number:x16}"),
        StartedAt = TimeProvider.System.GetUtcNow(),
        Environment = EnvironmentName.Production,
        Door = "sdk",
        Prompt = served.Served.Version.Prompt.Value,
        PromptVersion = served.Served.Version.Number.Text,
        PackageHash = served.Served.Package,
        Arm = served.Arm,
        Reason = served.Reason,
        Release = served.Release,
        Epoch = served.Epoch,
        UnitKey = UnitOf(number),
        Provider = "bench",
        Model = "bench",
        Parameters = JsonElement.Parse("{}"),
        SchemaValid = !bad,
        Refused = false,
        FinishReason = "stop",
        LatencyMs = 400 + number % 200,
        Cost = 0.0004m,
    };
}
