using System.Text.Json;
using Slipway.Cli.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;

namespace Slipway.Cli.Releases;

/// <summary>What a release's plan can hold, for editors and for the page of reference; Core reads it.</summary>
internal static class PlanKeys
{
    private static readonly ValueForm SomeShare = ValueForm.Named(Share.Form, "^(100(\\.0{1,4})?|0?[0-9]{1,2}(\\.[0-9]{1,4})?)%$");
    private static readonly ManifestKey MinimumTime = new("minimum_time", ManifestKeys.Time, "How long it lasts at least.") { LeftOut = "as the plan says of every step" };
    private static readonly ManifestKey MinimumUnits = new("minimum_units", ValueForm.Whole(1), "How many units the candidate must have answered within it.") { LeftOut = "as the plan says of every step" };

    /// <summary>A step that says more than its share.</summary>
    public static ManifestShape Step { get; } = ManifestShape.OfJson(
        "a step",
        new ManifestKey("share", SomeShare, "The candidate's share of traffic.") { InJson = Need.Needed },
        MinimumTime, MinimumUnits,
        new ManifestKey("by_hand", ValueForm.Flag, "Whether a release owner must say yes before it begins, whatever is proved.") { LeftOut = "`false`; where a release is approval-gated, `true`" });

    /// <summary>A condition of the canary.</summary>
    public static ManifestShape Eligible { get; } = ManifestShape.OfJson(
        "a condition",
        new ManifestKey("attribute", ValueForm.Text, "The attribute of a request, as the application names it.") { InJson = Need.Needed },
        new ManifestKey("operator", Words<ConditionOperator>(), "How it is compared.") { InJson = Need.Needed },
        new ManifestKey("values", ValueForm.List(ValueForm.Json("a text", "string")), "With what.") { LeftOut = "none" },
        new ManifestKey("not", ValueForm.Flag, "Whether the opposite is wanted; of an attribute that is not there, that is true.") { LeftOut = "`false`" });

    /// <summary>What a shadow may spend.</summary>
    public static ManifestShape Budget { get; } = ManifestShape.OfJson(
        "a shadow's budget",
        new ManifestKey("calls", ValueForm.Whole(1), "How many calls it may make; this or `cost` is needed.") { LeftOut = "no limit" },
        new ManifestKey("cost", ValueForm.Positive, "What it may cost, in US dollars.") { LeftOut = "no limit" });

    /// <summary>Live requests that also go to the candidate.</summary>
    public static ManifestShape Shadow { get; } = ManifestShape.OfJson(
        "a shadow",
        new ManifestKey("share", SomeShare, "The share of the units that could be in the canary; more than 0%.") { InJson = Need.Needed },
        new ManifestKey("budget", ValueForm.Mapping(Budget), "What it may spend; where that is spent, it stops.") { LeftOut = "the plan is refused" },
        MinimumTime, MinimumUnits);

    /// <summary>How the numbers are read.</summary>
    public static ManifestShape Judging { get; } = ManifestShape.OfJson(
        "a way of judging",
        new ManifestKey("segment_by", ValueForm.Text, "The attribute whose values are slices of traffic, or `tenant` or `workflow`; it needs `segments`.") { LeftOut = "no slices" },
        new ManifestKey("segments", ValueForm.List(ValueForm.Text, unique: true, most: JudgingPlan.MostSegments), "The values that are judged beside everybody.") { LeftOut = "no slices" },
        new ManifestKey("unit_calls", ValueForm.Whole(1, JudgingPlan.MostUnitCalls), "At most so many calls of a unit make its one reading; more than 1 needs `unit_time`.") { LeftOut = "1: its first call speaks for it" },
        new ManifestKey("unit_time", ManifestKeys.Time, "For so long after a unit's first call its calls count.") { LeftOut = "`0s`" },
        new ManifestKey("outcomes_within", ManifestKeys.Time, "How long after a call the application may tell what became of it, at most 7 days.") { LeftOut = "`1h`" },
        new ManifestKey("freeze_when_worse", ValueForm.Flag, "Whether it freezes when the candidate is proved to be worse than stable at all, within the margin or not.") { LeftOut = "`false`" },
        new ManifestKey("lost_after", ManifestKeys.Time, "For so long nothing may be heard of any call of either version; then it freezes.") { LeftOut = "`24h`" });

