using System.Globalization;
using Slipway.Core.Access;
using Slipway.Core.Journal;

namespace Slipway.Core.Prompts;

/// <summary>Makes a version out of a manifest.</summary>
/// <param name="By">An author.</param>
/// <param name="Submission">The manifest with its files.</param>
/// <param name="Package">Its package, built with the model that the catalog names now.</param>
/// <param name="Before">The package of the version it follows (<see cref="VersionLine"/>); null for the first version of a prompt.</param>
public sealed record SubmitVersion(MemberName By, Submission Submission, Package Package, Package? Before = null) : Command(By)
{
    /// <inheritdoc/>
    public override Subject About(Registry registry) => About(Submission.Prompt);

    /// <inheritdoc/>
    public override Verdict Decide(Registry registry, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(registry);
        if (Deny(registry, By, Submission.Prompt) is { } denied) return denied;
        var prompt = registry.Prompts.Find(Submission.Prompt);
        if (Existing(registry, Submission, Package) is { } existing) return Again(existing);
        if (Unready(registry, prompt) is { } unready) return unready;
        var followed = VersionLine.Newest(prompt, Submission.Version);
        if (Overtaken(prompt) is { } overtaken) return new Verdict.Refuse(overtaken);
        if (followed?.Package != Before?.Hash) return Verdict.Conflict($"{Submission.Prompt} got another version meanwhile; push again.");
        if (registry.Objects.Deny(Package.Hash, "A version with this content") is { } erased) return erased;
        return Number(prompt, followed, now, out var number) ?? Verdict.Of(Facts(number, followed));
    }

    /// <summary>Refuses who may not submit; asked before anything is stored for them.</summary>
    public static Verdict? Deny(Registry registry, MemberName by, PromptName prompt)
    {
        ArgumentNullException.ThrowIfNull(registry);
        return registry.Access.Deny(by, "submit versions", Role.Author) ?? registry.Access.DenyReach(About(prompt));
    }

