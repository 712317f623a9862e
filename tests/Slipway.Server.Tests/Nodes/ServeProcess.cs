using System.Diagnostics;

namespace Slipway.Server.Tests.Nodes;

/// <summary><c>slipway serve</c> as a process of its own.</summary>
internal sealed class ServeProcess : IAsyncDisposable
{
    private readonly Process process;

    private ServeProcess(Process process) => this.process = process;

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>The first line it printed.</summary>
    public string Greeting { get; private set; } = "";

    /// <summary>The key it printed at the first start; null at a later one.</summary>
    public string? AdministratorKey { get; private set; }

    /// <summary>Starts one; it answers when this returns.</summary>
    /// <param name="data">Its data folder.</param>
    /// <param name="isFirst">Whether it is the first on its journal, and prints the administrator's key.</param>
    /// <param name="arguments">What else it is told.</param>
    public static Task<ServeProcess> StartAsync(string data, bool isFirst, params string[] arguments) => StartAsync(data, isFirst, "http://127.0.0.1:0", arguments);

    /// <summary>Starts one again where another was; it answers when this returns.</summary>
    /// <param name="data">Its data folder.</param>
    /// <param name="address">Where the other one listened.</param>
    public static Task<ServeProcess> StartAgainAsync(string data, Uri address) => StartAsync(data, isFirst: false, address.GetLeftPart(UriPartial.Authority), []);

    private static async Task<ServeProcess> StartAsync(string data, bool isFirst, string listen, string[] arguments)
    {
        var started = new ServeProcess(Process.Start(new ProcessStartInfo(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "slipway.dll"), "serve", "--data", data, "--listen", listen, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!);
        try
        {
            var output = started.process.StandardOutput;
            started.Greeting = await output.ReadLineAsync(TestContext.Current.CancellationToken)
                ?? throw new InvalidOperationException("It did not start: " + await started.process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
            started.Address = new Uri(started.Greeting.Split(' ')[2]);
            if (isFirst) started.AdministratorKey = (await output.ReadLineAsync(TestContext.Current.CancellationToken))?.Split(' ')[^1];
            return started;
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends it as a power cut would.</summary>
    public void Kill() => process.Kill();

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }
}
