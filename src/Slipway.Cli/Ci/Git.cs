using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Slipway.Cli.Ci;

/// <summary>The git executable, asked about the repository that a folder lies in.</summary>
internal static class Git
{
    // What a hook's environment says of another repository must not decide which one is read here.
    private static readonly string[] Elsewhere = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR"];

    /// <summary>Runs a command that only reads, to its end.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="arguments">What; nothing of it passes a shell.</param>
    /// <param name="cancellation">Kills it.</param>
    /// <returns>Null where there is no git here.</returns>
    public static async Task<GitOutput?> RunAsync(string folder, IEnumerable<string> arguments, CancellationToken cancellation)
    {
        if (Start(folder, arguments) is not { } process) return null;
        using (process)
        {
            try
            {
                process.StandardInput.Close();
                using var output = new MemoryStream();
                var copied = process.StandardOutput.BaseStream.CopyToAsync(output, cancellation);
                var errors = await process.StandardError.ReadToEndAsync(cancellation);
                await copied;
                await process.WaitForExitAsync(cancellation);
                return new GitOutput(process.ExitCode, Encoding.UTF8.GetString(output.GetBuffer(), 0, (int)output.Length), errors.Trim());
            }
            finally
            {
                if (!process.HasExited) process.Kill();
            }
        }
    }

    /// <summary>Starts a command.</summary>
    /// <returns>Null where there is no git here.</returns>
    public static Process? Start(string folder, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        foreach (var variable in Elsewhere) start.Environment.Remove(variable);
        foreach (var (name, value) in ((string, string)[])[("LC_ALL", "C"), ("GIT_OPTIONAL_LOCKS", "0"), ("GIT_TERMINAL_PROMPT", "0")]) start.Environment[name] = value;
        try
        {
            return Process.Start(start);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}

/// <summary>What a git command said.</summary>
/// <param name="ExitCode">0 where it did what it was asked.</param>
/// <param name="Text">Its output.</param>
/// <param name="Errors">What it said besides.</param>
internal sealed record GitOutput(int ExitCode, string Text, string Errors)
{
    /// <summary>Its output as one line; null where it failed or said nothing.</summary>
    public string? Line => ExitCode == 0 && Text.Trim() is { Length: > 0 } line ? line : null;
}
