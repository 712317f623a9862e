using System.Text.Json;
using Slipway.Cli.Ci;
using Slipway.Client.Tests.Serving;
using Slipway.Core.Evaluations;
using Slipway.Core.Models;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;
using Commands = Slipway.Client.Tests.CommandLines.Cli;

namespace Slipway.Client.Tests.Ci;

/// <summary>What <c>slipway ci</c> compares a folder with, and what comes of it.</summary>
public sealed class CiComparisonTests
{
    [Fact]
    public async Task A_version_that_behaves_worse_than_the_one_on_the_base_branch_is_blocked()
    {
        using var desk = await Desk.MakeAsync(Desk.Talkative);
        await desk.Repository.CommitAsync();
        (await desk.RunAsync()).Ends(1).Says(
            "compared with main (",
            "desk:v1.1.0 on desk_golden:v1, 10 cases, against desk:v1.0.0",
            "The answer is not JSON",
            "Verdict: fail. desk:v1.1.0 behaves worse than its gates allow.");
    }

    [Fact]
    public async Task Rubrics_are_found_as_files_and_their_judges_are_asked()
    {
        using var desk = await Desk.MakeAsync(Desk.Talkative);
        desk.Repository.Write("prompts/evals/v1.1.0.json", """
            {"candidate_prompt": "desk:v1.1.0", "dataset": "desk_golden:v1", "judges": [{"rubric": "bare:v1"}], "gates": {"bare_pass_rate": ">= 99%", "error_rate": "0%"}}
            """);
        await desk.Repository.CommitAsync();
        (await desk.RunAsync()).Ends(1).Says("There is no rubric bare:v1 in this folder: no file is called bare_v1.json.");

        desk.Repository.Write("prompts/rubrics/bare_v1.json", await File.ReadAllTextAsync(Path.Combine(CommandLines.Installation.Sample, "rubrics", "bare_v1.json"), TestContext.Current.CancellationToken));
        (await desk.RunAsync()).Ends(1).Says("bare_pass_rate is ", "bare:v1 may gate: 80% agreement and a kappa of 0.6 are asked for.");
    }

    [Fact]
    public async Task A_version_that_behaves_as_well_passes()
    {
        using var desk = await Desk.MakeAsync(Desk.Reworded);
        await desk.Repository.CommitAsync();
        desk.WriteGates("1.1.0");
        (await desk.RunAsync()).Ends(0).Says("ok      desk:v1.1.0 makes a package, renders its 10 cases, keeps its contract", "All 10 cases of desk_golden:v1 were asked.");
    }

    [Fact]
    public async Task Where_nothing_changed_below_the_folder_everything_is_checked_and_nothing_compared()
    {
        using var desk = await Desk.MakeAsync();
        desk.Repository.Write("README.md", "Other words.\n");
        await desk.Repository.CommitAsync();
        (await desk.RunAsync()).Ends(0).Says("renders its 10 cases", "no prompt behaves otherwise than on main");
    }

    [Fact]
    public async Task A_folder_without_git_is_checked_and_then_not_called_good()
    {
        using var folder = new TemporaryFolder();
        foreach (var (file, text) in Desk.Alone()) folder.Write(file, text);
        var result = (await Commands.RunAsync("ci", folder.Root)).Ends(2);
        Assert.Equal($"slipway: {folder.Root} lies in no Git repository, so there is nothing to compare with.\n  Compare with a server's live versions (--server URL), or only check (--checks-only).\n", result.Errors);
        (await Commands.RunAsync("ci", folder.Root, "--checks-only")).Ends(0).Says("nothing was compared, as asked");
    }

    [Fact]
    public async Task A_base_that_is_not_there_is_named_with_what_helps()
    {
        using var desk = await Desk.MakeAsync();
        (await desk.RunAsync("--base", "origin/main")).Ends(2).Complains("There is no branch, tag or commit origin/main here.", "fetch-depth: 0");
        (await desk.RunAsync("--base=--all")).Ends(2);
        await desk.Repository.GitAsync("branch", "--move", "main", "trunk");
        (await desk.RunAsync()).Complains("It is not clear which branch to compare with");
        (await desk.RunAsync("--base", "trunk")).Ends(0);
    }

    [Fact]
    public async Task A_repository_without_a_commit_has_no_base()
    {
        using var repository = await GitRepository.MakeAsync();
        foreach (var (file, text) in Desk.Alone()) repository.Write(file, text);
        (await Commands.RunAsync("ci", repository.Root)).Ends(2).Complains("The repository has no commit yet");
    }

