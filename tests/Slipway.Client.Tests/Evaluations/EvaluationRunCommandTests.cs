using System.Text.Json;
using Slipway.Client.Tests.CommandLines;

namespace Slipway.Client.Tests.Evaluations;

/// <summary><c>slipway eval list</c>, <c>watch</c>, <c>show</c> and <c>cancel</c>: runs, whoever began them.</summary>
public sealed class EvaluationRunCommandTests(Installation installation) : IClassFixture<Installation>
{
    [Fact]
    public async Task Runs_are_listed_and_what_one_came_to_is_shown_by_its_name()
    {
        Assert.Contains("No evaluation was run", (await installation.AsAsync("ben", "eval", "list")).Output, StringComparison.Ordinal);
        foreach (var version in (string[])["1.5.2", "1.6.0"]) await installation.AsAsync("ana", "push", Path.Combine(Installation.Sample, $"support_router.v{version}.yaml"));
        var manifest = Path.Combine(Installation.Sample, "evals", "v1.6.0.json");
        var ran = await installation.AsAsync("ana", "eval", manifest);
        await installation.AsAsync("ana", "eval", manifest);

        var listed = (await installation.AsAsync("ben", "eval", "list")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal((3, "eval-2", "eval-1"), (listed.Length, listed[1][..6], listed[2][..6]));
        Assert.All(listed[1..], line => Assert.Matches(@"support_router:v1\.6\.0 +1\.5\.2 +support_router_golden:v4 .* ana +- +pass$", line));
        Assert.Single((await installation.AsAsync("ben", "eval", "list", "--limit", "1")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..]);
        using var json = JsonDocument.Parse((await installation.AsAsync("ben", "eval", "list", "--json")).Output);
        Assert.Equal("eval-2", json.RootElement[0].GetProperty("id").GetString());

        Assert.Equal(ran.Output, (await installation.AsAsync("ben", "eval", "show", "eval-1")).Output);
        // Who comes late sees the end at once.
        Assert.Equal(ran.Output, (await installation.AsAsync("ben", "eval", "watch", "eval-1")).Output);
        Assert.Equal("eval-1  pass", (await installation.AsAsync("ana", "eval", "cancel", "eval-1")).Output.Trim());
    }

    [Theory]
    [InlineData("show", "eval-99", "There is no run eval-99", 1)]
    [InlineData("watch", "eval-99", "There is no run eval-99", 1)]
    [InlineData("watch", "12", "\"12\" is no run of an evaluation: it must be eval-NUMBER", 2)]
    [InlineData("cancel", "rel-1", "\"rel-1\" is no run of an evaluation: it must be eval-NUMBER", 2)]
    public async Task What_names_no_run_is_refused_with_a_sentence(string command, string run, string message, int exitCode)
    {
        var result = await installation.TryAsAsync("ana", "eval", command, run);
        Assert.Equal(exitCode, result.ExitCode);
        Assert.Contains(message, result.Errors, StringComparison.Ordinal);
    }
}
