using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Slipway.Core.Resolution;

/// <summary>Routing records by the prompt's name. Immutable; a table with one record changed shares all the others with the table it was made from.</summary>
public sealed class RouteDictionary : IReadOnlyDictionary<string, Route>
{
    // One short list for each value of the hash's lowest bits: to change one record copies the array of lists and one list, not ten thousand records.
    private const int Spread = 4;

    private readonly Slot[][] lists;

    private RouteDictionary(Slot[][] lists, int count) => (this.lists, Count) = (lists, count);

    /// <summary>The table of no records.</summary>
    public static RouteDictionary Empty { get; } = new([[]], 0);

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public IEnumerable<string> Keys => this.Select(route => route.Key);

    /// <inheritdoc/>
    public IEnumerable<Route> Values => this.Select(route => route.Value);

    /// <inheritdoc/>
    public Route this[string key] => TryGetValue(key, out var route) ? route : throw new KeyNotFoundException($"No version of a prompt {key} is live.");

    /// <summary>The table of some records; of two of one prompt the later one counts.</summary>
    public static RouteDictionary Of(IEnumerable<Route> routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        return Empty.With([.. routes]);
    }

    /// <summary>The table with some records added or replaced.</summary>
    public RouteDictionary With(IReadOnlyCollection<Route> changed)
    {
        ArgumentNullException.ThrowIfNull(changed);
        if (changed.Count == 0) return this;
        var copy = Copied(Count + changed.Count);
        var (own, count) = (new bool[copy.Length], Count);
        foreach (var route in changed)
        {
            var slot = new Slot(Hash(route.Prompt.Value), route.Prompt.Value, route);
            var at = slot.Hash & (copy.Length - 1);
            var place = Array.FindIndex(copy[at], other => other.Name == slot.Name);
            if (place >= 0 && !own[at]) copy[at] = [.. copy[at]];
            own[at] = true;
            if (place >= 0) copy[at][place] = slot;
            else (copy[at], count) = ([.. copy[at], slot], count + 1);
        }
        return new RouteDictionary(copy, count);
    }

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out Route value)
    {
        ArgumentNullException.ThrowIfNull(key);
        var (all, hash) = (lists, Hash(key));
        foreach (ref readonly var slot in all[hash & (all.Length - 1)].AsSpan())
        {
            if (slot.Hash != hash || !string.Equals(slot.Name, key, StringComparison.Ordinal)) continue;
            value = slot.Route;
            return true;
        }
        value = null;
        return false;
    }

    /// <inheritdoc/>
    public bool ContainsKey(string key) => TryGetValue(key, out _);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, Route>> GetEnumerator()
    {
        foreach (var list in lists)
            foreach (var slot in list) yield return KeyValuePair.Create(slot.Name, slot.Route);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    // A table that grew past so many records a list is spread anew.
    private Slot[][] Copied(int needed)
    {
        var length = Math.Max(lists.Length, (int)BitOperations.RoundUpToPowerOf2((uint)needed) / Spread);
        if (length == lists.Length) return [.. lists];
        var spread = new Slot[length][];
        Array.Fill(spread, []);
        foreach (var list in lists)
            foreach (var slot in list)
            {
                ref var into = ref spread[slot.Hash & (length - 1)];
                into = [.. into, slot];
            }
        return spread;
    }

    // Four letters at a time. Who may name prompts is trusted, so collisions need not be made hard to find.
    private static int Hash(ReadOnlySpan<char> name)
    {
        const ulong Mixer = 0x9E3779B97F4A7C15;
        var hash = (ulong)name.Length;
        for (; name.Length >= 4; name = name[4..]) hash = (BitOperations.RotateLeft(hash, 5) ^ MemoryMarshal.Read<ulong>(MemoryMarshal.AsBytes(name))) * Mixer;
        foreach (var letter in name) hash = (BitOperations.RotateLeft(hash, 5) ^ letter) * Mixer;
        return (int)(hash >> 33);
    }

    private readonly record struct Slot(int Hash, string Name, Route Route);
}
