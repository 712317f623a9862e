using System.Collections.Immutable;
using Slipway.Core.Access;
using Slipway.Core.Evaluations;
using Slipway.Core.Incidents;
using Slipway.Core.Wire;
using Slipway.Server.Evaluations;

namespace Slipway.Server.Incidents;

/// <summary>Makes of a finished run the command that puts a test of an incident's cases on record. A run that a restart interrupted comes here too: what it
/// proves closes the incident, whoever still waits for it.</summary>
internal sealed class IncidentProofs(IncidentFacts facts, Ledger ledger)
{
    /// <summary>The command.</summary>
    /// <param name="by">Who asked for the test.</param>
    /// <param name="tested">Which cases of which incident.</param>
    /// <param name="run">The run.</param>
    /// <param name="report">Its report's object.</param>
    /// <param name="cases">The cases that were answered.</param>
    /// <param name="stopped">Why it ended before its last case, as the end of a sentence; null where it did not.</param>
    public IncidentCommand.Prove Of(MemberName by, TestedIncident tested, LiveRun run, ContentHash report, IReadOnlyCollection<CaseRun> cases, string? stopped)
    {
        var (registry, plan) = (ledger.Current, run.Plan);
        var found = new IncidentTested(
            tested.Incident, new EvaluationRunId(run.Stored.Number), report, plan.Dataset, plan.Candidate, plan.Baseline!,
            [.. cases.Select(IncidentCase.Of).OrderBy(one => one.Case, StringComparer.Ordinal)], stopped);
        return new IncidentCommand.Prove(by, tested.Incident, found, registry.Incidents.Find(tested.Incident) is { } incident ? facts.Count(incident, registry) : null, tested.Note);
    }

    /// <summary>Why a test left the incident open, in a sentence with what was answered; null where it closed it.</summary>
    public static string? Why(IncidentTested found, IReadOnlyCollection<CaseRun> cases)
    {
        if (found.Lacks is not { } missing) return null;
        var outcomes = cases.SelectMany(run => ((IEnumerable<(string Name, ImmutableArray<CaseOutcome> Outcomes)>)[(found.Version.ToString(), run.Candidate), (found.Stable.ToString(), run.Baseline)])
            .SelectMany(side => side.Outcomes.Select(outcome => (run.Case.Id, side.Name, Outcome: outcome)))).ToList();
        var telling = found.Cases.Any(one => one.Bad == CaseAnswer.Unanswered || one.Stable == CaseAnswer.Unanswered)
            ? outcomes.Where(one => one.Outcome.Answer.Error is not null).Select(one => one.Outcome.Answer.Error!).FirstOrDefault()
            : outcomes.Where(one => one.Name == found.Stable.ToString()).SelectMany(one => one.Outcome.Failures).FirstOrDefault();
        return $"{found.Incident} stays open: {missing}{(telling is null || found.Stopped is not null ? "" : $" ({telling.TrimEnd('.')})")}.";
    }
}
