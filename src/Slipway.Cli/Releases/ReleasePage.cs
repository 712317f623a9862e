using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Releases;
using Slipway.Core.Wire;

namespace Slipway.Cli.Releases;

/// <summary>The whole of a release, or of what one would be: the contract, who signed, what is missing.</summary>
internal static class ReleasePage
{
    /// <summary>A release.</summary>
    public static void Write(Terminal terminal, ReleaseDocument release)
    {
        ReleaseText.Write(terminal, release);
        terminal.Line();
        if (release.Shadow is { } shadow)
        {
            ShadowText.Write(terminal, shadow);
            terminal.Line();
        }
        Plan(terminal, release.Plan, release.Forecast);
        foreach (var review in release.Reviews)
            Row(terminal, review.Part.ToString().ToLowerInvariant(), $"signed by {review.By}, {ReleaseText.Time(review.At)}{(review.Note.Length == 0 ? "" : $": {review.Note}")}");
        foreach (var part in release.OpenReviews) Row(terminal, part.ToString().ToLowerInvariant(), "not signed yet");
        if (release.ScheduledBy is { } scheduler) Row(terminal, "scheduled", $"by {scheduler}");
        if (release.ObservedUntil is { } observed) Row(terminal, "observed", $"until {ReleaseText.Time(observed)}");
        if (release.ExpiresAt is { } end) Row(terminal, "emergency", $"until {ReleaseText.Time(end)} on two people's word; then it is rolled back, unless it was evaluated and approved");
        Checklist(terminal, release.Checklist);
    }

    /// <summary>What a release would be.</summary>
    public static void Write(Terminal terminal, ReleaseCheckDocument check)
    {
        terminal.Heading($"{check.Candidate} in {check.Environment}{(check.Baseline is { } baseline ? $", after {baseline.Number}" : "")}");
        if (check.Plan is { } plan) Plan(terminal, plan, check.Forecast);
        if (check.Problem is { } problem) terminal.Verdict($"  {problem}", good: false);
        Checklist(terminal, check.Checklist);
        terminal.Line();
        terminal.Verdict(check.Ready ? $"  ready; propose it with: slipway release propose {check.Candidate}" : "  not ready", check.Ready);
    }

    private static void Plan(Terminal terminal, ReleasePlan plan, ReleaseForecast? forecast)
    {
        Row(terminal, "level", JsonNamingPolicy.SnakeCaseLower.ConvertName(plan.Level.ToString()).Replace('_', '-'));
        if (plan.Staging) Row(terminal, "staging", "tried there first, and whatever differs is explained");
        if (plan.Shadow is { } shadow) Row(terminal, "shadow", $"{shadow}; live requests also go to the candidate, nobody is shown its answers");
        Row(terminal, "steps", $"{string.Join(", ", plan.Steps)}; each at least {plan.MinimumTime} and {plan.MinimumUnits} units, decided within {plan.DecideWithin}");
        if (!plan.Guardrails.IsEmpty) Row(terminal, "guardrails", string.Join(", ", plan.Guardrails));
        Row(terminal, "frozen", $"for {plan.MaximumFreeze} at most, then rolled back");
        Row(terminal, "observed", plan.Observe.Value == TimeSpan.Zero ? "not at all: completed as soon as everybody has it" : $"for {plan.Observe} at 100%");
        if (plan.RollbackTo is { } back) Row(terminal, "back to", back.Text);
        Row(terminal, "watched by", plan.Watcher?.Value ?? "nobody in particular");
        Row(terminal, "unit", plan.Unit.ToString().ToLowerInvariant());
        if (plan.StartAt is { } start) Row(terminal, "starts", ReleaseText.Time(start));
        if (!plan.Eligibility.IsEmpty) Row(terminal, "only where", string.Join(" and ", plan.Eligibility));
        if (plan.Judging is { } judging) Judging(terminal, judging);
        if (forecast is null) return;
        foreach (var (index, sentence) in forecast.Sentences.Index()) Row(terminal, index == 0 ? "forecast" : "", sentence);
    }

    private static void Judging(Terminal terminal, JudgingPlan judging)
    {
        if (judging.SegmentBy is { } by) Row(terminal, "also for", $"{by} {string.Join(", ", judging.Segments)}, each by itself");
        if (judging.UnitCalls > 1) Row(terminal, "counted", $"the mean of up to {judging.UnitCalls} calls of a unit within {judging.UnitTime}");
        Row(terminal, "told within", $"{judging.OutcomesWithin} of a call, where the application tells what became of it");
        Row(terminal, "freezes", $"when nothing is heard for {judging.LostAfter}{(judging.FreezeWhenWorse ? ", and when the candidate is worse at all" : "")}");
    }

    private static void Checklist(Terminal terminal, ImmutableArray<ChecklistItem> items)
    {
        if (items.IsEmpty) return;
        terminal.Line();
        foreach (var item in items) terminal.Verdict($"  {(item.Done ? "done   " : "MISSING")}  {Words(item.Point),-13}{item.Sentence}", item.Done);
    }

    private static string Words(ChecklistPoint point) => JsonNamingPolicy.SnakeCaseLower.ConvertName(point.ToString()).Replace('_', ' ');

    private static void Row(Terminal terminal, string what, string text) => terminal.Line($"  {what,-13}{text}");
}