    /// <summary>The plan. What a file leaves out is as the prompt's policy says, and else as here.</summary>
    public static ManifestShape Plan { get; } = ManifestShape.OfJson(
        "a release's plan",
        new ManifestKey("level", Words<ReleaseLevel>(ReleaseLevel.Emergency), "How carefully it goes; never less than the prompt's risk asks.") { LeftOut = "what the risk asks" },
        new ManifestKey("steps", ValueForm.List(ValueForm.Either(SomeShare, ValueForm.Mapping(Step))), "The shares of traffic, rising strictly, the last one `100%`.") { LeftOut = "`1%`, `10%`, `50%`, `100%`; `100%` alone where the level lets it go at once" },
        new ManifestKey("guardrails", ValueForm.ByName("metric", ValueForm.Json("a threshold", "string")), "What is [judged continuously](rollouts.md#guardrails), as in `\"schema_pass_rate\": \">= baseline - 2pp\"`.")
        { LeftOut = "`error_rate` and `refusal_rate` `<= baseline + 2pp`; where answers are held to a schema or tools, `schema_pass_rate` `>= baseline - 2pp` too" },
        new ManifestKey("minimum_units", ValueForm.Whole(1), "How many units the candidate must have answered within a step before the next.") { LeftOut = "100" },
        new ManifestKey("minimum_time", ManifestKeys.Time, "How long a step lasts at least.") { LeftOut = "`1h`" },
        new ManifestKey("decide_within", ManifestKeys.Time, "How long a step may stay undecided before the release freezes.") { LeftOut = "`72h`" },
        new ManifestKey("maximum_freeze", ManifestKeys.Time, "How long a release may stay frozen before it is rolled back.") { LeftOut = "`72h`" },
        new ManifestKey("observe", ManifestKeys.Time, "How long it is watched at 100% before it is completed, at most `72h`; `0s` completes it at once.") { LeftOut = "`24h` to `72h`, as the risk asks; outside production `0s`" },
        new ManifestKey("rollback_to", ManifestKeys.Version, "The version to go back to, fixed now.") { LeftOut = "what is live" },
        new ManifestKey("watcher", ManifestKeys.Member, "Who watches: the name of a member, as `slipway member list` shows it.") { LeftOut = "the prompt's owner" },
        new ManifestKey("unit", Words<StickyUnit>(), "What the application's keys stand for that keep their version.") { LeftOut = "`conversation`" },
        new ManifestKey("start_at", ValueForm.Json("a time, as in `2026-05-14T06:00:00Z`", "string"), "When it starts by itself, once it is approved and a release owner said yes.") { LeftOut = "when a release owner starts it" },
        new ManifestKey("eligibility", ValueForm.List(ValueForm.Mapping(Eligible)), "What a request must meet to be in the canary, all of it.") { LeftOut = "everybody" },
        new ManifestKey("shadow", ValueForm.Mapping(Shadow), "Live requests that also go to the candidate [before its first step](rollouts.md#shadow).") { LeftOut = "none" },
        new ManifestKey("judging", ValueForm.Mapping(Judging), "How the numbers are read ([slices, units](rollouts.md#slices-of-traffic-and-units-with-several-calls)).") { LeftOut = "as each key says" },
        new ManifestKey("accept_undecided", ValueForm.Flag, "Whether it is accepted that the traffic may be too little to decide it.") { LeftOut = "such a plan is refused" },
        new ManifestKey("staging", ValueForm.Flag, "Whether the version must have been [tried in staging](staging.md) first.") { LeftOut = "only where a release is approval-gated" });

    private static ValueForm Words<T>(params ReadOnlySpan<T> except) where T : struct, Enum
    {
        var left = new HashSet<T>(Enum.GetValues<T>());
        foreach (var value in except) left.Remove(value);
        return ValueForm.Word([.. Enum.GetValues<T>().Where(left.Contains).Select(value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()))]);
    }
}
