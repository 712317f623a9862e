using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Core.Calls;
using Slipway.Core.Evaluations;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Staging;

namespace Slipway.Core.Wire;

/// <summary>The JSON of the API: snake_case names; a field nobody knows is an error, so that a misspelt one is not silently ignored.</summary>
/// <remarks>What is nothing is written as <c>null</c>: a document names all its fields. What a request may leave out has a default.</remarks>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DictionaryKeyPolicy = JsonKnownNamingPolicy.Unspecified,
    AllowDuplicateProperties = false,
    NumberHandling = JsonNumberHandling.Strict,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(MemberDocument))]
[JsonSerializable(typeof(ImmutableArray<MemberDocument>))]
[JsonSerializable(typeof(KeyRequest))]
[JsonSerializable(typeof(KeyDocument))]
[JsonSerializable(typeof(ImmutableArray<ListedKey>))]
[JsonSerializable(typeof(ModelAliasRequest))]
[JsonSerializable(typeof(ModelFactsRequest))]
[JsonSerializable(typeof(ModelDocument))]
[JsonSerializable(typeof(ImmutableArray<ModelDocument>))]
[JsonSerializable(typeof(Submission))]
[JsonSerializable(typeof(PostProcessingStep))]
[JsonSerializable(typeof(VersionDocument))]
[JsonSerializable(typeof(ImmutableArray<PromptDocument>))]
[JsonSerializable(typeof(ImmutableArray<VersionSummary>))]
[JsonSerializable(typeof(VersionDiffDocument))]
[JsonSerializable(typeof(PolicyDocument))]
[JsonSerializable(typeof(ChangeRequestRequest))]
[JsonSerializable(typeof(ChangeAnswer))]
[JsonSerializable(typeof(ChangeRequest))]
[JsonSerializable(typeof(ImmutableArray<ChangeRequest>))]
[JsonSerializable(typeof(PartialRequest))]
[JsonSerializable(typeof(PartialDocument))]
[JsonSerializable(typeof(ImmutableArray<PartialDocument>))]
[JsonSerializable(typeof(GoldenSetDocument))]
[JsonSerializable(typeof(ImmutableArray<GoldenSetListing>))]
[JsonSerializable(typeof(GoldenSetContent))]
[JsonSerializable(typeof(GoldenSetSummary))]
[JsonSerializable(typeof(GoldenSetDiff))]
[JsonSerializable(typeof(GoldenCasesRequest))]
[JsonSerializable(typeof(GoldenCasesDocument))]
[JsonSerializable(typeof(RubricDocument))]
[JsonSerializable(typeof(ImmutableArray<RubricListing>))]
[JsonSerializable(typeof(RubricContent))]
[JsonSerializable(typeof(RubricCheckDocument))]
[JsonSerializable(typeof(EvaluationDocument))]
[JsonSerializable(typeof(EvaluationRunDocument))]
[JsonSerializable(typeof(ImmutableArray<EvaluationRunDocument>))]
[JsonSerializable(typeof(EvaluationProgress))]
[JsonSerializable(typeof(ReviewRequest))]
[JsonSerializable(typeof(ReviewDocument))]
[JsonSerializable(typeof(ImmutableArray<ReviewDocument>))]
[JsonSerializable(typeof(ReviewRowDocument))]
[JsonSerializable(typeof(ReviewTurnDocument))]
[JsonSerializable(typeof(ScoreRequest))]
[JsonSerializable(typeof(CloseRequest))]
[JsonSerializable(typeof(ReviewExamplesDocument))]
[JsonSerializable(typeof(ImmutableArray<RubricExample>))]
[JsonSerializable(typeof(ProposalDocument))]
[JsonSerializable(typeof(ReleasePlanDocument))]
[JsonSerializable(typeof(PlanChangeRequest))]
[JsonSerializable(typeof(BreakGlassRequest))]
[JsonSerializable(typeof(ReleaseCheckDocument))]
[JsonSerializable(typeof(StagingRequest))]
[JsonSerializable(typeof(StagingReport))]
[JsonSerializable(typeof(StagingExplanationRequest))]
[JsonSerializable(typeof(StagingReportDocument))]
[JsonSerializable(typeof(GroupDocument))]
[JsonSerializable(typeof(ImmutableArray<GroupDocument>))]
[JsonSerializable(typeof(DutiesChange))]
[JsonSerializable(typeof(DutiesDocument))]
[JsonSerializable(typeof(BootstrapRequest))]
[JsonSerializable(typeof(ReasonDocument))]
[JsonSerializable(typeof(RollbackRequest))]
[JsonSerializable(typeof(ReleaseDocument))]
[JsonSerializable(typeof(RollbackProgress))]
[JsonSerializable(typeof(DrillRequest))]
[JsonSerializable(typeof(DrillDocument))]
[JsonSerializable(typeof(ImmutableArray<DrillDocument>))]
[JsonSerializable(typeof(ImmutableArray<ReleaseDocument>))]
[JsonSerializable(typeof(ImmutableArray<LiveDocument>))]
[JsonSerializable(typeof(IncidentRequest))]
[JsonSerializable(typeof(CauseRequest))]
[JsonSerializable(typeof(IncidentCloseRequest))]
[JsonSerializable(typeof(IncidentDocument))]
[JsonSerializable(typeof(ImmutableArray<IncidentDocument>))]
[JsonSerializable(typeof(IncidentCasesDocument))]
[JsonSerializable(typeof(ImmutableArray<LogLine>))]
[JsonSerializable(typeof(ResolveQuery))]
[JsonSerializable(typeof(ResolveDocument))]
[JsonSerializable(typeof(RenderQuery))]
[JsonSerializable(typeof(RenderDocument))]
[JsonSerializable(typeof(ImmutableArray<CallRecord>))]
[JsonSerializable(typeof(CallReport))]
[JsonSerializable(typeof(OutcomeReport))]
[JsonSerializable(typeof(ReportReceipt))]
[JsonSerializable(typeof(CallOutcomeDocument))]
[JsonSerializable(typeof(TraceDocument))]
[JsonSerializable(typeof(ImmutableArray<UnmanagedDocument>))]
[JsonSerializable(typeof(ImmutableArray<CallUserDocument>))]
[JsonSerializable(typeof(DroppedDocument))]
[JsonSerializable(typeof(CallMetricsDocument))]
[JsonSerializable(typeof(SnapshotDocument))]
[JsonSerializable(typeof(RouteDocument))]
[JsonSerializable(typeof(AcknowledgementDocument))]
[JsonSerializable(typeof(InstancesDocument))]
[JsonSerializable(typeof(CheckpointDocument))]
[JsonSerializable(typeof(BackupDocument))]
[JsonSerializable(typeof(BackupCheckDocument))]
[JsonSerializable(typeof(VerificationDocument))]
[JsonSerializable(typeof(ImmutableArray<FindingDocument>))]
[JsonSerializable(typeof(ObjectDocument))]
[JsonSerializable(typeof(ImmutableArray<ObjectDocument>))]
[JsonSerializable(typeof(ProblemDocument))]
public sealed partial class ApiJson : JsonSerializerContext;

/// <summary>The JSON of the API for readers with a need of their own.</summary>
public static class ApiJsonFor
{
    /// <summary>With quotation marks and letters of any language as they are: people read problems in a terminal.</summary>
    public static ApiJson People { get; } = new(new JsonSerializerOptions(ApiJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>For a client that may be older than its server: fields it does not know are passed over.</summary>
    public static ApiJson OlderClients { get; } = new(new JsonSerializerOptions(ApiJson.Default.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip });
}
