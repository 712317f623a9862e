using System.Text.Json;
using Slipway.Cli;

namespace Slipway.Client.Tests.CommandLines;

/// <summary>Every command answers bad input with one clear sentence and changes nothing.</summary>
public sealed class BadInputTests(BadInputTests.LiveInstallation installation) : IClassFixture<BadInputTests.LiveInstallation>
{
    /// <summary>One installation for all cases: none of them may change it.</summary>
    public sealed class LiveInstallation : IAsyncLifetime
    {
        public Installation Installation { get; } = new();

        public async ValueTask InitializeAsync()
        {
            await Installation.InitializeAsync();
            await Installation.GoLiveAsync();
            await Installation.AsAsync("ana", "push", Path.Combine(Installation.Sample, "support_router.v1.6.0.yaml"));
        }

        public ValueTask DisposeAsync() => Installation.DisposeAsync();
    }

    [Theory]
    // Called wrongly.
    [InlineData("ana", 2, "\"frobnicate\" is not understood", "frobnicate")]
    [InlineData("ana", 2, "It is not said what to do: bootstrap, check, propose, plan, review, approve", "release")]
    [InlineData("ana", 2, "A and B are missing.", "diff")]
    [InlineData("ana", 2, "B is missing.", "diff", "support_router:v1.5.2")]
    [InlineData("ana", 2, "VERSION and --reason are missing.", "release", "bootstrap")]
    [InlineData("ana", 2, "--reason can be named only once.", "rollback", "support_router", "--reason", "a", "--reason", "b")]
    [InlineData("ana", 2, "\"few\" does not fit --limit: it must be a whole number.", "calls", "--limit", "few")]
    [InlineData("admin", 2, "\"cheap\" does not fit --input: it must be a number, as in 2.50.", "model", "add", "openai/gpt-4.1-2025-04-14", "--input", "cheap")]
    [InlineData("admin", 2, "\"maybe\"", "model", "add", "openai/gpt-4.1-2025-04-14", "--pinned", "maybe")]
    [InlineData("admin", 2, "It is not said what lex may do.", "member", "add", "lex")]
    [InlineData("admin", 2, "--role and --no-role exclude each other.", "member", "add", "lex", "--no-role", "--role", "author")]
    [InlineData("clé", 2, "What is given as the API key is none", "live")]
    [InlineData("slw_one\nslw_two", 2, "What is given as the API key is none", "live")]
    [InlineData("ana", 2, "\"moon\" is no environment", "live", "--environment", "moon")]
    [InlineData("ana", 1, "2999-01-01 has not come yet", "live", "--at", "2999-01-01")]
    [InlineData("ana", 1, "support_router was not there at 2020-01-01: its first version came at", "live", "support_router", "--at", "2020-01-01")]
    [InlineData("ana", 2, "\"Support Router\" is no prompt's name", "rollback", "Support Router", "--reason", "x")]
    [InlineData("ana", 2, "--reason", "rollback", "support_router")]
    [InlineData("ana", 2, "\"1.6.0\" is no version", "release", "propose", "1.6.0")]
    [InlineData("ana", 2, "is no variable", "render", "support_router", "--var", "customer_tier")]
    [InlineData("ana", 2, "There is no file or folder", "push", "/nowhere/manifest.yaml")]
    [InlineData("ana", 2, "There is no file", "eval", "/nowhere/manifest.json")]
    [InlineData("ana", 2, "There is no file", "eval", "")]
    [InlineData("ana", 2, " cannot be written: ", "log", "checkpoint", "")]
    [InlineData("ana", 2, "There is no file", "log", "verify", "/nowhere/journal.jsonl")]
    [InlineData("ana", 2, "is no golden set's name", "golden", "import", "/nowhere.csv", "--text", "t", "--label", "l", "--as", "Set")]
    [InlineData("admin", 2, "\"king\" is no role", "member", "add", "eve", "--role", "king")]
    [InlineData("admin", 2, "\"Eve\" is no member's name", "member", "add", "Eve", "--role", "author")]
    [InlineData("admin", 2, "\"king\" is no role", "key", "issue", "ana", "--role", "king")]
    [InlineData("admin", 2, "\"moon\" is no environment", "key", "issue", "ana", "--environment", "moon")]
    [InlineData("admin", 2, "\"*\" is no prompt's name: it must be a prompt's name, or the beginning of names", "key", "issue", "ana", "--prompt", "*")]
    [InlineData("admin", 2, "\"soon\" is no time", "key", "issue", "ana", "--expires", "soon")]
    [InlineData("admin", 2, "\"1/2/2027\" is no time", "key", "issue", "ana", "--expires", "1/2/2027")]
    [InlineData("admin", 2, "its secret belongs nowhere else", "key", "revoke", "slw_secret")]
    [InlineData("admin", 2, "There is no journal", "key", "recover", "--data", "/nowhere")]
    [InlineData("admin", 2, "The database slipway on 127.0.0.1:1 cannot be used: Connection refused.", "key", "recover", "--postgres", "postgres://slipway:planted@127.0.0.1:1/slipway")]
    [InlineData("admin", 2, "\"gpt\" is no model", "model", "set", "production-default", "gpt")]
    [InlineData("admin", 2, "is no environment", "release", "propose", "support_router:v1.6.0", "--environment", "moon")]
    [InlineData("admin", 2, "is no environment", "release", "bootstrap", "support_router:v1.6.0", "--reason", "x", "--environment", "moon")]
    [InlineData("ana", 2, "--reason", "release", "bootstrap", "support_router:v1.6.0")]
    [InlineData("ana", 2, "\"support_router\" is no version", "release", "bootstrap", "support_router", "--reason", "x")]
    [InlineData("ana", 2, "There is nothing to set.", "owner", "set", "support_router")]
    [InlineData("ana", 2, "It is not said what to do: show, set.", "owner")]
    [InlineData("ana", 2, "\"Router\" is no prompt's name", "owner", "show", "Router")]
    [InlineData("ana", 2, "\"Ben\" is no member's name", "owner", "set", "support_router", "--backup", "Ben")]
    [InlineData("ana", 2, "\"The Board\" is no name of a member or group", "owner", "set", "support_router", "--reviewer", "ben", "--reviewer", "The Board")]
    [InlineData("ana", 2, "\"high\" is no risk level: it must be one of low, standard, user-facing, regulated, action-taking", "owner", "set", "support_router", "--risk", "high")]
    [InlineData("ana", 2, "\"mood\" is no duty", "owner", "set", "support_router", "--clear", "mood")]
    [InlineData("admin", 2, "\"Leads\" is no group's name", "group", "set", "Leads", "ana")]
    [InlineData("admin", 2, "MEMBER is missing.", "group", "set", "leads")]
    // Refused by the server.
    [InlineData("slw_wrong", 1, "The API key is unknown", "live")]
    [InlineData("shop", 1, "shop may not read the log: it needs a role other than application", "log")]
    [InlineData("ana", 1, "ana may not issue keys for others: it needs the role admin, which admin has", "key", "issue", "ben")]
    [InlineData("ana", 1, "ana may not list keys of others: it needs the role admin, which admin has", "key", "list", "ben")]
    [InlineData("admin", 1, "ana does not have the role reviewer, so no key of ana can; ana has author", "key", "issue", "ana", "--role", "reviewer")]
    [InlineData("admin", 1, "The key would have expired at 2020-01-01 00:00 UTC already", "key", "issue", "ana", "--expires", "2020-01-01")]
    [InlineData("admin", 1, "There is an API key in this text", "key", "revoke", "key-2", "--reason", "leaked: slw_0123456789012345678901234567890123456789012")]
    [InlineData("ana", 1, "There is no prompt refund_bot", "live", "refund_bot")]
    [InlineData("ana", 1, "There is no prompt refund_bot", "log", "refund_bot")]
    [InlineData("ana", 1, "There is no prompt refund_bot", "show", "refund_bot")]
    [InlineData("ana", 1, "has no version 9.9.9; it has 1.5.2, 1.6.0", "show", "support_router:v9.9.9")]
    [InlineData("ana", 1, "The variable customer_tier is missing", "render", "support_router")]
    [InlineData("ana", 1, "has no variable tier", "render", "support_router", "--var", "customer_tier=free", "--var", "tier=x")]
    [InlineData("ana", 1, "\"customer_tier\" must be", "render", "support_router", "--var", "customer_tier=gold")]
    [InlineData("ana", 2, "is no time", "live", "--at", "yesterday")]
    [InlineData("ana", 1, "No version of a prompt refund_bot is live", "resolve", "refund_bot", "--unit", "u")]
    [InlineData("ana", 2, "\"plan\" is no attribute.", "resolve", "support_router", "--attr", "plan")]
    [InlineData("ana", 2, "is no environment", "resolve", "support_router", "--environment", "moon")]
    [InlineData("ana", 1, "There is no release rel-77", "release", "status", "rel-77")]
    [InlineData("ben", 1, "There is no release rel-77; the newest is rel-1", "release", "approve", "rel-77")]
    [InlineData("cleo", 1, "rel-1 is completed and cannot be started", "release", "start", "rel-1")]
    [InlineData("ben", 1, "rel-1 is completed and cannot be approved", "release", "approve", "rel-1")]
    [InlineData("ana", 1, "ana may not approve rel-1: it needs the role reviewer, which ben has", "release", "approve", "rel-1")]
    [InlineData("ben", 1, "ben may not submit versions: it needs the role author, which ana has", "push", "SAMPLE/support_router.v1.7.0.yaml")]
    [InlineData("ana", 1, "ana may not add members: it needs the role admin, which admin has", "member", "add", "eve", "--role", "author")]
    [InlineData("ana", 1, "has not been evaluated against support_router:v1.5.2", "release", "propose", "support_router:v1.6.0", "--plan", "SAMPLE/plan.json")]
    [InlineData("ana", 1, "is live in production already", "release", "propose", "support_router:v1.5.2")]
    [InlineData("ana", 1, "There is no prompt refund_bot", "owner", "show", "refund_bot")]
    [InlineData("ana", 1, "ana may not assign the duties of refund_bot: it needs the role admin", "owner", "set", "refund_bot", "--owner", "ana")]
    [InlineData("cleo", 1, "cleo may not assign the duties of support_router: it needs the role admin, or to be its owner or backup owner; admin, ana, ben may", "owner", "set", "support_router", "--owner", "cleo")]
    [InlineData("ana", 1, "ana cannot be both owner and backup owner of support_router: name two people", "owner", "set", "support_router", "--backup", "ana")]
    [InlineData("ana", 1, "Somebody always answers for a prompt", "owner", "set", "support_router", "--clear", "backup-owner")]
    [InlineData("ana", 1, "There is no member or group board", "owner", "set", "support_router", "--reviewer", "board")]
    [InlineData("ana", 1, "ana may not set groups: it needs the role admin, which admin has", "group", "set", "board", "ben")]
    [InlineData("admin", 1, "ben is the name of a member; choose another for the group", "group", "set", "ben", "ana")]
    [InlineData("ana", 1, "support_router:v1.5.2 is live in production already", "release", "bootstrap", "support_router:v1.5.2", "--reason", "x")]
    [InlineData("ana", 1, "it follows with: slipway release propose support_router:v1.6.0", "release", "bootstrap", "support_router:v1.6.0", "--reason", "x")]
    [InlineData("ana", 1, "slipway release bootstrap support_router:v1.6.0 --environment staging --reason TEXT", "release", "propose", "support_router:v1.6.0", "--environment", "staging")]
    [InlineData("dan", 1, "is the first version; there is nothing to roll back to", "rollback", "support_router", "--reason", "test")]
    [InlineData("admin", 1, "No provider nope is configured here", "model", "set", "production-default", "nope/model-1")]
    [InlineData("admin", 1, "There is no member eve", "key", "issue", "eve")]
    [InlineData("admin", 1, "There is no key key-99", "key", "revoke", "key-99")]
    [InlineData("admin", 1, "is the only administrator", "member", "add", "admin", "--role", "author")]
    [InlineData("ana", 1, "limit must be a whole number from 1 to 1000", "calls", "--limit", "0")]
    public async Task Bad_input_is_refused_in_one_sentence_and_changes_nothing(string who, int exitCode, string sentence, params string[] arguments)
    {
        var before = await installation.Installation.AsAsync("ana", "log", "--json");
        var result = await installation.Installation.TryAsAsync(who, [.. arguments.Select(argument => argument.Replace("SAMPLE", Installation.Sample, StringComparison.Ordinal))]);
        var after = await installation.Installation.AsAsync("ana", "log", "--json");

        Assert.Contains(sentence, result.Errors, StringComparison.Ordinal);
        Assert.Equal(exitCode, result.ExitCode);
        Assert.StartsWith("slipway: ", result.Errors, StringComparison.Ordinal);
        Assert.Empty(result.Output);
        Assert.Equal(Sequences(before.Output), Sequences(after.Output));
    }

