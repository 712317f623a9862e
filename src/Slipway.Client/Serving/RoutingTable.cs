using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;

namespace Slipway.Client.Serving;

/// <summary>What the server wants served, what of it can be served with the packages that are held, and what is missing for the rest.</summary>
/// <remarks>
/// A record is served when its packages are held: until then the prompt's old record stays. What was withdrawn is withdrawn at once: a candidate
/// that the server does not want any more is not served while packages are fetched, and a record without a candidate waits for nothing but stable.
/// </remarks>
internal sealed class RoutingTable(EnvironmentName environment)
{
    private readonly Lock gate = new();
    private readonly ConcurrentDictionary<ContentHash, Package> packages = new();
    private readonly HashSet<ContentHash> gone = [];
    // Only ever grows: what it holds is true for good, in whatever order it was heard, so that nothing late can undo it.
    private readonly Dictionary<string, ImmutableSortedSet<string>> withdrawn = new(StringComparer.Ordinal);
    private ImmutableDictionary<string, Route> wanted = ImmutableDictionary.Create<string, Route>(StringComparer.Ordinal);
    private Snapshot current = Snapshot.Empty(environment);
    // Kept as records change, so that one of ten thousand that changes costs a look at one.
    private readonly HashSet<string> pending = new(StringComparer.Ordinal);
    private bool somethingMayBeMissing;
    private long told, applied;

    /// <summary>What is served now.</summary>
    public Snapshot Current => Volatile.Read(ref current);

    /// <summary>The newest revision the server told of; 0 for none.</summary>
    public long Told => Volatile.Read(ref told);

    /// <summary>The newest revision that is served whole; <see cref="Told"/> where nothing is missing.</summary>
    public long Applied => Volatile.Read(ref applied);

    /// <summary>The record that the server wants to be served; null where it wants none.</summary>
    public Route? Wanted(string prompt) => Volatile.Read(ref wanted).GetValueOrDefault(prompt);

    /// <summary>A package that is held.</summary>
    public bool TryGet(ContentHash hash, [MaybeNullWhen(false)] out Package package) => packages.TryGetValue(hash, out package);

    /// <summary>Takes over the state of an earlier run: its stable versions.</summary>
    public void Restore(SnapshotDocument snapshot, IEnumerable<Package> held)
    {
        lock (gate)
        {
            foreach (var package in held) packages[package.Hash] = package;
            Want(snapshot.Routes);
            Settle([.. wanted.Keys], 0);
        }
    }

    /// <summary>The whole table: what is not in it is not live any more.</summary>
    public void Replace(SnapshotDocument snapshot)
    {
        lock (gate)
        {
            var before = wanted;
            Want(snapshot.Routes);
            Volatile.Write(ref told, snapshot.Revision);
            gone.Clear();       // what was erased may be there again after a restore
            Settle([.. before.Keys.Union(wanted.Keys)], snapshot.Revision);
        }
    }

    /// <summary>The record of one prompt.</summary>
    /// <param name="route">Whole.</param>
    /// <returns>False where it is older than what was told before, and was passed over.</returns>
    public bool Change(RouteDocument route)
    {
        lock (gate)
        {
            var prompt = route.Prompt.Value;
            // What it says was taken back is so, however late it comes.
            var learned = Withdraw(route);
            if (wanted.TryGetValue(prompt, out var known) && route.Revision <= known.Revision)
            {
                if (learned) Settle([prompt], told);
                return route.Revision == known.Revision;
            }
            wanted = wanted.SetItem(prompt, route.ToRoute());
            Volatile.Write(ref told, Math.Max(told, route.Revision));
            Settle([prompt], told);
            return true;
        }
    }

    /// <summary>A record, with the package that it names and that is not held yet.</summary>
    public void Serve(Route route, Package? arrived)
    {
        lock (gate)
        {
            if (arrived is not null) packages[arrived.Hash] = arrived;
            wanted = wanted.SetItem(route.Prompt.Value, route);
            Volatile.Write(ref told, route.Revision);
            Settle([route.Prompt.Value], told);
        }
    }

