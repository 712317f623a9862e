using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;

namespace Slipway.Core.Evaluations;

/// <summary>Puts what people scored on the record.</summary>
/// <param name="By">Who closes the review.</param>
/// <param name="Facts">What came out.</param>
public sealed record CloseReview(MemberName By, ReviewClosed Facts) : Command(By)
{
    /// <inheritdoc/>
    public override Subject About(Registry registry) => About(Facts.Candidate, Facts.Baseline);

    /// <inheritdoc/>
    /// <remarks>A review is closed once; closing it again changes nothing.</remarks>
    public override Verdict Decide(Registry registry, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(registry);
        if (Deny(registry, By) is { } denied) return denied;
        return registry.Evaluations.Find(Facts.Review) is not null ? Verdict.Of() : registry.Objects.Deny(Facts.Results, "Results with the same scores") ?? Verdict.Of(Facts);
    }

    /// <summary>Refuses who may not open or close reviews.</summary>
    public static Verdict? Deny(Registry registry, MemberName by)
    {
        ArgumentNullException.ThrowIfNull(registry);
        return registry.Access.Deny(by, "open and close reviews", Role.Author, Role.Reviewer, Role.ReleaseOwner);
    }

    /// <summary>Refuses who may not score: it takes an author or a reviewer, and never whoever wrote the version under test.</summary>
    /// <param name="registry">All state.</param>
    /// <param name="by">Who would score.</param>
    /// <param name="candidate">The version under test.</param>
    public static Verdict? DenyScoring(Registry registry, MemberName by, VersionId candidate)
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(candidate);
        if (registry.Access.Deny(by, "score answers", Role.Author, Role.Reviewer) is { } denied) return denied;
        return registry.Prompts.Find(candidate)?.Author == by ? Verdict.Forbidden($"{by} wrote {candidate} and does not score it: even blind, whoever wrote it knows the words.") : null;
    }

    /// <summary>What a review touches: it shows answers of both sides.</summary>
    public static Subject About(VersionId candidate, VersionId? baseline)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        return RecordEvaluation.About(candidate, baseline) with { What = $"review answers of {candidate.Prompt}" };
    }
}
