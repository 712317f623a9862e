using System.Diagnostics;
using Slipway.Tests;

namespace Slipway.Client.Tests;

/// <summary>Runs the real executable, or a script that uses it, as a process of its own.</summary>
internal static class SlipwayProcess
{
    /// <summary>The executable that was built with these tests.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "slipway.dll");

    /// <summary>Runs the executable to its end.</summary>
    public static Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments) => RunAsync("dotnet", [Program, .. arguments], Repository.Root);

    /// <summary>Runs a program to its end; it is killed with all it started if the test is given up.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string program, IEnumerable<string> arguments, string folder)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        process.StartInfo.Environment.Remove("SLIPWAY_SERVER");
        process.StartInfo.Environment.Remove("SLIPWAY_KEY");
        process.Start();
        try
        {
            process.StandardInput.Close();
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
