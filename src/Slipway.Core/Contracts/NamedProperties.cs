using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;

namespace Slipway.Core.Contracts;

/// <summary>The members known by name: those with a subschema and those that must be there.</summary>
internal sealed class NamedProperties
{
    public static readonly NamedProperties None = new([], []);

    private readonly FrozenDictionary<string, int> positions;
    private readonly FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> positionsBySpan;
    private readonly int longestName;

    private NamedProperties(IReadOnlyList<(string Name, SchemaNode Node)> properties, IReadOnlyList<string> required)
    {
        var nodes = properties.ToDictionary(property => property.Name, property => property.Node);
        var bits = required.Distinct().Index().ToDictionary(name => name.Item, name => name.Index);
        Entries = [.. nodes.Keys.Union(bits.Keys).Select(name => new NamedProperty(
            name, Encoding.UTF8.GetBytes(name), nodes.GetValueOrDefault(name), bits.TryGetValue(name, out var bit) ? bit : null))];
        RequiredCount = bits.Count;
        positions = Entries.Index().ToFrozenDictionary(entry => entry.Item.Name, entry => entry.Index);
        positionsBySpan = positions.GetAlternateLookup<ReadOnlySpan<char>>();
        longestName = Entries.Select(entry => entry.Utf8Name.Length).DefaultIfEmpty().Max();
    }

    public static NamedProperties From(IReadOnlyList<(string Name, SchemaNode Node)> properties, IReadOnlyList<string> required) =>
        properties.Count == 0 && required.Count == 0 ? None : new NamedProperties(properties, required);

    public ImmutableArray<NamedProperty> Entries { get; }

    public int RequiredCount { get; }

    /// <summary>All bits of <see cref="NamedProperty.RequiredBit"/>, where there are at most 64.</summary>
    public ulong RequiredMask => RequiredCount >= 64 ? ulong.MaxValue : (1UL << RequiredCount) - 1;

    public NamedProperty? Find(string name) => positions.TryGetValue(name, out var position) ? Entries[position] : null;

    /// <summary>
    /// The member of this name. Looks first where it stands if the text keeps the schema's order, as models do; <paramref name="expected"/>
    /// moves on behind what was found.
    /// </summary>
    public NamedProperty? Find(ReadOnlySpan<byte> utf8Name, ref int expected)
    {
        if ((uint)expected < (uint)Entries.Length && utf8Name.SequenceEqual(Entries[expected].Utf8Name)) return Entries[expected++];
        // A name longer than every known one is not known, and would not fit the buffer.
        if (utf8Name.Length > longestName) return null;
        Span<char> name = longestName <= 256 ? stackalloc char[256] : new char[longestName];
        if (!positionsBySpan.TryGetValue(name[..Encoding.UTF8.GetChars(utf8Name, name)], out var position)) return null;
        expected = position + 1;
        return Entries[position];
    }
}

/// <summary>
/// One member known by name: what its value must fit, null where it must only be there; its number among the required members, null where
/// it may be missing.
/// </summary>
internal sealed record NamedProperty(string Name, byte[] Utf8Name, SchemaNode? Node, int? RequiredBit);
