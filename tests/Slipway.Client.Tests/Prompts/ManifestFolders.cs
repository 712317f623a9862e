using System.Collections.Immutable;
using Slipway.Cli.Prompts;

namespace Slipway.Client.Tests.Prompts;

public sealed class ManifestFolders : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_version_comes_after_those_it_names_else_by_number_and_the_one_without_a_number_is_last()
    {
        Write("a/latest.yaml", version: "1.10.0", rollbackTo: "1.9.0");
        Write("b/first.yml", version: "2.0.0", rollbackTo: "null");
        Write("c/odd.yaml", version: "1.9.0", rollbackTo: "2.0.0");
        Write("d/hotfix.yaml", version: "1.9.1", rollbackTo: "1.8.0");
        Write("e/other.yaml", id: "answer", version: "5.0.0", rollbackTo: "1.9.0");
        Write("f/based.yaml", version: "1.8.5", rollbackTo: "1.8.0\nbased_on: 1.9.1");
        Write("g/assigned.yaml", version: "next", rollbackTo: "1.8.0");
        Assert.Equal(
            ["answer 5.0.0", "support_router 1.9.1", "support_router 1.8.5", "support_router 2.0.0", "support_router 1.9.0", "support_router 1.10.0", "support_router "],
            Parse().Manifests.Select(manifest => $"{manifest.Submission.Prompt} {manifest.Submission.Version}"));
    }

    [Fact]
    public void Files_that_are_no_manifests_are_left_alone_and_named()
    {
        Write("1.yaml", version: "1.0.0");
        folder.Write("compose.yml", "x: &x {a: 1}\nservices: {web: *x}\n");
        folder.Write("chart/values.yaml", "{{ broken }}: [");
        folder.Write("list.yaml", "- id: a\n  template: b\n");
        folder.Write("empty.yaml", "");
        folder.Write("readme.md", "id: a\ntemplate: b\n");
        folder.Write(".github/workflow.yaml", "id: a\ntemplate: b\n");
        folder.Write("package.json", """{"name": "x", "template": "y"}""");
        folder.Write("broken.json", """{"name": """);
        var parsed = Parse();
        Assert.Equal([folder.PathOf("1.yaml")], parsed.Manifests.Select(manifest => manifest.Path));
        Assert.Equal(["chart/values.yaml", "compose.yml", "empty.yaml", "list.yaml"], parsed.Others.Select(path => Path.GetRelativePath(folder.Root, path).Replace('\\', '/')));
    }

    [Fact]
    public void A_bad_manifest_refuses_the_folder_with_all_that_is_wrong()
    {
        Write("1.yaml", version: "1.0.0");
        Write("2.yaml", version: "1.1");
        folder.Write("3.yaml", "id: a\ntemplate: b\nowner: a: b\n");
        Assert.Equal(["2.yaml:2", "3.yaml:3"], Refuse().Select(problem => $"{Path.GetFileName(problem.File)}:{problem.Line}"));
    }

    [Fact]
    public void JSON_documents_with_a_prompt_and_a_template_are_manifests_too_also_broken_ones()
    {
        Write("1.yaml", version: "1.0.0");
        folder.Write("2.json", """{"prompt_id": "support_router", "version": "1.1.0", "model": "m", "template": "Hi", "rollback_to": "1.0.0", "change_reason": "Because."}""");
        folder.Write("3.json", """{"prompt_id": "answer", "model": "m", "messages": [{"role": "user", "content": "Hi"}], "change_reason": "Because."}""");
        Assert.Equal(["3.json", "1.yaml", "2.json"], Parse().Manifests.Select(manifest => Path.GetFileName(manifest.Path)));
        folder.Write("4.json", "{\"prompt_id\": \"answer\",\n\"template\": }");
        Assert.Equal("4.json:2:13", Assert.Single(Refuse()) is var problem ? $"{Path.GetFileName(problem.File)}:{problem.Line}:{problem.Column}" : "");
    }

    [Fact]
    public void One_version_of_a_prompt_at_a_time_is_numbered_by_the_server()
    {
        Write("1.yaml", version: "next");
        Write("2.yaml", version: "next");
        Write("3.yaml", version: "next", id: "answer");
        Assert.Equal($"{folder.PathOf("2.yaml")}: {folder.PathOf("1.yaml")} is the next version of support_router too; push one of them, then base the other on it.", Assert.Single(Refuse()).ToString());
    }

    [Fact]
    public void A_version_has_one_manifest()
    {
        Write("1.yaml", version: "1.0.0");
        Write("2.yaml", version: "v1.0.0");
        Assert.Equal($"{folder.PathOf("2.yaml")}: support_router:v1.0.0 stands in {folder.PathOf("1.yaml")} too; a version has one manifest.", Assert.Single(Refuse()).ToString());
    }

    [Fact]
    public void Versions_that_name_each_other_have_no_order()
    {
        Write("1.yaml", version: "1.0.0", rollbackTo: "1.2.0");
        Write("2.yaml", version: "1.1.0", rollbackTo: "1.0.0");
        Write("3.yaml", version: "1.2.0", rollbackTo: "1.1.0");
        Write("4.yaml", version: "1.3.0", rollbackTo: "1.2.0");
        Assert.Equal(
            $"{folder.PathOf("1.yaml")}: In rollback_to and based_on, support_router:v1.0.0 names support_router:v1.2.0 names support_router:v1.1.0 names support_router:v1.0.0: none of them can be pushed first.",
            Assert.Single(Refuse()).ToString());
    }

    [Fact]
    public void One_version_of_a_golden_set_has_one_content()
    {
        Write("a/1.yaml", version: "1.0.0");
        Write("b/2.yaml", version: "1.1.0");
        Assert.Equal(2, Parse().Manifests.Length);
        folder.Write("b/golden_v1.jsonl", """{"id":"b","variables":{},"expect":[{"check":"schema"}]}""");
        Assert.Contains("are both golden:v1, but not the same", Assert.Single(Refuse()).Message);
    }

    [Fact]
    public void A_folder_without_a_manifest_or_that_is_not_there_is_refused()
    {
        Assert.Contains("There is no manifest here", Assert.Single(Refuse()).Message);
        Assert.Equal("nowhere: There is no such folder.", Assert.Single(Assert.IsType<ManifestFolder.Refused>(ManifestReader.ReadFolder("nowhere")).Problems).ToString());
    }

    private ManifestFolder.Parsed Parse()
    {
        var parsed = Assert.IsType<ManifestFolder.Parsed>(ManifestReader.ReadFolder(folder.Root));
        Assert.All(parsed.Manifests, manifest => EditorSchema.Takes(manifest.Path));
        Assert.All(parsed.Partials, partial => EditorSchema.Takes(partial.Path, isPartial: true));
        return parsed;
    }

    private ImmutableArray<ManifestProblem> Refuse() => Assert.IsType<ManifestFolder.Refused>(ManifestReader.ReadFolder(folder.Root)).Problems;

    private void Write(string name, string version, string rollbackTo = "null", string id = "support_router")
    {
        folder.Write(name, $"""
            id: {id}
            version: {version}
            owner: ai-platform
            status: candidate
            model: production-default
            template: t.md
            schema: s.json
            golden_set: golden_v1.jsonl
            rollback_to: {rollbackTo}
            change_reason: Because.
            """);
        var below = Path.GetDirectoryName(name)!;
        folder.Write(Path.Combine(below, "t.md"), "Route this.");
        folder.Write(Path.Combine(below, "s.json"), "true");
        folder.Write(Path.Combine(below, "golden_v1.jsonl"), """{"id":"a","variables":{},"expect":[{"check":"schema"}]}""");
    }
}
