using System.Collections.Immutable;
using System.Globalization;
using Slipway.Cli.Ci;
using Slipway.Core.Evaluations;
using Slipway.Core.Models;
using Slipway.Server.Evaluations;
using Slipway.Tests;

namespace Slipway.Client.Tests.Evaluations;

/// <summary>The sample's versions on messages of real customers: do the gates tell them apart, and does the sample's README say what is measured?</summary>
public sealed class RealDataTests
{
    private static readonly string[] Sources = ["banking77", "bipia", "nlupp", "clinc150", "bfcl"];

    [Fact]
    public async Task The_gates_tell_the_versions_apart_on_messages_of_real_customers()
    {
        var (better, kind, worse) = (await CompareAsync("1.6.0", "1.5.2"), await CompareAsync("1.7.0", "1.6.0"), await CompareAsync("1.8.0", "1.6.0"));
        Assert.True(better.Verdict == GateVerdict.Pass, Said(better));
        Assert.True(kind.Verdict == GateVerdict.Fail, Said(kind));
        Assert.True(worse.Verdict == GateVerdict.Fail, Said(worse));
        Assert.Equal(GateVerdict.Fail, worse.Gates.Single(gate => gate.Metric == "schema_pass_rate").Verdict);
        // What breaks first is what programs cannot read, and the report begins with it.
        Assert.All(new[] { kind, worse }, report => Assert.True(report.Clusters[0].BrokenForm, Said(report)));

        var table = Table(better, kind, worse);
        var readme = await File.ReadAllTextAsync(Path.Combine(Sample, "README.md"), TestContext.Current.CancellationToken);
        Assert.True(readme.Contains(table, StringComparison.Ordinal), $"The figures in the sample's README are not what is measured now:\n{table}");
    }

    [Fact]
    public void The_set_is_of_all_five_sources()
    {
        Assert.Equal(Sources.Order(StringComparer.Ordinal), RealMessages.Set.Cases.Select(one => one.Source).Distinct().Order(StringComparer.Ordinal));
        Assert.True(RealMessages.Set.Cases.Length > 700);
    }

    private static async Task<EvaluationReport> CompareAsync(string candidate, string baseline)
    {
        // The gates are the version's own, as the sample has them: gates that are made up for the data prove nothing.
        var manifest = Folder.Evaluations.Single(evaluation => evaluation.Path.EndsWith($"v{candidate}.json", StringComparison.Ordinal)).Manifest;
        using var engine = EvaluationEngine.Open([]);
        var result = await engine.RunAsync(
            new EvaluationPlan { Manifest = manifest with { Dataset = RealMessages.Set.Id, Metrics = Metrics }, Candidate = Side(candidate), Baseline = Side(baseline), Set = RealMessages.Set },
            cancellation: TestContext.Current.CancellationToken);
        return result.Report;
    }

    private static string Table(EvaluationReport better, EvaluationReport kind, EvaluationReport worse)
    {
        string[] metrics = ["route_accuracy", "handoff_accuracy", .. Sources.Select(source => $"{source}_accuracy"), "schema_pass_rate"];
        return string.Join('\n', metrics.Select(metric => $"| {metric} | {Percent(better, metric, candidate: false)} | {Percent(better, metric)} | {Percent(kind, metric)} | {Percent(worse, metric)} |")
            .Append($"| verdict | | {Word(better)} | {Word(kind)} | {Word(worse)} |"));
    }

    private static string Percent(EvaluationReport report, string metric, bool candidate = true)
    {
        var row = report.Metrics.Single(row => row.Name == metric);
        return ((candidate ? row.Candidate : row.Baseline)!.Value * 100).ToString("0.0", CultureInfo.InvariantCulture);
    }

    private static string Word(EvaluationReport report) => report.Verdict.ToString().ToLowerInvariant();

    private static string Said(EvaluationReport report) => string.Join("; ", report.Gates.Select(gate => gate.Sentence));

    private static ImmutableSortedDictionary<string, MetricDefinition> Metrics { get; } = Sources.ToImmutableSortedDictionary(
        source => $"{source}_accuracy", source => new MetricDefinition(null, null, ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add("data", source)), StringComparer.Ordinal)
        .Add("handoff_accuracy", new MetricDefinition("field_equals", "route", ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add("handoff", "yes")));

    private static EvaluationSide Side(string number) => Folder.Prompts.Single(prompt => prompt.Number?.Text == number) is { Package: { } package } prompt
        ? new EvaluationSide(prompt.Label, package)
        : throw new InvalidOperationException($"The sample's version {number} cannot be built.");

    private static string Sample { get; } = Path.Combine(Repository.Root, "samples", "support-router");

    private static CiFolder Folder { get; } = CiFolder.Read(Sample, (settings, name) => settings.Models.GetValueOrDefault(name) ?? (ModelReference.TryParse(name, out var model) ? model : null));
}
