using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Calls;
using Slipway.Core.Evaluations;
using Slipway.Core.Incidents;
using Slipway.Core.Journal;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;
using Slipway.Server.Evaluations;
using Slipway.Server.Objects;
using Slipway.Server.Storage;

namespace Slipway.Server.Incidents;

/// <summary>Proposes the calls of an incident that failed as golden cases, with what the prompt's policy takes out of texts taken out.</summary>
internal sealed class IncidentCases(ICallLog calls, RecordedCases recorded, ObjectKeeper objects, IncidentSets sets)
{
    private const int MostCalls = 500, MostCases = 100;

    /// <summary>The cases that are not in the prompt's golden set yet, those that say for certain what is expected first.</summary>
    public IncidentCasesDocument Propose(Incident incident, Registry registry)
    {
        var leftOut = new List<string>();
        var serving = registry.Prompts.Policy(incident.Version.Prompt).Serving;
        var there = sets.Of(incident, registry);
        var name = registry.Prompts.Find(incident.Version)?.Facts.GoldenSet?.Name;
        var newest = name is null ? null : registry.Evaluations.Versions(name).LastOrDefault(set => registry.Objects.Find(set.Content) is null);
        if (serving.Capture == CapturePolicy.None)
        {
            leftOut.Add($"The policy of {incident.Version.Prompt} keeps no texts, so no call can become a case; write one by hand, with the source {incident.Id.Source}.");
            return new IncidentCasesDocument(incident.Id, name, [], [.. leftOut], there);
        }
        var failing = calls.Failing(IncidentFacts.Stretch(incident, registry), MostCalls);
        var outcomes = calls.Outcomes([.. failing.Select(call => call.TraceId).Distinct(StringComparer.Ordinal)]);
        var made = failing.Select((call, place) => (Call: call, Place: place, Failures: CallFailure.Of(call, outcomes.GetValueOrDefault(call.TraceId))))
            .OrderBy(one => IsCertain(one.Failures) ? 0 : 1).ThenBy(one => one.Place)
            .Select(one => (one.Call, one.Failures, Case: Of(incident, one.Call, one.Failures, serving, registry, leftOut))).Where(one => one.Case is not null)
            .DistinctBy(one => one.Case!.Id).ToDictionary(one => one.Case!.Id, StringComparer.Ordinal);
        var (_, added) = GoldenSet.Grow(newest is null ? null : objects.Load(newest.Set, newest.Content), AnySet, made.Values.Select(one => one.Case!), leftOut);
        return new IncidentCasesDocument(incident.Id, name,
            [.. added.Take(MostCases).Select(one => new ProposedCase(one.Id, made[one.Id].Call.TraceId, made[one.Id].Failures, IsCertain(made[one.Id].Failures), Line(one)))], [.. leftOut], there);
    }

    private static GoldenSetId AnySet { get; } = GoldenSetId.TryParse("proposed:v1", out var id) ? id : throw new InvalidOperationException();

    // What broke its form is expected to keep it. Of every other failure only a person can say what would have been right.
    private static bool IsCertain(ImmutableArray<CallFailure> failures) => failures.Any(failure => failure.Check is "schema" or "tool_calls");

    // The texts are as they were kept then; what is taken out now is taken out of them too, and all of it where everything was kept.
    private GoldenCase? Of(Incident incident, CallRecord call, ImmutableArray<CallFailure> failures, ServingPolicy serving, Registry registry, List<string> leftOut)
    {
        var redacting = serving with { Capture = CapturePolicy.Redacted };
        var redacted = call with { Input = Captured.Of(redacting, call.Input), Output = Captured.Of(redacting, call.Output) };
        var id = $"{incident.Id}-{call.TraceId[..Math.Min(12, call.TraceId.Length)]}";
        return recorded.Of(redacted, id, CaseKind.Normal, incident.Id.Source, registry, leftOut, isWrong: !IsCertain(failures)) is { } made
            ? made with { Tags = made.Tags.SetItem("failed", failures[0].Check) } : null;
    }

    private static JsonElement Line(GoldenCase one) => GoldenSet.Of(AnySet, [one]) is GoldenSetResult.Parsed { Set: var set }
        ? JsonElement.Parse(set.ToJsonLines()) : throw new InvalidOperationException($"The case {one.Id} was made, and is none.");
}
