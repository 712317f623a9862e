using System.Threading.Channels;

namespace Slipway.Client.Serving;

/// <summary>Says that there is something to look at; said twice before anybody looks, it is said once.</summary>
internal sealed class Signal
{
    private readonly Channel<bool> channel = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Set() => channel.Writer.TryWrite(true);

    /// <summary>Waits until it is said.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancellation) => channel.Reader.ReadAsync(cancellation);
}
