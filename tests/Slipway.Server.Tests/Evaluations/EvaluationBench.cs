using System.Collections.Immutable;
using System.Text;
using Slipway.Core.Evaluations;
using Slipway.Core.Models;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;
using Slipway.Server.Evaluations;
using Slipway.Server.Providers;
using Slipway.Server.Storage;

namespace Slipway.Server.Tests.Evaluations;

/// <summary>An engine with a provider that counts and a cache in a folder of its own.</summary>
internal sealed class EvaluationBench : IDisposable
{
    public const string Model = "counted/model-2026-01-01";

    private readonly string folder = Directory.CreateTempSubdirectory("slipway-test-").FullName;

    public EvaluationBench(TimeProvider? clock = null)
    {
        Store = new SqliteEvaluationStore(Path.Combine(folder, "evaluations.db"));
        Engine = new EvaluationEngine(new ModelProviders([Provider]), Store, TimeSpan.FromMinutes(2), Jitter.System, clock ?? TimeProvider.System);
    }

    public CountedProvider Provider { get; } = new();

    public SqliteEvaluationStore Store { get; }

    public EvaluationEngine Engine { get; }

    /// <summary>Two versions on five cases.</summary>
    public static EvaluationPlan Plan(EvaluationSettings? settings = null, string? cases = null, decimal? price = null)
    {
        var jsonLines = cases ?? Router.Cases;
        var set = Assert.IsType<GoldenSetResult.Parsed>(GoldenSet.Parse(Some.Value<GoldenSetId>(Router.GoldenSet), jsonLines)).Set;
        return new EvaluationPlan
        {
            Manifest = Assert.IsType<EvaluationManifestResult.Parsed>(EvaluationManifest.Parse(Router.Evaluation(Router.Good))).Manifest,
            Candidate = Version(Router.Good),
            Baseline = Version(Router.First),
            Set = set,
            SetContent = ContentHash.Of(Encoding.UTF8.GetBytes(jsonLines)),
            Models = price is { } amount ? Catalog(new ModelPrices(amount, null, amount)) : ModelsState.Empty,
            Settings = settings ?? EvaluationSettings.Default,
        };
    }

    public static EvaluationSide Version(string version) =>
        new(version, Assert.IsType<PackageBuild.Built>(Package.Build(Router.Submission(version, Model), Some.Value<ModelReference>(Model))).Package);

    /// <summary>Some cases of their own.</summary>
    public static string Cases(int count) => string.Concat(Enumerable.Range(0, count).Select(number =>
        FormattableString.Invariant($$"""{"id": "c{{number}}", "variables": {"library": "city"}, "messages": [{"role": "user", "content": "Question {{number}}"}], "expect": [{"check": "schema"}]}{{"\n"}}""")));

    public void Dispose()
    {
        Store.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static ModelsState Catalog(ModelPrices prices) => ModelsState.Empty with
    {
        Known = ImmutableSortedDictionary.Create<string, ModelRegistered>(StringComparer.Ordinal).Add(Model, new ModelRegistered(Some.Value<ModelReference>(Model), null, prices, Pinned: true)),
    };
}
