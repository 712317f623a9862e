using System.Diagnostics;

namespace Slipway.Client.Tests.Ci;

/// <summary>A real Git repository in a temporary folder, configured for itself alone.</summary>
internal sealed class GitRepository : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private GitRepository() { }

    /// <summary>Where it is.</summary>
    public string Root => folder.Root;

    /// <summary>Makes an empty one, on the branch main.</summary>
    public static async Task<GitRepository> MakeAsync()
    {
        var repository = new GitRepository();
        await repository.GitAsync("init", "--quiet", "--initial-branch=main");
        foreach (var (name, value) in ((string, string)[])[("user.name", "Ana"), ("user.email", "ana@example.org"), ("commit.gpgsign", "false"), ("core.hooksPath", "/dev/null")])
            await repository.GitAsync("config", name, value);
        return repository;
    }

    /// <summary>Makes a branch and goes there.</summary>
    public Task BranchAsync(string name) => GitAsync("checkout", "--quiet", "-b", name);

    /// <summary>Writes a file.</summary>
    public void Write(string name, string text) => folder.Write(name, text);

    /// <summary>The path of a file.</summary>
    public string PathOf(string name) => folder.PathOf(name);

    /// <summary>Commits all there is.</summary>
    public async Task CommitAsync(string message = "A change.")
    {
        await GitAsync("add", "--all");
        await GitAsync("commit", "--quiet", "--message", message);
    }

    /// <summary>Runs git and expects it to do what it is asked.</summary>
    public async Task<string> GitAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments) { WorkingDirectory = Root, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        using var process = Process.Start(start)!;
        var cancellation = TestContext.Current.CancellationToken;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(cancellation), process.StandardError.ReadToEndAsync(cancellation));
        await process.WaitForExitAsync(cancellation);
        Assert.True(process.ExitCode == 0, $"git {string.Join(' ', arguments)}: {await errors}");
        return await output;
    }

    /// <inheritdoc/>
    public void Dispose() => folder.Dispose();
}