    /// <summary>Packages that came.</summary>
    public void Hold(IReadOnlyCollection<Package> arrived)
    {
        lock (gate)
        {
            foreach (var package in arrived) packages[package.Hash] = package;
            Settle([.. pending], told);
        }
    }

    /// <summary>A package that nobody has any more.</summary>
    public void GiveUp(ContentHash hash)
    {
        lock (gate)
        {
            gone.Add(hash);
            Hold([]);
        }
    }

    /// <summary>The packages to fetch, those first that everybody needs.</summary>
    public ImmutableArray<ContentHash> Missing()
    {
        lock (gate)
        {
            if (!somethingMayBeMissing) return [];
            var routes = wanted.Values.ToList();
            ImmutableArray<ContentHash> missing = [.. routes.SelectMany(Stables).Concat(routes.SelectMany(Others)).Select(served => served.Package)
                .Where(hash => !packages.ContainsKey(hash) && !gone.Contains(hash)).Distinct()];
            somethingMayBeMissing = !missing.IsEmpty;
            return missing;
        }
    }

    /// <summary>The stable versions that are served, and their packages: all that a later start may rely on.</summary>
    /// <returns>Null while packages of stable versions are on their way: what was kept before is better than a part.</returns>
    public (SnapshotDocument Snapshot, ImmutableArray<Package> Packages)? Stable()
    {
        lock (gate)
        {
            if (told == 0 || wanted.Any(entry => !current.Routes.ContainsKey(entry.Key) && !Stables(entry.Value).Any(version => gone.Contains(version.Package)))) return null;
            var served = current.Routes.Values.OrderBy(route => route.Prompt.Value, StringComparer.Ordinal).ToList();
            var hashes = served.SelectMany(Stables).Select(version => version.Package).DistinctBy(hash => hash.Value).OrderBy(hash => hash.Value, StringComparer.Ordinal);
            return (new SnapshotDocument(environment, told, [.. served.Select(route => RouteDocument.Of(WithoutCandidate(route, null)) with { Withdrawn = WithdrawnOf(route.Prompt.Value) })]), [.. hashes.Select(hash => packages[hash])]);
        }
    }

    /// <summary>Whether a package is still to be fetched.</summary>
    public bool Wants(ContentHash hash) => Missing().Contains(hash);

    private void Want(ImmutableArray<RouteDocument> routes)
    {
        var table = ImmutableDictionary.CreateBuilder<string, Route>(StringComparer.Ordinal);
        foreach (var document in routes)
        {
            Withdraw(document);
            if (!table.TryGetValue(document.Prompt.Value, out var twice) || twice.Revision < document.Revision) table[document.Prompt.Value] = document.ToRoute();
        }
        wanted = table.ToImmutable();
    }

