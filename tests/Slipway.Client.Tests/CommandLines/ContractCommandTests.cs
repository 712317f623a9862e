namespace Slipway.Client.Tests.CommandLines;

/// <summary>The contract of a release, typed.</summary>
public sealed class ContractCommandTests : IAsyncLifetime
{
    private readonly Installation installation = new();

    public async ValueTask InitializeAsync()
    {
        await installation.InitializeAsync();
        await installation.GoLiveAsync();
        await installation.AsAsync("ana", "push", Path.Combine(Installation.Sample, "support_router.v1.6.0.yaml"));
    }

    public ValueTask DisposeAsync() => installation.DisposeAsync();

    [Fact]
    public async Task A_release_needs_no_file_and_is_shown_with_all_that_was_agreed()
    {
        var missing = await installation.TryAsAsync("dan", "release", "check", "support_router:v1.6.0");
        Assert.Equal(1, missing.ExitCode);
        Assert.Contains("MISSING  evaluation   support_router:v1.6.0 has not been evaluated against support_router:v1.5.2", missing.Output, StringComparison.Ordinal);
        await installation.AsAsync("ana", "eval", Path.Combine(Installation.Sample, "evals", "v1.6.0.json"));
        var ready = (await installation.AsAsync("dan", "release", "check", "support_router:v1.6.0", "--observe", "36h", "--steps", "5%,100%")).Output;
        Assert.Contains("steps        5%, 100%; each at least 1h and 100 units, decided within 72h", ready, StringComparison.Ordinal);
        Assert.Contains("ready; propose it with: slipway release propose support_router:v1.6.0", ready, StringComparison.Ordinal);

        await installation.AsAsync("ana", "release", "propose", "support_router:v1.6.0");
        await installation.AsAsync("ben", "release", "review", "rel-2", "meaning", "--note", "Kinder.");
        var shown = (await installation.AsAsync("dan", "release", "show", "rel-2")).Output;
        foreach (var line in (string[])["level        limited", "steps        1%, 10%, 50%, 100%", "observed     for 24h at 100%", "back to      1.5.2", "unit         conversation", ": Kinder.", "numbers      not signed yet", "done     way back"])
            Assert.Contains(line, shown, StringComparison.Ordinal);
        Assert.Contains("waiting for a reviewer of its numbers", shown, StringComparison.Ordinal);

        Assert.Contains("proposed", (await installation.AsAsync("ana", "release", "plan", "rel-2", "--minimum-units", "200", "--reason", "The margin needs more.")).Output, StringComparison.Ordinal);
        Assert.Contains("approved by ben", (await installation.AsAsync("ben", "release", "approve", "rel-2")).Output, StringComparison.Ordinal);
        Assert.Contains("canary at 1%", (await installation.AsAsync("cleo", "release", "start", "rel-2")).Output, StringComparison.Ordinal);
        Assert.Contains("cannot be completed", (await installation.TryAsAsync("cleo", "release", "complete", "rel-2", "--reason", "Done.")).Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"tone\" is no part of a review.", "release", "review", "rel-2", "tone")]
    [InlineData("\"2\" is no part of a review.", "release", "review", "rel-2", "2")]
    [InlineData("\"careless\" is no level: it must be one of direct, staging, limited, approval_gated, emergency.", "release", "check", "support_router:v1.6.0", "--level", "careless")]
    [InlineData("\"10\" is no share: it must be", "release", "check", "support_router:v1.6.0", "--steps", "10,100%")]
    [InlineData("\"error_rate\" is no guardrail.", "release", "check", "support_router:v1.6.0", "--guardrail", "error_rate")]
    [InlineData("\"soon\" is no time: write it as", "release", "check", "support_router:v1.6.0", "--start-at", "soon")]
    [InlineData("\"long\" is no time: it must be", "release", "check", "support_router:v1.6.0", "--observe", "long")]
    [InlineData("\"person\" is no unit: it must be one of conversation, request, user, tenant.", "release", "check", "support_router:v1.6.0", "--unit", "person")]
    [InlineData("It is not said what is to be otherwise.", "release", "plan", "rel-2", "--reason", "So.")]
    [InlineData("--plan and --no-plan exclude each other.", "policy", "set", "support_router", "--plan", "p.json", "--no-plan")]
    public async Task What_does_not_fit_is_said_before_anybody_is_asked(string sentence, params string[] arguments)
    {
        var result = await installation.TryAsAsync("ana", arguments);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(sentence, result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_prompts_policy_says_how_its_plans_begin()
    {
        var plan = Path.Combine(installation.Files, "policy.json");
        await File.WriteAllTextAsync(plan, """{"steps": ["5%", {"share": "100%", "by_hand": true}], "observe": "48h"}""", TestContext.Current.CancellationToken);
        Assert.Contains("releases go by 5%, 100% (by hand), observed for 48h", (await installation.AsAsync("cleo", "policy", "set", "support_router", "--plan", plan)).Output, StringComparison.Ordinal);
        Assert.Contains("steps        5%, 100% (by hand)", (await installation.TryAsAsync("dan", "release", "check", "support_router:v1.6.0")).Output, StringComparison.Ordinal);
        Assert.Contains("releases go as their risk asks", (await installation.AsAsync("cleo", "policy", "set", "support_router", "--no-plan")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_people_break_the_glass_with_one_command()
    {
        string[] command = ["release", "break-glass", "support_router:v1.6.0", "--reason", "It leaks.", "--expires", "30m"];
        Assert.Contains("EMERGENCY  proposed", (await installation.AsAsync("admin", command)).Output, StringComparison.Ordinal);
        Assert.Contains("admin asked for rel-2 and cannot confirm it too", (await installation.TryAsAsync("admin", command)).Errors, StringComparison.Ordinal);
        Assert.Contains("EMERGENCY  full at 100%", (await installation.AsAsync("dan", command)).Output, StringComparison.Ordinal);
        Assert.Contains("emergency    until ", (await installation.AsAsync("dan", "release", "show", "rel-2")).Output, StringComparison.Ordinal);
        Assert.Contains("rolled back", (await installation.AsAsync("dan", "rollback", "support_router", "--reason", "It leaks more.")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_cannot_edit_asks_and_an_author_answers()
    {
        Assert.Contains("chg-1  support_router  open", (await installation.AsAsync("dan", "change", "request", "support_router", "--text", "Say billing.")).Output, StringComparison.Ordinal);
        Assert.Contains("dan may not answer chg-1", (await installation.TryAsAsync("dan", "change", "take", "chg-1")).Errors, StringComparison.Ordinal);
        Assert.Contains("taken up by ana with 1.6.0", (await installation.AsAsync("ana", "change", "take", "chg-1", "--version", "support_router:v1.6.0", "--note", "There it is.")).Output, StringComparison.Ordinal);
        await installation.AsAsync("ben", "change", "request", "support_router", "--text", "Rhyme.");
        Assert.Contains("turned down by ana", (await installation.AsAsync("ana", "change", "decline", "chg-2", "--reason", "No.")).Output, StringComparison.Ordinal);
        var list = (await installation.AsAsync("dan", "change", "list", "support_router")).Output;
        Assert.Contains("Say billing.", list, StringComparison.Ordinal);
        Assert.Contains("Rhyme.", list, StringComparison.Ordinal);
    }
}
