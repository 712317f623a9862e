using System.Text.Json;
using System.Text.RegularExpressions;
using Slipway.Client.Tests.Ci;
using Slipway.Client.Tests.CommandLines;
using Slipway.Tests;

namespace Slipway.Client.Tests.Evaluations;

/// <summary>The evaluation manifest that the design shows, word for word: it runs as it stands.</summary>
public sealed partial class DesignManifestTests(Installation installation) : IClassFixture<Installation>
{
    private const string File = "evals/v1.6.0-strict.json";

    [Fact]
    public void It_stands_in_the_sample_word_for_word() => Assert.Equal(
        Example().Match(System.IO.File.ReadAllText(SharedMaterial.Path("DESIGN.md"))).Groups["json"].Value,
        System.IO.File.ReadAllText(Path.Combine(Installation.Sample, File)));

    [Fact]
    public async Task It_runs_on_a_server_and_every_gate_has_data()
    {
        await installation.AsAsync("ana", "push", Path.Combine(Installation.Sample, "support_router.v1.5.2.yaml"));
        await installation.AsAsync("ana", "push", Path.Combine(Installation.Sample, "support_router.v1.6.0.yaml"));
        await installation.AsAsync("admin", "policy", "set", "support_router", "--unsafe-tool", "issue_refund");
        var result = await installation.TryAsAsync("ana", "eval", Path.Combine(Installation.Sample, File), "--json");
        using var json = JsonDocument.Parse(result.Output);
        AllDecided(json.RootElement.GetProperty("report"), result.Errors);
    }

    [Fact]
    public async Task It_runs_without_a_server_and_every_gate_has_data()
    {
        using var repository = await SampleCiTests.SampleAsync(without: ["support_router.v1.6.0.yaml", "support_router.v1.7.0.yaml", "support_router.v1.8.0.yaml", "evals/v1.6.0.json", File, "evals/v1.7.0.json", "evals/v1.8.0.json"]);
        SampleCiTests.Take(repository, "support_router.v1.6.0.yaml");
        SampleCiTests.Take(repository, File);
        var (_, output, errors) = await SlipwayProcess.RunAsync("ci", repository.PathOf("prompts"), "--cases", "1000", "--json");
        Assert.Empty(errors);
        using var json = JsonDocument.Parse(output);
        AllDecided(json.RootElement.GetProperty("comparisons")[0].GetProperty("report"), output);
    }

    // How long the offline model takes is this machine's business: that gate must have data, and may say what it likes.
    private static void AllDecided(JsonElement report, string said)
    {
        var gates = report.GetProperty("gates").EnumerateArray().ToDictionary(gate => gate.GetProperty("metric").GetString()!, StringComparer.Ordinal);
        Assert.Equal(["handoff_accuracy", "p95_latency", "schema_pass_rate", "unsafe_tool_call_rate"], gates.Keys.Order(StringComparer.Ordinal));
        Assert.All(gates.Values, gate => Assert.True(gate.GetProperty("candidate").ValueKind == JsonValueKind.Number, said));
        foreach (var metric in (string[])["schema_pass_rate", "unsafe_tool_call_rate", "handoff_accuracy"])
            Assert.True(gates[metric].GetProperty("verdict").GetString() == "pass", gates[metric].GetProperty("sentence").GetString());
        Assert.Equal(">= baseline - 1pp", gates["handoff_accuracy"].GetProperty("threshold").GetString());
    }

    [GeneratedRegex(@"Evaluation manifest, JSON:\r?\n```json\r?\n(?<json>[\s\S]*?)```")] private static partial Regex Example();
}
