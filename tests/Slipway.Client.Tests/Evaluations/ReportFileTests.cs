using System.Text.Json;
using System.Xml.Linq;
using Slipway.Client.Tests.CommandLines;

namespace Slipway.Client.Tests.Evaluations;

public sealed class ReportFileTests(Installation installation) : IClassFixture<Installation>
{
    // The manifest of the design as it stands, the older version as the candidate: it is clearly worse.
    private const string Worse = """
        { "candidate_prompt": "support_router:v1.5.2", "baseline_prompt": "support_router:v1.6.0", "model": "production-default",
          "dataset": "support_router_golden:v4",
          "gates": { "schema_pass_rate": ">= 99.5%", "unsafe_tool_call_rate": "0%", "account_recovery_accuracy": ">= baseline - 1%", "p95_latency": "<= baseline + 100000%" } }
        """;

    [Fact]
    public async Task An_evaluation_leaves_a_comment_a_test_report_and_a_page_and_can_be_shown_again()
    {
        foreach (var version in (string[])["1.5.2", "1.6.0"]) await installation.AsAsync("ana", "push", Path.Combine(Installation.Sample, $"support_router.v{version}.yaml"));
        var (manifest, markdown, junit, html) = (await WriteAsync("worse.json", Worse), PathOf("report.md"), PathOf("report.xml"), PathOf("report.html"));
        var result = await installation.TryAsAsync("ana", "eval", manifest, "--json", "--markdown", markdown, "--junit", junit, "--html", html);
        Assert.True(result.ExitCode == 1, result.Errors + result.Output);

        using var document = JsonDocument.Parse(result.Output);
        var report = document.RootElement.GetProperty("report");
        Assert.Equal(["pass", "inconclusive", "fail", "pass"], report.GetProperty("gates").EnumerateArray().Select(gate => gate.GetProperty("verdict").GetString()));
        Assert.Equal(">= baseline - 1pp", report.GetProperty("gates")[2].GetProperty("threshold").GetString());
        Assert.True(report.GetProperty("gates")[2].GetProperty("interval").GetProperty("high").GetDouble() < -0.01);
        Assert.StartsWith("### ❌ support&#95;router&#58;v1.5.2 fails 1 of 4 gates.", await File.ReadAllTextAsync(markdown, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal("testsuites", XDocument.Parse(await File.ReadAllTextAsync(junit, TestContext.Current.CancellationToken)).Root!.Name);
        Assert.Contains("What got worse", await File.ReadAllTextAsync(html, TestContext.Current.CancellationToken), StringComparison.Ordinal);

        var (hash, again) = (document.RootElement.GetProperty("report_hash").GetString()!, PathOf("again.html"));
        var shown = await installation.AsAsync("ana", "eval", "show", hash, "--html", again);
        Assert.Contains("Verdict: fail. account_recovery_accuracy is ", shown.Output, StringComparison.Ordinal);
        Assert.Equal(await File.ReadAllTextAsync(html, TestContext.Current.CancellationToken), await File.ReadAllTextAsync(again, TestContext.Current.CancellationToken));
        Assert.Equal(shown.Output, (await installation.AsAsync("ana", "eval", "show", await WriteAsync("printed.json", result.Output))).Output);
        Assert.Equal(shown.Output, (await installation.AsAsync("ana", "eval", "show", await WriteAsync("stored.json", report.GetRawText()))).Output);
    }

    [Fact]
    public async Task What_is_no_report_is_said_to_be_none()
    {
        var result = await installation.TryAsAsync("ana", "eval", "show", await WriteAsync("other.json", """{"verdict": "pass"}"""));
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("other.json is no evaluation report.", result.Errors, StringComparison.Ordinal);
    }

    private string PathOf(string name) => Path.Combine(installation.Files, name);

    private async Task<string> WriteAsync(string name, string text)
    {
        await File.WriteAllTextAsync(PathOf(name), text, TestContext.Current.CancellationToken);
        return PathOf(name);
    }
}
