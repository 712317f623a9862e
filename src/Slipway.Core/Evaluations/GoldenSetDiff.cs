using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Wire;

namespace Slipway.Core.Evaluations;

/// <summary>What differs between two golden sets, by the ids of their cases.</summary>
/// <param name="Added">Ids that only the second has, in its order.</param>
/// <param name="Removed">Ids that only the first has, in its order.</param>
/// <param name="Changed">Cases that both have and that differ, in the second's order.</param>
/// <param name="Renamed">Cases that differ in nothing but their id; they are neither added nor removed.</param>
/// <param name="Same">How many cases are the same in both.</param>
public sealed record GoldenSetDiff(ImmutableArray<string> Added, ImmutableArray<string> Removed, ImmutableArray<ChangedCase> Changed, ImmutableArray<RenamedCase> Renamed, int Same)
{
    /// <summary>Compares two sets.</summary>
    public static GoldenSetDiff Between(GoldenSet before, GoldenSet after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        var (first, second) = (Fields(before), Fields(after));
        var shared = second.Where(one => first.ContainsKey(one.Key)).Select(one => new ChangedCase(one.Key, Differing(first[one.Key], one.Value))).ToList();
        var gone = before.Cases.Where(one => !second.ContainsKey(one.Id)).GroupBy(one => Content(first[one.Id])).ToDictionary(group => group.Key, group => new Queue<string>(group.Select(one => one.Id)));
        var renamed = ImmutableArray.CreateBuilder<RenamedCase>();
        foreach (var one in after.Cases.Where(one => !first.ContainsKey(one.Id)))
        {
            if (gone.TryGetValue(Content(second[one.Id]), out var ids) && ids.TryDequeue(out var id)) renamed.Add(new RenamedCase(id, one.Id));
        }
        var (from, to) = (renamed.Select(one => one.From).ToHashSet(StringComparer.Ordinal), renamed.Select(one => one.To).ToHashSet(StringComparer.Ordinal));
        return new GoldenSetDiff(
            [.. after.Cases.Select(one => one.Id).Where(id => !first.ContainsKey(id) && !to.Contains(id))],
            [.. before.Cases.Select(one => one.Id).Where(id => !second.ContainsKey(id) && !from.Contains(id))],
            [.. shared.Where(one => !one.Fields.IsEmpty)], renamed.ToImmutable(), shared.Count(one => one.Fields.IsEmpty));
    }

    // What counts is what a case says, not how its line is spelled: its fields as JSON values.
    private static Dictionary<string, ImmutableSortedDictionary<string, JsonElement>> Fields(GoldenSet set) =>
        set.Cases.Zip(set.ToJsonLines().Split('\n'), (one, line) => (one.Id, Line: JsonElement.Parse(line)))
            .ToDictionary(one => one.Id, one => one.Line.EnumerateObject().Where(field => field.Name != "id").ToImmutableSortedDictionary(field => field.Name, field => field.Value, StringComparer.Ordinal), StringComparer.Ordinal);

    private static ImmutableArray<string> Differing(ImmutableSortedDictionary<string, JsonElement> before, ImmutableSortedDictionary<string, JsonElement> after) =>
        [.. before.Keys.Union(after.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal).Where(name => !(before.TryGetValue(name, out var one) && after.TryGetValue(name, out var other) && JsonValues.Same(one, other)))];

    private static ContentHash Content(ImmutableSortedDictionary<string, JsonElement> fields) => ContentHash.Of(CanonicalJson.Of(JsonSerializer.SerializeToElement(
        fields.ToDictionary(field => field.Key, field => field.Value, StringComparer.Ordinal), EvaluationJson.Default.DictionaryStringJsonElement)));
}

/// <summary>A case that differs between two golden sets.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Fields">What differs, by name: <c>expect</c>, <c>variables</c>, …; in alphabetical order.</param>
public sealed record ChangedCase(string Id, ImmutableArray<string> Fields);

/// <summary>A case that differs between two golden sets in nothing but its id.</summary>
/// <param name="From">Its id in the first.</param>
/// <param name="To">Its id in the second.</param>
public sealed record RenamedCase(string From, string To);
