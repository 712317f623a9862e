using System.Text;
using System.Text.Json;
using Slipway.Core.Wire;
using Route = Slipway.Core.Resolution.Route;

namespace Slipway.Server.Snapshots;

/// <summary>A prompt's routing record as it is published: its bytes are made once, and shared by everybody who is sent them.</summary>
/// <param name="route">The record.</param>
/// <param name="committedAt">When the change was decided that made it; null for what stood in the journal when this process started.</param>
internal sealed class RouteRecord(Route route, DateTimeOffset? committedAt)
{
    private readonly Lazy<Frame> frame = new(() => Frame.Of(route));

    /// <summary>The record.</summary>
    public Route Route { get; } = route;

    /// <summary>The entry of the journal that made it.</summary>
    public long Revision => Route.Revision;

    /// <summary>When the change was decided that made it; null for what stood in the journal when this process started.</summary>
    public DateTimeOffset? CommittedAt { get; } = committedAt;

    /// <summary>A <see cref="RouteDocument"/> as JSON, on one line.</summary>
    public ReadOnlySpan<byte> Json => frame.Value.Bytes.AsSpan(frame.Value.Json);

    /// <summary>The server-sent event <c>route</c>, whole.</summary>
    public ReadOnlySpan<byte> Event => frame.Value.Bytes;

    private sealed record Frame(byte[] Bytes, Range Json)
    {
        public static Frame Of(Route route)
        {
            var head = Encoding.ASCII.GetBytes(FormattableString.Invariant($"id: {route.Revision}\nevent: route\ndata: "));
            byte[] bytes = [.. head, .. JsonSerializer.SerializeToUtf8Bytes(RouteDocument.Of(route), ApiJson.Default.RouteDocument), .. "\n\n"u8];
            return new Frame(bytes, head.Length..^2);
        }
    }
}
