using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;

namespace Slipway.Server.Snapshots;

/// <summary>Has the system give a connection up whose other end went away without a word; by itself it would go on sending for a quarter of an hour, and the instance would
/// count as connected all that time.</summary>
internal static class DeadPeers
{
    // Linux: IPPROTO_TCP and TCP_USER_TIMEOUT. Elsewhere the system's own time holds.
    private const int Tcp = 6, UserTimeout = 18;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Gives up where what was sent stays without an answer for 30 s; heartbeats see to it that something is sent.</summary>
    public static void Notice(HttpContext context) => context.Features.Get<IConnectionSocketFeature>()?.Socket.GiveUpAfter(Patience);

    /// <summary>Gives up where what was sent stays without an answer for so long.</summary>
    public static void GiveUpAfter(this Socket socket, TimeSpan time)
    {
        if (OperatingSystem.IsLinux() && socket.ProtocolType == ProtocolType.Tcp) socket.SetRawSocketOption(Tcp, UserTimeout, BitConverter.GetBytes((int)time.TotalMilliseconds));
    }
}
