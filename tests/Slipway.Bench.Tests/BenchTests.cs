using System.Diagnostics;

namespace Slipway.Bench.Tests;

/// <summary>Holds the benchmarks to working, never to a time.</summary>
public sealed class BenchTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("slipway-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Every_number_can_be_measured()
    {
        var (exitCode, output, errors) = await RunAsync("--quick", "--folder", folder);
        Assert.Equal((0, ""), (exitCode, errors));
        foreach (var goal in (string[])["<= 1.0 µs", "<= 60.0 µs", "<= 5.0 µs, 0 B", "<= 2.00 s", "<= 400 MB"]) Assert.Contains(goal, output, StringComparison.Ordinal);
        foreach (var line in (string[])["SQLite: appends per flush of the disk", "16 connections: live / empty", "readers: last, published / floor", "saturated: CPU, gateway / forwarder", "the same again, from the cache"])
            Assert.Contains(line, output, StringComparison.Ordinal);
        Assert.DoesNotContain("missed", output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
    }

    [Fact]
    public async Task A_name_that_is_not_there_is_refused_with_the_names_that_are()
    {
        var (exitCode, _, errors) = await RunAsync("rendering");
        Assert.Equal(2, exitCode);
        Assert.Contains("There is no benchmark or option rendering.", errors, StringComparison.Ordinal);
        Assert.Contains("resolve, render, canonical, validate, fold, append, live, propagation, rollout, gateway, shadow, calls, call-queries, eval", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--write", "--quick")]
    [InlineData("--write", "render")]
    public async Task Only_a_whole_run_is_written_down(params string[] arguments)
    {
        var (exitCode, _, errors) = await RunAsync(arguments);
        Assert.Equal(2, exitCode);
        Assert.StartsWith("--write keeps the numbers of one whole run", errors, StringComparison.Ordinal);
    }

    private async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Slipway.Bench.dll"), .. arguments])
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        process.Start();
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(cancellation), process.StandardError.ReadToEndAsync(cancellation));
            await process.WaitForExitAsync(cancellation);
            return (process.ExitCode, await output, await errors);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