    [Theory]
    [InlineData("""{"steps": ["50%", "10%", "100%"], "guardrails": {"schema_pass_rate": ">= baseline - 2pp"}}""", "Steps must rise: 10% does not follow 50%")]
    [InlineData("""{"steps": ["10%"], "guardrails": {"schema_pass_rate": ">= baseline - 2pp"}}""", "The last step must be 100%")]
    [InlineData("""{"steps": ["100%"], "guardrails": {"schema_pass_rate": ">= baseline - 2pp"}}""", "A plan needs a canary step before 100%")]
    [InlineData("""{"steps": ["10%", "100%"], "guardrails": {}}""", "A plan needs at least one guardrail")]
    [InlineData("""{"steps": [{"share": "10%", "minimum_tim": "1h"}, "100%"]}""", "A step is a share, as in")]
    [InlineData("""{"observe": "80h"}""", "observe (80h) must be at most 72h")]
    [InlineData("""{"shadow": {"share": "5%"}}""", "shadow.budget must say what it may spend at most")]
    [InlineData("""{"shadow": {"share": "5%", "budget": {"calls": 20}}}""", "shadow.budget.calls (20) are fewer than the 100 units it must see")]
    [InlineData("""{"start_at": "2020-01-01T00:00:00Z"}""", "start_at (2020-01-01 00:00 UTC) has passed")]
    [InlineData("""{"level": "direct"}""", "direct would be less careful")]
    [InlineData("""{"guardrails": {"error_rate": "0%"}, "eligibility": [{"attribute": "plan", "operator": "like", "values": ["pro"]}]}""", "eligibility: The condition on \"plan\" knows no operator like; there are equals, in")]
    [InlineData("""{"guardrails": {"happiness": ">= 90%"}}""", "happiness cannot be a guardrail")]
    [InlineData("""{"guardrails": {"schema_pass_rate": ">= baseline"}}""", "without a margin it could never be proved")]
    [InlineData("""{"guardrails": {"schema_pass_rate": "<= 99%"}}""", "schema_pass_rate is better when it is higher")]
    [InlineData("""{"guardrails": {"schema_pass_rate": "fast"}}""", "is not a threshold")]
    [InlineData("""{"guardrails": {"schema_pass_rate": ">= baseline - 2pp"}, "minimum_units": 0}""", "minimum_units must be at least 1")]
    [InlineData("""{"guardrails": {"schema_pass_rate": ">= baseline - 2pp"}, "rollback_to": "1.6.0"}""", "is what it releases")]
    [InlineData("""{"guardrails": {"schema_pass_rate": ">= baseline - 2pp"}, "watcher": "eve"}""", "eve is not a member")]
    [InlineData("""{"guardrails": {"schema_pass_rate": ">= baseline - 2pp"}, "decide_within": "10s"}""", "decide_within (10s) must be longer than minimum_time (1h)")]
    [InlineData("""{"step": ["10%", "100%"]}""", "There is no field \"step\"; it takes level, steps, guardrails")]
    [InlineData("""{"guardrails": ["error_rate <= baseline + 2pp"]}""", "guardrails: It must be an object")]
    [InlineData("null", "is not a plan: it is null")]
    [InlineData("""{"steps": ["ten", "100%"]}""", "\"ten\"")]
    [InlineData("not json", "is not a plan")]
    public async Task An_impossible_plan_is_refused_in_one_sentence_and_changes_nothing(string plan, string sentence)
    {
        var path = Path.Combine(installation.Installation.Files, $"{Guid.NewGuid()}.json");
        await File.WriteAllTextAsync(path, plan, TestContext.Current.CancellationToken);
        var before = await installation.Installation.AsAsync("ana", "log", "--json");
        var result = await installation.Installation.TryAsAsync("ana", "release", "propose", "support_router:v1.6.0", "--plan", path);
        var after = await installation.Installation.AsAsync("ana", "log", "--json");

        Assert.Contains(sentence, result.Errors, StringComparison.Ordinal);
        Assert.Equal(1, result.ExitCode);
        Assert.DoesNotContain("System.", result.Errors, StringComparison.Ordinal);
        Assert.Equal(Sequences(before.Output), Sequences(after.Output));
    }

