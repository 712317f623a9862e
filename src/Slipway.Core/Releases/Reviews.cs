using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Core.Releases;

/// <summary>A part of a review; each is a short sign-off of its own.</summary>
[JsonConverter(typeof(SnakeCaseConverter<SignOff>))]
public enum SignOff
{
    /// <summary>What changes for whom: the text, the behaviour, the worst cases. Comes first.</summary>
    Meaning,
    /// <summary>What was measured, and how much of it the plan puts at risk for how long. Comes after the meaning.</summary>
    Numbers,
    /// <summary>Security or compliance, where a mistake would cost the most; at any time.</summary>
    Security,
}

/// <summary>A part that somebody signed.</summary>
/// <param name="Part">Which.</param>
/// <param name="By">Who.</param>
/// <param name="At">When.</param>
/// <param name="Note">What they said; may be empty.</param>
public sealed record SignedReview(SignOff Part, MemberName By, DateTimeOffset At, string Note);

/// <summary>Which parts a release's review has, and who may sign them.</summary>
internal static class Reviews
{
    /// <summary>The parts there are, in their order.</summary>
    public static ImmutableArray<SignOff> Needed(ReleasePlan plan, PromptRights rights) =>
        plan.Level == ReleaseLevel.ApprovalGated || rights.IsGrave ? [SignOff.Meaning, SignOff.Numbers, SignOff.Security] : [SignOff.Meaning, SignOff.Numbers];

    /// <summary>The parts nobody signed yet, in their order.</summary>
    public static ImmutableArray<SignOff> Open(Release release, PromptRights rights) =>
        [.. Needed(release.Plan, rights).Where(part => release.Reviews.All(signed => signed.Part != part))];

    /// <summary>Who may sign a part of a release: not those whose work it is, nor who proposed or planned it.</summary>
    public static ImmutableArray<MemberName> Signers(SignOff part, PromptRights rights, ImmutableArray<MemberName> forbidden) => [.. rights.SignersOf(part).Except(forbidden)];

    /// <summary>A part as the object of a sentence.</summary>
    public static string Word(this SignOff part) => part.ToString().ToLowerInvariant();

    /// <summary>Who signs a part, as a sentence names them.</summary>
    public static string Signer(this SignOff part) => part == SignOff.Security ? "a security reviewer" : "a reviewer";

    /// <summary>What signing some parts comes to; who signs has been looked at before.</summary>
    public static Verdict Sign(Release release, ImmutableArray<SignOff> parts, string note, Registry registry)
    {
        var rights = PromptRights.Of(registry, release.Candidate.Prompt);
        var open = Open(release, rights);
        ImmutableArray<SignOff> signed = [.. open.Where(parts.Contains)];
        if (signed.IsEmpty)
            return parts.FirstOrDefault(part => !Needed(release.Plan, rights).Contains(part), SignOff.Meaning) is not SignOff.Meaning and var needless
                ? Verdict.Conflict($"{release.Id} needs no review of its {needless.Word()}: the risk of {release.Candidate.Prompt} is {rights.Duties.Risk.Word()}.")
                : Verdict.Of();
        if (signed.Contains(SignOff.Numbers) && open.Contains(SignOff.Meaning) && !signed.Contains(SignOff.Meaning))
            return Verdict.Conflict($"First the meaning of {release.Id}, then its numbers: nobody signed the meaning yet.");
        var reviewed = new ReleaseReviewed(release.Id, signed, note);
        return signed.Length == open.Length ? Verdict.Of(reviewed, new ReleaseApproved(release.Id, "")) : Verdict.Of(reviewed);
    }
}
