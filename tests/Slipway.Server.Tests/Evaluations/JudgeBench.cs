using System.Globalization;
using System.Text.Json;
using Slipway.Core.Evaluations;
using Slipway.Server.Evaluations;
using Slipway.Server.Providers;

namespace Slipway.Server.Tests.Evaluations;

/// <summary>A judge of tone whose model is the counted provider: it answers as a test tells it to, and the versions answer with their name.</summary>
internal static class JudgeBench
{
    public const string Polite = "polite answer", Curt = "curt answer";

    /// <summary>A rubric with so many examples, every other of which people passed.</summary>
    public static Rubric Rubric(int examples = 24, string id = "tone:v1") => Assert.IsType<RubricResult.Parsed>(
        Core.Evaluations.Rubric.Parse(Some.Value<RubricId>(id), Text(examples))).Rubric;

    public static string Text(int examples, string model = EvaluationBench.Model, string criterion = "Is the answer friendly?") => $$"""
        {"criterion": "{{criterion}}", "pass": 2, "model": "{{model}}",
         "scale": [{"score": 1, "label": "curt", "means": "Short."}, {"score": 2, "label": "fine", "means": "Neither."}, {"score": 3, "label": "polite", "means": "Warm."}],
         "examples": [{{string.Join(", ", Enumerable.Range(0, examples).Select(Example))}}]}
        """;

    /// <summary>Two versions on five cases, judged.</summary>
    public static EvaluationPlan Plan(string judges, EvaluationSettings? settings = null, string gates = """ "tone_pass_rate": ">= 50%" """, Rubric? rubric = null, decimal? price = null, string? cases = null)
    {
        var plan = EvaluationBench.Plan(settings, cases, price);
        var manifest = Router.Evaluation(Router.Good)[..Router.Evaluation(Router.Good).IndexOf("\"gates\"", StringComparison.Ordinal)] + $$""" "gates": { {{gates}} }, "judges": {{judges}} } """;
        return plan with
        {
            Manifest = Assert.IsType<EvaluationManifestResult.Parsed>(EvaluationManifest.Parse(manifest)).Manifest,
            Rubrics = [rubric ?? Rubric()],
        };
    }

    /// <summary>The candidate answers politely, the baseline curtly; the judge is told how to score and compare.</summary>
    public static void Answers(this CountedProvider provider, Func<string, string?>? score = null, Func<string, string>? compare = null, Func<string, bool, string>? version = null) =>
        provider.Answer = (_, request, _) => Task.FromResult(Answer(request, score ?? Honest, compare ?? Fair, version ?? ((_, candidate) => candidate ? Polite : Curt)));

    /// <summary>How often judges were asked, to score and to compare.</summary>
    public static (int Scored, int Compared) Judged(this CountedProvider provider) =>
        (provider.Asked.Count(one => one.System.StartsWith("You judge", StringComparison.Ordinal)), provider.Asked.Count(one => one.System.StartsWith("You compare", StringComparison.Ordinal)));

    /// <summary>The label that stands in the answer.</summary>
    public static string? Honest(string question) => question.Contains(Polite, StringComparison.Ordinal) ? "polite" : "curt";

    private static string Fair(string question)
    {
        var (polite, curt) = (question.IndexOf(Polite, StringComparison.Ordinal), question.IndexOf(Curt, StringComparison.Ordinal));
        return polite < 0 || curt < 0 ? "tie" : polite < curt ? "first" : "second";
    }

    private static ModelAnswer Answer(ModelRequest request, Func<string, string?> score, Func<string, string> compare, Func<string, bool, string> version)
    {
        var (system, question) = (request.Messages[0].Content, request.Messages[^1].Content);
        if (system.StartsWith("You judge", StringComparison.Ordinal)) return Verdict(score(question));
        if (system.StartsWith("You compare", StringComparison.Ordinal)) return Verdict(compare(question));
        return CountedProvider.Usual(version(question, system.Contains("Never add anything", StringComparison.Ordinal)));
    }

    private static ModelAnswer Verdict(string? verdict) =>
        CountedProvider.Usual(verdict is null ? "I would rather not." : $$"""{"reason": "It reads so.", "verdict": {{JsonSerializer.Serialize(verdict)}}}""");

    private static string Example(int number) => string.Create(CultureInfo.InvariantCulture,
        $$"""{"id": "e{{number}}", "input": "Question {{number}}", "answer": "{{(number % 2 == 0 ? Polite : Curt)}} {{number}}", "score": {{(number % 2 == 0 ? 3 : 1)}}}""");
}
