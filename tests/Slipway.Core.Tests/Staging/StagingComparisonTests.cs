using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Calls;
using Slipway.Core.Evaluations;
using Slipway.Core.Models;
using Slipway.Core.Prompts;
using Slipway.Core.Rendering;
using Slipway.Core.Staging;

namespace Slipway.Core.Tests.Staging;

public sealed class StagingComparisonTests
{
    private static readonly StagingAnswers Good = new(20, 20, 0, 100, 200, 0.01);

    [Fact]
    public void A_version_that_differs_in_nothing_differs_in_nothing() => Assert.Empty(Compare(Some.Submission(), Some.Submission()));

    [Theory]
    [InlineData("retrieval", "it looks things up in kb-2 (5 passages), production in kb-1 (5 passages)")]
    [InlineData("memory", "the model gets the newest 3 turns, in production the whole conversation")]
    [InlineData("model", "it runs on offline/other, production on offline/offline-2026-11 (production-default stands for offline/offline-2026-11 now)")]
    [InlineData("tools", "its tools are look, refund, those of production look, search; other schemas: look")]
    [InlineData("variables", "it needs branch, which applications do not send to what is live; it does not take library, which applications send to what is live")]
    public void What_the_environment_must_have_too_needs_a_reason(string part, string sentence)
    {
        var live = Some.Submission() with { Retrieval = new RetrievalPolicy("kb-1", 5), Tools = Tools(("look", "string"), ("search", "string")), Template = "{{library}}", Variables = Some.Json("""{"library": {"type": "string"}}""") };
        var staged = part switch
        {
            "retrieval" => live with { Retrieval = new RetrievalPolicy("kb-2", 5) },
            "memory" => live with { Memory = new MemoryPolicy(3) },
            "tools" => live with { Tools = Tools(("look", "number"), ("refund", "string")) },
            "variables" => live with { Template = "{{branch}}", Variables = Some.Json("""{"branch": {"type": "string"}}""") },
            _ => live,
        };
        var difference = Compare(staged, live, part == "model" ? Some.Parse<ModelReference>("offline/other") : null).Single(one => one.NeedsReason);
        Assert.Equal((part, sentence), (difference.Part, difference.Sentence));
    }

    [Fact]
    public void What_a_version_gives_its_own_reason_for_is_told_and_needs_no_second_one()
    {
        var differences = Compare(Some.Submission(template: "Be brief.", parameters: """{"temperature": 0}""", schema: """{"type": "object"}"""), Some.Submission());
        Assert.Equal(["messages", "output", "parameters"], differences.Select(one => one.Part));
        Assert.All(differences, one => Assert.False(one.NeedsReason));
        Assert.Equal("its output schema differs from production's, as the version says of itself; see: slipway diff support_router:v1.0.0 support_router:v1.1.0", differences[1].Sentence);
    }

    [Fact]
    public void What_surrounds_a_package_is_seen_in_its_calls()
    {
        var staging = Traffic("offline/other", "temperature", "plan", ("library", ""), turns: 1);
        var production = Traffic("offline/offline-2026-11", null, "region", ("library", "city"), turns: 4);
        var version = Some.Submission(template: "{{library}}", variables: """{"library": {"type": "string"}}""");
        var differences = Compare(version, version, staging: staging, production: production);
        Assert.Equal(
        [
            ("models asked", true, "in staging offline/other answered calls of it, not only its own model offline/offline-2026-11"),
            ("overrides", true, "what is sent differs from the package in temperature, in production in nothing"),
            ("variables seen", true, "only production sends library"),
            ("attributes seen", false, "only production sends region; only staging sends plan"),
            ("history seen", false, "conversations in staging had 1 question at most, in production 4 questions; the recorded requests have their own length"),
        ], differences.Select(one => (one.Part, one.NeedsReason, one.Sentence)));
    }

    [Fact]
    public void Where_nobody_called_it_in_staging_nothing_was_seen_there() =>
        Assert.Empty(Compare(Some.Submission(), Some.Submission(), production: Traffic("offline/offline-2026-11", null, "region", ("library", "city"), turns: 4)));

    [Fact]
    public void Answers_that_are_worse_than_those_of_what_is_live_need_a_reason()
    {
        var difference = Assert.Single(Compare(Some.Submission(), Some.Submission(), answers: Good with { Kept = 17 }));
        Assert.Equal(("answers", true, "of 20 recorded requests it answered 17 as its contract has it, what is live 20"), (difference.Part, difference.NeedsReason, difference.Sentence));
        Assert.Empty(Compare(Some.Submission(), Some.Submission(), answers: Good with { Kept = 17 }, before: Good with { Kept = 17 }));
    }

    private static ImmutableArray<StagingDifference> Compare(
        Submission staged, Submission live, ModelReference? model = null, StagingTraffic? staging = null, StagingTraffic? production = null, StagingAnswers? answers = null, StagingAnswers? before = null) => StagingComparison.Of(
            new StagingSide(Some.Version("1.1.0"), Some.Package(staged, model), staging ?? StagingTraffic.None, answers ?? Good),
            new StagingSide(Some.Version("1.0.0"), Some.Package(live), production ?? StagingTraffic.None, before ?? Good), Some.Installation().State.Models);

    private static StagingTraffic Traffic(string model, string? drifted, string attribute, (string Name, string Value) variable, int turns)
    {
        var call = new CallRecord
        {
            TraceId = "a",
            StartedAt = Some.Noon,
            Environment = Some.Production,
            Provider = model.Split('/')[0] + " (what it is)",
            Model = model.Split('/')[1],
            Parameters = Some.Json("{}"),
            LatencyMs = 1,
            Drifted = drifted,
            Attributes = ImmutableSortedDictionary<string, string>.Empty.Add(attribute, "x"),
        };
        var request = new GoldenCase(
            "one", CaseKind.Normal, JsonSerializer.SerializeToElement(new Dictionary<string, string> { [variable.Name] = variable.Value }), [.. Enumerable.Range(0, turns).Select(turn => new ChatMessage("user", $"{turn}"))],
            [], ImmutableSortedDictionary<string, string>.Empty, null);
        return StagingTraffic.Of([call], [request]);
    }

    private static JsonElement Tools(params (string Name, string Type)[] tools) => JsonSerializer.SerializeToElement(tools.Select(tool => new
    {
        type = "function",
        function = new { name = tool.Name, parameters = new { type = "object", properties = new { what = new { type = tool.Type } } } },
    }));
}
