using System.Collections.Immutable;

namespace Slipway.Cli.Prompts;

/// <summary>Puts things after those they stand on.</summary>
internal static class DependencyOrder
{
    /// <summary>Keeps the order given as far as it can.</summary>
    /// <param name="items">Some.</param>
    /// <param name="standsOn">Those of them that must come before one.</param>
    /// <param name="circle">Takes a circle: each names the next, the last the first.</param>
    public static ImmutableArray<T> Of<T>(IEnumerable<T> items, Func<T, IEnumerable<T>> standsOn, Action<ImmutableArray<T>> circle) where T : class
    {
        var ordered = ImmutableArray.CreateBuilder<T>();
        var met = new HashSet<T>(ReferenceEqualityComparer.Instance);
        foreach (var first in items)
        {
            // A way of its own instead of recursion: a chain may be as long as a folder is full.
            var way = new Stack<(T Item, IEnumerator<T> Before)>();
            if (met.Add(first)) way.Push((first, standsOn(first).GetEnumerator()));
            while (way.TryPeek(out var top))
            {
                if (!top.Before.MoveNext()) ordered.Add(way.Pop().Item);
                else if (top.Before.Current is var next && met.Add(next)) way.Push((next, standsOn(next).GetEnumerator()));
                else if (way.Any(step => step.Item == next)) circle([.. way.Select(step => step.Item).TakeWhile(item => item != next).Append(next).Reverse()]);
            }
        }
        return ordered.ToImmutable();
    }
}
