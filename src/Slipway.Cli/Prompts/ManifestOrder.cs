using System.Collections.Immutable;
using Slipway.Core.Evaluations;
using Slipway.Core.Prompts;

namespace Slipway.Cli.Prompts;

/// <summary>The order in which several manifests can be pushed.</summary>
internal static class ManifestOrder
{
    /// <summary>Orders by prompt; within a prompt a version comes after the one it rolls back to, else by number.</summary>
    /// <param name="manifests">Some.</param>
    /// <param name="problems">Takes what no order can mend.</param>
    public static ImmutableArray<Manifest> Of(IReadOnlyList<Manifest> manifests, List<ManifestProblem> problems)
    {
        CheckGoldenSets(manifests, problems);
        var ordered = ImmutableArray.CreateBuilder<Manifest>();
        foreach (var prompt in manifests.GroupBy(manifest => manifest.Submission.Prompt).OrderBy(prompt => prompt.Key.Value, StringComparer.Ordinal))
        {
            var byNumber = new SortedDictionary<VersionNumber, Manifest>();
            foreach (var manifest in prompt)
            {
                if (byNumber.TryAdd(manifest.Submission.Version!, manifest)) continue;
                var other = byNumber[manifest.Submission.Version!];
                problems.Add(new ManifestProblem(manifest.Path, null, null, $"{Name(manifest)} stands in {other.Path} too; a version has one manifest."));
            }
            Order(byNumber, ordered, problems);
        }
        return ordered.ToImmutable();
    }

    private static void Order(SortedDictionary<VersionNumber, Manifest> byNumber, ImmutableArray<Manifest>.Builder ordered, List<ManifestProblem> problems)
    {
        var placed = new HashSet<VersionNumber>();
        foreach (var first in byNumber.Values)
        {
            // Each version names at most one other: walk down to one that is placed or names none of these, then place the way back.
            var way = new Stack<Manifest>();
            var next = first;
            while (next is not null && placed.Add(next.Submission.Version!))
            {
                way.Push(next);
                next = next.Submission.RollbackTo is { } target ? byNumber.GetValueOrDefault(target) : null;
            }
            if (next is not null && way.Contains(next))
            {
                var circle = way.TakeWhile(manifest => manifest != next).Append(next).Reverse();
                problems.Add(new ManifestProblem(next.Path, null, null,
                    $"In rollback_to, {string.Join(" names ", circle.Append(next).Select(Name))}: none of them can be pushed first."));
            }
            ordered.AddRange(way);
        }
    }

    private static void CheckGoldenSets(IReadOnlyList<Manifest> manifests, List<ManifestProblem> problems)
    {
        var known = new Dictionary<GoldenSetId, GoldenSetFile>();
        foreach (var (path, _, golden) in manifests)
        {
            if (known.TryAdd(golden.Id, golden) || known[golden.Id].JsonLines == golden.JsonLines) continue;
            var other = known[golden.Id].Path;
            problems.Add(new ManifestProblem(path, null, null, $"{golden.Path} and {other} are both {golden.Id}, but not the same; give one another version."));
        }
    }

    private static string Name(Manifest manifest) => new VersionId(manifest.Submission.Prompt, manifest.Submission.Version!).ToString();
}
