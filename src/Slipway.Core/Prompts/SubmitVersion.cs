using Slipway.Core.Access;
using Slipway.Core.Journal;

namespace Slipway.Core.Prompts;

/// <summary>Makes a version out of a manifest.</summary>
/// <param name="By">An author.</param>
/// <param name="Submission">The manifest with its files.</param>
/// <param name="Package">Its package, built with the model that the catalog names now.</param>
public sealed record SubmitVersion(MemberName By, Submission Submission, Package Package) : Command(By)
{
    /// <inheritdoc/>
    public override Verdict Decide(Registry registry, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(registry);
        if (Deny(registry, By) is { } denied) return denied;
        var id = new VersionId(Submission.Prompt, Submission.Version);
        var prompt = registry.Prompts.Find(id.Prompt);
        if (string.IsNullOrWhiteSpace(Submission.ChangeReason)) return Verdict.Invalid("change_reason is empty: say in a sentence why this version exists.");
        if (registry.Models.Resolve(Submission.Model) != Package.Model)
            return Verdict.Conflict($"The model alias {Submission.Model} was changed meanwhile; push again.");
        if (registry.Evaluations.Find(Submission.GoldenSet) is null)
            return Verdict.Unknown($"There is no golden set {Submission.GoldenSet}; push it with the manifest, or with: slipway golden push FILE");
        if (prompt is not null && prompt.Versions[0].Id.Number.Scheme != id.Number.Scheme)
            return Verdict.Invalid($"{id.Prompt} numbers its versions like {prompt.Versions[0].Id.Number}; {id.Number} is of the other scheme.");
        if (Submission.RollbackTo is { } target && (target == id.Number || prompt?.Find(target) is null))
            return Verdict.Unknown($"rollback_to names {target}, " + (target == id.Number ? "the version itself." : $"which {id.Prompt} does not have."));

        var submitted = new VersionSubmitted(
            id, Package.Hash, Submission.Owner, Submission.GoldenSet, Submission.RollbackTo, Submission.ChangeReason,
            Submission.ExpectedEffect, Submission.CheckAfterRelease, Submission.ChangeKind, Submission.Linked);
        return prompt?.Find(id.Number) switch
        {
            null => registry.Objects.Deny(Package.Hash, "A version with this content") ?? Verdict.Of(submitted),
            { } existing when existing.Facts == submitted => Verdict.Of(),
            { } existing when existing.Package != Package.Hash =>
                Verdict.Conflict($"{id} exists since {existing.SubmittedAt:yyyy-MM-dd} with other content and never changes; give the new content a new version."),
            _ => Verdict.Conflict($"{id} exists with the same content but another record (owner, reason, golden set or links); a version's record never changes either."),
        };
    }

    /// <summary>Refuses who may not submit; asked before anything is stored for them.</summary>
    public static Verdict? Deny(Registry registry, MemberName by)
    {
        ArgumentNullException.ThrowIfNull(registry);
        return registry.Access.Deny(by, "submit versions", Role.Author);
    }
}
