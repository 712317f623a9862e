using System.Collections.Immutable;
using System.Globalization;
using Slipway.Cli.Evaluations;
using Slipway.Cli.Releases;
using Slipway.Core.Incidents;
using Slipway.Core.Wire;

namespace Slipway.Cli.Incidents;

/// <summary>Incidents as people read them.</summary>
internal static class IncidentText
{
    private const int MostGroups = 5, MostCalls = 20;

    public static void List(Terminal terminal, ImmutableArray<IncidentDocument> incidents)
    {
        if (incidents.IsEmpty) terminal.Line("No incident is open; open one with: slipway incident open VERSION --reason TEXT");
        else
        {
            terminal.Table(["incident", "version", "where", "since", "state", "root cause", "why"], [.. incidents.Select(one => (string[])
                [one.Id.ToString(), one.Version.ToString(), one.Environment.Value, ReleaseText.Time(one.Since), State(one.State), one.Cause ?? "not explained", one.Reason])]);
        }
    }

    public static void Write(Terminal terminal, IncidentDocument incident)
    {
        terminal.Heading($"{incident.Id}  {incident.Version} in {incident.Environment}  {State(incident.State)}");
        terminal.Line($"  {incident.Reason}");
        Row(terminal, "opened", $"by {incident.OpenedBy}{(incident.Origin == IncidentOrigin.Rollback ? $", rolling {incident.Release} back" : "")}, {ReleaseText.Time(incident.OpenedAt)}");
        Row(terminal, "calls", $"from {ReleaseText.Time(incident.Since)}{(incident.Until is { } until ? $" until {ReleaseText.Time(until)}" : " on")}");
        if (incident.Details is { } details) Touched(terminal, incident, details);
        Row(terminal, "root cause", incident.Causes is [.., var cause] ? $"{cause.Text}  ({cause.By}, {ReleaseText.Time(cause.At)}{(incident.Causes.Length > 1 ? $"; {incident.Causes.Length - 1} said before" : "")})" : "not explained yet");
        foreach (var set in incident.Details?.Cases ?? [])
            Row(terminal, "cases", $"{set.Set}: {string.Join(", ", set.Cases.Concat(set.Unconfirmed.Select(one => $"{one} (to be confirmed)")))}");
        foreach (var test in incident.Tests) Row(terminal, "tested", $"{ReleaseText.Time(test.At)} by {test.By}: {test.Facts.Sentence}");
        if (incident.EndedBy is { } ended) Row(terminal, State(incident.State), $"by {ended}, {ReleaseText.Time(incident.EndedAt!.Value)}{(incident.EndedBecause is { } why ? $": {why}" : "")}");
        if (incident.Next is { } next) terminal.Line($"  {next}");
        if (incident.State == IncidentState.Open && !incident.Waivers.IsEmpty) Row(terminal, "or", $"{string.Join(" or ", incident.Waivers)} closes it without a case: slipway incident waive {incident.Id} --reason TEXT");
        if (incident.Details is { } more) Story(terminal, more);
    }

    /// <summary>What is proposed.</summary>
    /// <param name="terminal">Where.</param>
    /// <param name="cases">What.</param>
    /// <param name="path">The file they were written to; null for none.</param>
    public static void Write(Terminal terminal, IncidentCasesDocument cases, string? path)
    {
        terminal.Heading($"{cases.Incident}  {ReportText.Cases(cases.Proposed.Length)} proposed{(path is null ? "" : $", written to {path}")}");
        if (!cases.Proposed.IsEmpty)
        {
            terminal.Table(["case", "expects", "what failed"], [.. cases.Proposed.Select(one => (string[])
                [one.Id, one.IsCertain ? "what failed" : "say what is right", string.Join(" ", one.Failures.Select(failure => failure.Sentence))])]);
        }
        foreach (var left in cases.LeftOut) terminal.Line($"  {left}");
        foreach (var set in cases.There)
            terminal.Line($"  {set.Set} holds {ReportText.Cases(set.Cases.Length + set.Unconfirmed.Length)} of it already{(set.Unconfirmed.IsEmpty ? "" : $", {set.Unconfirmed.Length} to be confirmed")}");
        if (cases.Proposed.IsEmpty) return;
        terminal.Line($"Accept them as they are:  slipway incident add-case {cases.Incident} --case ID | --all");
        terminal.Line($"Or edit them, drop some, take \"confirm\" out:  slipway incident add-case {cases.Incident} --file {path ?? "FILE"}{(path is null ? $"     (written by: slipway incident cases {cases.Incident} --out FILE)" : "")}");
    }

    private static void Touched(Terminal terminal, IncidentDocument incident, IncidentDetails details)
    {
        var (clock, figures) = (details.Clock, details.Figures);
        Row(terminal, "stopped", clock.RolledBackAt is null ? "not rolled back" : $"by {clock.RolledBackBy}, {Seconds(clock.SecondsExposed!.Value)} after the first user got it"
            + (clock.SecondsFailing is { } failing ? $", {Seconds(failing)} after the first failing call" : ""));
        Row(terminal, "touched", $"{Count(figures.Requests, "request")} of {Count(figures.Users, "user")}, {Number(figures.Failing)} of them failing{(incident.EndedAt is null ? "" : " (as counted when it ended)")}");
        Groups("workflows", details.Workflows, group => group.Value ?? "not said");
        Groups("customers", details.Tenants, group => group.Value ?? "not said");
        Groups("segments", details.Segments, group => $"{group.Name}={group.Value}");

        void Groups(string what, ImmutableArray<TouchedGroup> groups, Func<TouchedGroup, string> name)
        {
            // One group that nobody named says nothing.
            if (groups.IsEmpty || groups is [{ Value: null }]) return;
            Row(terminal, what, string.Join("; ", groups.Take(MostGroups).Select(group => $"{name(group)} {Number(group.Requests)} ({Number(group.Failing)} failing{(group.Users is { } users ? $", {Count(users, "user")}" : "")})"))
                + (groups.Length > MostGroups ? "; …" : ""));
        }
    }

    private static void Story(Terminal terminal, IncidentDetails details)
    {
        if (!details.FailingCalls.IsEmpty)
        {
            terminal.Line();
            terminal.Table(["failing call", "at", "workflow", "what failed"], [.. details.FailingCalls.Take(MostCalls).Select(call => (string[])
                [call.TraceId, ReleaseText.Time(call.At), call.Workflow ?? "", string.Join(" ", call.Failures.Select(failure => failure.Sentence))])]);
            if (details.Figures.Failing > MostCalls) terminal.Line($"  and {Number(details.Figures.Failing - MostCalls)} more");
        }
        terminal.Line();
        foreach (var line in details.Timeline) terminal.Line($"  {ReleaseText.Time(line.Time)}  {line.Actor} {line.Sentence}");
    }

    private static string State(IncidentState state) => state.ToString().ToLowerInvariant();

    private static string Seconds(double seconds) => seconds < 120 ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0.#} s")
        : ReleaseText.Ago(TimeSpan.FromSeconds(seconds)).Replace(" ago", "", StringComparison.Ordinal);

    private static string Count(long number, string what) => $"{Number(number)} {what}{(number == 1 ? "" : "s")}";

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static void Row(Terminal terminal, string what, string text) => terminal.Line($"  {what,-13}{text}");
}