    /// <summary>The version that a submission made before, if it did: the one of its number, or, where it names none, the newest with the same content and reason.</summary>
    /// <param name="registry">All state.</param>
    /// <param name="submission">What is submitted.</param>
    /// <param name="package">Its package; null where it is not built yet, then only a number finds one.</param>
    public static PromptVersion? Existing(Registry registry, Submission submission, Package? package)
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(submission);
        var prompt = registry.Prompts.Find(submission.Prompt);
        if (submission.Version is { } number) return prompt?.Find(number);
        return prompt?.Versions.LastOrDefault(version => version.Package == package?.Hash && version.Facts.ChangeReason == submission.ChangeReason);
    }

    private Overtaking? Overtaken(Prompt? prompt)
    {
        if (VersionLine.Newest(prompt, Submission.Version) is not { } newest) return null;
        var basis = Submission.BasedOn ?? Submission.RollbackTo;
        return basis == newest.Id.Number ? null : new Overtaking(basis is null ? null : prompt!.Find(basis), newest, basis);
    }

    private Verdict Again(PromptVersion existing)
    {
        var same = Facts(existing.Id.Number, null).SaysTheSameAs(existing.Facts);
        if (existing.Package == Package.Hash && same) return Verdict.Of();
        return existing.Package != Package.Hash
            ? Verdict.Conflict($"{existing.Id} exists since {existing.SubmittedAt:yyyy-MM-dd} with other content and never changes; give the new content a new version.")
            : Verdict.Conflict($"{existing.Id} exists with the same content but another record (owner, reason, golden set or links); a version's record never changes either.");
    }

    private Verdict? Unready(Registry registry, Prompt? prompt)
    {
        if (ChangeReasons.Problem(Submission.ChangeReason, "change_reason") is { } problem) return Verdict.Invalid(problem);
        if (registry.Models.Resolve(Submission.Model) != Package.Model)
            return Verdict.Conflict($"The model alias {Submission.Model} was changed meanwhile; push again.");
        // Once it is live it is too late to ask: the journal names the version's own model only.
        if (Package.Serving.Fallbacks.FirstOrDefault(model => !registry.Models.IsPinned(model)) is { } loose)
            return Verdict.Invalid($"serving.fallback_models names {loose}, which its provider may change at any time; name a dated model. Where the name stands for one model for ever, say so with: slipway model add {loose} --pinned");
        if (Package.Partials.FirstOrDefault(id => registry.Partials.Find(id) is null) is { } missing) return Verdict.Unknown(registry.Partials.Missing(missing));
        if (Submission.GoldenSet is { } set && registry.Evaluations.Find(set) is null)
            return Verdict.Unknown($"There is no golden set {set}; push it with the manifest, or with: slipway golden push FILE");
        if (prompt is not null && Submission.Version is { } number && prompt.Versions[0].Id.Number.Scheme != number.Scheme)
            return Verdict.Invalid($"{Submission.Prompt} numbers its versions like {prompt.Versions[0].Id.Number}; {number} is of the other scheme.");
        foreach (var (field, target) in (ReadOnlySpan<(string, VersionNumber?)>)[("rollback_to", Submission.RollbackTo), ("based_on", Submission.BasedOn)])
            if (target is not null && (target == Submission.Version || prompt?.Find(target) is null))
                return Verdict.Unknown($"{field} names {target}, " + (target == Submission.Version ? "the version itself."
                    : $"which {Submission.Prompt} does not have: {(prompt is null ? "push that version first, or for its first version write rollback_to: null" : $"it has {string.Join(", ", prompt.Versions.Select(version => version.Id.Number))}.")}"));
        return Submission.ChangeKind is { All.Length: > 1 } kinds && !registry.Prompts.Policy(Submission.Prompt).SeveralKindsOfChange
            ? Verdict.Invalid($"change_kind is {kinds}, but a version makes one kind of change, so that what it does can be told apart: split it, or let the policy allow it with: slipway policy set {Submission.Prompt} --several-kinds")
            : null;
    }

    private Verdict? Number(Prompt? prompt, PromptVersion? followed, DateTimeOffset now, out VersionNumber number)
    {
        number = Submission.Version ?? Proposed(followed, now);
        if (followed is null || Before is null) return null;
        var last = followed.Id.Number;
        if (number <= last) return Verdict.Conflict($"Version {number} is not newer than {last}, the newest version of its line.");
        if (number.Scheme == VersionScheme.Calendar) return null;
        var change = VersionChange.Between(Before, Package);
        var (offered, needed) = (number.StepFrom(last), change.Step);
        return offered >= needed ? null : Verdict.Invalid(string.Create(CultureInfo.InvariantCulture,
            $"Version {number} offers a {Word(offered)} change of {last}, but it is a {Word(needed)} one: {string.Join(", ", change.Reasons)}. Call it {Free(prompt!, last.Next(needed), needed)}."));
    }

    private VersionNumber Proposed(PromptVersion? followed, DateTimeOffset now) => followed switch
    {
        null => VersionNumber.First,
        { Id.Number: { Scheme: VersionScheme.Calendar } last } => last.NextOn(DateOnly.FromDateTime(now.UtcDateTime)),
        // A patch is a claim that somebody makes by writing the number; nobody made it here.
        { Id.Number: var last } => last.Next(VersionChange.Between(Before!, Package).Step is VersionStep.Major ? VersionStep.Major : VersionStep.Minor),
    };

    private VersionSubmitted Facts(VersionNumber number, PromptVersion? followed) => new(
        new VersionId(Submission.Prompt, number), Package.Hash, Package.Model, Submission.Owner ?? By, Submission.GoldenSet, Submission.RollbackTo, followed?.Id.Number, Package.Partials,
        Submission.ChangeReason, Submission.ExpectedEffect, Submission.CheckAfterRelease, Submission.ChangeKind, Submission.Linked);

    private static VersionNumber Free(Prompt prompt, VersionNumber number, VersionStep step)
    {
        while (prompt.Find(number) is not null) number = number.Next(step);
        return number;
    }

    private static Subject About(PromptName prompt) => Subject.Of($"submit versions of {prompt}", prompt);

    private static string Word(VersionStep step) => step.ToString().ToLowerInvariant();
}

/// <summary>Somebody else's version came in between.</summary>
/// <param name="From">The version that a submission was made from; null where it names none, or one there is not.</param>
/// <param name="Newest">The version that it should have been made from.</param>
/// <param name="Named">The number it named; null for none.</param>
public sealed record Overtaking(PromptVersion? From, PromptVersion Newest, VersionNumber? Named) : Refusal(RefusalKind.Conflict, Sentence(Newest, Named))
{
    private static string Sentence(PromptVersion newest, VersionNumber? named) => named is null
        ? $"The manifest does not say what it is based on; {newest.Id} is the newest, by {newest.Author} on {newest.SubmittedAt:yyyy-MM-dd}. If you made yours from that, say so with based_on: {newest.Id.Number} in the manifest."
        : $"{newest.Id} came meanwhile, by {newest.Author} on {newest.SubmittedAt:yyyy-MM-dd}: {newest.Facts.ChangeReason} Yours was made from {named}. " +
          $"Take over what {newest.Author} changed, then say so with based_on: {newest.Id.Number} in the manifest.";
}
