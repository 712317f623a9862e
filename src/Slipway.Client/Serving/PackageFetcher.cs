using System.Net;
using System.Threading.Channels;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Client.Serving;

/// <summary>Fetches the packages that a table names and nobody here holds. Each is asked for by itself: a slow one keeps no other waiting.</summary>
internal sealed class PackageFetcher(ServerConnection server, RoutingTable table, Action held, FollowerLog log, TimeProvider clock, Func<double> random) : IDisposable
{
    private const int AtOnce = 8;
    private readonly Channel<Package> arrived = Channel.CreateUnbounded<Package>(new UnboundedChannelOptions { SingleReader = true });
    private readonly HashSet<ContentHash> onTheWay = [];
    private readonly SemaphoreSlim places = new(AtOnce);

    /// <summary>Puts into use what arrives, as much at a time as there is: a first table of a thousand prompts is not built a thousand times.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (await arrived.Reader.WaitToReadAsync(stopping))
        {
            var packages = new List<Package>();
            while (arrived.Reader.TryRead(out var package)) packages.Add(package);
            table.Hold(packages);
            // Only now: until it is held it would be asked for a second time.
            foreach (var package in packages) IsNoLongerOnTheWay(package.Hash);
            held();
        }
    }

    /// <summary>Asks for everything that is missing and not on the way.</summary>
    public void FetchMissing(CancellationToken stopping)
    {
        foreach (var hash in table.Missing())
        {
            lock (onTheWay)
                if (!table.Wants(hash) || !onTheWay.Add(hash)) continue;
            _ = FetchAsync(hash, stopping);
        }
    }

    private async Task FetchAsync(ContentHash hash, CancellationToken stopping)
    {
        var (backoff, isSettled) = (new Backoff(random), false);
        try
        {
            do
            {
                await places.WaitAsync(stopping);
                Reply reply;
                try
                {
                    reply = await server.PackageAsync(hash, stopping);
                }
                finally
                {
                    places.Release();
                }
                if (reply.Status == (int)HttpStatusCode.Gone)
                {
                    log.PackageErased(hash.Abbreviated);
                    table.GiveUp(hash);
                    held();
                    return;
                }
                if (Read(hash, reply, out var problem) is { } package)
                {
                    isSettled = arrived.Writer.TryWrite(package);
                    return;
                }
                var wait = backoff.Next(reply);
                log.PackageUnusable(hash.Abbreviated, problem, wait.TotalSeconds);
                await Task.Delay(wait, clock, stopping);
            }
            while (!(isSettled = IsGivenUp(hash)));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The client ends; nobody waits for the package any more.
        }
        finally
        {
            if (!isSettled) IsNoLongerOnTheWay(hash);
        }
    }

    // In one step: who wants it again meanwhile would see it on the way, and nobody would ask for it any more.
    private bool IsGivenUp(ContentHash hash)
    {
        lock (onTheWay) return !table.Wants(hash) && onTheWay.Remove(hash);
    }

    private void IsNoLongerOnTheWay(ContentHash hash)
    {
        lock (onTheWay) onTheWay.Remove(hash);
    }

    public void Dispose() => places.Dispose();

    private static Package? Read(ContentHash hash, Reply reply, out string problem)
    {
        problem = reply.Problem is { } failed ? $"{failed}." : ContentHash.Of(reply.Body) != hash ? "What came has another hash." : "";
        if (problem.Length > 0) return null;
        if (Package.Load(reply.Body) is PackageBuild.Built built) return built.Package;
        problem = "This SDK is too old for it or it is damaged.";
        return null;
    }
}
