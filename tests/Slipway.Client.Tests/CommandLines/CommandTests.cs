using System.Text.Json;
using Slipway.Tests;

namespace Slipway.Client.Tests.CommandLines;

/// <summary>What the commands do that neither the demo nor the README shows.</summary>
public sealed class CommandTests : IAsyncLifetime
{
    private readonly Installation installation = new();

    public async ValueTask InitializeAsync()
    {
        await installation.InitializeAsync();
        await installation.GoLiveAsync();
    }

    public ValueTask DisposeAsync() => installation.DisposeAsync();

    [Fact]
    public async Task Pushing_a_folder_submits_what_is_new_and_changes_nothing_the_second_time()
    {
        var first = (await installation.AsAsync("ana", "push", Installation.Sample)).Output;
        Assert.Contains("support_router:v1.5.2", first, StringComparison.Ordinal);
        Assert.Contains("support_router:v1.7.0", first, StringComparison.Ordinal);
        var head = await HeadAsync();

        var second = (await installation.AsAsync("ana", "push", Installation.Sample)).Output;
        Assert.Equal(4, second.Split(" is there already").Length - 1);
        Assert.Equal(head, await HeadAsync());
    }

    [Fact]
    public async Task A_malformed_manifest_is_told_with_all_its_errors_and_their_places_and_nothing_is_pushed()
    {
        var path = Path.Combine(installation.Files, "bad.yaml");
        await File.WriteAllTextAsync(path, "id: Support\nversion: 1.6\nowner: ana\nstatus: live\nmodel: production-default\nflavour: mint\n", TestContext.Current.CancellationToken);
        var head = await HeadAsync();
        var result = await installation.TryAsAsync("ana", "push", path);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("bad.yaml:1:5: ", result.Errors, StringComparison.Ordinal);
        Assert.Contains("bad.yaml:2:10: version 1.6 is too short", result.Errors, StringComparison.Ordinal);
        Assert.Contains("bad.yaml:4:9: status \"live\" cannot be pushed", result.Errors, StringComparison.Ordinal);
        Assert.Contains("bad.yaml:6:1: ", result.Errors, StringComparison.Ordinal);
        Assert.Contains("template", result.Errors, StringComparison.Ordinal);
        Assert.Equal(head, await HeadAsync());
    }