    [Theory]
    [InlineData("cannot listen on nonsense", "--listen", "nonsense")]
    [InlineData("cannot listen on http://127.0.0.1:99999", "--listen", "http://127.0.0.1:99999")]
    [InlineData("The server cannot listen on https://127.0.0.1:8443: it speaks plain HTTP.", "--listen", "https://127.0.0.1:8443")]
    [InlineData("TLS is a proxy's: let one listen there and pass on to --listen http://", "--listen", "http://127.0.0.1:0;HTTPS://127.0.0.1:8443")]
    [InlineData("\"ollama\" names no provider", "--provider", "ollama")]
    [InlineData("\"ollama=ftp://x\" names no provider", "--provider", "ollama=ftp://x")]
    [InlineData("The provider a cannot have \"auth=x y\".", "--provider", "a=http://127.0.0.1:1/v1,auth=x y")]
    [InlineData("The provider a cannot have \"auht=none\".", "--provider", "a=http://127.0.0.1:1/v1,auht=none")]
    [InlineData("The provider a cannot have \"header=x-team\".", "--provider", "a=http://127.0.0.1:1/v1,header=x-team")]
    [InlineData("The provider a cannot have \"speaks=klingon\".", "--provider", "a=http://127.0.0.1:1/v1,speaks=klingon")]
    [InlineData("offline is built in", "--provider", "offline=http://127.0.0.1:1/v1")]
    [InlineData("The provider a is named twice", "--provider", "a=http://127.0.0.1:1/v1", "--provider", "a=http://127.0.0.1:2/v1")]
    [InlineData("cannot be made", "--data", "/dev/null/data")]
    [InlineData("The database slipway on 127.0.0.1:1 cannot be used: Connection refused.", "--postgres", "postgres://slipway:planted@127.0.0.1:1/slipway")]
    [InlineData("The PostgreSQL address is not understood. Write it as postgres://", "--postgres", "my database with planted")]
    public async Task A_server_that_cannot_start_says_why(string sentence, params string[] arguments)
    {
        string[] data = arguments[0] == "--data" ? [] : ["--data", Path.Combine(installation.Installation.Files, Guid.NewGuid().ToString())];
        var result = await Cli.RunAsync(["serve", .. arguments, .. data, .. arguments[0] == "--listen" ? Array.Empty<string>() : ["--listen", "http://127.0.0.1:0"]]);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(sentence, result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("planted", result.Errors, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Fact]
    public async Task A_server_on_an_address_that_is_taken_says_so()
    {
        var result = await Cli.RunAsync("serve", "--listen", installation.Installation.Address, "--data", Path.Combine(installation.Installation.Files, "taken"));
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("cannot listen on", result.Errors, StringComparison.Ordinal);
        Assert.Contains("--listen", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_evaluation_manifest_that_is_wrong_is_named_with_every_mistake()
    {
        var path = Path.Combine(installation.Installation.Files, $"{Guid.NewGuid()}.json");
        await File.WriteAllTextAsync(path, """{"dataset": "router_golden:v1"}""", TestContext.Current.CancellationToken);
        var result = await installation.Installation.TryAsAsync("ana", "eval", path);
        Assert.Equal(1, result.ExitCode);
        Assert.All(result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.StartsWith($"slipway: {path}: line 1, column ", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_does_not_speak_https_is_said_not_to()
    {
        var result = await Cli.RunAsync("live", "--server", installation.Installation.Address.Replace("http:", "https:", StringComparison.Ordinal));
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("no secure connection can be made", result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("inner exception", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Output_that_cannot_be_written_ends_a_command_with_a_sentence()
    {
        await using var errors = new StringWriter();
        var exitCode = await CommandLine.RunAsync(["doctor", "--server", "http://127.0.0.1:1"], new Terminal(new FullDisk(), errors, interactive: false), TestContext.Current.CancellationToken);
        Assert.Equal(2, exitCode);
        Assert.Equal("slipway: The output cannot be written: No space left on device." + Environment.NewLine, errors.ToString());
    }

    private sealed class FullDisk : StringWriter
    {
        public override void WriteLine(string? value) => throw new IOException("No space left on device");
    }

    [Fact]
    public async Task Without_a_server_a_command_says_how_to_start_one()
    {
        var result = await Cli.RunAsync("live", "--server", "http://127.0.0.1:1");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("cannot be reached", result.Errors, StringComparison.Ordinal);
        Assert.Contains("slipway serve", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_option_without_its_value_is_said_to_need_one() =>
        Assert.StartsWith("slipway: --reason needs a value: --reason TEXT", (await Cli.RunAsync("rollback", "support_router", "--reason")).Errors, StringComparison.Ordinal);

    [Fact]
    public async Task A_wrong_address_is_said_to_be_one()
    {
        var result = await Cli.RunAsync("live", "--server", "somewhere");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("\"somewhere\" is not a server's address", result.Errors, StringComparison.Ordinal);
    }

    private static int Sequences(string logJson)
    {
        using var log = JsonDocument.Parse(logJson);
        return log.RootElement.GetArrayLength();
    }
}
