using System.Xml.Linq;
using Slipway.Tests;
using YamlDotNet.RepresentationModel;

namespace Slipway.Client.Tests.Ci;

/// <summary>The pipelines of samples/ci: they are what they say, and the very command lines that stand in them do their work.</summary>
public sealed class PipelineTests
{
    [Fact]
    public async Task The_GitHub_workflow_checks_prompts_and_comments_on_the_pull_request()
    {
        var root = Parse("github-prompts.yml");
        Assert.Equal("prompts/**", Scalar(root, "on", "pull_request", "paths", "0"));
        Assert.Equal("0", Scalar(root, "jobs", "prompts", "steps", "0", "with", "fetch-depth"));
        Assert.Equal("write", Scalar(root, "permissions", "pull-requests"));
        var steps = ((YamlSequenceNode)Node(root, "jobs", "prompts", "steps")).Children;
        var check = steps.Single(step => Find(step, "run") is YamlScalarNode { Value: { } run } && run.Contains("slipway ci", StringComparison.Ordinal));
        Assert.Equal("origin/${{ github.base_ref }}", Scalar(check, "env", "BASE"));
        var comment = steps.Single(step => Find(step, "run") is YamlScalarNode { Value: { } run } && run.Contains("gh pr comment", StringComparison.Ordinal));
        Assert.StartsWith("always()", Scalar(comment, "if"), StringComparison.Ordinal);
        Assert.Contains("--body-file prompts-report.md", Scalar(comment, "run"), StringComparison.Ordinal);
        await BlocksTheWorseVersionAsync(Scalar(check, "run"), ("BASE", "origin/main"));
    }

    [Fact]
    public async Task The_GitLab_job_checks_prompts_and_writes_a_note()
    {
        var root = Parse("gitlab-prompts.yml");
        Assert.Equal("prompts/**/*", Scalar(root, "prompts", "rules", "0", "changes", "0"));
        Assert.Equal("prompts-report.xml", Scalar(root, "prompts", "artifacts", "reports", "junit"));
        Assert.Contains("body@prompts-report.md", Scalar(root, "prompts", "after_script", "0"), StringComparison.Ordinal);
        await BlocksTheWorseVersionAsync(Scalar(root, "prompts", "script", "0"), ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"));
    }

    private static async Task BlocksTheWorseVersionAsync(string commandLine, (string Name, string Value) variable)
    {
        string[] late = ["support_router.v1.8.0.yaml", "evals/v1.8.0.json"];
        using var repository = await SampleCiTests.SampleAsync(without: late);
        await repository.GitAsync("update-ref", "refs/remotes/origin/main", "main");
        await repository.BranchAsync("friendlier");
        foreach (var file in late) SampleCiTests.Take(repository, file);
        await repository.CommitAsync("Rewrite the prompt so that people like to read it.");
        await repository.GitAsync("branch", "--delete", "--force", "main");
        repository.Write(".slipway/slipway", $"#!/bin/sh\nexec dotnet '{SlipwayProcess.Program}' \"$@\"\n");
        await SlipwayProcess.RunAsync("chmod", ["+x", ".slipway/slipway"], repository.Root);

        var (exitCode, output, errors) = await SlipwayProcess.RunAsync("env", [$"{variable.Name}={variable.Value}", "sh", "-e", "-c", commandLine], repository.Root);
        Assert.True(exitCode == 1, output + errors);
        var markdown = await File.ReadAllTextAsync(repository.PathOf("prompts-report.md"), TestContext.Current.CancellationToken);
        Assert.StartsWith("## ❌ Prompts: fail.", markdown, StringComparison.Ordinal);
        Assert.Contains("What got worse", markdown, StringComparison.Ordinal);
        var suites = XDocument.Load(repository.PathOf("prompts-report.xml")).Root!;
        Assert.NotEmpty(suites.Descendants("failure"));
        Assert.Equal(suites.Elements("testsuite").Select(suite => suite.Elements("testcase").Count()), suites.Elements("testsuite").Select(suite => (int)suite.Attribute("tests")!));
        var page = await File.ReadAllTextAsync(repository.PathOf("prompts-report.html"), TestContext.Current.CancellationToken);
        Assert.Contains("compared with origin/main", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http", page.Replace("http-equiv", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private static YamlNode Parse(string file)
    {
        var stream = new YamlStream();
        using var reader = File.OpenText(Path.Combine(Repository.Root, "samples", "ci", file));
        stream.Load(reader);
        return stream.Documents.Single().RootNode;
    }

    private static string Scalar(YamlNode node, params string[] path) => ((YamlScalarNode)Node(node, path)).Value!;

    private static YamlNode Node(YamlNode node, params string[] path) => path.Aggregate(node, (at, name) => at is YamlSequenceNode list ? list.Children[int.Parse(name, System.Globalization.CultureInfo.InvariantCulture)]
        : Find(at, name) ?? throw new InvalidOperationException($"There is no {string.Join('.', path)}."));

    private static YamlNode? Find(YamlNode node, string name) => node is YamlMappingNode mapping && mapping.Children.TryGetValue(new YamlScalarNode(name), out var found) ? found : null;
}
