using System.Collections.Immutable;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Wire;

namespace Slipway.Core.Objects;

/// <summary>An object that the journal names.</summary>
/// <param name="Hash">Its hash.</param>
/// <param name="What">What it is: <c>the golden set router_golden:v1</c>.</param>
public sealed record KnownObject(ContentHash Hash, string What);

/// <summary>What stands behind the hashes of a journal.</summary>
public static class KnownObjects
{
    /// <summary>Every object the journal names, in the order of packages, golden sets, rubrics, reports, tests of incidents and reviews; several versions with one package are one object.</summary>
    public static ImmutableArray<KnownObject> All(Registry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        return
        [
            .. registry.Prompts.All.Values.SelectMany(prompt => prompt.Versions).GroupBy(version => version.Package, version => version.Id)
                .Select(package => new KnownObject(package.Key, $"the package of {string.Join(", ", package)}")),
            .. registry.Evaluations.Sets.Values.GroupBy(set => set.Content, set => set.Set)
                .Select(content => new KnownObject(content.Key, $"the golden set {string.Join(", ", content)}")),
            .. registry.Evaluations.AllRubrics.Values.GroupBy(rubric => rubric.Content, rubric => rubric.Rubric)
                .Select(content => new KnownObject(content.Key, $"the rubric {string.Join(", ", content)}")),
            .. registry.Evaluations.Runs.GroupBy(run => run.Facts.Report, run => $"{run.Facts.Candidate} on {run.Facts.Set}")
                .Select(report => new KnownObject(report.Key, $"the evaluation report of {string.Join(", ", report.Distinct())}")),
            .. registry.Incidents.All.Values.SelectMany(incident => incident.Tests.Select(test => (incident.Id, test.Facts.Report))).GroupBy(test => test.Report, test => test.Id)
                .Select(report => new KnownObject(report.Key, $"the report of a test of {string.Join(", ", report.Distinct())}")),
            .. registry.Evaluations.Reviews.Select(review => new KnownObject(review.Facts.Results, $"the scores of the review {review.Facts.Review}")),
        ];
    }

    /// <summary>What an object is, as the middle of a sentence; <c>the object sha256:…</c> where the journal does not name it.</summary>
    public static string Describe(Registry registry, ContentHash hash) => Find(registry, hash)?.What ?? $"the object {hash}";

    /// <summary>An object the journal names; null where it names none of that hash.</summary>
    public static KnownObject? Find(Registry registry, ContentHash hash) => All(registry).FirstOrDefault(known => known.Hash == hash);

    /// <summary>Why an object is still needed for serving, as a sentence; null where it is not.</summary>
    internal static string? Need(Registry registry, ContentHash hash)
    {
        var places = registry.Releases.LiveByPlace.Values.SelectMany(live => (IEnumerable<(VersionId? Version, string Use)>)
        [
            (live.Version, $"is live in {live.Environment}"),
            (live.RollbackTo, $"is what {live.Version} would be rolled back to in {live.Environment}"),
        ]);
        var releases = registry.Releases.All.Values.Where(release => release.Active).SelectMany(release => (IEnumerable<(VersionId? Version, string Use)>)
        [
            (release.Candidate, $"is the candidate of {release.Id}, which is {ReleaseRules.Word(release.State)}"),
            (release.RollbackTarget, $"is what {release.Id} would be rolled back to"),
        ]);
        return places.Concat(releases).Where(used => used.Version is not null && registry.Prompts.Find(used.Version)?.Package == hash)
            .Select(used => $"{used.Version} {used.Use}").FirstOrDefault();
    }
}
