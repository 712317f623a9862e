using System.Collections.Immutable;
using Slipway.Cli.Prompts;

namespace Slipway.Client.Tests.Prompts;

public sealed class PartialFolders : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_partial_comes_after_those_it_includes_else_by_name()
    {
        Write("1", "global/a", "A {{>global/c}} {{>elsewhere}}");
        Write("2", "global/b", "B");
        Write("3", "global/c", "C {{>global/d@2}}");
        Write("4", "global/d", "D");
        Assert.Equal(["global/d", "global/c", "global/a", "global/b"], Parse().Partials.Select(partial => partial.Name.Value));
    }

    [Fact]
    public void A_partial_that_comes_back_to_itself_has_no_order()
    {
        Write("1", "a", "{{>b}}");
        Write("2", "b", "{{>a}}");
        Assert.Equal($"{folder.PathOf("1.yaml")}: a includes b includes a: a partial cannot come back to itself.", Assert.Single(Refuse()).ToString());
    }

    [Fact]
    public void A_partial_has_one_manifest()
    {
        Write("1", "a", "A");
        Write("2", "a", "B");
        Assert.Equal($"{folder.PathOf("2.yaml")}: The partial a stands in {folder.PathOf("1.yaml")} too; a partial has one manifest.", Assert.Single(Refuse()).ToString());
    }

    [Fact]
    public void A_partial_without_a_template_is_refused_where_it_stands()
    {
        var path = folder.Write("1.yaml", "partial: a\nchange_reason: Because.\n");
        Assert.Equal($"{path}:1:1: template is missing.", Assert.Single(Assert.IsType<ManifestResult.Refused>(ManifestReader.Read(path)).Problems).ToString());
    }

    [Theory]
    [InlineData("partial: Global\ntemplate: 1.md\nchange_reason: Because.", 1, 10, "partial \"Global\" does not fit")]
    [InlineData("partial: a\ntemplate: 1.md", 1, 1, "change_reason is missing.")]
    [InlineData("partial: a\ntemplate: nowhere.md\nchange_reason: Because.", 2, 11, "template names nowhere.md: There is no such file.")]
    [InlineData("partial: a\ntemplate: 1.md\nchange_reason: Because.\nversion: 1", 4, 1, "Unknown key \"version\": a partial's manifest has partial, template, change_reason.")]
    [InlineData("partial: a\ntemplate: 1.md\nchange_reason: a: b", 3, 17, "Not YAML")]
    public void What_is_wrong_is_refused_with_its_place(string text, int line, int column, string message)
    {
        folder.Write("1.md", "Text.");
        folder.Write("1.yaml", text);
        var problem = Assert.Single(Refuse());
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Equal((folder.PathOf("1.yaml"), line, column), (problem.File, problem.Line, problem.Column));
    }

    [Fact]
    public void A_mistake_in_its_text_stands_there()
    {
        Write("1", "a", "Text\n{{#a}}");
        Assert.StartsWith($"{folder.PathOf("1.md")}:2:1: {{{{#a}}}}", Assert.Single(Refuse()).ToString(), StringComparison.Ordinal);
    }

    private void Write(string file, string name, string text)
    {
        folder.Write($"{file}.yaml", $"partial: {name}\ntemplate: {file}.md\nchange_reason: Because.\n");
        folder.Write($"{file}.md", text);
    }

    private ManifestFolder.Parsed Parse()
    {
        var parsed = Assert.IsType<ManifestFolder.Parsed>(ManifestReader.ReadFolder(folder.Root));
        Assert.All(parsed.Manifests, manifest => EditorSchema.Takes(manifest.Path));
        Assert.All(parsed.Partials, partial => EditorSchema.Takes(partial.Path, isPartial: true));
        return parsed;
    }

    private ImmutableArray<ManifestProblem> Refuse() => Assert.IsType<ManifestFolder.Refused>(ManifestReader.ReadFolder(folder.Root)).Problems;
}
