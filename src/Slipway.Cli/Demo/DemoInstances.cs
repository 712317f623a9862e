using Slipway.Client;
using Slipway.Core.Prompts;

namespace Slipway.Cli.Demo;

/// <summary>The application's other instances: they follow the routing with the SDK, and so say when a rollback has reached them.</summary>
internal sealed class DemoInstances : IAsyncDisposable
{
    /// <summary>How many there are.</summary>
    public const int Count = 10;

    private readonly List<SlipwayClient> clients = [];

    /// <summary>Starts them; all of them serve the prompt when this returns.</summary>
    /// <exception cref="DemoException">One of them does not.</exception>
    public static async Task<DemoInstances> StartAsync(DemoCast cast, PromptName prompt)
    {
        var instances = new DemoInstances();
        for (var number = 1; number <= Count; number++)
            instances.clients.Add(SlipwayClient.Start(new SlipwayClientOptions { Server = cast.Server, Key = cast.KeyOf(DemoCast.Shop), Instance = $"shop-{number}", FirstSnapshotTimeout = TimeSpan.FromSeconds(30) }));
        foreach (var client in instances.clients)
        {
            await client.FirstSnapshot;
            if (client.Resolve(prompt.Value) is Core.Resolution.Decision.Serve) continue;
            await instances.DisposeAsync();
            throw new DemoException($"An instance of the application does not get {prompt}.");
        }
        return instances;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in clients) await client.DisposeAsync();
    }
}
