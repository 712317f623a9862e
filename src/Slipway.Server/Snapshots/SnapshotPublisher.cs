using Slipway.Core.Journal;
using Slipway.Core.Resolution;

namespace Slipway.Server.Snapshots;

/// <summary>Holds one immutable snapshot per environment and swaps it whole when the journal grows.</summary>
internal sealed class SnapshotPublisher
{
    private Snapshot production, staging, development;

    public SnapshotPublisher(Ledger ledger)
    {
        production = staging = development = Snapshot.Of(Registry.Empty, EnvironmentName.Production);
        // Publishing is part of the change: when a rollback's caller is answered, this process serves stable already.
        ledger.Changed += Publish;
        Publish(ledger.Current);
    }

    /// <summary>The routing table of an environment now.</summary>
    public Snapshot Current(EnvironmentName environment) => environment.Value switch
    {
        "production" => Volatile.Read(ref production),
        "staging" => Volatile.Read(ref staging),
        _ => Volatile.Read(ref development),
    };

    private void Publish(Registry registry)
    {
        Volatile.Write(ref production, Snapshot.Of(registry, EnvironmentName.Production));
        Volatile.Write(ref staging, Snapshot.Of(registry, EnvironmentName.Staging));
        Volatile.Write(ref development, Snapshot.Of(registry, EnvironmentName.Development));
    }
}
