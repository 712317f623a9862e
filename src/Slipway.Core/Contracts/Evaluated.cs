using System.Collections;

namespace Slipway.Core.Contracts;

/// <summary>Which members of an object, or items of an array, some subschema looked at; <c>unevaluated…</c> takes the rest.</summary>
internal sealed class Evaluated(int count)
{
    private readonly BitArray seen = new(count);

    public int Count => seen.Count;

    public bool this[int position] => seen[position];

    public void Mark(int position) => seen[position] = true;

    public void MarkAll() => seen.SetAll(true);

    public void MarkAll(Evaluated other) => seen.Or(other.seen);
}
