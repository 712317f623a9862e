using Slipway.Cli;

namespace Slipway.Client.Tests.CommandLines;

/// <summary>Runs commands in this process, as they would run in a pipe.</summary>
internal static class Cli
{
    /// <summary>What a command said and how it ended.</summary>
    internal sealed record Result(int ExitCode, string Output, string Errors);

    /// <summary>Runs one command.</summary>
    public static async Task<Result> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var exitCode = await CommandLine.RunAsync(arguments, new Terminal(output, errors, interactive: false), TestContext.Current.CancellationToken);
        return new Result(exitCode, output.ToString(), errors.ToString());
    }
}
