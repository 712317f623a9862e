using System.Globalization;
using System.Runtime.InteropServices;

namespace Slipway.Bench;

/// <summary>Where and when the numbers were measured.</summary>
internal static class Machine
{
    public static string Describe(bool quick) => string.Create(CultureInfo.InvariantCulture, $"""
        Machine {Environment.MachineName}: {Processor()}, {Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9:0} GB, {Load()};
        {RuntimeInformation.OSDescription}; {RuntimeInformation.FrameworkDescription}; {TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm} UTC.
        {Caution(quick)}
        """);

    private static string Processor() =>
        (File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo") : []).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) is { } line
            ? line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()
            : RuntimeInformation.ProcessArchitecture.ToString();

    // Whoever reads the numbers should know whether the machine was busy with something else.
    private static string Load() =>
        File.Exists("/proc/loadavg") ? string.Create(CultureInfo.InvariantCulture, $"load {AverageLoad():0.00} before the run") : "load unknown";

    private static double AverageLoad() => File.Exists("/proc/loadavg") ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture) : 0;

    private static string Caution(bool quick) =>
        quick ? "One short round: these are no numbers.\n"
        : AverageLoad() > Environment.ProcessorCount / 2.0 ? "The machine was busy with other work: medians are too high, minima and ratios are nearer to the truth.\n"
        : "";
}