    [Fact]
    public async Task Labelled_messages_become_a_golden_set()
    {
        var path = Path.Combine(installation.Files, "labelled.csv");
        await File.WriteAllTextAsync(path, "message,team\nwhere is my parcel,delivery\n\"charged twice, again\",billing\n", TestContext.Current.CancellationToken);
        var pushed = await installation.AsAsync("ana", "golden", "import", path, "--text", "message", "--label", "team", "--as", "letters:v1", "--field", "route", "--variables", """{"customer_tier": "free"}""");
        Assert.Contains("letters:v1  2 cases", pushed.Output, StringComparison.Ordinal);

        var evaluation = Path.Combine(installation.Files, "eval.json");
        await File.WriteAllTextAsync(evaluation, """{"candidate_prompt": "support_router:v1.5.2", "dataset": "letters:v1", "gates": {"route_accuracy": "= 100%"}}""", TestContext.Current.CancellationToken);
        Assert.Contains("labelled:v1  2 cases", (await installation.AsAsync("ana", "golden", "import", path, "--text", "message", "--label", "team")).Output, StringComparison.Ordinal);
        Assert.Contains("would be compared with itself", (await installation.TryAsAsync("ana", "eval", evaluation)).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Real_labelled_messages_become_a_golden_set()
    {
        var path = Path.Combine(installation.Files, "banking.jsonl");
        var made = await installation.AsAsync("ana", "golden", "import", SharedMaterial.Path("data/banking77/test.csv"), "--text", "text", "--label", "category", "--as", "banking:v1", "--out", path);
        Assert.Contains("1601 cases", made.Output, StringComparison.Ordinal);
        using var first = JsonDocument.Parse((await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken))[0]);
        Assert.Equal("row-0001", first.RootElement.GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("{\"route_accuracy\": \">= baseline - 1%\"}", 0, "Verdict: pass")]
    [InlineData("{\"route_accuracy\": \">= 99%\"}", 1, "Verdict: fail. route_accuracy is 82.6%, required >= 99%")]
    [InlineData("{\"tone_accuracy\": \">= 99%\"}", 3, "Verdict: inconclusive. no data for tone_accuracy")]
    public async Task An_evaluation_ends_with_the_code_of_its_verdict(string gates, int exitCode, string verdict)
    {
        await installation.AsAsync("ana", "push", Path.Combine(Installation.Sample, "support_router.v1.6.0.yaml"));
        var path = Path.Combine(installation.Files, "eval.json");
        await File.WriteAllTextAsync(path, $$"""{"candidate_prompt": "support_router:v1.6.0", "dataset": "support_router_golden:v4", "gates": {{gates}} }""", TestContext.Current.CancellationToken);
        var result = await installation.TryAsAsync("ana", "eval", path);
        Assert.Equal(exitCode, result.ExitCode);
        Assert.Contains(verdict, result.Output, StringComparison.Ordinal);
        // Worst first: what broke stands before what got better.
        Assert.True(result.Output.IndexOf("broken  ", StringComparison.Ordinal) < result.Output.IndexOf("fixed  ", StringComparison.Ordinal), result.Output);
    }

    [Fact]
    public async Task A_release_is_frozen_resumed_advanced_and_rolled_back_by_hand()
    {
        await EvaluatedAsync();
        await installation.AsAsync("ana", "release", "propose", "support_router:v1.6.0", "--plan", Path.Combine(Installation.Sample, "plan.json"));
        await installation.AsAsync("ben", "release", "approve", "rel-2");
        Assert.Contains("canary at 10%", (await installation.AsAsync("cleo", "release", "start", "rel-2")).Output, StringComparison.Ordinal);
        Assert.Contains("frozen at 10%", (await installation.AsAsync("dan", "release", "freeze", "rel-2", "--reason", "Odd answers.")).Output, StringComparison.Ordinal);
        Assert.Contains("dan may not resume rel-2", (await installation.TryAsAsync("dan", "release", "resume", "rel-2", "--reason", "x")).Errors, StringComparison.Ordinal);
        await installation.AsAsync("cleo", "release", "resume", "rel-2", "--reason", "It was the provider.");
        Assert.Contains("canary at 50%", (await installation.AsAsync("cleo", "release", "advance", "rel-2", "--reason", "Read a hundred answers.")).Output, StringComparison.Ordinal);
        Assert.Contains("rel-2: 1.6.0 at 50%", (await installation.AsAsync("dan", "live")).Output, StringComparison.Ordinal);
        Assert.Contains("rolled back", (await installation.AsAsync("dan", "rollback", "support_router", "--reason", "Complaints.")).Output, StringComparison.Ordinal);
        Assert.Contains("is back on 1.5.2 already", (await installation.TryAsAsync("dan", "rollback", "support_router", "--reason", "Complaints.")).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_release_for_some_customers_says_for_whom_and_resolving_says_why()
    {
        await EvaluatedAsync();
        var plan = Path.Combine(installation.Files, "plan.json");
        await File.WriteAllTextAsync(plan, """
            {"steps": ["99.9999%", "100%"], "guardrails": {"error_rate": "<= baseline + 3pp"},
             "eligibility": [{"attribute": "plan", "operator": "in", "values": ["pro", "team"]}, {"attribute": "app", "operator": "version_lt", "values": ["2.0.0"], "not": true}]}
            """, TestContext.Current.CancellationToken);
        await installation.AsAsync("ana", "release", "propose", "support_router:v1.6.0", "--plan", plan);
        await installation.AsAsync("ben", "release", "approve", "rel-2");
        await installation.AsAsync("cleo", "release", "start", "rel-2");
        Assert.Contains("only where plan in pro, team and app not version_lt 2.0.0", (await installation.AsAsync("dan", "release", "status", "rel-2")).Output, StringComparison.Ordinal);
        string[] ask = ["resolve", "support_router", "--unit", "conversation-1", "--tenant", "acme", "--model", "fast", "--attr", "app=2.1.0"];
        Assert.Contains("support_router:v1.6.0 (candidate): bucket", (await installation.AsAsync("dan", [.. ask, "--attr", "plan=pro"])).Output, StringComparison.Ordinal);
        Assert.Contains("support_router:v1.5.2 (stable): the release's conditions leave it out", (await installation.AsAsync("dan", [.. ask, "--attr", "plan=free"])).Output, StringComparison.Ordinal);
        using var json = JsonDocument.Parse((await installation.AsAsync("dan", [.. ask, "--json"])).Output);
        Assert.Equal("not_eligible", json.RootElement.GetProperty("reason").GetString());
    }

    [Fact]
    public async Task The_author_cannot_approve_even_with_every_role()
    {
        await EvaluatedAsync();
        await installation.AsAsync("admin", "member", "add", "ana", "--role", "author", "reviewer", "release_owner");
        await installation.AsAsync("ana", "release", "propose", "support_router:v1.6.0", "--plan", Path.Combine(Installation.Sample, "plan.json"));
        Assert.Contains("ana wrote support_router:v1.6.0 and cannot approve it", (await installation.TryAsAsync("ana", "release", "approve", "rel-2")).Errors, StringComparison.Ordinal);
        await installation.AsAsync("ben", "release", "approve", "rel-2");
        Assert.Contains("ana wrote support_router:v1.6.0 and cannot start it", (await installation.TryAsAsync("ana", "release", "start", "rel-2")).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reviewer_declines_with_a_reason_and_the_release_is_over()
    {
        await EvaluatedAsync();
        await installation.AsAsync("ana", "release", "propose", "support_router:v1.6.0", "--plan", Path.Combine(Installation.Sample, "plan.json"));
        await installation.AsAsync("ben", "release", "decline", "rel-2", "--reason", "Too terse in German.");
        Assert.Contains("rel-2 is declined and cannot be approved", (await installation.TryAsAsync("ben", "release", "approve", "rel-2")).Errors, StringComparison.Ordinal);
        Assert.Contains("Too terse in German.", (await installation.AsAsync("ana", "release", "status")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_is_shown_rendered_and_resolved()
    {
        Assert.Contains("Bring the support router under release control", (await installation.AsAsync("dan", "show", "support_router")).Output, StringComparison.Ordinal);
        Assert.Contains("The customer is on the plus plan.", (await installation.AsAsync("dan", "render", "support_router", "--var", "customer_tier=plus")).Output, StringComparison.Ordinal);
        Assert.Contains("looked after in person", (await installation.AsAsync("dan", "render", "support_router:v1.5.2", "--var", "customer_tier=plus", "--var", "vip=true")).Output, StringComparison.Ordinal);
        Assert.Contains("support_router:v1.5.2 (stable): no release is active", (await installation.AsAsync("dan", "resolve", "support_router", "--unit", "conversation-1")).Output, StringComparison.Ordinal);
        using var live = JsonDocument.Parse((await installation.AsAsync("dan", "live", "--json")).Output);
        Assert.Equal("support_router:v1.5.2", live.RootElement[0].GetProperty("version").GetString());
        Assert.Contains("Nothing was live in production at 2020-01-01T00:00Z.", (await installation.AsAsync("dan", "live", "--at", "2020-01-01T00:00Z")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_versions_are_compared_by_field_line_and_word()
    {
        await installation.AsAsync("ana", "push", Installation.Sample);
        var diff = (await installation.AsAsync("dan", "diff", "support_router:v1.6.0", "support_router:v1.7.0")).Output;
        Assert.Contains("support_router:v1.6.0 → support_router:v1.7.0", diff, StringComparison.Ordinal);
        Assert.Contains("+ When a customer asks \"how do I\", \"how can I\" or \"can I\", start with one friendly sentence", diff, StringComparison.Ordinal);
        Assert.DoesNotContain("- account_recovery", diff, StringComparison.Ordinal);

        using var json = JsonDocument.Parse((await installation.AsAsync("dan", "diff", "support_router", "support_router:v1.6.0", "--json")).Output);
        Assert.Equal("template", Assert.Single(json.RootElement.GetProperty("fields").EnumerateArray()).GetProperty("field").GetString());
        Assert.Contains("behave the same", (await installation.AsAsync("dan", "diff", "support_router", "support_router:v1.5.2")).Output, StringComparison.Ordinal);
        Assert.Contains("has no version 9.9.9", (await installation.TryAsAsync("dan", "diff", "support_router", "support_router:v9.9.9")).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_doctor_tells_programs_what_it_tells_people()
    {
        var result = await Cli.RunAsync("doctor", "--json", "--server", "http://127.0.0.1:1");
        Assert.Equal(1, result.ExitCode);
        using var findings = JsonDocument.Parse(result.Output);
        var server = findings.RootElement.EnumerateArray().Last();
        Assert.False(server.GetProperty("is_well").GetBoolean());
        Assert.Contains("cannot be reached", server.GetProperty("mend").GetString(), StringComparison.Ordinal);
        Assert.True(findings.RootElement[0].GetProperty("is_well").GetBoolean());
    }

    [Fact]
    public async Task Somebody_without_a_role_reads_and_nothing_else()
    {
        Assert.Equal("lex: none, only reads" + Environment.NewLine, (await installation.AsAsync("admin", "member", "add", "lex", "--no-role")).Output);
        Assert.Contains("none, only reads", (await installation.AsAsync("admin", "member", "list")).Output, StringComparison.Ordinal);
        var lex = (await installation.AsAsync("admin", "key", "issue", "lex")).Output.Trim();
        Assert.Contains("support_router", (await installation.AsAsync(lex, "live")).Output, StringComparison.Ordinal);
        Assert.Equal(1, (await installation.TryAsAsync(lex, "push", Installation.Sample)).ExitCode);
    }

    [Fact]
    public async Task A_release_that_is_over_is_listed_without_a_share() =>
        Assert.DoesNotContain("%", (await installation.AsAsync("ana", "release", "status")).Output, StringComparison.Ordinal);

    [Fact]
    public async Task A_golden_set_of_one_case_has_one_case()
    {
        var path = Path.Combine(installation.Files, "one.csv");
        await File.WriteAllTextAsync(path, "message,team\nwhere is my parcel,delivery\n", TestContext.Current.CancellationToken);
        Assert.Contains("one:v1  1 case  sha256:", (await installation.AsAsync("ana", "golden", "import", path, "--text", "message", "--label", "team")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_doctor_finds_a_healthy_installation_healthy_and_says_how_to_mend_another()
    {
        var healthy = await installation.AsAsync("dan", "doctor", "--data", installation.Data);
        Assert.Contains("SQLite 3.", healthy.Output, StringComparison.Ordinal);
        Assert.Contains("each as it was written", healthy.Output, StringComparison.Ordinal);
        Assert.Contains("answers; 1 prompt is live", healthy.Output, StringComparison.Ordinal);

        Assert.Contains($"The databases in {installation.Data}: nobody but their owner and group can read them", healthy.Output, StringComparison.Ordinal);

        Assert.Contains("answers; shop may not read what is live", (await installation.AsAsync("shop", "doctor")).Output, StringComparison.Ordinal);

        var ill = await Cli.RunAsync("doctor", "--server", "http://127.0.0.1:1", "--data", installation.Files);
        Assert.Equal(1, ill.ExitCode);
        Assert.Contains("There is no journal", ill.Output, StringComparison.Ordinal);
        Assert.Contains("Start one with: slipway serve", ill.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_doctor_finds_databases_that_everybody_can_read()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no such rights.");
            return;
        }
        var (folder, calls) = (File.GetUnixFileMode(installation.Data), Path.Combine(installation.Data, "calls.db"));
        File.SetUnixFileMode(calls, File.GetUnixFileMode(calls) | UnixFileMode.OtherRead);
        Assert.DoesNotContain("Everybody", (await installation.AsAsync("dan", "doctor", "--data", installation.Data)).Output, StringComparison.Ordinal);
        File.SetUnixFileMode(installation.Data, folder | UnixFileMode.OtherExecute);
        var open = await installation.TryAsAsync("dan", "doctor", "--data", installation.Data);
        File.SetUnixFileMode(installation.Data, folder);
        Assert.Equal(1, open.ExitCode);
        Assert.Contains($"Everybody on this machine can read calls.db in {installation.Data}", open.Output, StringComparison.Ordinal);
        Assert.Contains($"chmod 700 {installation.Data}", open.Output, StringComparison.Ordinal);
    }

    private async Task EvaluatedAsync()
    {
        await installation.AsAsync("ana", "push", Path.Combine(Installation.Sample, "support_router.v1.6.0.yaml"));
        await installation.AsAsync("ana", "eval", Path.Combine(Installation.Sample, "evals", "v1.6.0.json"));
    }

    private async Task<int> HeadAsync()
    {
        using var log = JsonDocument.Parse((await installation.AsAsync("ana", "log", "--json")).Output);
        return log.RootElement.GetArrayLength();
    }
}
