using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Core.Access;
using Slipway.Core.Evaluations;
using Slipway.Core.Journal;
using Slipway.Core.Models;
using Slipway.Core.Partials;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;

namespace Slipway.Core.Prompts;

/// <summary>Something that happened to a prompt.</summary>
public abstract record PromptEvent : JournalEvent;

/// <summary>A version exists from now on and never changes.</summary>
/// <param name="Version">Its name.</param>
/// <param name="Package">The hash of everything that decides its behaviour.</param>
/// <param name="Model">The model that its package froze; null where the first build wrote the event, which did not say.</param>
/// <param name="Owner">Who answers for it.</param>
/// <param name="GoldenSet">What it is evaluated on; null where it names nothing.</param>
/// <param name="RollbackTo">The version to go back to; null for the first.</param>
/// <param name="BasedOn">The version it was made from; null for the first.</param>
/// <param name="Partials">The exact partials its package holds.</param>
/// <param name="ChangeReason">Why it exists.</param>
/// <param name="ExpectedEffect">What the author expects.</param>
/// <param name="CheckAfterRelease">What is looked at in the first 24 to 72 hours.</param>
/// <param name="ChangeKind">What sort of change it is.</param>
/// <param name="Linked">A task, incident or experiment.</param>
public sealed record VersionSubmitted(
    VersionId Version, ContentHash Package, ModelReference? Model, MemberName Owner, GoldenSetId? GoldenSet, VersionNumber? RollbackTo, VersionNumber? BasedOn,
    ImmutableArray<PartialId> Partials, string ChangeReason, string? ExpectedEffect, string? CheckAfterRelease, ChangeKinds? ChangeKind, string? Linked) : PromptEvent
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => $"submitted {Version} ({Package.Abbreviated}): {ChangeReason}";

    /// <summary>Whether two records say the same of a version. What follows from its package, and what it was made from, is not compared.</summary>
    internal bool SaysTheSameAs(VersionSubmitted other) =>
        this with { Model = null, BasedOn = null, Partials = [] } == other with { Model = null, BasedOn = null, Partials = [] };
}

/// <summary>As <see cref="VersionSubmitted"/>, before versions said what they were made from and with.</summary>
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
public sealed record VersionSubmittedV1(
    VersionId Version, ContentHash Package, MemberName Owner, GoldenSetId GoldenSet, VersionNumber? RollbackTo, string ChangeReason,
    string? ExpectedEffect, string? CheckAfterRelease, ChangeKind? ChangeKind, string? Linked) : PromptEvent
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => Upcast().Sentence;

    internal override JournalEvent Upcast() => new VersionSubmitted(
        Version, Package, null, Owner, GoldenSet, RollbackTo, null, [], ChangeReason, ExpectedEffect, CheckAfterRelease, ChangeKind is { } kind ? new ChangeKinds(kind) : null, Linked);
}

/// <summary>From now on a prompt follows another policy.</summary>
/// <param name="Prompt">Which prompt; it need not exist yet.</param>
/// <param name="SeveralKindsOfChange">Whether one version may change meaning, tone and format at once.</param>
/// <param name="Serving">What is done with its answers and calls.</param>
/// <param name="Evaluation">What it asks of its evaluations.</param>
/// <param name="Releases">What the plans of its releases to production begin with.</param>
/// <param name="IncidentsBlock">Whether nothing of it is released while an incident of it is open.</param>
/// <param name="Drill">How often its way back is practised in production; null for only when somebody asks.</param>
public sealed record PromptPolicySet(
    PromptName Prompt, bool SeveralKindsOfChange, ServingPolicy Serving, EvaluationPolicy Evaluation, ReleasePlanDocument Releases, bool IncidentsBlock,
    DrillPolicy? Drill = null) : PromptEvent
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string Sentence =>
        $"set the policy of {Prompt}: a version {(SeveralKindsOfChange ? "may make several kinds" : "makes one kind")} of change, {Serving}, {Evaluation}, {Releases.Told()}{(IncidentsBlock ? ", and an open incident holds releases up" : "")}{(Drill is null ? "" : $", {Drill}")}";
}

/// <summary>As <see cref="PromptPolicySet"/>, before a policy spoke of releases.</summary>
/// <param name="Prompt">Which prompt; it need not exist yet.</param>
/// <param name="SeveralKindsOfChange">Whether one version may change meaning, tone and format at once.</param>
/// <param name="Serving">What is done with its answers and calls.</param>
/// <param name="Evaluation">What it asks of its evaluations.</param>
public sealed record PromptPolicySetV3(PromptName Prompt, bool SeveralKindsOfChange, ServingPolicy Serving, EvaluationPolicy Evaluation) : PromptEvent
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => Upcast().Sentence;

    internal override JournalEvent Upcast() => new PromptPolicySet(Prompt, SeveralKindsOfChange, Serving, Evaluation, ReleasePlanDocument.Empty, IncidentsBlock: false);
}

/// <summary>As <see cref="PromptPolicySet"/>, before a policy spoke of evaluations.</summary>
/// <param name="Prompt">Which prompt; it need not exist yet.</param>
/// <param name="SeveralKindsOfChange">Whether one version may change meaning, tone and format at once.</param>
/// <param name="Serving">What is done with its answers and calls.</param>
public sealed record PromptPolicySetV2(PromptName Prompt, bool SeveralKindsOfChange, ServingPolicy Serving) : PromptEvent
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => Upcast().Sentence;

    internal override JournalEvent Upcast() => new PromptPolicySet(Prompt, SeveralKindsOfChange, Serving, EvaluationPolicy.Default, ReleasePlanDocument.Empty, IncidentsBlock: false);
}

/// <summary>As <see cref="PromptPolicySet"/>, before a policy spoke of answers and calls.</summary>
/// <param name="Prompt">Which prompt; it need not exist yet.</param>
/// <param name="SeveralKindsOfChange">Whether one version may change meaning, tone and format at once.</param>
public sealed record PromptPolicySetV1(PromptName Prompt, bool SeveralKindsOfChange) : PromptEvent
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => Upcast().Sentence;

    internal override JournalEvent Upcast() => new PromptPolicySet(Prompt, SeveralKindsOfChange, ServingPolicy.Default, EvaluationPolicy.Default, ReleasePlanDocument.Empty, IncidentsBlock: false);
}
