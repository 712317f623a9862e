using System.Diagnostics;
using System.Text;

namespace Slipway.Client.Tests.CommandLines;

/// <summary><c>slipway serve</c> as a process of its own, with all that it prints.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private readonly Process process;
    private readonly Task<string> errors;

    private RunningServer(Process process) => (this.process, errors) = (process, process.StandardError.ReadToEndAsync());

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>The key of its first start.</summary>
    public string AdministratorKey { get; private set; } = "";

    /// <summary>Starts one on an empty folder; it answers when this returns.</summary>
    public static async Task<RunningServer> StartAsync(string folder, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [SlipwayProcess.Program, "serve", "--data", folder, "--listen", "http://127.0.0.1:0", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var server = new RunningServer(Process.Start(start)!);
        try
        {
            var serves = await server.process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) ?? throw new InvalidOperationException(await server.errors);
            server.Address = new Uri(serves.Split(' ')[2]);
            server.AdministratorKey = (await server.process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!.Split(' ')[^1];
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops it as a service manager does.</summary>
    /// <returns>What it printed after its first lines.</returns>
    public async Task<(string Output, string Errors)> StopAsync()
    {
        using (var stop = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)])) await stop.WaitForExitAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (output, await errors);
    }

    /// <summary>Ends it as a power cut would.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }

    /// <summary>The files that hold a text.</summary>
    public static IEnumerable<string> FilesWith(string folder, string text) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Where(file => File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);
}
