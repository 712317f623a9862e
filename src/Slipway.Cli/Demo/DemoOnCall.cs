using System.Globalization;
using Slipway.Core.Wire;

namespace Slipway.Cli.Demo;

/// <summary>After the story: customers go on writing, and whoever watches is on call. What they do shows here as it reaches the journal.</summary>
internal sealed class DemoOnCall(Terminal terminal, DemoCast cast, DemoTraffic traffic)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    /// <summary>Tells what happens until it is cancelled.</summary>
    public async Task WatchAsync(CancellationToken cancellation)
    {
        try
        {
            await terminal.WatchAsync("on call", show => WatchAsync(show, cancellation));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Ctrl-C is how it ends.
        }
    }

    private async Task<long> WatchAsync(Action<string> show, CancellationToken cancellation)
    {
        using var look = new PeriodicTimer(Look);
        var told = (await LogAsync(cancellation)).Max(line => line.Sequence);
        while (true)
        {
            await look.WaitForNextTickAsync(cancellation);
            foreach (var line in (await LogAsync(cancellation)).Where(line => line.Sequence > told))
            {
                terminal.Line(DemoEnding.Sentence(line));
                told = line.Sequence;
            }
            show(string.Create(CultureInfo.InvariantCulture, $"{traffic.Sent} requests, {traffic.Failed} without an answer; {traffic.Prompt}:v{traffic.Version} answers"));
        }
    }

    private async Task<IReadOnlyList<LogLine>> LogAsync(CancellationToken cancellation) => (await cast.As(DemoCast.OnCall).LogAsync(traffic.Prompt.Value, cancellation)).OrFail("the log");
}
