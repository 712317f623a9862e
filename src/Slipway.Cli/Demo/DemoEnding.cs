using System.Globalization;
using Slipway.Core.Access;
using Slipway.Core.Incidents;
using Slipway.Core.Journal;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;

namespace Slipway.Cli.Demo;

/// <summary>The end of the story: who did what, the numbers, and whether the journal bears them out.</summary>
internal sealed class DemoEnding(Terminal terminal, DemoCast cast)
{
    /// <summary>Tells it, and holds every claim of the story against the journal.</summary>
    /// <exception cref="DemoException">The journal is damaged, or shows something else than the story told.</exception>
    public async Task TellAsync(ReleaseDocument first, ReleaseDocument promoted, ReleaseDocument rolledBack, IncidentId incident, TimeSpan took, CancellationToken cancellation)
    {
        terminal.Line();
        terminal.Heading("Who did what");
        var log = (await cast.As(DemoCast.OnCall).LogAsync(promoted.Candidate.Prompt.Value, cancellation)).OrFail("the log");
        foreach (var line in log) terminal.Line(Sentence(line));

        var entries = await EntriesAsync(cancellation);
        Audit(Registry.Empty.Apply(entries), entries, first, promoted, rolledBack, incident);

        // Once more, because calls under way when it was rolled back are on record only now.
        rolledBack = (await cast.As(DemoCast.OnCall).ReleaseAsync(rolledBack.Id.ToString(), cancellation)).OrFail("the numbers");
        var candidate = rolledBack.Arms.FirstOrDefault(arm => arm.Arm == Arm.Candidate);
        if (candidate is not { FirstBadAt: { } firstBad }) throw new DemoException("The bad version was rolled back, but no bad answer of it is on record.");
        var all = rolledBack.Arms.Sum(arm => arm.Calls);
        terminal.Line();
        terminal.Heading("The numbers");
        terminal.Line(string.Create(CultureInfo.InvariantCulture, $"  {candidate.Calls} of {all} requests met {rolledBack.Candidate.Number}, {candidate.Bad} of them got an answer that breaks the contract"));
        terminal.Line(string.Create(CultureInfo.InvariantCulture, $"  {(rolledBack.Since - firstBad).TotalSeconds:0.00} s from the first bad answer to the rollback, with nobody awake"));
        if (rolledBack.Rollback is { } back) terminal.Line($"  {RollbackProof.Time(back.AfterMs)} from the rollback until every instance served {back.To.Number}");
        terminal.Line($"  the journal holds {entries.Count} entries, each as it was written, and shows that every step above did what it says");
        terminal.Verdict(string.Create(CultureInfo.InvariantCulture, $"  the story took {took.TotalSeconds:0} s"), good: true);
    }

    /// <summary>A line of the log as the demo shows it.</summary>
    public static string Sentence(LogLine line) => string.Create(CultureInfo.InvariantCulture, $"  {line.Sequence,3}  {line.Time.UtcDateTime:HH:mm:ss}  {line.Actor} {line.Sentence}");

    private async Task<List<JournalEntry>> EntriesAsync(CancellationToken cancellation)
    {
        var (verifier, entries) = (new ExportVerifier(), new List<JournalEntry>());
        (await cast.As(DemoCast.OnCall).ExportAsync(line =>
        {
            if (verifier.Next(line) is { } damage) throw new DemoException($"The journal is damaged: {damage}");
            if (verifier.Closing is null) entries.Add(verifier.Chain.Last!);
        }, cancellation)).OrFail("the journal's export");
        return verifier.End() is { } missing ? throw new DemoException($"The journal is damaged: {missing}")
            : verifier.Closing is null ? throw new DemoException("The journal's export carries no signature.")
            : entries;
    }

    private static void Audit(Registry registry, List<JournalEntry> entries, ReleaseDocument first, ReleaseDocument promoted, ReleaseDocument rolledBack, IncidentId incident)
    {
        var history = entries.Select(entry => (entry.Actor, Event: entry.Read())).ToList();
        Holds(registry.Releases.Live(promoted.Candidate.Prompt, promoted.Environment)?.Version == promoted.Candidate, $"{promoted.Candidate} is live");
        foreach (var release in (ReleaseDocument[])[first, promoted, rolledBack])
        {
            Holds(ActorOf<ReleaseApproved>(release) is { } approver && approver != release.Author, $"{release.Id} was approved by somebody else than its author");
            Holds(ActorOf<ReleaseStarted>(release) is { } starter && starter != release.Author, $"{release.Id} was started by somebody else than its author");
        }
        Holds(ActorOf<ReleaseProposed>(first) is { } asked && asked == first.ProposedBy && ActorOf<ReleaseApproved>(first) is { } confirmed && confirmed != asked, $"{first.Id} was asked for and confirmed by two people");
        Holds(registry.Prompts.DutiesOf(promoted.Candidate.Prompt).Owners.Length == 2, $"{promoted.Candidate.Prompt} has an owner and a backup owner");
        Holds(history.Any(line => line.Actor == MemberName.System && line.Event is ReleaseAdvanced advanced && advanced.Release == promoted.Id && advanced.Evidence.All(one => one.Safe)),
            $"{promoted.Id} was advanced by the controller on proof");
        Holds(ActorOf<ReleaseCompleted>(promoted) == MemberName.System, $"{promoted.Id} was completed by the controller");
        Holds(history.Any(line => line.Actor == MemberName.System && line.Event is ReleaseRolledBack back && back.Release == rolledBack.Id && back.To == promoted.Candidate && back.Evidence.Any(one => one.Harmful)),
            $"{rolledBack.Id} was rolled back to {promoted.Candidate} by the controller on evidence");
        Holds(registry.Releases.Find(rolledBack.Id)?.Rollback is { IsComplete: true, Instances: DemoInstances.Count }, $"{rolledBack.Id} was rolled back on every instance");
        Holds(registry.Incidents.Find(incident) is { State: IncidentState.Closed, Tests: [.., { Facts.Proving.IsEmpty: false }] } closed && closed.Release == rolledBack.Id, $"{incident} was closed by cases that {rolledBack.Candidate} fails");

        MemberName? ActorOf<T>(ReleaseDocument release) where T : ReleaseEvent =>
            history.FirstOrDefault(line => line.Event is T happened && happened.Release == release.Id).Actor;
    }

    private static void Holds(bool claim, string what)
    {
        if (!claim) throw new DemoException($"The journal does not show that {what}.");
    }
}
