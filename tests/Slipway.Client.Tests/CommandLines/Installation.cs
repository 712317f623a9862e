using Slipway.Server;

namespace Slipway.Client.Tests.CommandLines;

/// <summary>A server with people, made and used through the command line alone.</summary>
public sealed class Installation : IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("slipway-cli-");
    private readonly Dictionary<string, string> keys = [];
    private SlipwayServer? server;

    /// <summary>The server's address.</summary>
    public string Address => server!.Address.ToString();

    /// <summary>A folder for files of a test; it goes with the installation.</summary>
    public string Files => Directory.CreateDirectory(Path.Combine(folder.FullName, "files")).FullName;

    /// <summary>The folder of the server's data.</summary>
    public string Data => Path.Combine(folder.FullName, "data");

    public static string Sample { get; } = Path.Combine(AppContext.BaseDirectory, "samples", "support-router");

    public async ValueTask InitializeAsync()
    {
        await StartAsync();
        keys["admin"] = server!.AdministratorKey!;
        foreach (var (name, role) in ((string, string)[])[("ana", "author"), ("ben", "reviewer"), ("cleo", "release_owner"), ("dan", "on_call"), ("shop", "application")])
        {
            await AsAsync("admin", "member", "add", name, "--role", role);
            keys[name] = (await AsAsync("admin", "key", "issue", name)).Output.Trim();
        }
        await AsAsync("admin", "model", "set", "production-default", "offline/offline-2026-11");
    }

    /// <summary>One of the people's keys.</summary>
    public string KeyOf(string name) => keys[name];

    /// <summary>Runs a command as one of the people, and expects it to be done.</summary>
    internal async Task<Cli.Result> AsAsync(string who, params string[] arguments)
    {
        var result = await TryAsAsync(who, arguments);
        Assert.True(result.ExitCode == 0, $"slipway {string.Join(' ', arguments)}: {result.Errors}");
        return result;
    }

    /// <summary>Runs a command as one of the people.</summary>
    internal Task<Cli.Result> TryAsAsync(string who, params string[] arguments) =>
        Cli.RunAsync([.. arguments, "--server", Address, "--key", keys.GetValueOrDefault(who, who)]);

    /// <summary>Makes the sample's first version live: Ana owns it, Ben is her backup and confirms.</summary>
    public async Task GoLiveAsync()
    {
        await AsAsync("ana", "push", Path.Combine(Sample, "support_router.v1.5.2.yaml"));
        await AsAsync("ana", "owner", "set", "support_router", "--backup", "ben");
        await AsAsync("ana", "release", "bootstrap", "support_router:v1.5.2", "--reason", "As it was in the code so far.");
        await AsAsync("ben", "release", "bootstrap", "support_router:v1.5.2", "--reason", "Word for word the same.");
    }

    /// <summary>Starts the server on its data, as it was left.</summary>
    public async Task StartAsync() =>
        server = await SlipwayServer.StartAsync(new ServerOptions { DataFolder = Data, Listen = "http://127.0.0.1:0" }, cancellation: TestContext.Current.CancellationToken);

    /// <summary>Stops the server; its data stays until the installation goes.</summary>
    public async Task StopAsync()
    {
        if (server is { } running) await running.DisposeAsync();
        server = null;
    }

    /// <summary>Starts the server again on its data, on another port.</summary>
    public async Task StartAgainAsync() =>
        server = await SlipwayServer.StartAsync(new ServerOptions { DataFolder = Data, Listen = "http://127.0.0.1:0" }, cancellation: TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        folder.Delete(recursive: true);
    }
}
