using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Slipway.Bench.Core;
using Slipway.Core.Evaluations;
using Slipway.Core.Models;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;
using Slipway.Server;
using Slipway.Server.Evaluations;
using Slipway.Server.Providers;
using Slipway.Server.Storage;

namespace Slipway.Bench.Server;

/// <summary>What a process is to evaluate.</summary>
/// <param name="Cases">How many cases, by two versions.</param>
/// <param name="UpstreamMs">How long the model takes.</param>
/// <param name="Concurrency">How many cases are asked at once.</param>
/// <param name="Cache">The file of the answers; null keeps none.</param>
internal sealed record EvaluationAsked(int Cases, int UpstreamMs, int Concurrency, string? Cache);

/// <summary>What that process saw.</summary>
/// <param name="Seconds">From the plan to the report.</param>
/// <param name="ReportSeconds">From the report's numbers to its canonical JSON.</param>
/// <param name="ProcessorSeconds">Of processor time, the start of the process included.</param>
/// <param name="PeakMemory">Bytes, of the whole process, at its peak.</param>
/// <param name="PeakHeap">Bytes on the managed heap at its peak, garbage included.</param>
/// <param name="Kept">Bytes that the cases keep alive before anything is asked.</param>
/// <param name="Allocated">Bytes allocated while it ran.</param>
/// <param name="Asked">How many answers were asked for.</param>
/// <param name="WholeSeconds">The process from its start to its end; told by who started it.</param>
internal sealed record EvaluationSeen(double Seconds, double ReportSeconds, double ProcessorSeconds, long PeakMemory, long PeakHeap, long Kept, long Allocated, int Asked, double WholeSeconds = 0);

/// <summary>Runs one evaluation in a process of its own, so that its memory and its start can be told.</summary>
internal static class EvaluationProcess
{
    public const string Argument = "--eval";

    /// <summary>The process's own part: prints what it saw.</summary>
    public static async Task<int> RunAsync(string asked)
    {
        var what = JsonSerializer.Deserialize<EvaluationAsked>(asked)!;
        var peak = 0L;
        var before = GC.GetTotalMemory(forceFullCollection: false);
        using var watch = new Timer(_ => peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: false)), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(5));
        using var store = what.Cache is null ? null : new SqliteEvaluationStore(what.Cache);
        var plan = Plan(what);
        var kept = what.Cases > 1_000 ? GC.GetTotalMemory(forceFullCollection: true) - before : 0;
        using var engine = new EvaluationEngine(new ModelProviders([new QuickProvider(TimeSpan.FromMilliseconds(what.UpstreamMs))]), store, ServerOptions.DefaultModelTimeout, Jitter.System, TimeProvider.System);
        var stretch = new Stretch();
        var result = await engine.RunAsync(plan);
        var (seconds, allocated) = (stretch.Seconds, stretch.Bytes);
        var writing = new Stretch();
        GC.KeepAlive(CanonicalJson.Of(result.Report.ToJson()));
        using var self = Process.GetCurrentProcess();
        await Console.Out.WriteLineAsync(JsonSerializer.Serialize(new EvaluationSeen(seconds, writing.Seconds, self.TotalProcessorTime.TotalSeconds, self.PeakWorkingSet64, peak, kept, allocated, result.Progress.Asked)));
        return 0;
    }

    /// <summary>Starts such a process and hears what it saw.</summary>
    public static async Task<EvaluationSeen> StartAsync(EvaluationAsked asked)
    {
        var stretch = new Stretch();
        using var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(EvaluationProcess).Assembly.Location, Argument, JsonSerializer.Serialize(asked)]) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? JsonSerializer.Deserialize<EvaluationSeen>(output)! with { WholeSeconds = stretch.Seconds } : throw new InvalidOperationException("The process that evaluates failed; it says why above.");
    }

    private static EvaluationPlan Plan(EvaluationAsked asked)
    {
        var jsonLines = new StringBuilder();
        for (var number = 0; number < asked.Cases; number++)
        {
            jsonLines.Append(CultureInfo.InvariantCulture, $$"""
                {"id":"case-{{number}}","kind":"normal","variables":{"customer_tier":"plus"},"messages":[{"role":"user","content":"Ticket {{number}}: I was charged twice for my order and cannot get into my account any more, because the mail with the link never comes. Please help me soon."}],"expect":[{"check":"schema"},{"check":"field_equals","field":"route","value":"billing"}],"tags":{"topic":"t{{number % 7}}"},"source":"synthetic"}

                """);
        }
        const string Gates = """{"candidate_prompt": "support_router:v1.6.0", "baseline_prompt": "support_router:v1.5.2", "dataset": "bench_golden:v1", "gates": {"schema_pass_rate": ">= 99.5%", "route_accuracy": ">= baseline - 1pp", "p95_latency": "<= baseline + 10%"}}""";
        return new EvaluationPlan
        {
            Manifest = ((EvaluationManifestResult.Parsed)EvaluationManifest.Parse(Gates)).Manifest,
            Candidate = Version("support_router:v1.6.0", "Answer with JSON alone."),
            Baseline = Version("support_router:v1.5.2", "Answer with JSON."),
            Stored = new StoredCases(Samples.Parse<GoldenSetId>("bench_golden:v1"), Encoding.UTF8.GetBytes(jsonLines.ToString())),
            SetContent = ContentHash.Of("bench"u8),
            Settings = EvaluationSettings.Default with { Concurrency = asked.Concurrency },
        };
    }

    private static EvaluationSide Version(string name, string rule) => new(name, ((PackageBuild.Built)Package.Build(new Submission
    {
        Prompt = Samples.Parse<PromptName>("support_router"),
        Model = "quick/model-2026-01-01",
        Template = $"You route support tickets of {{{{customer_tier}}}} customers. Choose a route: billing, account, other. {rule}",
        Schema = JsonElement.Parse("""{"type":"object","required":["route","urgency"],"additionalProperties":false,"properties":{"route":{"enum":["billing","account","other"]},"urgency":{"enum":["low","high"]},"summary":{"type":"string"}}}"""),
        ChangeReason = "To be measured.",
        Variables = JsonElement.Parse("""{"customer_tier": {"type": "string"}}"""),
        Parameters = JsonElement.Parse("""{"temperature": 0}"""),
    }, Samples.Parse<ModelReference>("quick/model-2026-01-01"))).Package);

    /// <summary>A model that answers as soon as it is told to; one answer in fifty is wrong.</summary>
    private sealed class QuickProvider(TimeSpan delay) : IModelProvider
    {
        private int asked;

        public string Name => "quick";

        public string Description => "quick (in this process)";

        public async Task<ModelAnswer> CompleteAsync(ModelRequest request, CancellationToken cancellation)
        {
            if (delay > TimeSpan.Zero) await Task.Delay(delay, cancellation);
            var route = Interlocked.Increment(ref asked) % 50 == 0 ? "other" : "billing";
            return new ModelAnswer($$"""{"route": "{{route}}", "urgency": "low", "summary": "A customer was charged twice and cannot get into the account."}""", null, "stop", new TokenUsage(120, 30));
        }

        public async IAsyncEnumerable<ModelPiece> StreamAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellation)
        {
            var answer = await CompleteAsync(request, cancellation);
            yield return new ModelPiece(answer.Text, FinishReason: answer.FinishReason, Usage: answer.Usage);
        }
    }
}
