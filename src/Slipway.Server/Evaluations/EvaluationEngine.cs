using System.Collections.Concurrent;
using System.Collections.Immutable;
using Slipway.Core.Evaluations;
using Slipway.Core.Models;
using Slipway.Core.Prompts;
using Slipway.Server.Providers;
using Slipway.Server.Storage;

namespace Slipway.Server.Evaluations;

/// <summary>Runs evaluations: candidate and baseline on the same cases, through the renderer, the providers, the post-processing and the contract check that the
/// gateway uses. It needs no ledger and no HTTP server.</summary>
/// <remarks>
/// In a process of one's own: <c>using var engine = EvaluationEngine.Open(providers)</c>, an <see cref="EvaluationPlan"/> of packages and cases that the caller
/// made, and <c>await engine.RunAsync(plan, progress => …)</c>; its <see cref="EvaluationResult.Report"/> is what the server would record. One engine runs any
/// number of plans, also at once; what limits a provider's rate then holds for all of them.
/// </remarks>
public sealed class EvaluationEngine : IDisposable
{
    private readonly ConcurrentDictionary<string, ProviderPace> paces = new(StringComparer.Ordinal);
    private readonly ModelProviders providers;
    private readonly IEvaluationStore? store;
    private readonly ModelAsker asker;
    private readonly Jitter jitter;
    private readonly TimeProvider clock;
    private readonly IDisposable? owned;

    internal EvaluationEngine(ModelProviders providers, IEvaluationStore? store, TimeSpan modelTimeout, Jitter jitter, TimeProvider clock, IDisposable? owned = null) =>
        (this.providers, this.store, asker, this.jitter, this.clock, this.owned) = (providers, store, new ModelAsker(modelTimeout, jitter, clock), jitter, clock, owned);

    /// <summary>An engine for a process that is no server.</summary>
    /// <param name="providers">Beside <c>offline</c>, which is always there.</param>
    /// <param name="cache">The file in which answers are kept, made where it is missing; null keeps none.</param>
    /// <param name="modelTimeout">How long a model may take to answer where its package does not say; default 120 s.</param>
    /// <param name="clock">The clock of everything it does; the system's by default.</param>
    /// <exception cref="StorageException">The file cannot be used.</exception>
    public static EvaluationEngine Open(ImmutableArray<ProviderOptions> providers, string? cache = null, TimeSpan? modelTimeout = null, TimeProvider? clock = null)
    {
        var http = ModelProviders.Http();
        var store = cache is null ? null : new SqliteEvaluationStore(cache);
        return new EvaluationEngine(
            new ModelProviders([new OfflineProvider(), .. providers.Select(provider => ModelProviders.Make(provider, http))]), store,
            modelTimeout ?? ServerOptions.DefaultModelTimeout, Jitter.System, clock ?? TimeProvider.System, new Owned(http, store));
    }

    /// <summary>That a provider is not configured here, in a sentence; null where all are.</summary>
    internal string? MissingProvider(EvaluationPlan plan) => ((EvaluationSide?[])[plan.Candidate, plan.Baseline]).Select(version => version?.Package.Model)
        .Concat(plan.Rubrics.Select(rubric => plan.Models.Resolve(rubric.Model))).Select(model => model?.Provider).OfType<string>().Where(provider => providers.Find(provider) is null).Select(providers.Missing).FirstOrDefault();

