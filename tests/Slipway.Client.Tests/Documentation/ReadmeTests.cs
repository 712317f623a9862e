using System.ComponentModel;
using System.Text.RegularExpressions;
using Slipway.Tests;

namespace Slipway.Client.Tests.Documentation;

/// <summary>What the README tells people to type works when they type it.</summary>
public sealed partial class ReadmeTests
{
    [Fact]
    public async Task The_first_prompt_of_the_README_takes_the_way_that_it_shows()
    {
        Assert.SkipUnless(await HasNodeAsync(), "The application of the README needs Node 20 or later; build/prepare-node.sh installs it where it may.");
        var page = Page.Readme;
        var steps = page.Commands.Where(block => !block.Text.Contains("demo --exit", StringComparison.Ordinal) && !block.Text.Contains("./test.sh", StringComparison.Ordinal)).ToList();
        Assert.True(steps.Count >= 8, "The README's steps are gone.");
        using var script = new PageScript();
        foreach (var step in steps) script.Add(page, step);
        (await script.RunAsync()).Shows(page);
    }

    private static async Task<bool> HasNodeAsync()
    {
        try
        {
            var (exitCode, output, _) = await SlipwayProcess.RunAsync("node", ["--version"], Repository.Root);
            return exitCode == 0 && Version.TryParse(output.Trim().TrimStart('v'), out var version) && version.Major >= 20;
        }
        catch (Win32Exception)
        {
            return false;       // there is no such program
        }
    }

    /// <summary>The blocks of the SDK's page are compiled by its own tests.</summary>
    [Fact]
    public void The_CSharp_of_the_tour_stands_word_for_word_in_the_page_on_the_SDK()
    {
        var (tour, page) = (Page.Read("docs/tour.md").Text, Page.Read("docs/sdk.md").Text);
        var blocks = CSharpBlock().Matches(tour).Select(match => match.Value).ToList();
        Assert.NotEmpty(blocks);
        Assert.All(blocks, block => Assert.Contains(block, page, StringComparison.Ordinal));
    }

    /// <summary>The picture and the last lines come from one run: <c>build/readme-demo.sh</c>.</summary>
    [Fact]
    public void The_README_and_its_picture_show_what_the_demo_prints()
    {
        var picture = Page.Read("docs/demo.svg").Text;
        foreach (var line in (string[])["rel-3 completed by itself", "rel-4 rolled back by itself", "so inc-1 is closed"]) Assert.Contains(line, picture, StringComparison.Ordinal);
        var took = Took().Match(Page.Readme.Text);
        Assert.True(took.Success, "The README shows no numbers of the demo.");
        Assert.Contains($">  {took.Groups[1].Value}</text>", picture, StringComparison.Ordinal);
        Assert.Matches(@"\n\d+ passed, 0 failed, \d+ skipped\n", Page.Readme.Text);
    }

    [GeneratedRegex("^  (the story took \\d+ s)$", RegexOptions.Multiline)] private static partial Regex Took();

    [GeneratedRegex("^```csharp\n.*?^```", RegexOptions.Singleline | RegexOptions.Multiline)] private static partial Regex CSharpBlock();
}
