using System.Collections.Immutable;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Core.Partials;

/// <summary>Makes the next version of a partial.</summary>
/// <param name="By">An author.</param>
/// <param name="Name">Which partial; it need not exist yet.</param>
/// <param name="Content">The hash of its text.</param>
/// <param name="References">The partials its text names, as its tags write them.</param>
/// <param name="ChangeReason">Why, as a sentence.</param>
public sealed record SubmitPartial(MemberName By, PartialName Name, ContentHash Content, ImmutableArray<string> References, string ChangeReason) : Command(By)
{
    /// <inheritdoc/>
    public override Subject About(Registry registry) => Subject.Installation("submit partials, which any prompt may take");

    /// <inheritdoc/>
    public override Verdict Decide(Registry registry, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(registry);
        if (Deny(registry, By) is { } denied) return denied;
        var newest = registry.Partials.Newest(Name);
        var pins = PartialPins.Of(registry.Partials, References, [], Name);
        if (pins is PartialPins.Refused refused) return Verdict.Invalid(string.Join(" ", refused.Errors));
        ImmutableArray<PartialId> direct = [.. ((PartialPins.Pinned)pins).Direct.Select(version => version.Id)];
        if (newest?.Facts.Content == Content && newest.Facts.Pins.SequenceEqual(direct)) return Verdict.Of();
        if (ChangeReasons.Problem(ChangeReason, "change_reason") is { } problem) return Verdict.Invalid(problem);
        return Verdict.Of(new PartialSubmitted(new PartialId(Name, (newest?.Id.Version ?? 0) + 1), Content, direct, ChangeReason));
    }

    /// <summary>Refuses who may not submit; asked before anything is stored for them.</summary>
    public static Verdict? Deny(Registry registry, MemberName by)
    {
        ArgumentNullException.ThrowIfNull(registry);
        return registry.Access.Deny(by, "submit partials", Role.Author);
    }
}