    /// <summary>What keeps a plan from being run, a sentence each; empty where nothing does. Asked before anything is paid for.</summary>
    public ImmutableArray<string> ProblemsOf(EvaluationPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var problems = ImmutableArray.CreateBuilder<string>();
        var judges = PanelOf(plan, problems);
        foreach (var model in ((EvaluationSide?[])[plan.Candidate, plan.Baseline]).Select(version => version?.Package.Model).Concat(judges).OfType<ModelReference>())
        {
            if (providers.Find(model.Provider) is null) problems.Add(providers.Missing(model.Provider));
            else if (plan.Settings.MaxCost is not null && plan.Models.Find(model)?.Prices is null)
                problems.Add($"A ceiling on the cost needs prices, and the catalog has none for {model}: a cost that is unknown is not zero. Say them with: slipway model add {model} --input PRICE --output PRICE");
        }
        if (plan.Settings.Repeats is < 1 or > EvaluationSettings.MostRepeats) problems.Add($"repeats must be from 1 to {EvaluationSettings.MostRepeats}.");
        if (plan.Settings.Concurrency < 1) problems.Add("concurrency must be at least 1.");
        if (plan.Settings.MaxCost is <= 0) problems.Add("max_cost must be more than 0.");
        if (plan.Asked.Count == 0) problems.Add($"{plan.Manifest.Dataset} has no case that is asked: what all of them expect is still to be confirmed.");
        return [.. problems.Distinct()];
    }

    /// <summary>Runs a plan to its end.</summary>
    /// <param name="plan">Without problems, see <see cref="ProblemsOf"/>.</param>
    /// <param name="progress">Told how far it is after each batch of answers that was stored, on one thread at a time; null tells nobody. Must be quick.</param>
    /// <param name="cancellation">Ends it. What was answered until then is stored before it ends, and taken from there the next time.</param>
    /// <exception cref="InvalidOperationException">The plan has problems.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    /// <exception cref="StorageException">The cache does not take an answer.</exception>
    public Task<EvaluationResult> RunAsync(EvaluationPlan plan, Action<EvaluationProgress>? progress = null, CancellationToken cancellation = default) =>
        RunAsync(plan, null, progress, cancellation);

    /// <summary>The candidate and, where there is one, the baseline, with what their answers are stored under.</summary>
    /// <exception cref="InvalidOperationException">A provider is not configured here.</exception>
    internal EvaluatedSide[] SidesOf(EvaluationPlan plan) => plan.Baseline is null ? [SideOf(plan.Candidate, plan)] : [SideOf(plan.Candidate, plan), SideOf(plan.Baseline, plan)];

    /// <summary>Runs a plan as a run that is stored.</summary>
    internal async Task<EvaluationResult> RunAsync(EvaluationPlan plan, StoredRun? run, Action<EvaluationProgress>? progress, CancellationToken cancellation)
    {
        if (ProblemsOf(plan) is [var problem, ..]) throw new InvalidOperationException(problem);
        using var pass = new EvaluationPass(plan, SidesOf(plan), JudgesOf(plan), asker, store, run, clock, progress);
        return await pass.RunAsync(cancellation);
    }

    /// <inheritdoc/>
    public void Dispose() => owned?.Dispose();

    /// <summary>Asks a rubric's judge about the rubric's examples, and nothing else.</summary>
    /// <param name="rubric">The rubric; its model is one of the catalog's.</param>
    /// <param name="models">The catalog.</param>
    /// <param name="bar">What the judge must reach to gate.</param>
    /// <param name="cancellation">Ends it; what was answered until then is kept.</param>
    /// <exception cref="InvalidOperationException">Its model cannot be asked, or will not answer for a long time; the message is a sentence.</exception>
    internal async Task<JudgeCheckResult> CheckAsync(Rubric rubric, ModelsState models, JudgeBar bar, CancellationToken cancellation)
    {
        var (judge, cache, spent, gate) = (JudgeOf(rubric, models, null, false), new AnswerCache(store, null, useCache: true, clock), 0m, new Lock());
        try
        {
            var judged = await JudgeCheck.JudgeExamplesAsync(judge, EvaluationSettings.Default.Concurrency, OneAsync, cancellation);
            var calibration = JudgeCalibration.Of(rubric, judged!, bar, seed: 1);
            return new JudgeCheckResult(new CalibratedJudge(rubric, judge.Score.Package, null, calibration), [.. judged!], judge.Score.Prices is null ? null : spent);
        }
        catch (GivenUpException exception)
        {
            throw new InvalidOperationException(exception.Message, exception);
        }

        async Task<Answer?> OneAsync(JudgeAsk one, CancellationToken token)
        {
            if ((await cache.FindAsync([one.Key], token)).GetValueOrDefault(one.Key) is { } known) return known;
            var answer = await asker.AskAsync(one.Side, one.Asked, token);
            if (answer.Error is null) await cache.AppendAsync([new StoredAnswer(one.Key, one.Package, one.GoldenSet, one.Case, AnswerCache.Written(answer))], null, token);
            lock (gate) spent += answer.Cost ?? 0;
            return answer;
        }
    }

