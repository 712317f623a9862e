using System.Text.Json;
using Commands = Slipway.Client.Tests.CommandLines.Cli;

namespace Slipway.Client.Tests.Ci;

/// <summary>What a pull request does to prompts, and what <c>slipway ci</c> says of it.</summary>
public sealed class CiTests
{
    [Fact]
    public async Task A_version_that_behaves_worse_than_the_one_on_the_base_branch_is_blocked()
    {
        using var desk = await Desk.MakeAsync();
        desk.WriteVersion("1.1.0", Desk.Talkative, rollbackTo: "1.0.0");
        await desk.Repository.CommitAsync();
        var result = await desk.RunAsync();
        Assert.True(result.ExitCode == 1, result.Output + result.Errors);
        Assert.Contains("compared with main (", result.Output, StringComparison.Ordinal);
        Assert.Contains("desk:v1.1.0 on desk_golden:v1, 10 cases, against desk:v1.0.0", result.Output, StringComparison.Ordinal);
        Assert.Contains("The answer is not JSON", result.Output, StringComparison.Ordinal);
        Assert.Contains("Verdict: fail. desk:v1.1.0 behaves worse than its gates allow.", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rubrics_are_found_as_files_and_their_judges_are_asked()
    {
        using var desk = await Desk.MakeAsync();
        desk.WriteVersion("1.1.0", Desk.Talkative, rollbackTo: "1.0.0");
        desk.Repository.Write("prompts/evals/v1.1.0.json", """
            {"candidate_prompt": "desk:v1.1.0", "dataset": "desk_golden:v1", "judges": [{"rubric": "bare:v1"}], "gates": {"bare_pass_rate": ">= 99%", "error_rate": "0%"}}
            """);
        await desk.Repository.CommitAsync();
        var missing = await desk.RunAsync();
        Assert.Equal(1, missing.ExitCode);
        Assert.Contains("There is no rubric bare:v1 in this folder: no file is called bare_v1.json.", missing.Output, StringComparison.Ordinal);

        desk.Repository.Write("prompts/rubrics/bare_v1.json", await File.ReadAllTextAsync(Path.Combine(CommandLines.Installation.Sample, "rubrics", "bare_v1.json"), TestContext.Current.CancellationToken));
        var result = await desk.RunAsync();
        Assert.True(result.ExitCode == 1, result.Output + result.Errors);
        Assert.Contains("bare_pass_rate is ", result.Output, StringComparison.Ordinal);
        Assert.Contains("bare:v1 may gate: 80% agreement and a kappa of 0.6 are asked for.", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_that_behaves_as_well_passes()
    {
        using var desk = await Desk.MakeAsync();
        desk.WriteVersion("1.1.0", Desk.Reworded, rollbackTo: "1.0.0");
        await desk.Repository.CommitAsync();
        desk.WriteGates("1.1.0");
        var result = await desk.RunAsync();
        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
        Assert.Contains("ok      desk:v1.1.0 makes a package, renders its 10 cases, keeps its contract", result.Output, StringComparison.Ordinal);
        Assert.Contains("All 10 cases of desk_golden:v1 were asked.", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nothing_changed_below_the_folder_everything_is_checked_and_nothing_compared()
    {
        using var desk = await Desk.MakeAsync();
        desk.Repository.Write("README.md", "Other words.\n");
        await desk.Repository.CommitAsync();
        var result = await desk.RunAsync();
        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
        Assert.Contains("renders its 10 cases", result.Output, StringComparison.Ordinal);
        Assert.Contains("no prompt behaves otherwise than on main", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_git_is_checked_and_then_not_called_good()
    {
        using var folder = new TemporaryFolder();
        folder.Write("desk.yaml", "id: desk\nversion: 1.0.0\nowner: ana\nstatus: candidate\nmodel: offline/offline-2026-11\ntemplate: desk.md\nschema: desk.json\ngolden_set: desk_golden_v1.jsonl\nrollback_to: null\nchange_reason: \"The first.\"\n");
        folder.Write("desk.md", Desk.Template);
        folder.Write("desk.json", """{"type": "object"}""");
        folder.Write("desk_golden_v1.jsonl", Desk.Golden());
        var result = await Commands.RunAsync("ci", folder.Root);
        Assert.Equal(2, result.ExitCode);
        Assert.Equal($"slipway: {folder.Root} lies in no Git repository, so there is nothing to compare with.\n  Compare with a server's live versions (--server URL), or only check (--checks-only).\n", result.Errors);
        var only = await Commands.RunAsync("ci", folder.Root, "--checks-only");
        Assert.True(only.ExitCode == 0, only.Errors);
        Assert.Contains("nothing was compared, as asked", only.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_base_that_is_not_there_is_named_with_what_helps()
    {
        using var desk = await Desk.MakeAsync();
        var result = await desk.RunAsync("--base", "origin/main");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("There is no branch, tag or commit origin/main here.", result.Errors, StringComparison.Ordinal);
        Assert.Contains("fetch-depth: 0", result.Errors, StringComparison.Ordinal);
        Assert.Equal(2, (await desk.RunAsync("--base=--all")).ExitCode);
        await desk.Repository.GitAsync("branch", "--move", "main", "trunk");
        Assert.Contains("It is not clear which branch to compare with", (await desk.RunAsync()).Errors, StringComparison.Ordinal);
        Assert.Equal(0, (await desk.RunAsync("--base", "trunk")).ExitCode);
    }

    [Fact]
    public async Task A_repository_without_a_commit_has_no_base()
    {
        using var repository = await GitRepository.MakeAsync();
        repository.Write("desk.yaml", "id: desk\nversion: 1.0.0\nowner: ana\nstatus: candidate\nmodel: offline/offline-2026-11\ntemplate: desk.md\nschema: desk.json\ngolden_set: desk_golden_v1.jsonl\nrollback_to: null\nchange_reason: \"The first.\"\n");
        repository.Write("desk.md", Desk.Template);
        repository.Write("desk.json", "{}");
        repository.Write("desk_golden_v1.jsonl", Desk.Golden());
        var result = await Commands.RunAsync("ci", repository.Root);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("The repository has no commit yet", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_wrong_in_a_folder_is_said_all_at_once_with_its_places_and_no_model_is_asked()
    {
        using var desk = await Desk.MakeAsync();
        desk.WriteVersion("1.1.0", "{{#open}} {{customer}", rollbackTo: "1.0.0", more: "colour: red");
        desk.Repository.Write("prompts/evals/desk.json", """{"candidate_prompt": "desk:v1.0.0", "dataset": "desk_golden:v1", "gates": {"schema_pass_rate": "> 99,5"} }""");
        desk.Repository.Write("prompts/evals/desk_golden_v2.jsonl", "{\"id\":\"a\"\n");
        var result = await desk.RunAsync();
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("desk.v1.1.0.yaml:11:1: Unknown key \"colour\"", result.Output, StringComparison.Ordinal);
        Assert.Contains("1.1.0.md:1:", result.Output, StringComparison.Ordinal);
        Assert.Contains("desk.json:1:", result.Output, StringComparison.Ordinal);
        Assert.Contains("ok      desk:v1.0.0 makes a package", result.Output, StringComparison.Ordinal);
        Assert.Contains("nothing was compared", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("against", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_committed_yet_is_checked_too_and_said_to_be()
    {
        using var desk = await Desk.MakeAsync();
        desk.WriteVersion("1.1.0", Desk.Talkative, rollbackTo: "1.0.0");
        var before = await desk.Repository.GitAsync("status", "--porcelain");
        var result = await desk.RunAsync();
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("changes that are not committed; they are checked and compared too", result.Output, StringComparison.Ordinal);
        Assert.Equal(before, await desk.Repository.GitAsync("status", "--porcelain"));
        Assert.Equal("change", (await desk.Repository.GitAsync("rev-parse", "--abbrev-ref", "HEAD")).Trim());
    }

    [Fact]
    public async Task A_manifest_that_is_removed_is_said_to_be_and_breaks_nothing()
    {
        using var desk = await Desk.MakeAsync();
        desk.WriteVersion("1.1.0", Desk.Reworded, rollbackTo: "1.0.0");
        desk.WriteGates("1.1.0");
        File.Delete(desk.Repository.PathOf("prompts/desk.v1.0.0.yaml"));
        await desk.Repository.CommitAsync();
        var result = await desk.RunAsync();
        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
        Assert.Contains("desk:v1.0.0 is removed here; where it was pushed it stays", result.Output, StringComparison.Ordinal);
        Assert.Contains("against desk:v1.0.0", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_manifest_that_is_called_otherwise_is_the_same_version()
    {
        using var desk = await Desk.MakeAsync();
        await desk.Repository.GitAsync("mv", "prompts/desk.v1.0.0.yaml", "prompts/help-desk.yaml");
        await desk.Repository.CommitAsync();
        var result = await desk.RunAsync();
        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
        Assert.DoesNotContain("removed", result.Output, StringComparison.Ordinal);
        Assert.Contains("no prompt behaves otherwise", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_first_version_of_a_prompt_has_nothing_to_be_compared_with()
    {
        using var desk = await Desk.MakeAsync();
        desk.Repository.Write("prompts/other.yaml", (await File.ReadAllTextAsync(desk.Repository.PathOf("prompts/desk.v1.0.0.yaml"), TestContext.Current.CancellationToken)).Replace("id: desk", "id: other", StringComparison.Ordinal));
        await desk.Repository.CommitAsync();
        var result = await desk.RunAsync();
        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
        Assert.Contains("other:v1.0.0 is the first version of other: there is nothing to compare it with", result.Output, StringComparison.Ordinal);

        desk.Repository.Write("prompts/evals/other.json", """{"candidate_prompt": "other:v1.0.0", "dataset": "desk_golden:v1", "gates": {"schema_pass_rate": "= 100%", "route_accuracy": ">= baseline"} }""");
        var gated = await desk.RunAsync();
        Assert.Contains("other:v1.0.0 on desk_golden:v1, 10 cases", gated.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("no data for", gated.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_that_is_there_already_must_stay_what_it_is()
    {
        using var desk = await Desk.MakeAsync();
        desk.WriteVersion("1.0.0", Desk.Talkative, rollbackTo: "null");
        var content = await desk.RunAsync();
        Assert.Equal(1, content.ExitCode);
        Assert.Contains("desk:v1.0.0 has other content on main", content.Output, StringComparison.Ordinal);
        Assert.Contains("give the change a number of its own", content.Output, StringComparison.Ordinal);

        desk.WriteVersion("1.0.0", Desk.Template, rollbackTo: "null", more: "linked: INC-12");
        var record = await desk.RunAsync();
        Assert.Equal(1, record.ExitCode);
        Assert.Contains("desk:v1.0.0 has another record on main", record.Output, StringComparison.Ordinal);

        desk.WriteVersion("1.0.0", Desk.Template, rollbackTo: "null");
        desk.Repository.Write("prompts/evals/desk_golden_v1.jsonl", Desk.Golden() + Desk.Case("k", "normal", "a receipt", "billing"));
        var golden = await desk.RunAsync();
        Assert.Equal(1, golden.ExitCode);
        Assert.Contains("desk_golden:v1 has other cases on main", golden.Output, StringComparison.Ordinal);
        Assert.Contains("call the new one desk_golden:v2", golden.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_that_a_server_is_to_number_is_compared_with_itself_before()
    {
        using var desk = await Desk.MakeAsync();
        await desk.Repository.GitAsync("checkout", "--quiet", "main");
        File.Delete(desk.Repository.PathOf("prompts/desk.v1.0.0.yaml"));
        desk.WriteVersion("next", Desk.Template, rollbackTo: "1.0.0", file: "prompts/desk.yaml");
        await desk.Repository.CommitAsync();
        await desk.Repository.BranchAsync("talk");
        desk.WriteVersion("next", Desk.Talkative, rollbackTo: "1.0.0", file: "prompts/desk.yaml");
        await desk.Repository.CommitAsync();
        var result = await desk.RunAsync();
        Assert.Equal(1, result.ExitCode);
        Assert.Matches(@"desk:next on desk_golden:v1, 10 cases, against desk:next on main \([0-9a-f]{7}\)", result.Output);
    }

    [Fact]
    public async Task What_main_got_since_the_branch_left_it_is_no_change_of_the_branch()
    {
        using var desk = await Desk.MakeAsync();
        await desk.Repository.GitAsync("checkout", "--quiet", "main");
        desk.WriteVersion("1.1.0", Desk.Reworded, rollbackTo: "1.0.0");
        await desk.Repository.CommitAsync();
        await desk.Repository.GitAsync("checkout", "--quiet", "change");
        var result = await desk.RunAsync("--base", "main");
        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
        Assert.DoesNotContain("removed", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Which_model_an_alias_is_comes_from_the_folder_or_the_command_and_is_asked_for_else()
    {
        using var desk = await Desk.MakeAsync();
        File.Delete(desk.Repository.PathOf("prompts/slipway.json"));
        var unknown = await desk.RunAsync("--checks-only");
        Assert.Equal(1, unknown.ExitCode);
        Assert.Contains("model names production-default, and without a server nobody says which model that is. Write {\"models\": {\"production-default\": \"PROVIDER/MODEL\"}} into slipway.json", unknown.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await desk.RunAsync("--checks-only", "--model", "production-default=offline/offline-2026-11")).ExitCode);
        Assert.Equal(2, (await desk.RunAsync("--checks-only", "--model", "production-default")).ExitCode);
        desk.Repository.Write("prompts/slipway.json", """{"models": {"production-default": "gpt"}, "colour": "red"}""");
        var wrong = await desk.RunAsync("--checks-only");
        Assert.Equal(1, wrong.ExitCode);
        Assert.Contains("slipway.json:1:35: models.production-default \"gpt\" does not fit: it must be PROVIDER/MODEL", wrong.Output, StringComparison.Ordinal);
        Assert.Contains("Unknown key \"colour\": slipway.json has models, prices, policies.", wrong.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_nobody_here_can_ask_ends_the_comparison_and_not_the_checks()
    {
        using var desk = await Desk.MakeAsync();
        desk.Repository.Write("prompts/slipway.json", """{"models": {"production-default": "elsewhere/model-2026-01"}}""");
        var result = await desk.RunAsync();
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("desk:v1.0.0 runs on elsewhere/model-2026-01, and no provider elsewhere is configured here.", result.Errors, StringComparison.Ordinal);
        Assert.Equal(0, (await desk.RunAsync("--checks-only")).ExitCode);
    }

    [Fact]
    public async Task The_gates_are_those_of_the_folders_evaluation_manifest()
    {
        using var desk = await Desk.MakeAsync();
        desk.WriteVersion("1.1.0", Desk.Reworded, rollbackTo: "1.0.0");
        desk.Repository.Write("prompts/evals/desk.json", """{"candidate_prompt": "desk:v1.1.0", "baseline_prompt": "desk:v1.0.0", "dataset": "desk_golden:v1", "gates": {"thumbs_rate": ">= 50%"} }""");
        var result = await desk.RunAsync();
        Assert.True(result.ExitCode == 3, result.Output + result.Errors);
        Assert.Contains("Verdict: inconclusive. There is not enough data to say how desk:v1.1.0 behaves.", result.Output, StringComparison.Ordinal);
        desk.Repository.Write("prompts/evals/desk.json", """{"candidate_prompt": "desk:v1.1.0", "dataset": "desk_golden:v2", "gates": {"schema_pass_rate": "= 100%"} }""");
        Assert.Contains("There is no golden set desk_golden:v2 in this folder: no file is called desk_golden_v2.jsonl.", (await desk.RunAsync()).Output, StringComparison.Ordinal);
        desk.Repository.Write("prompts/evals/desk.json", """{"candidate_prompt": "moon:v1.1.0", "dataset": "desk_golden:v1", "gates": {"schema_pass_rate": "= 100%"} }""");
        Assert.Contains("candidate_prompt names moon, of which no manifest is here.", (await desk.RunAsync()).Output, StringComparison.Ordinal);
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
        Assert.Equal(0, (await desk.RunAsync("--checks-only")).ExitCode);
        desk.Repository.Write("prompts/contracts/desk.json", """{"contract": "desk", "accepts": [{"route": "refund"}], "refuses": [{"route": "billing"}]}""");
        var result = await desk.RunAsync("--checks-only");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("accepts[0], {\"route\":\"refund\"}, is refused:", result.Output, StringComparison.Ordinal);
        Assert.Contains("refuses[0], {\"route\":\"billing\"}, is accepted.", result.Output, StringComparison.Ordinal);
        desk.Repository.Write("prompts/contracts/desk.json", """{"contract": "moon", "accepts": [], "rejects": []}""");
        Assert.Contains("Unknown key \"rejects\": a contract has contract, accepts, refuses.", (await desk.RunAsync("--checks-only")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_case_that_does_not_fit_the_prompts_variables_is_named()
    {
        using var desk = await Desk.MakeAsync();
        desk.WriteVersion("1.1.0", "For {{name}}.\n" + Desk.Template, rollbackTo: "1.0.0", more: "variables: { name: {type: string} }");
        var result = await desk.RunAsync("--checks-only");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("the case a does not render: The variable name is missing.", result.Output, StringComparison.Ordinal);
        Assert.Contains("and 5 more", result.Output, StringComparison.Ordinal);
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
        var unknown = await desk.RunAsync("--checks-only");
        Assert.Equal(1, unknown.ExitCode);
        Assert.Contains("The variable day is wrong", unknown.Output, StringComparison.Ordinal);
        Assert.Contains("Give the variable an example", unknown.Output, StringComparison.Ordinal);
        desk.Repository.Write("prompts/letter.json", Manifest.Replace("%", ", \"examples\": [\"day 3\"]", StringComparison.Ordinal));
        var result = await desk.RunAsync();
        Assert.True(result.ExitCode == 3, result.Output + result.Errors);
        Assert.Contains("ok      letter:v1.0.0 makes a package, renders with made-up variables", result.Output, StringComparison.Ordinal);
        Assert.Contains("letter:v1.0.0 names no golden set, so nobody can say how it behaves", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_large_golden_set_is_asked_in_part_and_the_report_says_so()
    {
        using var desk = await Desk.MakeAsync();
        desk.WriteVersion("1.1.0", Desk.Talkative, rollbackTo: "1.0.0");
        var result = await desk.RunAsync("--cases", "8", "--json");
        Assert.Equal(1, result.ExitCode);
        using var json = JsonDocument.Parse(result.Output);
        var comparison = Assert.Single(json.RootElement.GetProperty("comparisons").EnumerateArray());
        Assert.Equal("8 of the 10 cases of desk_golden:v1 were asked, of each kind its share; --cases 10 asks all.", comparison.GetProperty("remark").GetString());
        Assert.Equal(8, comparison.GetProperty("report").GetProperty("counts").GetProperty("cases").GetInt32());
        Assert.Equal(("fail", "fail"), (json.RootElement.GetProperty("verdict").GetString(), comparison.GetProperty("verdict").GetString()));
        using var again = JsonDocument.Parse((await desk.RunAsync("--cases", "8", "--json")).Output);
        Assert.Equal(Asked(json), Asked(again));

        static string?[] Asked(JsonDocument run) =>
            [.. run.RootElement.GetProperty("comparisons")[0].GetProperty("report").GetProperty("differences").EnumerateArray().Select(row => row.GetProperty("case_id").GetString())];
    }

    [Fact]
    public async Task What_a_run_may_cost_needs_prices_and_a_policy_its_kinds()
    {
        using var desk = await Desk.MakeAsync();
        desk.WriteVersion("1.1.0", Desk.Reworded, rollbackTo: "1.0.0");
        desk.WriteGates("1.1.0");
        Assert.Equal(0, (await desk.RunAsync("--max-cost", "0.50")).ExitCode);
        desk.Repository.Write("prompts/slipway.json", """{"models": {"production-default": "elsewhere/model-2026-01"}}""");
        var unpriced = await desk.RunAsync("--max-cost", "0.50", "--provider", "elsewhere=http://127.0.0.1:1/v1");
        Assert.Equal(2, unpriced.ExitCode);
        Assert.Contains("--max-cost needs prices, and nobody says what elsewhere/model-2026-01 costs.", unpriced.Errors, StringComparison.Ordinal);

        desk.Repository.Write("prompts/slipway.json", """{"models": {"production-default": "offline/offline-2026-11"}, "policies": {"desk": {"required_kinds": {"normal": 2, "bypass": 3}}}}""");
        var missing = await desk.RunAsync();
        Assert.Equal(1, missing.ExitCode);
        Assert.Contains("the policy of desk asks for more cases of the kind bypass (0 of 3)", missing.Output, StringComparison.Ordinal);
        desk.Repository.Write("prompts/slipway.json", """{"prices": {"gpt": {"input": 1, "output": 2}, "openai/gpt-2026-01-01": {"input": -1, "output": 2}}, "policies": {"desk": {"required_kinds": {"funny": 1}}}}""");
        var wrong = (await desk.RunAsync("--checks-only")).Output;
        Assert.Contains("prices names \"gpt\"", wrong, StringComparison.Ordinal);
        Assert.Contains("The prices of openai/gpt-2026-01-01 cannot be read", wrong, StringComparison.Ordinal);
        Assert.Contains("The policy of desk cannot be read", wrong, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answers_that_were_paid_for_are_taken_from_the_cache()
    {
        using var desk = await Desk.MakeAsync();
        using var elsewhere = new TemporaryFolder();
        desk.WriteVersion("1.1.0", Desk.Reworded, rollbackTo: "1.0.0");
        desk.WriteGates("1.1.0");
        string[] cached = ["--cache", elsewhere.PathOf("answers.db"), "--json"];
        Assert.Equal((0, 20), (FromCache((await desk.RunAsync(cached)).Output), FromCache((await desk.RunAsync(cached)).Output)));

        static int FromCache(string output)
        {
            using var json = JsonDocument.Parse(output);
            return json.RootElement.GetProperty("comparisons")[0].GetProperty("report").GetProperty("facts").GetProperty("from_cache").GetInt32();
        }
    }

    [Fact]
    public async Task The_live_version_of_a_server_takes_the_place_of_a_base_branch()
    {
        await using var installation = new CommandLines.Installation();
        await installation.InitializeAsync();
        await installation.GoLiveAsync();
        var worse = await installation.TryAsAsync("ana", "ci", CommandLines.Installation.Sample, "--cases", "60");
        Assert.True(worse.ExitCode == 1, worse.Output + worse.Errors);
        Assert.Contains("compared with what is live", worse.Output, StringComparison.Ordinal);
        Assert.Contains("against support_router:v1.5.2", worse.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reports_are_written_whatever_the_result()
    {
        using var desk = await Desk.MakeAsync();
        using var elsewhere = new TemporaryFolder();
        desk.WriteVersion("1.1.0", "{{#open}} [@ana](http://x.example) <b>", rollbackTo: "1.0.0");
        var (markdown, junit, html) = (elsewhere.PathOf("r.md"), elsewhere.PathOf("r.xml"), elsewhere.PathOf("r.html"));
        Assert.Equal(1, (await desk.RunAsync("--markdown", markdown, "--junit", junit, "--html", html)).ExitCode);
        var text = await File.ReadAllTextAsync(markdown, TestContext.Current.CancellationToken);
        Assert.StartsWith("## ❌ Prompts: fail.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("@ana", text, StringComparison.Ordinal);
        Assert.Single(System.Xml.Linq.XDocument.Load(junit).Descendants("failure"));
        Assert.Contains("What failed", await File.ReadAllTextAsync(html, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        var unwritable = await desk.RunAsync("--markdown", elsewhere.PathOf("no/such/folder.md"));
        Assert.Equal(2, unwritable.ExitCode);
        Assert.Contains("cannot be written", unwritable.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Partials_of_the_folder_are_part_of_the_prompts_that_include_them()
    {
        using var desk = await Desk.MakeAsync();
        desk.WriteVersion("1.1.0", Desk.Template + "\n{{> manners}}\n", rollbackTo: "1.0.0");
        var missing = await desk.RunAsync("--checks-only");
        Assert.Equal(1, missing.ExitCode);
        Assert.Contains("The partial manners is not in this folder", missing.Output, StringComparison.Ordinal);
        desk.Repository.Write("prompts/manners.yaml", "partial: manners\ntemplate: templates/manners.md\nchange_reason: \"So that all know them.\"\n");
        desk.Repository.Write("prompts/templates/manners.md", "Be kind.");
        await desk.Repository.CommitAsync();
        await desk.Repository.BranchAsync("rude");
        desk.Repository.Write("prompts/templates/manners.md", "Explain your choice in one short sentence before the object.");
        var result = await desk.RunAsync("--base", "change");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("desk:v1.1.0 on desk_golden:v1, 10 cases, against desk:v1.1.0 on change", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_a_manifest_is_probably_the_wrong_one()
    {
        using var desk = await Desk.MakeAsync();
        var empty = Directory.CreateDirectory(desk.Repository.PathOf("docs")).FullName;
        var result = await Commands.RunAsync("ci", empty);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("There is no prompt manifest below", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("There is no folder /nowhere.", "/nowhere")]
    [InlineData("--base and --server exclude each other.", ".", "--base", "main", "--server", "http://127.0.0.1:1")]
    [InlineData("--base and --checks-only exclude each other.", ".", "--base", "main", "--checks-only")]
    [InlineData("--cases is at least 1.", ".", "--cases", "0")]
    [InlineData("names no provider", ".", "--provider", "x")]
    public async Task What_was_typed_wrongly_is_said(string said, params string[] arguments)
    {
        var result = await Commands.RunAsync(["ci", .. arguments]);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(said, result.Errors, StringComparison.Ordinal);
    }
}
