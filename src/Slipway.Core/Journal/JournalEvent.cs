using System.Text.Json.Serialization;
using Slipway.Core.Access;
using Slipway.Core.Evaluations;
using Slipway.Core.Incidents;
using Slipway.Core.Models;
using Slipway.Core.Objects;
using Slipway.Core.Partials;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Staging;

namespace Slipway.Core.Journal;

/// <summary>Something that happened. Events are never edited; a new shape gets a new name with the next number.</summary>
/// <remarks>The names below stand in every journal ever written: they are never changed or given to something else.</remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
[JsonDerivedType(typeof(MemberAdded), "member_added.v1")]
[JsonDerivedType(typeof(KeyIssuedV1), "key_issued.v1")]
[JsonDerivedType(typeof(KeyIssued), "key_issued.v2")]
[JsonDerivedType(typeof(KeyRevokedV1), "key_revoked.v1")]
[JsonDerivedType(typeof(KeyRevoked), "key_revoked.v2")]
[JsonDerivedType(typeof(GroupSet), "group_set.v1")]
[JsonDerivedType(typeof(ModelAliasSet), "model_alias_set.v1")]
[JsonDerivedType(typeof(ModelRegistered), "model_registered.v1")]
[JsonDerivedType(typeof(VersionSubmittedV1), "version_submitted.v1")]
[JsonDerivedType(typeof(VersionSubmitted), "version_submitted.v2")]
[JsonDerivedType(typeof(PromptPolicySetV1), "prompt_policy_set.v1")]
[JsonDerivedType(typeof(PromptPolicySetV2), "prompt_policy_set.v2")]
[JsonDerivedType(typeof(PromptPolicySetV3), "prompt_policy_set.v3")]
[JsonDerivedType(typeof(PromptPolicySet), "prompt_policy_set.v4")]
[JsonDerivedType(typeof(DutiesAssigned), "duties_assigned.v1")]
[JsonDerivedType(typeof(ChangeRequested), "change_requested.v1")]
[JsonDerivedType(typeof(ChangeTakenUp), "change_taken_up.v1")]
[JsonDerivedType(typeof(ChangeTurnedDown), "change_turned_down.v1")]
[JsonDerivedType(typeof(PartialSubmitted), "partial_submitted.v1")]
[JsonDerivedType(typeof(GoldenSetPushedV1), "golden_set_pushed.v1")]
[JsonDerivedType(typeof(GoldenSetPushed), "golden_set_pushed.v2")]
[JsonDerivedType(typeof(RubricPushed), "rubric_pushed.v1")]
[JsonDerivedType(typeof(EvaluationRecorded), "evaluation_recorded.v1")]
[JsonDerivedType(typeof(ReviewClosed), "review_closed.v1")]
[JsonDerivedType(typeof(ReleaseProposedV1), "release_proposed.v1")]
[JsonDerivedType(typeof(ReleaseProposedV2), "release_proposed.v2")]
[JsonDerivedType(typeof(ReleaseProposedV3), "release_proposed.v3")]
[JsonDerivedType(typeof(ReleaseProposed), "release_proposed.v4")]
[JsonDerivedType(typeof(ReleasePlanChanged), "release_plan_changed.v1")]
[JsonDerivedType(typeof(ReleaseReviewed), "release_reviewed.v1")]
[JsonDerivedType(typeof(ReleaseScheduled), "release_scheduled.v1")]
[JsonDerivedType(typeof(ReleaseShadowStopped), "release_shadow_stopped.v1")]
[JsonDerivedType(typeof(StagingReported), "staging_reported.v1")]
[JsonDerivedType(typeof(StagingExplained), "staging_explained.v1")]
[JsonDerivedType(typeof(GlassBroken), "glass_broken.v1")]
[JsonDerivedType(typeof(ReleaseApproved), "release_approved.v1")]
[JsonDerivedType(typeof(ReleaseDeclined), "release_declined.v1")]
[JsonDerivedType(typeof(ReleaseCancelled), "release_cancelled.v1")]
[JsonDerivedType(typeof(ReleaseStarted), "release_started.v1")]
[JsonDerivedType(typeof(ReleaseAdvanced), "release_advanced.v1")]
[JsonDerivedType(typeof(ReleaseFrozen), "release_frozen.v1")]
[JsonDerivedType(typeof(ReleaseResumed), "release_resumed.v1")]
[JsonDerivedType(typeof(ReleaseCompleted), "release_completed.v1")]
[JsonDerivedType(typeof(ReleaseRolledBack), "release_rolled_back.v1")]
[JsonDerivedType(typeof(RollbackReached), "rollback_reached.v1")]
[JsonDerivedType(typeof(IncidentOpened), "incident_opened.v1")]
[JsonDerivedType(typeof(IncidentExplained), "incident_explained.v1")]
[JsonDerivedType(typeof(IncidentTested), "incident_tested.v1")]
[JsonDerivedType(typeof(IncidentClosed), "incident_closed.v1")]
[JsonDerivedType(typeof(IncidentWaived), "incident_waived.v1")]
[JsonDerivedType(typeof(DrillStarted), "drill_started.v1")]
[JsonDerivedType(typeof(DrillReturned), "drill_returned.v1")]
[JsonDerivedType(typeof(DrillDone), "drill_done.v1")]
[JsonDerivedType(typeof(ObjectErased), "object_erased.v1")]
[JsonDerivedType(typeof(CheckpointKeyAdded), "checkpoint_key_added.v1")]
[JsonDerivedType(typeof(CheckpointSigned), "checkpoint_signed.v1")]
public abstract record JournalEvent
{
    /// <summary>What happened, as the rest of a sentence that begins with who did it: <c>approved rel-2</c>.</summary>
    [JsonIgnore] public abstract string Sentence { get; }     // the attribute is not inherited: each event repeats it

    /// <summary>The event in the shape this build works with. A shape that was followed by another keeps its name with its number, as in
    /// <c>VersionSubmittedV1</c>, and says here what it means today; nothing but reading ever makes one.</summary>
    internal virtual JournalEvent Upcast() => this;
}