    // The models of the judges that can be asked; of the others what is wrong.
    private static List<ModelReference> PanelOf(EvaluationPlan plan, ImmutableArray<string>.Builder problems)
    {
        var models = new List<ModelReference>();
        var named = plan.NamedRubrics;
        foreach (var id in named)
        {
            if (named.FirstOrDefault(other => other.Name == id.Name && other.Version < id.Version) is { } other) problems.Add($"{other} and {id} are both asked for: one version of a rubric judges a run.");
            if (plan.Rubrics.FirstOrDefault(one => one.Id == id) is not { } rubric) problems.Add($"There is no rubric {id}.");
            else if (plan.Models.Resolve(rubric.Model) is { } model) models.Add(model);
            else problems.Add($"The model {rubric.Model} of {id} is neither an alias of the model catalog nor {ModelReference.Form}.");
        }
        return models;
    }

    private ImmutableArray<PanelJudge> JudgesOf(EvaluationPlan plan) =>
    [
        .. plan.NamedRubrics.Select(id =>
        {
            var request = plan.Manifest.Judges.FirstOrDefault(judge => judge.Rubric == id);
            return JudgeOf(plan.Rubrics.First(rubric => rubric.Id == id), plan.Models, request, plan.Baseline is not null && request?.Compare == true);
        }),
    ];

    /// <summary>The judge that scored a run, as it was then; null where it would be another one today.</summary>
    internal PanelJudge? JudgeOf(EvaluationPlan plan, JudgeReport judge) =>
        plan.NamedRubrics.Contains(judge.Rubric) && ProblemsOf(plan).IsEmpty && JudgesOf(plan).FirstOrDefault(one => one.Rubric.Id == judge.Rubric) is { } found
            && found.Rubric.Content == judge.Content && found.Score.Package.Hash == judge.Judge ? found : null;

    private PanelJudge JudgeOf(Rubric rubric, ModelsState models, JudgeRequest? request, bool compares)
    {
        var model = models.Resolve(rubric.Model) ?? throw new InvalidOperationException($"The model {rubric.Model} of {rubric.Id} is neither an alias of the model catalog nor {ModelReference.Form}.");
        return new PanelJudge(rubric, request, Side(rubric.Judge(model)), compares ? Side(rubric.PairJudge(model)) : null);

        EvaluatedSide Side(Package package) => SideOf(new EvaluationSide(rubric.Id.ToString(), package), models);
    }

    private EvaluatedSide SideOf(EvaluationSide version, EvaluationPlan plan) => SideOf(version, plan.Models);

    private EvaluatedSide SideOf(EvaluationSide version, ModelsState models)
    {
        var model = version.Package.Model;
        var provider = providers.Find(model.Provider) ?? throw new InvalidOperationException(providers.Missing(model.Provider));
        return new EvaluatedSide(version, provider, paces.GetOrAdd(provider.Name, name => new ProviderPace(name, jitter, clock)), models.Find(model)?.Prices);
    }

    private sealed class Owned(HttpClient http, IDisposable? store) : IDisposable
    {
        public void Dispose()
        {
            http.Dispose();
            store?.Dispose();
        }
    }
}
