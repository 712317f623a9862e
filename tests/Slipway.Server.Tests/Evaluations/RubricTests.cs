using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Slipway.Core.Evaluations;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Server.Tests.Evaluations;

/// <summary>Rubrics and judges over HTTP, with a real server and an upstream that answers as a test tells it to.</summary>
public sealed class RubricTests
{
    private const string Model = "openai/gpt-test-2026-01-01";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_rubric_is_pushed_listed_read_and_never_changes_under_its_name()
    {
        await using var installation = await TestInstallation.StartAsync();
        var (ana, id) = (installation.Ana, Some.Value<RubricId>("tone:v1"));
        var pushed = await ana.PushRubricAsync(id, JudgeBench.Text(4, "production-default"), Cancellation).Ok();
        Assert.Equal((true, 4), (pushed.Created, pushed.Examples));
        Assert.StartsWith("It may inform but not gate: that takes at least 20 examples", Assert.Single(pushed.Notices), StringComparison.Ordinal);
        Assert.False((await installation.Ben.PushRubricAsync(id, JudgeBench.Text(4, "production-default"), Cancellation).Ok()).Created);
        var listed = Assert.Single(await ana.RubricsAsync(Cancellation).Ok());
        Assert.Equal((id, pushed.Content, 4, null), (listed.Rubric, listed.Content, listed.Examples, listed.Erased));
        Assert.Equal("Is the answer friendly?", (await ana.RubricAsync("tone", Cancellation).Ok()).Definition.GetProperty("criterion").GetString());
        Assert.Equal(pushed.Content, ContentHash.Of(Encoding.UTF8.GetBytes(await ana.ObjectAsync(pushed.Content, Cancellation).Ok())));

        foreach (var (who, name, text, status, why) in ((string, string, string, int, string)[])
        [
            ("ana", "tone:v1", JudgeBench.Text(5, "production-default"), 409, "tone:v1 exists with other content and never changes; push this as tone:v2."),
            ("ana", "tone:v2", JudgeBench.Text(5, "nobody"), 422, "The rubric's model nobody is neither an alias of the model catalog nor PROVIDER/MODEL"),
            ("ana", "tone:v2", "{", 422, "line 1, column 2: Not JSON"),
            ("ana", "tone", JudgeBench.Text(5), 422, "\"tone\" names no rubric: it must be NAME:vN"),
            ("dan", "tone:v2", JudgeBench.Text(5), 403, "dan may not push rubrics"),
        ])
        {
            using var http = installation.Http(who);
            using var refused = await http.PutAsync($"/api/v1/rubrics/{Uri.EscapeDataString(name)}", new StringContent(text), Cancellation);
            Assert.Equal(((HttpStatusCode)status, true), (refused.StatusCode, (await refused.Content.ReadAsStringAsync(Cancellation)).Replace("\\u0022", "\"", StringComparison.Ordinal).Replace("\\\"", "\"", StringComparison.Ordinal).Contains(why, StringComparison.Ordinal)));
        }
        Assert.Equal(404, (await ana.RubricAsync("tone:v9", Cancellation).Refused()).Status);
        Assert.Equal(403, (await installation.Api("shop").RubricsAsync(Cancellation).Refused()).Status);
        await installation.Admin.EraseAsync(pushed.Content, "A name stood in an example.", Cancellation).Ok();
        Assert.Equal(410, (await ana.RubricAsync("tone", Cancellation).Refused()).Status);
        Assert.StartsWith("was erased on ", Assert.Single(await ana.RubricsAsync(Cancellation).Ok()).Erased, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_asks_about_the_examples_alone_and_shows_the_worst_disagreements_first()
    {
        await using var fake = await FakeOpenAi.StartAsync();
        await using var installation = await TestInstallation.StartWithRouterAsync(options => options with { Providers = [fake.Provider] });
        fake.Answer = (context, sent) => Judge(context, sent, question => question.Contains("curt answer 3\n", StringComparison.Ordinal) ? "polite" : question.Contains("polite answer 4\n", StringComparison.Ordinal) ? "fine" : JudgeBench.Honest(question)!);
        var id = Some.Value<RubricId>("tone:v1");
        var check = await installation.Ana.CheckRubricAsync(id, JudgeBench.Text(24, Model), null, Cancellation).Ok();
        Assert.Equal((24, 24, true, ("e3", "curt", "polite"), ("e4", "polite", "fine")), (fake.Requests.Count, check.Calibration.Judged, check.MayGate,
            (check.Examples[0].Id, check.Examples[0].People, check.Examples[0].Judge), (check.Examples[1].Id, check.Examples[1].People, check.Examples[1].Judge)));
        Assert.Equal("It reads so.", check.Examples[0].Reason);
        // What was answered is kept, and another policy may ask for more of it.
        var policy = await installation.Ana.PolicyAsync(Some.Value<PromptName>(Router.Prompt), Cancellation).Ok();
        await installation.Cleo.SetPolicyAsync(Some.Value<PromptName>(Router.Prompt), policy with { Evaluation = policy.Evaluation! with { JudgeBar = new JudgeBar(0.99, 0.6) } }, Cancellation).Ok();
        var strict = await installation.Ana.CheckRubricAsync(id, JudgeBench.Text(24, Model), Some.Value<PromptName>(Router.Prompt), Cancellation).Ok();
        Assert.Equal((24, false), (fake.Requests.Count, strict.MayGate));
        Assert.Empty(await installation.Ana.RubricsAsync(Cancellation).Ok());
        Assert.Equal(404, (await installation.Ana.CheckRubricAsync(id, JudgeBench.Text(24, Model), Some.Value<PromptName>("nobody"), Cancellation).Refused()).Status);
        Assert.Equal(422, (await installation.Ana.CheckRubricAsync(id, JudgeBench.Text(24, "elsewhere/model"), null, Cancellation).Refused()).Status);
        Assert.Equal(403, (await installation.Dan.CheckRubricAsync(id, JudgeBench.Text(24, Model), null, Cancellation).Refused()).Status);
    }

    [Fact]
    public async Task A_run_names_its_judge_and_says_where_another_one_scored_before()
    {
        await using var fake = await FakeOpenAi.StartAsync();
        await using var installation = await TestInstallation.StartWithRouterAsync(options => options with { Providers = [fake.Provider] });
        fake.Answer = (context, sent) => Judge(context, sent, question => JudgeBench.Honest(question)!);
        var ana = installation.Ana;
        await ana.SubmitAsync(Router.Submission(Router.Good), Cancellation).Ok();
        var missing = await ana.EvaluateAsync(Manifest("tone:v1"), Cancellation).Refused();
        Assert.Equal((404, "There is no rubric tone:v1."), (missing.Status, missing.Message));
        await ana.PushRubricAsync(Some.Value<RubricId>("tone:v1"), JudgeBench.Text(24, Model), Cancellation).Ok();
        await ana.PushRubricAsync(Some.Value<RubricId>("tone:v2"), JudgeBench.Text(30, Model), Cancellation).Ok();
        await ana.PushRubricAsync(Some.Value<RubricId>("tone:v3"), JudgeBench.Text(30, Model, "Is the answer short?"), Cancellation).Ok();

        var first = (await ana.EvaluateAsync(Manifest("tone:v1"), Cancellation).Ok()).Report;
        Assert.Equal(("tone:v1", Model), (first.Judges[0].Rubric.ToString(), first.Judges[0].Model));
        Assert.Empty(first.Incomparable);
        Assert.Empty((await ana.EvaluateAsync(Manifest("tone:v2"), Cancellation).Ok()).Report.Incomparable);
        var other = (await ana.EvaluateAsync(Manifest("tone:v3"), Cancellation).Ok()).Report;
        Assert.Matches("^tone:v3 scored router:v1.1.0 on [0-9: -]+ and tone:v2 scored router:v1.1.0 on [0-9: -]+: their tone figures cannot be compared.$", Assert.Single(other.Incomparable));

        static string Manifest(string rubric) => Router.Evaluation(Router.Good).TrimEnd().TrimEnd('}') + $$""", "judges": [{"rubric": "{{rubric}}"}]}""";
    }

    /// <summary>Answers as a judge.</summary>
    private static Task Judge(HttpContext context, FakeOpenAi.Sent sent, Func<string, string> verdict)
    {
        var text = $$"""{"reason": "It reads so.", "verdict": "{{verdict(sent.Body.GetProperty("messages")[1].GetProperty("content").GetString()!)}}"}""";
        return sent.Streams ? FakeOpenAi.Stream(context, text) : FakeOpenAi.Whole(context, text);
    }
}
