using System.Text.RegularExpressions;
using Slipway.Tests;

namespace Slipway.Client.Tests.Documentation;

/// <summary>What the README tells people to type works when they type it.</summary>
public sealed partial class ReadmeTests
{
    [Fact]
    public async Task The_step_by_step_of_the_README_works_as_it_stands()
    {
        var page = Page.Readme;
        var steps = page.Commands.Where(block => !block.Text.Contains("demo --exit", StringComparison.Ordinal) && !block.Text.Contains("./test.sh", StringComparison.Ordinal)).ToList();
        Assert.True(steps.Count >= 8, "The README's steps are gone.");
        using var script = new PageScript();
        foreach (var step in steps) script.Add(page, step);

        var (exitCode, output, errors) = await script.RunAsync();

        Assert.True(exitCode == 0, errors + output);
        Assert.Contains("x-slipway-version: 1.5.2", output, StringComparison.Ordinal);
        Assert.Contains("\\\"route\\\": \\\"billing\\\"", output.Replace("\\u0022", "\\\"", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("Verdict: pass", output, StringComparison.Ordinal);
        Assert.Contains("dan rolled back rel-2 from support_router:v1.6.0 to 1.5.2: Complaints from the night shift.", output, StringComparison.Ordinal);
        Assert.Contains("are as they were written", output, StringComparison.Ordinal);
        Assert.Contains("You route the messages that customers send to Nordlicht", output, StringComparison.Ordinal);
        Assert.Contains("rel-2: 1.6.0, canary at 10%", output, StringComparison.Ordinal);
        Assert.Matches("latency, ms p50 p95 p99 +[0-9]", output);
        Assert.Matches("conversation-1 .*\n", output);
        Assert.Contains("damaged.jsonl is damaged: Entry 4 was changed after it was written", errors, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("exit code 1", output, StringComparison.Ordinal);
    }

    /// <summary>The blocks of the SDK's page are compiled by its own tests.</summary>
    [Fact]
    public async Task The_CSharp_of_the_README_stands_word_for_word_in_the_page_on_the_SDK()
    {
        var (readme, page) = (await ReadAsync("README.md"), await ReadAsync("docs/sdk.md"));
        var blocks = CSharpBlock().Matches(readme).Select(match => match.Value).ToList();
        Assert.NotEmpty(blocks);
        Assert.All(blocks, block => Assert.Contains(block, page, StringComparison.Ordinal));

        static Task<string> ReadAsync(string path) => File.ReadAllTextAsync(Path.Combine(Repository.Root, path), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task The_README_shows_what_the_demo_prints()
    {
        var readme = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"), TestContext.Current.CancellationToken);
        foreach (var line in (string[])["rel-2 completed by itself", "rel-3 rolled back by itself", "s from the first bad answer to the rollback", "each as it was written"])
            Assert.Contains(line, readme, StringComparison.Ordinal);
        Assert.Matches(@"\n\d+ passed, 0 failed, \d+ skipped\n", readme);
    }

    [GeneratedRegex("^```csharp\n.*?^```", RegexOptions.Singleline | RegexOptions.Multiline)] private static partial Regex CSharpBlock();
}
