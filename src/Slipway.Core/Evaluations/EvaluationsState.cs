using System.Collections.Immutable;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;

namespace Slipway.Core.Evaluations;

/// <summary>An evaluation that was run.</summary>
/// <param name="By">Who ran it.</param>
/// <param name="At">When.</param>
/// <param name="Facts">What the journal says of it.</param>
public sealed record Evaluation(MemberName By, DateTimeOffset At, EvaluationRecorded Facts);

/// <summary>A review that was closed.</summary>
/// <param name="By">Who closed it.</param>
/// <param name="At">When.</param>
/// <param name="Facts">What the journal says of it.</param>
public sealed record ClosedReview(MemberName By, DateTimeOffset At, ReviewClosed Facts);

/// <summary>Golden sets, rubrics, evaluations and reviews, as the journal has them.</summary>
/// <param name="Sets">By their id.</param>
/// <param name="Runs">Oldest first.</param>
public sealed record EvaluationsState(ImmutableSortedDictionary<string, GoldenSetPushed> Sets, ImmutableList<Evaluation> Runs)
{
    /// <summary>None.</summary>
    public static EvaluationsState Empty { get; } = new(ImmutableSortedDictionary.Create<string, GoldenSetPushed>(StringComparer.Ordinal), []);

    /// <summary>Reviews that were closed, oldest first.</summary>
    public ImmutableList<ClosedReview> Reviews { get; init; } = [];

    /// <summary>Rubrics by their id.</summary>
    public ImmutableSortedDictionary<string, RubricPushed> AllRubrics { get; init; } = ImmutableSortedDictionary.Create<string, RubricPushed>(StringComparer.Ordinal);

    /// <summary>A golden set by its id; null where there is none.</summary>
    public GoldenSetPushed? Find(GoldenSetId id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return Sets.GetValueOrDefault(id.ToString());
    }

    /// <summary>All versions of a set, oldest first; empty where there is none of that name.</summary>
    public ImmutableArray<GoldenSetPushed> Versions(string name) => [.. Sets.Values.Where(set => set.Set.Name == name).OrderBy(set => set.Set.Version)];

    /// <summary>A rubric by its id; null where there is none.</summary>
    public RubricPushed? Find(RubricId id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return AllRubrics.GetValueOrDefault(id.ToString());
    }

    /// <summary>All versions of a rubric, oldest first; empty where there is none of that name.</summary>
    public ImmutableArray<RubricPushed> Rubrics(string name) => [.. AllRubrics.Values.Where(one => one.Rubric.Name == name).OrderBy(one => one.Rubric.Version)];

    /// <summary>A closed review by its id; null where there is none.</summary>
    public ClosedReview? Find(ReviewId id) => Reviews.FindLast(review => review.Facts.Review == id);

    /// <summary>The newest evaluation of a candidate against a baseline; null where there is none.</summary>
    public Evaluation? Latest(VersionId candidate, VersionId? baseline) =>
        Runs.FindLast(run => run.Facts.Candidate == candidate && run.Facts.Baseline == baseline);

    internal EvaluationsState Apply(EvaluationEvent happened, JournalEntry entry) => happened switch
    {
        GoldenSetPushed pushed => this with { Sets = Sets.SetItem(pushed.Set.ToString(), pushed) },
        RubricPushed pushed => this with { AllRubrics = AllRubrics.SetItem(pushed.Rubric.ToString(), pushed) },
        EvaluationRecorded recorded => this with { Runs = Runs.Add(new Evaluation(entry.Actor, entry.Time, recorded)) },
        ReviewClosed closed => this with { Reviews = Reviews.Add(new ClosedReview(entry.Actor, entry.Time, closed)) },
        _ => throw new InvalidOperationException($"Entry {entry.Sequence}: Evaluations does not fold {happened.GetType().Name}."),
    };
}
