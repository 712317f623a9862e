using System.Text.Json;

namespace Slipway.Client.Tests.CommandLines;

/// <summary><c>slipway rubric</c>: what judges and people score answers by.</summary>
public sealed class RubricCommandTests(Installation installation) : IClassFixture<Installation>
{
    private const string Rubric = """
        {"criterion": "Is the answer friendly?", "pass": 2, "model": "production-default",
         "scale": [{"score": 1, "label": "curt", "means": "Short."}, {"score": 2, "label": "friendly", "means": "It greets and helps."}],
         "examples": [{"id": "e1", "input": "Where is my parcel?", "answer": "No idea.", "score": 1, "why": "It does not help."}, {"id": "e2", "input": "Hi", "answer": "Hello, how can I help?", "score": 2}]}
        """;

    [Fact]
    public async Task A_rubric_is_pushed_shown_listed_and_checked()
    {
        var file = await WriteAsync("tone_v1.json", Rubric);
        var pushed = (await installation.AsAsync("ana", "rubric", "push", file)).Output;
        Assert.Contains("tone:v1  2 examples  sha256:", pushed, StringComparison.Ordinal);
        Assert.Contains("It may inform but not gate: that takes at least 20 examples", pushed, StringComparison.Ordinal);
        Assert.Contains("(was there already)", (await installation.AsAsync("ana", "rubric", "push", file)).Output, StringComparison.Ordinal);
        Assert.Contains("tone:v1  2 ", (await installation.AsAsync("ana", "rubric", "show")).Output, StringComparison.Ordinal);

        // What is shown can be saved and pushed.
        var shown = (await installation.AsAsync("ana", "rubric", "show", "tone")).Output;
        Assert.Equal("Is the answer friendly?", JsonElement.Parse(shown).GetProperty("criterion").GetString());
        var next = await WriteAsync("tone_v2.json", shown.Replace("friendly?", "kind?", StringComparison.Ordinal));
        Assert.Contains("tone:v2  2 examples", (await installation.AsAsync("ana", "rubric", "push", next)).Output, StringComparison.Ordinal);

        foreach (var which in (string[])["tone:v1", file])
        {
            var check = await installation.TryAsAsync("ana", "rubric", "check", which);
            Assert.Equal(1, check.ExitCode);
            Assert.Contains("tone:v1 on offline/offline-2026-11: ", check.Output, StringComparison.Ordinal);
            Assert.Contains("It may inform only: it was calibrated on ", check.Output, StringComparison.Ordinal);
        }
        Assert.False(JsonElement.Parse((await installation.TryAsAsync("ana", "rubric", "check", "tone:v1", "--json")).Output).GetProperty("may_gate").GetBoolean());
    }

    [Fact]
    public async Task A_malformed_rubric_is_told_with_all_its_errors_and_nothing_is_pushed()
    {
        var file = await WriteAsync("odd_v1.json", "{\"criterion\": \"\", \"scale\": [],\n \"pass\": 1, \"models\": \"x\"}");
        var refused = await installation.TryAsAsync("ana", "rubric", "push", file);
        Assert.Equal(1, refused.ExitCode);
        foreach (var error in (string[])["line 1, column 15: \"criterion\" is blank.", "line 1, column 28: \"scale\" must list 2 to 10 steps", "line 2, column 13: Unknown key \"models\"", "\"model\" is missing"])
            Assert.Contains(error, refused.Errors, StringComparison.Ordinal);
        Assert.Equal("slipway: There is no rubric odd.", (await installation.TryAsAsync("ana", "rubric", "show", "odd")).Errors.Trim());
        Assert.Contains("names no rubric.", (await installation.TryAsAsync("ana", "rubric", "push", await WriteAsync("odd.json", Rubric))).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_samples_judge_reaches_the_bar_and_tells_the_version_that_explains_itself()
    {
        foreach (var version in (string[])["1.5.2", "1.6.0", "1.7.0", "1.8.0"]) await installation.AsAsync("ana", "push", Path.Combine(Installation.Sample, $"support_router.v{version}.yaml"));
        await installation.AsAsync("ana", "rubric", "push", Path.Combine(Installation.Sample, "rubrics", "bare_v1.json"));
        var check = (await installation.AsAsync("ana", "rubric", "check", "bare:v1")).Output;
        Assert.Contains("of 24 examples it passes and fails 95.8% (81.7% to 99.8%) as people do, kappa 0.92", check, StringComparison.Ordinal);
        Assert.Contains("It may gate: 80% agreement and a kappa of 0.6 are asked for", check, StringComparison.Ordinal);
        var readme = await File.ReadAllTextAsync(Path.Combine(Installation.Sample, "README.md"), TestContext.Current.CancellationToken);
        var manifest = await WriteAsync("judged.json", readme.Split("```json\n")[1].Split("```")[0]);
        var result = await installation.TryAsAsync("ana", "eval", manifest);
        Assert.True(result.ExitCode == 1, result.Errors + result.Output);
        Assert.Contains("bare_pass_rate is 84.1%, required >= baseline - 1pp, that is 94.4% (baseline 95.4%)", result.Output, StringComparison.Ordinal);
        Assert.Contains("By it 37 cases got worse and 0 better.", result.Output, StringComparison.Ordinal);
    }

    private async Task<string> WriteAsync(string name, string text)
    {
        var path = Path.Combine(installation.Files, name);
        await File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);
        return path;
    }
}
