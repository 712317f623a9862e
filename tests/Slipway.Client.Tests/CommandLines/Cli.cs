using Slipway.Cli;

namespace Slipway.Client.Tests.CommandLines;

/// <summary>Runs commands in this process, as they would run in a pipe.</summary>
internal static class Cli
{
    /// <summary>What a command said and how it ended.</summary>
    internal sealed record Result(int ExitCode, string Output, string Errors)
    {
        /// <summary>Asserts the exit code; what the command said is in the failure's message.</summary>
        public Result Ends(int exitCode)
        {
            Assert.True(exitCode == ExitCode, $"It ended with {ExitCode} instead of {exitCode}.\n{Output}{Errors}");
            return this;
        }

        /// <summary>Asserts that each of these is in its output.</summary>
        public Result Says(params ReadOnlySpan<string> parts)
        {
            foreach (var part in parts) Assert.Contains(part, Output, StringComparison.Ordinal);
            return this;
        }

        /// <summary>Asserts that each of these is among its errors.</summary>
        public Result Complains(params ReadOnlySpan<string> parts)
        {
            foreach (var part in parts) Assert.Contains(part, Errors, StringComparison.Ordinal);
            return this;
        }
    }

    /// <summary>Runs one command.</summary>
    public static async Task<Result> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        // On threads of its own, as in a process of its own: what goes on in the test runner's context waits for all other tests.
        var exitCode = await Task.Run(() => CommandLine.RunAsync(arguments, new Terminal(output, errors, interactive: false), TestContext.Current.CancellationToken));
        return new Result(exitCode, output.ToString(), errors.ToString());
    }
}
