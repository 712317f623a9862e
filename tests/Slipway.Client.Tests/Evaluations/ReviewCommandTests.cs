using System.Text.Json;
using Slipway.Cli;
using Slipway.Client.Tests.CommandLines;

namespace Slipway.Client.Tests.Evaluations;

/// <summary><c>slipway review</c>, from opening a review to the report that shows what people said.</summary>
public sealed class ReviewCommandTests(Installation installation) : IClassFixture<Installation>
{
    private const string Manifest = """
        { "candidate_prompt": "support_router:v1.5.2", "baseline_prompt": "support_router:v1.6.0", "model": "production-default", "dataset": "support_router_golden:v4",
          "gates": { "schema_pass_rate": ">= 99.5%" } }
        """;

    private const string Tone = """
        {"criterion": "Does it send the customer to the right place?", "pass": 2, "model": "production-default",
         "scale": [{"score": 1, "label": "wrong", "means": "They would be sent on."}, {"score": 2, "label": "right", "means": "They are where they belong."}]}
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task People_score_what_a_run_answered_and_its_report_says_what_they_said()
    {
        foreach (var version in (string[])["1.5.2", "1.6.0"]) await installation.AsAsync("ana", "push", Path.Combine(Installation.Sample, $"support_router.v{version}.yaml"));
        await installation.AsAsync("ana", "rubric", "push", await WriteAsync("tone_v1.json", Tone));
        var hash = JsonElement.Parse((await installation.TryAsAsync("ana", "eval", await WriteAsync("one.json", Manifest), "--json")).Output).GetProperty("report_hash").GetString()!;

        Assert.Equal("There is no review; open one with: slipway review open RUN", (await installation.AsAsync("ben", "review", "list")).Output.Trim());
        var opened = (await installation.AsAsync("ben", "review", "open", "eval-1", "--rubric", "tone:v1", "--rows", "8")).Output;
        Assert.StartsWith("rev-1 of eval-1, support_router, by tone:v1: open, nobody has scored", opened, StringComparison.Ordinal);
        Assert.Contains("Score its rows with: slipway review next rev-1", opened, StringComparison.Ordinal);
        var piped = (await installation.AsAsync("ben", "review", "next", "rev-1")).Output;
        foreach (var part in (string[])["(0 of ", "Input", "Answer", "Does it send the customer to the right place?", "  1  wrong: They would be sent on.", "Say what it is with: slipway review score rev-1/"])
            Assert.Contains(part, piped, StringComparison.Ordinal);
        Assert.Contains("rev-1/1  wrong  (1 of ", (await installation.AsAsync("ben", "review", "score", "rev-1/1", "wrong", "--note", "It is another team's.")).Output, StringComparison.Ordinal);

        // In a terminal one row follows the other: a number, a note, something that is no label, a label, no note, and the end.
        var asked = await InTerminalAsync("2\nIt says so.\nmaybe\nWRONG\n\nq\n", "review", "next", "rev-1");
        Assert.Contains("\"maybe\" is none of wrong, right.", asked, StringComparison.Ordinal);
        Assert.Contains("3 of ", asked, StringComparison.Ordinal);
        Assert.Contains("go on with: slipway review next rev-1", asked, StringComparison.Ordinal);
        var rest = await InTerminalAsync(string.Concat(Enumerable.Repeat("right\n\n", 20)), "review", "next", "rev-1");
        Assert.Contains("rows of rev-1 are scored, and none is left for you.", rest, StringComparison.Ordinal);
        foreach (var output in (string[])[opened, piped, asked, rest, (await installation.AsAsync("ben", "review", "show", "rev-1")).Output, (await installation.AsAsync("ben", "review", "list")).Output])
            foreach (var telling in (string[])["candidate", "baseline", "1.5.2", "1.6.0"]) Assert.DoesNotContain(telling, output, StringComparison.Ordinal);

        var closed = (await installation.AsAsync("cleo", "review", "close", "rev-1", "--note", "Sends people on.")).Output;
        Assert.Contains("People's scores: rev-1 by tone:v1: ", closed, StringComparison.Ordinal);
        Assert.Contains("answers that pass", closed, StringComparison.Ordinal);
        Assert.Contains("One person scored, so nobody knows how far others would agree.", closed, StringComparison.Ordinal);
        Assert.Contains("ben wrong", closed, StringComparison.Ordinal);

        var (html, markdown) = (PathOf("reviewed.html"), PathOf("reviewed.md"));
        var shown = (await installation.AsAsync("dan", "eval", "show", "eval-1", "--html", html, "--markdown", markdown)).Output;
        Assert.Contains("People's scores: rev-1 by tone:v1: ", shown, StringComparison.Ordinal);
        Assert.Contains("People&#x27;s scores", await File.ReadAllTextAsync(html, Cancellation), StringComparison.Ordinal);
        Assert.Contains("**People&#39;s scores: rev&#45;1 by tone&#58;v1", await File.ReadAllTextAsync(markdown, Cancellation), StringComparison.Ordinal);
        Assert.Equal(shown, (await installation.AsAsync("ana", "eval", "show", hash)).Output);
        var json = (await installation.AsAsync("ana", "eval", "show", "eval-1", "--json")).Output;
        var review = JsonElement.Parse(json).GetProperty("reviews")[0];
        Assert.Equal(("rev-1", "tone:v1"), (review.GetProperty("review").GetString(), review.GetProperty("rubric").GetString()));
        Assert.Equal(hash, JsonElement.Parse(json).GetProperty("report_hash").GetString());
        Assert.Equal(shown, (await installation.AsAsync("ana", "eval", "show", await WriteAsync("shown.json", json))).Output);

        var examples = await installation.AsAsync("ana", "review", "examples", "eval-1", "--rubric", "tone:v1");
        var next = Tone.TrimEnd().TrimEnd('}') + $", \"examples\": {examples.Output}}}";
        Assert.Contains("tone:v2  ", (await installation.AsAsync("ana", "rubric", "push", await WriteAsync("tone_v2.json", next))).Output, StringComparison.Ordinal);
        Assert.Contains("\"why\": \"It is another team's.\"", examples.Output, StringComparison.Ordinal);
        Assert.Contains("closed by cleo on ", (await installation.AsAsync("ben", "review", "list")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"12\" is no run of an evaluation", "review", "open", "12")]
    [InlineData("\"tone\" is no rubric", "review", "open", "eval-1", "--rubric", "tone")]
    [InlineData("\"3\" is no review", "review", "next", "3")]
    [InlineData("\"rev-3\" is no row of a review: it must be REVIEW/ROW, as in rev-3/12.", "review", "score", "rev-3", "yes")]
    [InlineData("--rubric is missing.", "review", "examples", "eval-1")]
    public async Task What_cannot_be_done_is_told(string says, params string[] typed)
    {
        var result = await installation.TryAsAsync("ben", typed);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(says, result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_server_refuses_is_told_in_its_words()
    {
        var result = await installation.TryAsAsync("ben", "review", "show", "rev-99");
        Assert.Equal((1, "slipway: There is no review rev-99."), (result.ExitCode, result.Errors.Trim()));
    }

    private async Task<string> InTerminalAsync(string typed, params string[] arguments)
    {
        var key = (await installation.AsAsync("admin", "key", "issue", "ben")).Output.Trim();
        using var output = new StringWriter();
        using var errors = new StringWriter();
        using var input = new StringReader(typed);
        var terminal = new Terminal(output, errors, interactive: true, input);
        Assert.Equal(0, await CommandLine.RunAsync([.. arguments, "--server", installation.Address, "--key", key], terminal, Cancellation));
        Assert.Equal("", errors.ToString());
        return output.ToString();
    }

    private string PathOf(string name) => Path.Combine(installation.Files, name);

    private async Task<string> WriteAsync(string name, string text)
    {
        await File.WriteAllTextAsync(PathOf(name), text, Cancellation);
        return PathOf(name);
    }
}
