using Slipway.Core.Resolution;
using Slipway.Core.Wire;

namespace Slipway.Client.Tests.Serving;

/// <summary>A client that follows a fake server by a manual clock.</summary>
internal sealed class RunningClient : IAsyncDisposable
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);

    private readonly int before;

    private RunningClient(FakeSlipway server, string? folder, Func<string, FileStream>? create, Action<SlipwayClientOptions>? configure)
    {
        var options = new SlipwayClientOptions { Server = server.Address, Key = "slw_key", Instance = "app-1", CacheFolder = folder, FlushTimeout = TimeSpan.Zero, AcknowledgementSpread = TimeSpan.Zero };
        configure?.Invoke(options);
        before = server.Requests.All.Count;
        (Server, Client) = (server, new SlipwayClient(options, Log, Clock, static () => 1, create ?? (static path => new FileStream(path, FileMode.CreateNew))));
    }

    public FakeSlipway Server { get; }

    public ManualClock Clock { get; } = new();

    public LogLines Log { get; } = new();

    public SlipwayClient Client { get; }

    /// <summary>Starts a client, and leaves it to itself.</summary>
    public static RunningClient Start(FakeSlipway server, string? folder = null, Func<string, FileStream>? create = null, Action<SlipwayClientOptions>? configure = null)
    {
        var running = new RunningClient(server, folder, create, configure);
        running.Client.Start();
        return running;
    }

    /// <summary>Starts a client; it serves what the server says when this returns.</summary>
    public static async Task<RunningClient> ServingAsync(FakeSlipway server, string? folder = null, Func<string, FileStream>? create = null, Action<SlipwayClientOptions>? configure = null)
    {
        var running = Start(server, folder, create, configure);
        await running.ServesAsync(server.Table.Revision);
        // The heartbeat after the table: only then does the lease hold.
        await running.Log.Lines.FirstAsync(static line => line.Text.Contains("is followed by", StringComparison.Ordinal));
        return running;
    }

    /// <summary>Ends when the client has said that it serves a revision.</summary>
    public Task ServesAsync(long revision) =>
        Server.Requests.FirstAsync(request => request.What == FakeSlipway.Instances && request.As<AcknowledgementDocument>().Revision >= revision, before);

    public Decision.Serve Serve(string unit = Some.Unit) => Assert.IsType<Decision.Serve>(Client.Resolve(Some.Router, unit));

    /// <summary>The one message that a request gets.</summary>
    public string Text(string unit = Some.Unit) => Client.Render(Some.Router, Some.Variables, unit) switch
    {
        RenderAnswer.Rendered rendered => Assert.Single(rendered.Messages).Content,
        RenderAnswer.Refused refused => $"{refused.Message} {string.Join(" ", Log.Loud)}",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    public ValueTask DisposeAsync() => Client.DisposeAsync();
}
