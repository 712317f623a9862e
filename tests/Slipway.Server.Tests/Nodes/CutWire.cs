using System.Net;
using System.Net.Sockets;

namespace Slipway.Server.Tests.Nodes;

/// <summary>A wire to a database that a test can cut and mend: connections through it break, and new ones are not taken while it is cut.</summary>
internal sealed class CutWire : IAsyncDisposable
{
    private readonly IPEndPoint target;
    private readonly CancellationTokenSource closing = new();
    private readonly List<TcpClient> ends = [];
    private readonly Lock gate = new();
    private TcpListener? listener;
    private Task accepting = Task.CompletedTask;

    public CutWire(IPEndPoint target)
    {
        this.target = target;
        Listen(0);
    }

    /// <summary>Where it begins.</summary>
    public int Port { get; private set; }

    /// <summary>Breaks every connection and takes no new one.</summary>
    public async Task CutAsync()
    {
        listener!.Stop();
        await accepting;
        lock (gate)
        {
            foreach (var end in ends) end.Close();
            ends.Clear();
        }
    }

    /// <summary>Takes connections again.</summary>
    public void Mend() => Listen(Port);

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        await CutAsync();
        closing.Dispose();
    }

    private void Listen(int port)
    {
        listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        accepting = AcceptAsync(listener);
    }

    private async Task AcceptAsync(TcpListener on)
    {
        try
        {
            while (true) _ = CarryAsync(await on.AcceptTcpClientAsync(closing.Token));
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Cut.
        }
    }

    private async Task CarryAsync(TcpClient near)
    {
        var far = new TcpClient();
        lock (gate) ends.AddRange([near, far]);
        try
        {
            await far.ConnectAsync(target, closing.Token);
            await Task.WhenAny(near.GetStream().CopyToAsync(far.GetStream(), closing.Token), far.GetStream().CopyToAsync(near.GetStream(), closing.Token));
        }
        catch (Exception exception) when (exception is SocketException or IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // One end is gone.
        }
        near.Close();
        far.Close();
    }
}
