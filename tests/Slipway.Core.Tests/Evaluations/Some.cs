using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Evaluations;

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

    public static MetricTable Metrics(params (string Name, double Value)[] metrics) =>
        new(metrics.ToImmutableSortedDictionary(metric => metric.Name, metric => new Metric(metric.Value, 100), StringComparer.Ordinal));

    public static EvaluationManifest Manifest(params Gate[] gates) => new("support_router:v1.6.0", "support_router:v1.5.2", "production-default", SetId, [.. gates]);

    public static string Json(string text) => JsonSerializer.Serialize(text);
}
