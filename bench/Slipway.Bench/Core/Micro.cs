using System.Collections.Immutable;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;
using Perfolizer.Mathematics.OutlierDetection;

namespace Slipway.Bench.Core;

/// <summary>Operations of nanoseconds, which BenchmarkDotNet measures: it warms up, takes the loop's own cost off, and counts allocations exactly.</summary>
internal static class Micro
{
    private static readonly TimeInterval Round = TimeInterval.FromMilliseconds(150);

    /// <summary>Measures every operation of a class, in the order in which they are named here.</summary>
    /// <param name="effort">How thoroughly.</param>
    /// <param name="operations">The methods of <typeparamref name="T"/> with what their lines say and aim at.</param>
    public static ImmutableArray<Measurement> Measure<T>(Effort effort, params IEnumerable<(string Method, string What, Goal? Goal)> operations)
    {
        // In this process: one built for each benchmark would have to be given our build rules, and measures the same.
        var job = (effort.Quick ? Job.Dry : Job.Default.WithIterationTime(Round).WithWarmupCount(20).WithIterationCount(effort.Rounds).WithOutlierMode(OutlierMode.DontRemove)).WithToolchain(InProcessEmitToolchain.Instance);
        var config = ManualConfig.CreateEmpty().AddJob(job).AddDiagnoser(MemoryDiagnoser.Default).AddLogger(NullLogger.Instance).WithArtifactsPath(effort.Folder)
            .WithOptions(effort.Quick ? ConfigOptions.DisableOptimizationsValidator | ConfigOptions.DisableLogFile : ConfigOptions.DisableLogFile);
        var reports = BenchmarkRunner.Run<T>(config).Reports.ToDictionary(report => report.BenchmarkCase.Descriptor.WorkloadMethod.Name);
        return
        [
            .. operations.Select(operation => reports.TryGetValue(operation.Method, out var report) && report is { Success: true, ResultStatistics: { } statistics }
                ? new Measurement(operation.What, Unit.Seconds, [.. statistics.OriginalValues.Select(nanoseconds => nanoseconds / 1e9)], operation.Goal,
                    report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase))
                : throw new InvalidOperationException($"BenchmarkDotNet could not measure {typeof(T).Name}.{operation.Method}.")),
        ];
    }
}
