using System.Text.RegularExpressions;
using Slipway.Client.Tests.Prompts;
using Slipway.Tests;

namespace Slipway.Client.Tests.Documentation;

/// <summary>The page on manifests says what the reader knows.</summary>
public sealed partial class ManifestPageTests
{
    private const string Manifests = "manifests.md", Others = "files.md";
    private static readonly string Page = Read(Manifests);

    [Theory]
    [InlineData(Manifests, "yaml")]
    [InlineData(Manifests, "partial")]
    [InlineData(Others, "evaluation")]
    [InlineData(Others, "plan")]
    [InlineData(Others, "settings")]
    [InlineData(Others, "contract")]
    public async Task The_tables_of_the_page_are_what_the_code_generates(string page, string form)
    {
        var table = Assert.Single(Tables().Matches(Read(page)), table => table.Groups[1].Value == form).Groups[2].Value.Trim();
        var generated = (await CommandLines.Cli.RunAsync("manifest", "fields", "--form", form)).Ends(Slipway.Cli.ExitCode.Done).Output.ReplaceLineEndings("\n").Trim();
        Assert.True(table == generated, $"The table \"{form}\" of docs/{page} is not what the code knows. Run: build/docs-fields.sh");
    }

    [Fact]
    public void Each_table_of_the_pages_is_looked_at() => Assert.Equal(
        ["contract", "evaluation", "partial", "plan", "settings", "yaml"],
        Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md").SelectMany(page => Tables().Matches(File.ReadAllText(page))).Select(table => table.Groups[1].Value).Order());

    [Theory]
    [InlineData(Manifests)]
    [InlineData(Others)]
    public void Every_link_of_the_pages_leads_to_a_page_and_a_heading(string page)
    {
        var own = Headings(Read(page));
        Assert.Equal(own.Distinct(), own);
        var links = Link().Matches(Read(page)).Select(link => (Page: link.Groups[1].Value, Heading: link.Groups[2].Value)).ToList();
        Assert.True(links.Count > 10);
        foreach (var (file, heading) in links)
        {
            var headings = file.Length == 0 ? own : Headings(Read(file));
            if (heading.Length > 0) Assert.Contains(heading, headings);
        }
    }

    [Fact]
    public void The_examples_of_the_page_fit_their_schemas()
    {
        using var folder = new TemporaryFolder();
        var yaml = Blocks("yaml");
        Assert.Equal(4, yaml.Count);
        var (ten, more, messages, partial) = (yaml[0], yaml[1], yaml[2], yaml[3]);
        EditorSchema.Takes(folder.Write("ten.yaml", ten));
        EditorSchema.Takes(folder.Write("more.yaml", ten + more));
        EditorSchema.Takes(folder.Write("messages.yaml", string.Concat(ten.Split('\n').Where(line => !line.StartsWith("template:", StringComparison.Ordinal)).Select(line => line + "\n")) + messages));
        EditorSchema.Takes(folder.Write("partial.yaml", partial), isPartial: true);
        EditorSchema.Takes(folder.Write("manifest.json", Assert.Single(Blocks("json"))));
    }

    [Theory]
    [InlineData("yaml", "id")]
    [InlineData("json", "prompt_id")]
    [InlineData("partial", "partial")]
    [InlineData("evaluation", "candidate_prompt")]
    [InlineData("plan", "steps")]
    [InlineData("settings", "models")]
    [InlineData("contract", "contract")]
    public async Task A_schema_is_printed_for_each_form(string form, string key)
    {
        var printed = (await CommandLines.Cli.RunAsync("manifest", "schema", "--form", form)).Ends(Slipway.Cli.ExitCode.Done).Output;
        var schema = System.Text.Json.JsonElement.Parse(printed);
        Assert.Equal("https://json-schema.org/draft/2020-12/schema", schema.GetProperty("$schema").GetString());
        Assert.True(schema.GetProperty("properties").TryGetProperty(key, out _));
        Assert.DoesNotContain("](", printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_that_there_is_not_is_named() =>
        (await CommandLines.Cli.RunAsync("manifest", "schema", "--form", "toml")).Ends(Slipway.Cli.ExitCode.Unusable).Complains("\"toml\" is no form: it must be one of yaml, json, partial, evaluation, plan, settings, contract.");

    private static string Read(string page) => File.ReadAllText(Path.Combine(Repository.Root, "docs", page));

    // As GitHub names them.
    private static List<string> Headings(string page) =>
        [.. Heading().Matches(page).Select(heading => string.Concat(heading.Groups[1].Value.ToLowerInvariant().Where(letter => char.IsAsciiLetterOrDigit(letter) || letter is ' ' or '-' or '_')).Replace(' ', '-'))];

    private static List<string> Blocks(string language) => [.. Block().Matches(Page).Where(block => block.Groups[1].Value == language).Select(block => block.Groups[2].Value)];

    [GeneratedRegex("^<!-- fields ([a-z]+) -->\n(.*?)^<!-- /fields -->$", RegexOptions.Singleline | RegexOptions.Multiline)] private static partial Regex Tables();
    [GeneratedRegex("^#{1,6} (.+)$", RegexOptions.Multiline)] private static partial Regex Heading();
    [GeneratedRegex(@"\]\(([a-z-]*(?:\.md)?)(?:#([^)]+))?\)")] private static partial Regex Link();
    [GeneratedRegex("^```(\\w+)\n(.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)] private static partial Regex Block();
}
