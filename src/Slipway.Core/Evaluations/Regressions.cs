using System.Collections.Immutable;

namespace Slipway.Core.Evaluations;

/// <summary>What a reviewer reads of the differences: clusters of what broke, the worst first, then the best that was won, and not much of the rest.</summary>
/// <param name="Clusters">At most twelve clusters of broken cases.</param>
/// <param name="Rows">The rows in the order in which they are read.</param>
/// <param name="LeftOut">How many have no row.</param>
internal sealed record Regressions(ImmutableArray<RegressionCluster> Clusters, ImmutableArray<BehaviourDifference> Rows, LeftOut LeftOut)
{
    private const int MostClusters = 12, MostRowsOfCluster = 5, MostFixed = 20, MostOthers = 6, MostIds = 50;
    private const double Alike = 0.42;

    public static Regressions Of(DifferenceTally tally)
    {
        var texts = tally.Rows(DifferenceCategory.Broken).ToDictionary(row => row.CaseId, StringComparer.Ordinal);
        var all = Cluster(tally.Broken, texts);
        var shown = all.Take(MostClusters).ToList();
        var broken = shown.SelectMany(cluster => RowsOf(cluster, texts)).ToList();
        var won = Wins(tally);
        var (wrong, right) = (Others(tally, DifferenceCategory.BothWrongDifferent), Others(tally, DifferenceCategory.BothRightDifferent));
        ImmutableArray<BehaviourDifference> rows = [.. broken.Concat(won).Concat(wrong).Concat(right).Select(row => row.Compared())];
        return new Regressions([.. shown.Select(cluster => cluster.Told)], rows, new LeftOut(
            tally.Counts[DifferenceCategory.Broken] - broken.Count, tally.Counts[DifferenceCategory.Fixed] - won.Count,
            tally.Counts[DifferenceCategory.BothWrongDifferent] - wrong.Count, tally.Counts[DifferenceCategory.BothRightDifferent] - right.Count,
            all.Count - shown.Count));
    }

    private static List<(RegressionCluster Told, ImmutableArray<BrokenCase> WithText)> Cluster(List<BrokenCase> broken, Dictionary<string, BehaviourDifference> texts)
    {
        var sorted = broken.OrderBy(one => one.CaseId, StringComparer.Ordinal).ToList();
        var read = sorted.Where(one => texts.ContainsKey(one.CaseId)).ToList();
        var clusters = Clustering.Of(read.Count, (left, right) => read[left].Likeness(read[right]), Alike)
            .Select(members => (WithText: members.Select(index => read[index]).ToImmutableArray(), All: members.Select(index => read[index]).ToList())).ToList();
        var middles = clusters.ConvertAll(cluster => Middle(cluster.WithText));
        // What nobody kept the text of still counts: with the cluster it is most like.
        foreach (var one in sorted.Where(one => !texts.ContainsKey(one.CaseId)))
            clusters[middles.Select((middle, index) => (Likeness: middle.Likeness(one), index)).MaxBy(near => near.Likeness).index].All.Add(one);
        return
        [
            .. clusters.Select((cluster, index) => (Told: Tell(cluster.All, cluster.WithText, middles[index], texts), cluster.WithText, Severity: cluster.All.Sum(one => one.Severity)))
                .OrderByDescending(one => one.Told.BrokenForm).ThenByDescending(one => one.Told.Size).ThenByDescending(one => one.Severity)
                .ThenBy(one => one.Told.Representative, StringComparer.Ordinal).Select(one => (one.Told, one.WithText)),
        ];
    }

    private static RegressionCluster Tell(List<BrokenCase> all, ImmutableArray<BrokenCase> withText, BrokenCase middle, Dictionary<string, BehaviourDifference> texts)
    {
        var reasons = withText.GroupBy(one => texts[one.CaseId].Group, StringComparer.Ordinal).OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal).ToList();
        var title = reasons.Count == 1 ? reasons[0].Key : $"{reasons[0].Key}, and {(reasons.Count == 2 ? "one failure" : $"{reasons.Count - 1} failures")} like it";
        var tags = all.SelectMany(one => one.Tags).GroupBy(tag => tag, StringComparer.Ordinal).Where(tag => 2 * tag.Count() >= all.Count)
            .OrderByDescending(tag => tag.Count()).ThenBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => tag.Key);
        return new RegressionCluster(title, all.Count, 2 * all.Count(one => one.BrokenForm) > all.Count, [.. tags.Take(4)], middle.CaseId, Worst(withText).CaseId,
            [.. all.Select(one => one.CaseId).Order(StringComparer.Ordinal).Take(MostIds)]);
    }

    private static BrokenCase Middle(ImmutableArray<BrokenCase> members) => members.MaxBy(one => members.Sum(other => one.Likeness(other)))!;

    private static BrokenCase Worst(ImmutableArray<BrokenCase> members) => members.MaxBy(one => one.Severity)!;

    private static IEnumerable<BehaviourDifference> RowsOf((RegressionCluster Told, ImmutableArray<BrokenCase> WithText) cluster, Dictionary<string, BehaviourDifference> texts) =>
        ((IEnumerable<string>)[cluster.Told.Representative, cluster.Told.Worst, .. cluster.WithText.OrderByDescending(one => one.Severity).Select(one => one.CaseId)])
            .Distinct(StringComparer.Ordinal).Take(MostRowsOfCluster).Select(id => texts[id]);

    // Large groups of wins first; of each at most four, so that one big group does not hide the others.
    private static List<BehaviourDifference> Wins(DifferenceTally tally) =>
    [
        .. tally.Rows(DifferenceCategory.Fixed).GroupBy(row => row.Group, StringComparer.Ordinal).OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal)
            .SelectMany(group => group.OrderBy(row => row.CaseId, StringComparer.Ordinal).Take(4)).Take(MostFixed),
    ];

    private static List<BehaviourDifference> Others(DifferenceTally tally, DifferenceCategory category) =>
        [.. tally.Rows(category).OrderByDescending(row => Math.Abs(row.CandidateAnswer.Length - row.BaselineAnswer.Length)).ThenBy(row => row.CaseId, StringComparer.Ordinal).Take(MostOthers)];
}
