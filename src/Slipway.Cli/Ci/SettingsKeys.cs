using Slipway.Cli.Prompts;

namespace Slipway.Cli.Ci;

/// <summary>What <c>slipway.json</c> can hold.</summary>
internal static class SettingsKeys
{
    /// <summary>What a model costs.</summary>
    public static ManifestShape Prices { get; } = ManifestShape.OfJson(
        "a model's prices",
        new ManifestKey("input", ValueForm.Amount(0), "US dollars per million tokens that are sent.") { InJson = Need.Needed },
        new ManifestKey("cached_input", ValueForm.Amount(0), "US dollars per million tokens that are sent and that the provider had in its cache.") { LeftOut = "as `input`" },
        new ManifestKey("output", ValueForm.Amount(0), "US dollars per million tokens that are answered.") { InJson = Need.Needed });

    /// <summary>What a judge must reach.</summary>
    public static ManifestShape Bar { get; } = ManifestShape.OfJson(
        "a judge's bar",
        new ManifestKey("agreement", ValueForm.Amount(0, 1), "The least share of labelled examples on which it says what people said.") { InJson = Need.Needed },
        new ManifestKey("kappa", ValueForm.Amount(-1, 1), "The least Cohen's kappa, which takes away what chance alone would agree on.") { InJson = Need.Needed });

    /// <summary>What a prompt asks of its evaluations.</summary>
    public static ManifestShape Policy { get; } = ManifestShape.OfJson(
        "a prompt's policy",
        new ManifestKey("required_kinds", ValueForm.ByName("kind of case", ValueForm.Whole(1, 1_000_000)), "How many cases its golden set must hold at least.") { LeftOut = "none" },
        new ManifestKey("unsafe_tools", ValueForm.List(ValueForm.Text, unique: true), "The tools that no answer may call, by name.") { LeftOut = "none" },
        new ManifestKey("judge_bar", ValueForm.Mapping(Bar), "What a [judge](judges.md) must reach on labelled examples before it may gate.") { LeftOut = "0.8 agreement and a kappa of 0.6" });

    /// <summary>The file.</summary>
    public static ManifestShape Settings { get; } = ManifestShape.OfJson(
        CiSettings.FileName,
        new ManifestKey("models", ValueForm.ByName("alias", ManifestKeys.Model), "What the model aliases of the folder's manifests stand for.") { LeftOut = "`--model ALIAS=PROVIDER/MODEL` says it, or nothing does" },
        new ManifestKey("prices", ValueForm.ByName("`PROVIDER/MODEL`", ValueForm.Mapping(Prices)), "What models cost, for `--max-cost` and the metrics of cost.") { LeftOut = "unknown" },
        new ManifestKey("policies", ValueForm.ByName("prompt", ValueForm.Mapping(Policy)), "What prompts ask of their evaluations.") { LeftOut = "nothing" });
}