    [Fact]
    public async Task A_manifest_that_is_called_otherwise_is_the_same_version()
    {
        using var desk = await Desk.MakeAsync();
        await desk.Repository.GitAsync("mv", "prompts/desk.v1.0.0.yaml", "prompts/help-desk.yaml");
        await desk.Repository.CommitAsync();
        var result = (await desk.RunAsync()).Ends(0);
        Assert.DoesNotContain("removed", result.Output, StringComparison.Ordinal);
        Assert.Contains("no prompt behaves otherwise", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_first_version_of_a_prompt_has_nothing_to_be_compared_with()
    {
        using var desk = await Desk.MakeAsync();
        desk.Repository.Write("prompts/other.yaml", (await File.ReadAllTextAsync(desk.Repository.PathOf("prompts/desk.v1.0.0.yaml"), TestContext.Current.CancellationToken)).Replace("id: desk", "id: other", StringComparison.Ordinal));
        await desk.Repository.CommitAsync();
        (await desk.RunAsync()).Ends(0).Says("other:v1.0.0 is the first version of other: there is nothing to compare it with");

        desk.Repository.Write("prompts/evals/other.json", """{"candidate_prompt": "other:v1.0.0", "dataset": "desk_golden:v1", "gates": {"schema_pass_rate": "= 100%", "route_accuracy": ">= baseline"} }""");
        var gated = await desk.RunAsync();
        Assert.Contains("other:v1.0.0 on desk_golden:v1, 10 cases", gated.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("no data for", gated.Output, StringComparison.Ordinal);
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
        var result = (await desk.RunAsync()).Ends(1);
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
        var result = (await desk.RunAsync("--base", "main")).Ends(0);
        Assert.DoesNotContain("removed", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_nobody_here_can_ask_ends_the_comparison_and_not_the_checks()
    {
        using var desk = await Desk.MakeAsync();
        desk.Repository.Write("prompts/slipway.json", """{"models": {"production-default": "elsewhere/model-2026-01"}}""");
        (await desk.RunAsync()).Ends(2).Complains("desk:v1.0.0 runs on elsewhere/model-2026-01, and no provider elsewhere is configured here.");
        (await desk.RunAsync("--checks-only")).Ends(0);
    }

    [Fact]
    public async Task The_gates_are_those_of_the_folders_evaluation_manifest()
    {
        using var desk = await Desk.MakeAsync(Desk.Reworded);
        desk.Repository.Write("prompts/evals/desk.json", """{"candidate_prompt": "desk:v1.1.0", "baseline_prompt": "desk:v1.0.0", "dataset": "desk_golden:v1", "gates": {"thumbs_rate": ">= 50%"} }""");
        (await desk.RunAsync()).Ends(3).Says("Verdict: inconclusive. There is not enough data to say how desk:v1.1.0 behaves.");
        desk.Repository.Write("prompts/evals/desk.json", """{"candidate_prompt": "desk:v1.1.0", "dataset": "desk_golden:v2", "gates": {"schema_pass_rate": "= 100%"} }""");
        (await desk.RunAsync()).Says("There is no golden set desk_golden:v2 in this folder: no file is called desk_golden_v2.jsonl.");
        desk.Repository.Write("prompts/evals/desk.json", """{"candidate_prompt": "moon:v1.1.0", "dataset": "desk_golden:v1", "gates": {"schema_pass_rate": "= 100%"} }""");
        (await desk.RunAsync()).Says("candidate_prompt names moon, of which no manifest is here.");
    }

    [Fact]
    public async Task A_large_golden_set_is_asked_in_part_and_the_report_says_so()
    {
        using var desk = await Desk.MakeAsync(Desk.Talkative);
        var result = (await desk.RunAsync("--cases", "8", "--json")).Ends(1);
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
        using var desk = await Desk.MakeAsync(Desk.Reworded);
        desk.WriteGates("1.1.0");
        (await desk.RunAsync("--max-cost", "0.50")).Ends(0);
        desk.Repository.Write("prompts/slipway.json", """{"models": {"production-default": "elsewhere/model-2026-01"}}""");
        (await desk.RunAsync("--max-cost", "0.50", "--provider", "elsewhere=http://127.0.0.1:1/v1")).Ends(2).Complains("--max-cost needs prices, and nobody says what elsewhere/model-2026-01 costs.");

        desk.Repository.Write("prompts/slipway.json", """{"models": {"production-default": "offline/offline-2026-11"}, "policies": {"desk": {"required_kinds": {"normal": 2, "bypass": 3}}}}""");
        (await desk.RunAsync()).Ends(1).Says("the policy of desk asks for more cases of the kind bypass (0 of 3)");
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
        (await installation.TryAsAsync("ana", "ci", CommandLines.Installation.Sample, "--cases", "60")).Ends(1).Says("compared with what is live", "against support_router:v1.5.2");
    }

    [Fact]
    public async Task A_live_version_that_cannot_be_read_here_is_no_first_version_and_fails_the_check()
    {
        using var desk = await Desk.MakeAsync();
        var run = new CiRun(desk.Prompts, new Dictionary<string, ModelReference>(), new CiLimits(100, null, null), [], _ => { });
        var live = Some.Parse<VersionId>("desk:v0.9.0");
        var result = Assert.IsType<CiOutcome.Done>(await run.CompareAsync(ServerBase.Of([], [(live, ContentHash.Of("newer"u8), """{"format": "of tomorrow"}""")]), TestContext.Current.CancellationToken)).Result;
        Assert.Equal((GateVerdict.Fail, 1), (result.Verdict, result.Exit));
        var check = Assert.Single(result.Checks, check => !check.Passed);
        Assert.Equal(("can be compared with what is live", "desk:v1.0.0"), (check.Name, check.About));
        Assert.StartsWith("desk:v0.9.0 is live, and this build of slipway cannot read it: take the build that the server is of. ", Assert.Single(check.Problems), StringComparison.Ordinal);

        // What has the same bytes changes nothing.
        var hash = CiFolder.Read(desk.Prompts, (settings, name) => settings.Models.GetValueOrDefault(name)).Prompts.Single().Package!.Hash;
        Assert.Equal(GateVerdict.Pass, Assert.IsType<CiOutcome.Done>(await run.CompareAsync(ServerBase.Of([], [(live, hash, "{}")]), TestContext.Current.CancellationToken)).Result.Verdict);
    }
}
