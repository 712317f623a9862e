using System.Diagnostics;
using System.Reflection;
using Slipway.Bench.Core;
using Slipway.Bench.Server;
using Slipway.Bench.Server.Gateway;
using Slipway.Core.Journal;

namespace Slipway.Bench;

/// <summary>Runs the benchmarks that are asked for and prints a table for each.</summary>
internal static class CommandLine
{
    private static readonly Benchmark[] All =
    [
        new ResolveBenchmark(), new RenderBenchmark(), new CanonicalBenchmark(), new ValidateBenchmark(), new FoldBenchmark(), new AppendBenchmark(), new LiveBenchmark(),
        new PropagationBenchmark(), new RolloutBenchmark(), new GatewayBenchmark(), new ShadowBenchmark(), new CallLogBenchmark(), new CallQueryBenchmark(), new EvaluationBenchmark(),
    ];

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is [FoldProcess.Argument, var file]) return FoldProcess.Run(file);
        if (arguments is [EvaluationProcess.Argument, var evaluation]) return await EvaluationProcess.RunAsync(evaluation);
        if (arguments is [GatewayProcess.Argument, .. var role]) return await GatewayProcess.RunAsync(role);
        if (Options.Parse(arguments, [.. All.Select(benchmark => benchmark.Name)], out var problem) is not { } options)
        {
            await Console.Error.WriteLineAsync(problem);
            return 2;
        }
        if (!options.Quick && IsDebug)
        {
            await Console.Error.WriteLineAsync("Numbers come from a Release build: run bench/run.sh, or take --quick to see only that everything works.");
            return 2;
        }
        Directory.CreateDirectory(options.Folder);
        var report = new StringWriter();
        await WriteAsync(report, Machine.Describe(options.Quick));
        foreach (var benchmark in All.Where(benchmark => options.Names.IsEmpty || options.Names.Contains(benchmark.Name)))
        {
            var folder = Directory.CreateDirectory(Path.Combine(options.Folder, Path.GetRandomFileName())).FullName;
            try
            {
                await WriteAsync(report, (await benchmark.MeasureAsync(new Effort(options.Quick, folder))).ToMarkdown(judged: !options.Quick));
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        if (options.Results is { } results) await File.WriteAllTextAsync(results, $"# Results\n\nWritten by `bench/run.sh --write`; [README.md](README.md) says how to read them.\n\n{report}");
        return 0;
    }

    private static bool IsDebug => typeof(Registry).Assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true };

    private static async Task WriteAsync(StringWriter report, string text)
    {
        await Console.Out.WriteLineAsync(text);
        await report.WriteAsync(text);
        await report.WriteLineAsync();
    }
}
