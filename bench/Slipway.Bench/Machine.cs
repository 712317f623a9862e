using System.Globalization;
using System.Runtime.InteropServices;

namespace Slipway.Bench;

/// <summary>Where and when the numbers were measured.</summary>
internal static class Machine
{
    public static string Describe(bool quick) => string.Create(CultureInfo.InvariantCulture, $"""
        Machine {Environment.MachineName}: {Processor()}, {Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9:0} GB, {Load()};
        {RuntimeInformation.OSDescription}; {RuntimeInformation.FrameworkDescription}; {DateTimeOffset.UtcNow:yyyy-MM-dd HH:mm} UTC.{(quick ? " One short round: these are no numbers." : "")}

        """);

    private static string Processor() =>
        (File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo") : []).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) is { } line
            ? line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()
            : RuntimeInformation.ProcessArchitecture.ToString();

    // Whoever reads the numbers should know whether the machine was busy with something else.
    private static string Load() => File.Exists("/proc/loadavg") ? $"load {File.ReadAllText("/proc/loadavg").Split(' ')[0]} before the run" : "load unknown";
}
