using System.Collections.Concurrent;
using System.Collections.Immutable;
using Slipway.Core.Evaluations;
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
    internal string? MissingProvider(EvaluationPlan plan) => ((EvaluationSide?[])[plan.Candidate, plan.Baseline])
        .Select(version => version?.Package.Model.Provider).OfType<string>().Where(provider => providers.Find(provider) is null).Select(providers.Missing).FirstOrDefault();

    /// <summary>What keeps a plan from being run, a sentence each; empty where nothing does. Asked before anything is paid for.</summary>
    public ImmutableArray<string> ProblemsOf(EvaluationPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var problems = ImmutableArray.CreateBuilder<string>();
        foreach (var version in (EvaluationSide?[])[plan.Candidate, plan.Baseline])
        {
            if (version is null) continue;
            var model = version.Package.Model;
            if (providers.Find(model.Provider) is null) problems.Add(providers.Missing(model.Provider));
            else if (plan.Settings.MaxCost is not null && plan.Models.Find(model)?.Prices is null)
                problems.Add($"A ceiling on the cost needs prices, and the catalog has none for {model}: a cost that is unknown is not zero. Say them with: slipway model register {model} --input PRICE --output PRICE");
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
        using var pass = new EvaluationPass(plan, SidesOf(plan), asker, store, run, clock, progress);
        return await pass.RunAsync(cancellation);
    }

    /// <inheritdoc/>
    public void Dispose() => owned?.Dispose();

    private EvaluatedSide SideOf(EvaluationSide version, EvaluationPlan plan)
    {
        var model = version.Package.Model;
        var provider = providers.Find(model.Provider) ?? throw new InvalidOperationException(providers.Missing(model.Provider));
        return new EvaluatedSide(version, provider, paces.GetOrAdd(provider.Name, name => new ProviderPace(name, jitter, clock)), plan.Models.Find(model)?.Prices);
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
