using System.Collections.Immutable;
using Slipway.Core.Evaluations;
using Slipway.Core.Prompts;

namespace Slipway.Cli.Prompts;

/// <summary>The order in which several manifests can be pushed.</summary>
internal static class ManifestOrder
{
    /// <summary>Orders by prompt; within a prompt a version comes after those it is based on and rolls back to, else by number; the one the server numbers is last.</summary>
    /// <param name="manifests">Some.</param>
    /// <param name="problems">Takes what no order can mend.</param>
    public static ImmutableArray<Manifest> Of(IReadOnlyList<Manifest> manifests, List<ManifestProblem> problems)
    {
        CheckGoldenSets(manifests, problems);
        var ordered = ImmutableArray.CreateBuilder<Manifest>();
        foreach (var prompt in manifests.GroupBy(manifest => manifest.Submission.Prompt).OrderBy(prompt => prompt.Key.Value, StringComparer.Ordinal))
        {
            var byNumber = new SortedDictionary<VersionNumber, Manifest>();
            Manifest? next = null;
            foreach (var manifest in prompt)
            {
                if (manifest.Submission.Version is not { } number)
                {
                    if (next is not null)
                        problems.Add(new ManifestProblem(manifest.Path, null, null, $"{next.Path} is the next version of {prompt.Key} too; push one of them, then base the other on it."));
                    next ??= manifest;
                }
                else if (!byNumber.TryAdd(number, manifest))
                {
                    problems.Add(new ManifestProblem(manifest.Path, null, null, $"{Name(manifest)} stands in {byNumber[number].Path} too; a version has one manifest."));
                }
            }
            ordered.AddRange(Ordered(byNumber, problems));
            if (next is not null) ordered.Add(next);
        }
        return ordered.ToImmutable();
    }

    private static ImmutableArray<Manifest> Ordered(SortedDictionary<VersionNumber, Manifest> byNumber, List<ManifestProblem> problems) => DependencyOrder.Of(
        byNumber.Values,
        manifest => new[] { manifest.Submission.RollbackTo, manifest.Submission.BasedOn }.OfType<VersionNumber>().Distinct().Select(number => byNumber.GetValueOrDefault(number)).OfType<Manifest>(),
        circle => problems.Add(new ManifestProblem(circle[0].Path, null, null,
            $"In rollback_to and based_on, {string.Join(" names ", circle.Append(circle[0]).Select(Name))}: none of them can be pushed first.")));

    private static void CheckGoldenSets(IReadOnlyList<Manifest> manifests, List<ManifestProblem> problems)
    {
        var known = new Dictionary<GoldenSetId, GoldenSetFile>();
        foreach (var (path, _, golden) in manifests)
        {
            if (golden is null || known.TryAdd(golden.Id, golden) || known[golden.Id].JsonLines == golden.JsonLines) continue;
            var other = known[golden.Id].Path;
            problems.Add(new ManifestProblem(path, null, null, $"{golden.Path} and {other} are both {golden.Id}, but not the same; give one another version."));
        }
    }

    private static string Name(Manifest manifest) => new VersionId(manifest.Submission.Prompt, manifest.Submission.Version!).ToString();
}
