using Commands = Slipway.Client.Tests.CommandLines.Cli;

namespace Slipway.Client.Tests.Ci;

/// <summary>What <c>slipway ci</c> finds wrong in a folder before any model is asked.</summary>
public sealed class CiCheckTests
{
    [Fact]
    public async Task What_is_wrong_in_a_folder_is_said_all_at_once_with_its_places_and_no_model_is_asked()
    {
        using var desk = await Desk.MakeAsync();
        desk.WriteVersion("1.1.0", "{{#open}} {{customer}", rollbackTo: "1.0.0", more: "colour: red");
        desk.Repository.Write("prompts/evals/desk.json", """{"candidate_prompt": "desk:v1.0.0", "dataset": "desk_golden:v1", "gates": {"schema_pass_rate": "> 99,5"} }""");
        desk.Repository.Write("prompts/evals/desk_golden_v2.jsonl", "{\"id\":\"a\"\n");
        var result = (await desk.RunAsync()).Ends(1).Says(
            "desk.v1.1.0.yaml:11:1: Unknown key \"colour\"",
            "1.1.0.md:1:",
            "desk.json:1:",
            "ok      desk:v1.0.0 makes a package",
            "nothing was compared");
        Assert.DoesNotContain("against", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_committed_yet_is_checked_too_and_said_to_be()
    {
        using var desk = await Desk.MakeAsync(Desk.Talkative);
        var before = await desk.Repository.GitAsync("status", "--porcelain");
        (await desk.RunAsync()).Ends(1).Says("changes that are not committed; they are checked and compared too");
        Assert.Equal(before, await desk.Repository.GitAsync("status", "--porcelain"));
        Assert.Equal("change", (await desk.Repository.GitAsync("rev-parse", "--abbrev-ref", "HEAD")).Trim());
    }

    [Fact]
    public async Task A_manifest_that_is_removed_is_said_to_be_and_breaks_nothing()
    {
        using var desk = await Desk.MakeAsync(Desk.Reworded);
        desk.WriteGates("1.1.0");
        File.Delete(desk.Repository.PathOf("prompts/desk.v1.0.0.yaml"));
        await desk.Repository.CommitAsync();
        (await desk.RunAsync()).Ends(0).Says("desk:v1.0.0 is removed here; where it was pushed it stays", "against desk:v1.0.0");
    }

    [Fact]
    public async Task A_version_that_is_there_already_must_stay_what_it_is()
    {
        using var desk = await Desk.MakeAsync();
        desk.WriteVersion("1.0.0", Desk.Talkative, rollbackTo: "null");
        (await desk.RunAsync()).Ends(1).Says("desk:v1.0.0 has other content on main", "give the change a number of its own");

        desk.WriteVersion("1.0.0", Desk.Template, rollbackTo: "null", more: "linked: INC-12");
        (await desk.RunAsync()).Ends(1).Says("desk:v1.0.0 has another record on main");

        desk.WriteVersion("1.0.0", Desk.Template, rollbackTo: "null");
        desk.Repository.Write("prompts/evals/desk_golden_v1.jsonl", Desk.Golden() + Desk.Case("k", "normal", "a receipt", "billing"));
        (await desk.RunAsync()).Ends(1).Says("desk_golden:v1 has other cases on main", "call the new one desk_golden:v2");
    }

    [Fact]
    public async Task Which_model_an_alias_is_comes_from_the_folder_or_the_command_and_is_asked_for_else()
    {
        using var desk = await Desk.MakeAsync();
        File.Delete(desk.Repository.PathOf("prompts/slipway.json"));
        (await desk.RunAsync("--checks-only")).Ends(1).Says("model names production-default, and without a server nobody says which model that is. Write {\"models\": {\"production-default\": \"PROVIDER/MODEL\"}} into slipway.json");
        (await desk.RunAsync("--checks-only", "--model", "production-default=offline/offline-2026-11")).Ends(0);
        (await desk.RunAsync("--checks-only", "--model", "production-default")).Ends(2);
        desk.Repository.Write("prompts/slipway.json", """{"models": {"production-default": "gpt"}, "colour": "red"}""");
        (await desk.RunAsync("--checks-only")).Ends(1).Says(
            "slipway.json:1:35: models.production-default \"gpt\" does not fit: it must be PROVIDER/MODEL",
            "Unknown key \"colour\": slipway.json has models, prices, policies.");
    }

    [Fact]
    public async Task A_contract_is_tried_on_answers_it_must_take_and_answers_it_must_not()
    {
        using var desk = await Desk.MakeAsync();
        desk.Repository.Write("prompts/contracts/desk.json", """
            {
              "contract": "desk",
              "accepts": [{"route": "billing"}, "{\"route\": \"delivery\"}"],
              "refuses": [{"route": "refund"}, "Sure! {\"route\": \"billing\"}", {"route": "billing", "note": "x"}]
            }
            """);
        (await desk.RunAsync("--checks-only")).Ends(0);
        desk.Repository.Write("prompts/contracts/desk.json", """{"contract": "desk", "accepts": [{"route": "refund"}], "refuses": [{"route": "billing"}]}""");
        (await desk.RunAsync("--checks-only")).Ends(1).Says("accepts[0], {\"route\":\"refund\"}, is refused:", "refuses[0], {\"route\":\"billing\"}, is accepted.");
        desk.Repository.Write("prompts/contracts/desk.json", """{"contract": "moon", "accepts": [], "rejects": []}""");
        (await desk.RunAsync("--checks-only")).Says("Unknown key \"rejects\": a contract has contract, accepts, refuses.");
    }

    [Fact]
    public async Task A_case_that_does_not_fit_the_prompts_variables_is_named()
    {
        using var desk = await Desk.MakeAsync();
        desk.WriteVersion("1.1.0", "For {{name}}.\n" + Desk.Template, rollbackTo: "1.0.0", more: "variables: { name: {type: string} }");
        (await desk.RunAsync("--checks-only")).Ends(1).Says("the case a does not render: The variable name is missing.", "and 5 more");
    }

    [Fact]
    public async Task A_prompt_without_cases_renders_with_made_up_variables()
    {
        using var desk = await Desk.MakeAsync();
        const string Manifest = """
            {"prompt_id": "letter", "version": "1.0.0", "model": "offline/offline-2026-11", "change_reason": "The first.", "rollback_to": null,
             "template": "{{tier}} {{age}} {{#items}}{{name}}{{/items}} {{day}}",
             "variables": {"tier": {"enum": ["free", "plus"]}, "age": {"type": "integer", "minimum": 18}, "day": {"type": "string", "pattern": "^day [0-9]$"%},
                           "items": {"type": "array", "minItems": 2, "items": {"type": "object", "properties": {"name": {"type": "string", "maxLength": 5}}, "required": ["name"]}}}}
            """;
        desk.Repository.Write("prompts/letter.json", Manifest.Replace("%", "", StringComparison.Ordinal));
        (await desk.RunAsync("--checks-only")).Ends(1).Says("The variable day is wrong", "Give the variable an example");
        desk.Repository.Write("prompts/letter.json", Manifest.Replace("%", ", \"examples\": [\"day 3\"]", StringComparison.Ordinal));
        (await desk.RunAsync()).Ends(3).Says("ok      letter:v1.0.0 makes a package, renders with made-up variables", "letter:v1.0.0 names no golden set, so nobody can say how it behaves");
    }

    [Fact]
    public async Task Reports_are_written_whatever_the_result()
    {
        using var desk = await Desk.MakeAsync();
        using var elsewhere = new TemporaryFolder();
        desk.WriteVersion("1.1.0", "{{#open}} [@ana](http://x.example) <b>", rollbackTo: "1.0.0");
        var (markdown, junit, html) = (elsewhere.PathOf("r.md"), elsewhere.PathOf("r.xml"), elsewhere.PathOf("r.html"));
        (await desk.RunAsync("--markdown", markdown, "--junit", junit, "--html", html)).Ends(1);
        var text = await File.ReadAllTextAsync(markdown, TestContext.Current.CancellationToken);
        Assert.StartsWith("## ❌ Prompts: fail.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("@ana", text, StringComparison.Ordinal);
        Assert.Single(System.Xml.Linq.XDocument.Load(junit).Descendants("failure"));
        Assert.Contains("What failed", await File.ReadAllTextAsync(html, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        (await desk.RunAsync("--markdown", elsewhere.PathOf("no/such/folder.md"))).Ends(2).Complains("cannot be written");
    }

    [Fact]
    public async Task Partials_of_the_folder_are_part_of_the_prompts_that_include_them()
    {
        using var desk = await Desk.MakeAsync();
        desk.WriteVersion("1.1.0", Desk.Template + "\n{{> manners}}\n", rollbackTo: "1.0.0");
        (await desk.RunAsync("--checks-only")).Ends(1).Says("The partial manners is not in this folder");
        desk.Repository.Write("prompts/manners.yaml", "partial: manners\ntemplate: templates/manners.md\nchange_reason: \"So that all know them.\"\n");
        desk.Repository.Write("prompts/templates/manners.md", "Be kind.");
        await desk.Repository.CommitAsync();
        await desk.Repository.BranchAsync("rude");
        desk.Repository.Write("prompts/templates/manners.md", "Explain your choice in one short sentence before the object.");
        (await desk.RunAsync("--base", "change")).Ends(1).Says("desk:v1.1.0 on desk_golden:v1, 10 cases, against desk:v1.1.0 on change");
    }

    [Fact]
    public async Task A_folder_without_a_manifest_is_probably_the_wrong_one()
    {
        using var desk = await Desk.MakeAsync();
        var empty = Directory.CreateDirectory(desk.Repository.PathOf("docs")).FullName;
        (await Commands.RunAsync("ci", empty)).Ends(2).Complains("There is no prompt manifest below");
    }

    [Theory]
    [InlineData("There is no folder /nowhere.", "/nowhere")]
    [InlineData("--base and --server exclude each other.", ".", "--base", "main", "--server", "http://127.0.0.1:1")]
    [InlineData("--base and --checks-only exclude each other.", ".", "--base", "main", "--checks-only")]
    [InlineData("--cases is at least 1.", ".", "--cases", "0")]
    [InlineData("names no provider", ".", "--provider", "x")]
    public async Task What_was_typed_wrongly_is_said(string said, params string[] arguments)
    {
        (await Commands.RunAsync(["ci", .. arguments])).Ends(2).Complains(said);
    }
}
