using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Evaluations;
using Slipway.Core.Resolution;

namespace Slipway.Core.Tests.Evaluations;

/// <summary>Values with defaults: a test names only what matters to it.</summary>
internal static class Some
{
    public static GoldenSetId SetId { get; } = GoldenSetId.TryParse("support_router_golden:v4", out var id) ? id! : throw new InvalidOperationException();

    public static GoldenCase Case(string id = "c1", string route = "refund", string kind = "normal", string? expect = null, string tags = "{}") =>
        Cases($$"""
            {"id":{{Json(id)}},"kind":"{{kind}}","messages":[{"role":"user","content":"I want my money back"}],"tags":{{tags}},"expect":{{expect ?? $$"""[{"check":"schema"},{"check":"field_equals","field":"route","value":"{{route}}"}]"""}}}
            """).Single();

    public static ImmutableArray<GoldenCase> Cases(string jsonLines) => Set(jsonLines).Cases;

    public static GoldenSet Set(string jsonLines) => GoldenSet.Parse(SetId, jsonLines) switch
    {
        GoldenSetResult.Parsed parsed => parsed.Set,
        GoldenSetResult.Refused refused => throw new InvalidOperationException(string.Join('\n', refused.Errors)),
        _ => throw new InvalidOperationException(),
    };

    public static Answer Answer(string text = """{"route":"refund"}""", double milliseconds = 100, string? error = null, params string[] violations) =>
        new() { Text = text, SchemaViolations = [.. violations], Latency = TimeSpan.FromMilliseconds(milliseconds), Error = error };

    public static Answer Route(string route) => Answer($$"""{"route":"{{route}}"}""");

    public static CaseOutcome Outcome(GoldenCase? goldenCase = null, Answer? answer = null) => CaseOutcome.Judge(goldenCase ?? Case(), answer ?? Answer(), EvaluationPolicy.Default);

    public static Threshold Threshold(string text, MetricKind kind = MetricKind.Rate) => Assert.IsType<ThresholdResult.Parsed>(Core.Evaluations.Threshold.Parse(text, kind)).Threshold;

    public static Gate Gate(string metric, string threshold) => new(metric, Threshold(threshold, MetricName.KindOf(metric)));

    /// <summary>So many cases that expect the route refund; of the first ones both sides are right, then one of them is, then neither.</summary>
    public static EvaluationReport Report(EvaluationManifest manifest, int bothRight, int lost = 0, int won = 0, int bothWrong = 0, bool baseline = true)
    {
        (bool Before, bool After)[] cases =
        [
            .. Enumerable.Repeat((true, true), bothRight), .. Enumerable.Repeat((true, false), lost),
            .. Enumerable.Repeat((false, true), won), .. Enumerable.Repeat((false, false), bothWrong),
        ];
        return Report(manifest, [.. cases.Select((one, index) => Run($"c{index:0000}", baseline ? [one.Before] : [], [one.After]))]);
    }

    public static EvaluationReport Report(EvaluationManifest manifest, params CaseRun[] runs) => Report(manifest, EvaluationPolicy.Default, runs);

    public static EvaluationReport Report(EvaluationManifest manifest, EvaluationPolicy policy, params CaseRun[] runs)
    {
        var builder = new ReportBuilder(manifest, policy, ServingPolicy.Default with { Capture = CapturePolicy.Full });
        foreach (var run in runs) builder.Add(run);
        return builder.Build(Facts);
    }

    public static EvaluationFacts Facts { get; } = new(
        new EvaluatedVersion("support_router:v1.6.0", null, "offline-2026-11", "Locked out customers go to account recovery."),
        new EvaluatedVersion("support_router:v1.5.2", null, "offline-2026-11", null));

    /// <summary>A case whose route is right or wrong, a repeat after the other.</summary>
    public static CaseRun Run(string id, bool[] baseline, bool[] candidate, GoldenCase? goldenCase = null) =>
        Run(goldenCase ?? Case(id), [.. baseline.Select(right => Route(right ? "refund" : "billing"))], [.. candidate.Select(right => Route(right ? "refund" : "billing"))]);

    public static CaseRun Run(GoldenCase goldenCase, Answer baseline, Answer candidate) => Run(goldenCase, [baseline], [candidate]);

    public static CaseRun Run(GoldenCase goldenCase, Answer[] baseline, Answer[] candidate) => new(goldenCase,
        [.. candidate.Select((answer, repeat) => CaseOutcome.Judge(goldenCase, answer, EvaluationPolicy.Default, repeat))],
        [.. baseline.Select((answer, repeat) => CaseOutcome.Judge(goldenCase, answer, EvaluationPolicy.Default, repeat))]);

    public static EvaluationManifest Manifest(params Gate[] gates) => new("support_router:v1.6.0", "support_router:v1.5.2", "production-default", SetId, [.. gates]);

    public static string Json(string text) => JsonSerializer.Serialize(text);
}
