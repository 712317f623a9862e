using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Core.Evaluations;
using Slipway.Core.Incidents;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Server.Evaluations;

/// <summary>What a run was told to do, as it is stored: enough to go on with it after a restart.</summary>
/// <param name="Manifest">Its JSON, as it came.</param>
/// <param name="Candidate">What is tested.</param>
/// <param name="Baseline">What was live when the run began, or what the manifest names; null for nothing.</param>
/// <param name="Dataset">On which cases.</param>
/// <param name="SetContent">The golden set's object.</param>
/// <param name="Settings">How.</param>
/// <param name="IsWaitedFor">Whether its caller waits for the answer and could not ask for it again: when that caller is gone, nobody wants it.</param>
/// <param name="Incident">The incident whose cases are tested, and no others; null for an evaluation.</param>
internal sealed record RunPlan(
    string Manifest, VersionId Candidate, VersionId? Baseline, GoldenSetId Dataset, ContentHash SetContent, EvaluationSettings Settings, bool IsWaitedFor, TestedIncident? Incident = null);

/// <summary>Which cases of which incident a run tests.</summary>
/// <param name="Incident">Which incident.</param>
/// <param name="Cases">The cases, by their ids in the run's set.</param>
/// <param name="Note">What is said where they prove that it would be found now; null for nothing.</param>
internal sealed record TestedIncident(IncidentId Incident, ImmutableArray<string> Cases, string? Note);

/// <summary>How a run ended, as it is stored.</summary>
/// <param name="Report">The report's object; null where there is none.</param>
/// <param name="Verdict">The name of its verdict; null without one.</param>
/// <param name="Message">What there is to say, in a sentence.</param>
/// <param name="Status">The status code for who waits, where it failed.</param>
internal sealed record RunOutcome(ContentHash? Report, string? Verdict, string? Message, int? Status = null);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(RunPlan))]
[JsonSerializable(typeof(RunOutcome))]
internal sealed partial class RunJson : JsonSerializerContext;
