using System.Collections.Immutable;
using Slipway.Core.Evaluations;
using Slipway.Core.Models;
using Slipway.Server;
using Slipway.Server.Evaluations;

namespace Slipway.Cli.Ci;

/// <summary>Asks models, and keeps the purse.</summary>
/// <param name="engine">Asks them.</param>
/// <param name="providers">Who answers there, beside <c>offline</c>.</param>
/// <param name="settings">What the folder says of prices and policies.</param>
/// <param name="catalog">What a server knows of prices.</param>
/// <param name="most">What all comparisons together may cost, in US dollars; null for any amount.</param>
internal sealed class Paid(EvaluationEngine engine, ImmutableArray<ProviderOptions> providers, CiSettings settings, ModelsState catalog, decimal? most)
{
    private const string Offline = "offline";

    // What the folder says goes before what the server knows: it is the newer of the two.
    private readonly ModelsState models = catalog with { Known = catalog.Known.SetItems(settings.Catalog().Known) };
    private decimal spent;

    /// <summary>What keeps a comparison from being run; null where nothing does. Asked before anything is paid for.</summary>
    public CiOutcome.Unusable? ProblemOf(Comparison comparison)
    {
        foreach (var side in Sides(comparison))
        {
            var model = side.Package.Model;
            if (model.Provider != Offline && !providers.Any(provider => provider.Name == model.Provider))
                return new CiOutcome.Unusable($"{side.Name} runs on {model}, and no provider {model.Provider} is configured here.", $"Name it with --provider {model.Provider}=URL, or only check (--checks-only).");
            if (most is null || PricesOf(model) is not null) continue;
            return new CiOutcome.Unusable($"--max-cost needs prices, and nobody says what {model} costs.",
                $"Write {{\"prices\": {{\"{model}\": {{\"input\": 2, \"output\": 8}}}}}} into {CiSettings.FileName}, in US dollars per million tokens.");
        }
        return engine.ProblemsOf(PlanOf(comparison)) is [var problem, ..]
            ? new CiOutcome.Unusable($"{comparison.Candidate.Name} cannot be compared: {problem}", null)
            : null;
    }

    /// <summary>Does what is planned.</summary>
    /// <param name="plan">What is planned.</param>
    /// <param name="told">Hears how far it is.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<CiComparison> RunAsync(ComparisonPlan plan, Action<string> told, CancellationToken cancellation)
    {
        if (plan is not ComparisonPlan.Run { Comparison: var comparison })
        {
            var nothing = (ComparisonPlan.Nothing)plan;
            return new CiComparison(nothing.Candidate, null, nothing.Verdict, nothing.Reason);
        }
        var (candidate, baseline, _, asked, of) = comparison;
        if (most is { } ceiling && spent >= ceiling) return new CiComparison(candidate.Name, null, GateVerdict.Inconclusive, $"{candidate.Name} was not compared: the ceiling of --max-cost was reached before.");
        var result = await engine.RunAsync(PlanOf(comparison), progress => told(FormattableString.Invariant($"{candidate.Name}: {progress.CasesDone} of {progress.Cases} cases")), cancellation);
        spent += result.Progress.Spent;
        var remark = asked.Cases.Length == of ? FormattableString.Invariant($"All {of} cases of {asked.Id} were asked.")
            : FormattableString.Invariant($"{asked.Cases.Length} of the {of} cases of {asked.Id} were asked, of each kind its share; --cases {of} asks all.");
        if (baseline is null) remark += " It is the first version: there is nothing to compare it with.";
        return new CiComparison(candidate.Name, result.Report, result.Report.Verdict, remark);
    }

    // The model of a judge is named by its rubric: what the folder calls it must stand for something here too.
    private ModelsState ModelsOf(Comparison comparison) => models with
    {
        Aliases = comparison.JudgeModels,
        Known = models.Known.SetItems(Sides(comparison).Select(side => side.Package.Model).Concat(comparison.JudgeModels.Values).Distinct().Where(model => PricesOf(model) is not null)
            .Select(model => KeyValuePair.Create(model.ToString(), new ModelRegistered(model, null, PricesOf(model), Pinned: false)))),
    };

    private EvaluationPlan PlanOf(Comparison comparison) => new()
    {
        Manifest = comparison.Manifest,
        Candidate = comparison.Candidate,
        Baseline = comparison.Baseline,
        Set = comparison.Cases,
        Policy = settings.PolicyOf(comparison.Prompt),
        Models = ModelsOf(comparison),
        Rubrics = comparison.Rubrics,
        Settings = new EvaluationSettings(comparison.Manifest.Repeats, Math.Min(comparison.Manifest.Concurrency, EvaluationSettings.MostConcurrency), Left(comparison.Manifest.MaxCost), UseCache: true),
    };

    private decimal? Left(decimal? own) => most is { } all ? Math.Min(all - spent, own ?? decimal.MaxValue) : own;

    private ModelPrices? PricesOf(ModelReference model) => models.Find(model)?.Prices ?? (model.Provider == Offline ? new ModelPrices(0, null, 0) : null);

    private static IEnumerable<EvaluationSide> Sides(Comparison comparison) => comparison.Baseline is { } baseline ? [comparison.Candidate, baseline] : [comparison.Candidate];
}
