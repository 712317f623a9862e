using System.Collections.Concurrent;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;
using Slipway.Server.Objects;
using Slipway.Server.Storage;

namespace Slipway.Server.Snapshots;

/// <summary>Compiled packages by hash. A package never changes, so nothing here is ever stale; what was erased is forgotten.</summary>
internal sealed class PackageCache
{
    private readonly ObjectKeeper objects;
    private readonly ConcurrentDictionary<ContentHash, Package> packages = new();

    public PackageCache(ObjectKeeper objects, Ledger ledger)
    {
        this.objects = objects;
        ledger.Changed += Forget;
    }

    /// <summary>The package of a hash that a version names.</summary>
    /// <exception cref="StorageException">Its object is missing, damaged or of a newer build.</exception>
    public Package Get(ContentHash hash) => packages.GetOrAdd(hash, Load);

    private void Forget(Registry registry)
    {
        foreach (var hash in packages.Keys)
            if (registry.Objects.Find(hash) is not null) packages.TryRemove(hash, out _);
    }

    private Package Load(ContentHash hash)
    {
        var bytes = objects.Get(hash) ?? throw new StorageException($"The package {hash} is missing from the object store.");
        return Package.Load(bytes) switch
        {
            PackageBuild.Built built => built.Package,
            PackageBuild.Refused refused => throw new StorageException($"The package {hash} cannot be read: {string.Join(" ", refused.Errors)}"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }
}