    private void Settle(ImmutableArray<string> prompts, long revision)
    {
        var (changed, withdrawn) = (new List<Route>(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var prompt in prompts)
        {
            var old = current.Routes.GetValueOrDefault(prompt);
            var now = wanted.TryGetValue(prompt, out var entry) ? Servable(entry, old) : null;
            if (entry is null || ReferenceEquals(now, entry)) pending.Remove(prompt);
            else pending.Add(prompt);
            somethingMayBeMissing |= entry is not null && !Held(Stables(entry).Concat(Others(entry)));
            if (ReferenceEquals(now, old)) continue;
            if (now is null) withdrawn.Add(prompt);
            else changed.Add(now);
        }
        var routes = withdrawn.Count == 0 ? current.Routes : RouteDictionary.Of(current.Routes.Values.Where(route => !withdrawn.Contains(route.Prompt.Value)));
        if (changed.Count + withdrawn.Count > 0 || current.Revision != revision) Volatile.Write(ref current, new Snapshot(environment, revision, routes.With(changed)));
        if (pending.Count == 0) Volatile.Write(ref applied, told);
        Forget();
    }

    // What can be served of a record now: all of it, all but its candidate, or still the old one without what was withdrawn.
    private Route? Servable(Route route, Route? old)
    {
        if (IsWithdrawn(route, route.BroughtBy)) return InsteadOf(route, old);
        if (!Held(Stables(route))) return old?.Candidate is { } candidate && candidate.Release != route.Candidate?.Release ? WithoutCandidate(old, old.RollbackTo) : old;
        if (route.Candidate is null || Held(Others(route)) && !IsWithdrawn(route, route.Candidate.Salt)) return route;
        return WithoutCandidate(route, route.RollbackTo);
    }

    /// <summary>What a record says that must not be served: a release that was rolled back; null where there is nothing.</summary>
    public bool IsRefused(string prompt)
    {
        lock (gate) return wanted.TryGetValue(prompt, out var route) && (IsWithdrawn(route, route.BroughtBy) || IsWithdrawn(route, route.Candidate?.Salt));
    }

    // A server that lags behind says it, or one that was restored from a backup: what was served before stays, else what the record itself would be rolled back to. Where neither is here,
    // something bad is better than nothing.
    private Route? InsteadOf(Route route, Route? old)
    {
        if (old is not null && !IsWithdrawn(route, old.BroughtBy)) return IsWithdrawn(route, old.Candidate?.Salt) ? WithoutCandidate(old, old.RollbackTo) : old;
        if (route.RollbackTo is { } back && packages.ContainsKey(back.Package)) return new Route(route.Prompt, route.Revision, back, null, null, route.Policy, route.Variants);
        return Held(Stables(route)) ? WithoutCandidate(route, route.RollbackTo) : old;
    }

    // True where something of it was not known before.
    private bool Withdraw(RouteDocument route)
    {
        if (route.Withdrawn is not { IsDefaultOrEmpty: false } salts) return false;
        var known = withdrawn.GetValueOrDefault(route.Prompt.Value) ?? ImmutableSortedSet.Create<string>(StringComparer.Ordinal);
        return (withdrawn[route.Prompt.Value] = known.Union(salts)).Count > known.Count;
    }

    private bool IsWithdrawn(Route route, string? salt) => salt is not null && withdrawn.TryGetValue(route.Prompt.Value, out var salts) && salts.Contains(salt);

    private ImmutableArray<string>? WithdrawnOf(string prompt) => withdrawn.TryGetValue(prompt, out var salts) ? [.. salts] : null;

    private bool Held(IEnumerable<ServedVersion> versions) => versions.All(version => packages.ContainsKey(version.Package));

    // Now and then, not with each change. A request that resolved a moment ago and finds its package gone resolves again.
    private void Forget()
    {
        if (packages.Count <= 64 + 4 * wanted.Count) return;
        var needed = wanted.Values.SelectMany(entry => Stables(entry).Concat(Others(entry)))
            .Concat(current.Routes.Values.SelectMany(route => Stables(route).Concat(Others(route)))).Select(served => served.Package).ToHashSet();
        foreach (var hash in packages.Keys)
            if (!needed.Contains(hash)) packages.TryRemove(hash, out _);
    }

    private static IEnumerable<ServedVersion> Stables(Route route) => route.Variants.Values.Prepend(route.Stable);

    private IEnumerable<ServedVersion> Others(Route route)
    {
        if (route.Candidate is { NotUnderstood: null } candidate) yield return candidate.Served;
        if (route.RollbackTo is { } back && !gone.Contains(back.Package)) yield return back;
    }

    private static Route WithoutCandidate(Route route, ServedVersion? rollbackTo) => new(route.Prompt, route.Revision, route.Stable, null, rollbackTo, route.Policy, route.Variants) { BroughtBy = route.BroughtBy, Withdrawn = route.Withdrawn };
}
