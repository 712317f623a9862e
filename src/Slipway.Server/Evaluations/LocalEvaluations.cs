using System.Collections.Immutable;
using Slipway.Core.Evaluations;
using Slipway.Core.Prompts;
using Slipway.Server.Providers;

namespace Slipway.Server.Evaluations;

/// <summary>Runs versions on golden sets in this process, with the renderer, providers and contract checks of a server but without one: nothing is stored.</summary>
public sealed class LocalEvaluations : IDisposable
{
    private static readonly VersionNumber Unnumbered = VersionNumber.First;

    private readonly HttpClient http = ModelProviders.Http();
    private readonly ModelProviders providers;
    private readonly EvaluationRunner runner;

    /// <summary>Makes the providers ready.</summary>
    /// <param name="options">Providers of models beside <c>offline</c>.</param>
    /// <param name="clock">The clock that latencies are taken from; the system's by default.</param>
    public LocalEvaluations(ImmutableArray<ProviderOptions> options, TimeProvider? clock = null)
    {
        providers = new ModelProviders([new OfflineProvider(), .. options.Select(option => ModelProviders.Make(option, http))]);
        runner = new EvaluationRunner(providers, new ServerOptions { DataFolder = "" }, clock ?? TimeProvider.System);
    }

    /// <summary>Whether a model can be asked here.</summary>
    public bool Knows(Core.Models.ModelReference model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return providers.Find(model.Provider) is not null;
    }

    /// <summary>Asks both sides every case and judges the gates.</summary>
    /// <param name="manifest">What to judge.</param>
    /// <param name="candidate">The version under test.</param>
    /// <param name="baseline">The version it is compared with; null where there is none.</param>
    /// <param name="set">The cases.</param>
    /// <param name="cancellation">Gives it up.</param>
    public async Task<EvaluationReport> RunAsync(EvaluationManifest manifest, EvaluationSide candidate, EvaluationSide? baseline, GoldenSet set, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(candidate);
        ArgumentNullException.ThrowIfNull(set);
        var (candidateRun, baselineRun) = await runner.RunAsync(Asked(candidate), baseline is null ? null : Asked(baseline), set, cancellation);
        return EvaluationReport.Compose(manifest, candidateRun with { Prompt = candidate.Name }, baselineRun is null ? null : baselineRun with { Prompt = baseline!.Name });
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private static (VersionId, Package) Asked(EvaluationSide side) =>
        (new VersionId(PromptName.TryParse(side.Name.Split(':')[0], out var prompt) ? prompt : throw new ArgumentException($"{side.Name} names no prompt.", nameof(side)), Unnumbered), side.Package);
}

/// <summary>One side of an evaluation.</summary>
/// <param name="Name">The version as the report names it, e.g. <c>support_router:v1.6.0</c>.</param>
/// <param name="Package">How it behaves.</param>
public sealed record EvaluationSide(string Name, Package Package);
