using Slipway.Cli.Evaluations;
using Slipway.Core.Evaluations;
using Slipway.Tests;

namespace Slipway.Client.Tests.Evaluations;

/// <summary>Other tools' test files, as they lie on disk.</summary>
public sealed class GoldenImportReading : IDisposable
{
    private static readonly GoldenSetId Id = GoldenSetId.TryParse("imported:v1", out var id) ? id : throw new InvalidOperationException();
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("failing_test_prompt.yml", 2, 0, "contains regex", 0)]
    [InlineData("json_schema_prompt.yml", 3, 0, "contains contains", 0)]
    [InlineData("sample_prompt.yml", 2, 0, "contains", 2)]
    [InlineData("test_builtins.yml", 1, 1, "equals", 5)]
    [InlineData("test_single_evaluator.yml", 1, 1, "equals", 1)]
    public void Published_GitHub_prompt_files_become_golden_sets(string file, int cases, int proposed, string checks, int leftOut)
    {
        var made = Assert.IsType<ImportResult.Made>(GoldenImport.Read(Id, SharedMaterial.Path($"specs/github-models-prompt-yml/{file}")));
        Assert.Equal((cases, proposed, checks, leftOut), (made.Set.Cases.Length, made.Set.Cases.Length - made.Set.Asked.Length, string.Join(' ', made.Set.Cases[0].Expect.Select(check => check.Name)), made.LeftOut.Length));
    }

    [Fact]
    public void A_published_prompt_file_without_test_data_makes_none()
    {
        var refused = Assert.IsType<ImportResult.Refused>(GoldenImport.Read(Id, SharedMaterial.Path("specs/github-models-prompt-yml/test_generate.yml")));
        Assert.EndsWith("This is neither a promptfoo configuration, which has tests, nor a GitHub Models prompt file, which has testData.", Assert.Single(refused.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void A_promptfoo_configuration_is_read_from_YAML()
    {
        var made = Assert.IsType<ImportResult.Made>(GoldenImport.Read(Id, folder.Write("promptfooconfig.yaml", """
            description: Support router
            prompts: [file://router.txt]
            providers:
              - openai:gpt-4.1-mini
            tests:
              - vars:
                  ticket: "Where is my refund?"
                assert:
                  - type: is-json
                  - type: contains
                    value: refund
                  - type: javascript
                    value: output.length < 100
              - vars: { ticket: hm }
                assert:
                  - type: llm-rubric
                    value: asks back politely
            """)));
        Assert.Equal(["json contains", "not_refuses"], made.Set.Cases.Select(one => string.Join(' ', one.Expect.Select(check => check.Name))));
        Assert.Equal(
            ["tests[0].assert[2] (javascript) was left out: it is a program, and none is ever run; say what it looks for with the checks there are.",
             "tests[1].assert[0] (llm-rubric) was left out: a model decides it; such an assertion becomes a rubric of a judge."], made.LeftOut);
    }

    [Theory]
    [InlineData("a.yml", "tests: [", "a.yml:")]
    [InlineData("a.json", "{", "a.json:1:2: Not JSON")]
    [InlineData("a.yaml", "name: x\n", "This is neither a promptfoo configuration")]
    public void A_file_that_cannot_be_read_says_where_it_is_broken(string name, string text, string says) =>
        Assert.Contains(says, Assert.IsType<ImportResult.Refused>(GoldenImport.Read(Id, folder.Write(name, text))).Errors[0], StringComparison.Ordinal);
}
