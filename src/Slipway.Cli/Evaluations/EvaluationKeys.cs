using System.Text.Json;
using Slipway.Cli.Prompts;
using Slipway.Core.Evaluations;

namespace Slipway.Cli.Evaluations;

/// <summary>What an evaluation's manifest can hold, for editors and for the page of reference; Core reads it.</summary>
internal static class EvaluationKeys
{
    private static readonly ValueForm Tags = ValueForm.ByName("tag", ValueForm.Json("a text", "string"));

    /// <summary>A rate of the manifest's own.</summary>
    public static ManifestShape Metric { get; } = ManifestShape.OfJson(
        "a metric",
        new ManifestKey("check", ValueForm.Text, "Only the [checks](golden-sets.md) of this name, and only the cases that have one.") { LeftOut = "all checks" },
        new ManifestKey("field", ValueForm.Text, "Only the checks that look at this field of the answer.") { LeftOut = "any field" },
        new ManifestKey("tags", Tags, "Only the cases that carry all these tags with these values.") { LeftOut = "all cases" });

    /// <summary>That a judge is asked.</summary>
    public static ManifestShape Judge { get; } = ManifestShape.OfJson(
        "a judge",
        new ManifestKey("rubric", ValueForm.Named(RubricId.Form, "^[a-z][a-z0-9_]{0,59}:v[1-9][0-9]{0,9}$"), "By which rubric, as `slipway rubric push` put it on the server.") { InJson = Need.Needed },
        new ManifestKey("tags", Tags, "Only on the cases that carry all these tags with these values.") { LeftOut = "all cases" },
        new ManifestKey("kinds", ValueForm.List(Kinds.Called("a [kind of case](golden-sets.md)")), "Only on the cases of these kinds.") { LeftOut = "all kinds" },
        new ManifestKey("compare", ValueForm.Flag, "Whether it also says which of the two sides' answers is better.") { LeftOut = "`false`" });

    /// <summary>The manifest.</summary>
    public static ManifestShape Manifest { get; } = ManifestShape.OfJson(
        "an evaluation's manifest",
        new ManifestKey("candidate_prompt", ValueForm.Text.Called("`PROMPT:vVERSION`"), "The version under test.") { InJson = Need.Needed },
        new ManifestKey("baseline_prompt", ValueForm.Text.Called("`PROMPT:vVERSION`"), "The version it is compared with.") { LeftOut = "what is live in production" },
        new ManifestKey("model", ValueForm.Text.Called("an alias of the model catalog or `PROVIDER/MODEL`"), "The model that the candidate must have been frozen with.") { LeftOut = "not checked" },
        new ManifestKey("dataset", ValueForm.Named(GoldenSetId.Form, "^[a-z][a-z0-9_./-]{0,119}:v[1-9][0-9]{0,9}$"), "The [golden set](golden-sets.md), as `slipway push` or `slipway golden` put it on the server.") { InJson = Need.Needed },
        new ManifestKey("gates", ValueForm.ByName("metric", ValueForm.Json("a threshold", "string")).NotEmpty(), "What must hold, as in `\"schema_pass_rate\": \">= 99.5%\"` ([limits and metrics](gates.md#limits)).") { InJson = Need.Needed },
        new ManifestKey("metrics", ValueForm.ByName("name", ValueForm.Mapping(Metric)), "Rates of your own; their names end in `_accuracy` or `_rate`.") { LeftOut = "none" },
        new ManifestKey("judges", ValueForm.List(ValueForm.Mapping(Judge)), "The [judges](judges.md) that score the answers, beside those that single cases ask for.") { LeftOut = "none" },
        new ManifestKey("repeats", ValueForm.Whole(1, EvaluationManifest.MostRepeats), "How often each case is asked; more show how far the model's answers vary by themselves.") { LeftOut = "1" },
        new ManifestKey("concurrency", ValueForm.Whole(1, EvaluationManifest.MostConcurrency), "How many calls may be under way at once.") { LeftOut = "8" },
        new ManifestKey("max_cost", ValueForm.Positive, "US dollars at which the run stops; what was not asked then leaves the verdict inconclusive.") { LeftOut = "no ceiling" },
        new ManifestKey("seed", ValueForm.Whole(0), "What the random draws of the statistics start from; the same seed gives the same intervals.") { LeftOut = "1" },
        new ManifestKey("strict", ValueForm.Flag, "Whether a gate passes only where chance is ruled out, not where the cases asked keep the limit.") { LeftOut = "`false`" });

    /// <summary>The kinds of cases.</summary>
    public static ValueForm Kinds => ValueForm.Word([.. Enum.GetNames<CaseKind>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)]);
}
