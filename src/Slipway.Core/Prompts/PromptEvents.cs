using System.Text.Json.Serialization;
using Slipway.Core.Access;
using Slipway.Core.Evaluations;
using Slipway.Core.Journal;
using Slipway.Core.Wire;

namespace Slipway.Core.Prompts;

/// <summary>Something that happened to a prompt.</summary>
public abstract record PromptEvent : JournalEvent;

/// <summary>A version exists from now on and never changes.</summary>
/// <param name="Version">Its name.</param>
/// <param name="Package">The hash of everything that decides its behaviour.</param>
/// <param name="Owner">Who answers for the prompt.</param>
/// <param name="GoldenSet">What it is evaluated on.</param>
/// <param name="RollbackTo">The version to go back to; null for the first.</param>
/// <param name="ChangeReason">Why it exists.</param>
/// <param name="ExpectedEffect">What the author expects.</param>
/// <param name="CheckAfterRelease">What is looked at in the first days.</param>
/// <param name="ChangeKind">What sort of change it is.</param>
/// <param name="Linked">A task, incident or experiment.</param>
public sealed record VersionSubmitted(
    VersionId Version, ContentHash Package, MemberName Owner, GoldenSetId GoldenSet, VersionNumber? RollbackTo, string ChangeReason,
    string? ExpectedEffect, string? CheckAfterRelease, ChangeKind? ChangeKind, string? Linked) : PromptEvent
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => $"submitted {Version} ({Package.Abbreviated}): {ChangeReason}";
}
