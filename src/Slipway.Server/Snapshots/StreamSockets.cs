using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;

namespace Slipway.Server.Snapshots;

/// <summary>Readies a connection for a stream of events, which lives for days and mostly says nothing.</summary>
internal static class StreamSockets
{
    // Linux: IPPROTO_TCP and TCP_USER_TIMEOUT. Elsewhere the system's own time holds.
    private const int Tcp = 6, UserTimeout = 18;
    private const int MostUnsent = 128 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Bounds what waits for a reader that takes nothing, and notices one that went away without a word.</summary>
    public static void Ready(HttpContext context)
    {
        if (context.Features.Get<IConnectionSocketFeature>()?.Socket is not { } socket) return;
        socket.HoldAtMost(MostUnsent);
        socket.GiveUpAfter(Patience);
    }

    /// <summary>Lets so many bytes wait in the system, which may double them. By itself it lets megabytes wait for each reader: they are old when they are read, and until they are full
    /// nobody sees that the reader takes nothing.</summary>
    public static void HoldAtMost(this Socket socket, int bytes) => socket.SendBufferSize = bytes;

    /// <summary>Gives up where what was sent stays without an answer for so long; heartbeats see to it that something is sent. By itself the system goes on sending for a quarter of an
    /// hour, and the instance would count as connected all that time.</summary>
    public static void GiveUpAfter(this Socket socket, TimeSpan time)
    {
        if (OperatingSystem.IsLinux() && socket.ProtocolType == ProtocolType.Tcp) socket.SetRawSocketOption(Tcp, UserTimeout, BitConverter.GetBytes((int)time.TotalMilliseconds));
    }
}
