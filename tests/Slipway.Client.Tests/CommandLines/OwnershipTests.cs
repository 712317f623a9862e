using System.Text.Json;

namespace Slipway.Client.Tests.CommandLines;

/// <summary>Who answers for a prompt, how its first version goes live, and what the on-call reads at night.</summary>
public sealed class OwnershipTests : IAsyncLifetime
{
    private readonly Installation installation = new();

    public async ValueTask InitializeAsync()
    {
        await installation.InitializeAsync();
        await installation.AsAsync("ana", "push", Path.Combine(Installation.Sample, "support_router.v1.5.2.yaml"));
    }

    public ValueTask DisposeAsync() => installation.DisposeAsync();

    [Fact]
    public async Task Who_answers_is_set_piece_by_piece_and_shown_with_what_it_lets_whom_do()
    {
        var open = (await installation.AsAsync("dan", "owner", "show", "support_router")).Output;
        Assert.Contains("owner               ana", open, StringComparison.Ordinal);
        Assert.Contains("backup owner        nobody yet", open, StringComparison.Ordinal);
        Assert.Contains("reviewers           every reviewer", open, StringComparison.Ordinal);
        Assert.Contains("support_router has no backup owner, and a prompt in production has both; admin or ana can run: slipway owner set support_router --backup NAME", open, StringComparison.Ordinal);

        await installation.AsAsync("admin", "group", "set", "leads", "cleo", "dan");
        Assert.Contains("leads  cleo, dan", (await installation.AsAsync("ana", "group", "list")).Output, StringComparison.Ordinal);
        await installation.AsAsync("ana", "owner", "set", "support_router", "--backup", "ben", "--business", "cleo", "--technical", "dan");
        var set = (await installation.AsAsync("ben", "owner", "set", "support_router", "--reviewer", "ben", "--release-owner", "leads", "--on-call", "dan", "cleo", "--risk", "user-facing")).Output;
        Assert.Contains("support_router  risk user-facing", set, StringComparison.Ordinal);
        Assert.Contains("business owner      cleo", set, StringComparison.Ordinal);
        Assert.Contains("release owners      leads", set, StringComparison.Ordinal);
        Assert.Contains("on call             dan, cleo", set, StringComparison.Ordinal);
        Assert.Contains("start, go on        cleo", set, StringComparison.Ordinal);
        Assert.DoesNotContain("slipway owner set", set, StringComparison.Ordinal);

        using var cleared = JsonDocument.Parse((await installation.AsAsync("ana", "owner", "set", "support_router", "--clear", "business-owner", "on-call", "risk", "--json")).Output);
        var duties = cleared.RootElement.GetProperty("duties");
        Assert.Equal((JsonValueKind.Null, 0, "standard", "ben"), (duties.GetProperty("business_owner").ValueKind, duties.GetProperty("on_call").GetArrayLength(), duties.GetProperty("risk").GetString()!, duties.GetProperty("backup_owner").GetString()!));
    }

    [Fact]
    public async Task People_can_be_named_before_there_is_a_version_and_a_misspelt_name_shows()
    {
        var set = (await installation.AsAsync("admin", "owner", "set", "suport_router", "--owner", "ana", "--backup", "ben")).Output;
        Assert.Contains("suport_router  risk standard  (it has no version yet)", set, StringComparison.Ordinal);
        Assert.Contains("backup owner        ben", (await installation.AsAsync("dan", "owner", "show", "suport_router")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_first_version_is_asked_for_by_its_owner_and_confirmed_by_a_second_person()
    {
        var bootstrap = (string[])["release", "bootstrap", "support_router:v1.5.2", "--reason", "It has been running since spring."];
        Assert.Contains("slipway owner set support_router --backup NAME", (await installation.AsAsync("dan", "live", "support_router")).Output, StringComparison.Ordinal);
        Assert.Contains("slipway owner set support_router --backup NAME", (await installation.TryAsAsync("ana", bootstrap)).Errors, StringComparison.Ordinal);
        Assert.Contains("slipway release bootstrap support_router:v1.5.2", (await installation.TryAsAsync("ana", "release", "propose", "support_router:v1.5.2")).Errors, StringComparison.Ordinal);
        await installation.AsAsync("ana", "owner", "set", "support_router", "--backup", "dan");
        Assert.Contains("Its owner (ana or dan) asks for its first version, with: slipway release bootstrap support_router:v1.5.2 --reason TEXT", (await installation.AsAsync("dan", "live", "support_router")).Output, StringComparison.Ordinal);

        var asked = (await installation.AsAsync("ana", bootstrap)).Output;
        Assert.Contains("rel-1  support_router:v1.5.2  proposed", asked, StringComparison.Ordinal);
        Assert.Contains("waiting for a second person: ben, cleo, dan, with: slipway release bootstrap support_router:v1.5.2 --reason TEXT", asked, StringComparison.Ordinal);
        Assert.Contains("rel-1 would bring 1.5.2: waiting for a second person: ben, cleo, dan", (await installation.AsAsync("dan", "live", "support_router")).Output, StringComparison.Ordinal);
        Assert.Contains("ana asked for rel-1 and cannot confirm it too: ben, cleo or dan must.", (await installation.TryAsAsync("ana", bootstrap)).Errors, StringComparison.Ordinal);
        Assert.Contains("a second person confirms it with: slipway release bootstrap", (await installation.TryAsAsync("ben", "release", "approve", "rel-1")).Errors, StringComparison.Ordinal);

        Assert.Contains("rel-1  support_router:v1.5.2  completed", (await installation.AsAsync("cleo", "release", "bootstrap", "support_router:v1.5.2", "--reason", "Word for word the same.")).Output, StringComparison.Ordinal);
        Assert.Contains("cleo approved rel-1: Word for word the same.", (await installation.AsAsync("dan", "log", "support_router")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bootstrap_that_waits_can_be_declined()
    {
        await installation.AsAsync("ana", "owner", "set", "support_router", "--backup", "dan");
        await installation.AsAsync("ana", "release", "bootstrap", "support_router:v1.5.2", "--reason", "It is time.");
        await installation.AsAsync("ben", "release", "decline", "rel-1", "--reason", "Not before the tests are there.");
        await installation.AsAsync("ana", "release", "bootstrap", "support_router:v1.5.2", "--reason", "The tests are there.");
        Assert.Contains("rel-2", (await installation.AsAsync("dan", "release", "bootstrap", "support_router:v1.5.2", "--reason", "Seen.")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_screen_answers_what_is_live_who_let_it_through_and_what_takes_it_back()
    {
        await installation.AsAsync("ana", "owner", "set", "support_router", "--backup", "ben", "--risk", "user-facing");
        await installation.AsAsync("ana", "release", "bootstrap", "support_router:v1.5.2", "--reason", "It has been running since spring.");
        await installation.AsAsync("ben", "release", "bootstrap", "support_router:v1.5.2", "--reason", "Word for word the same.");
        var first = (await installation.AsAsync("dan", "live", "support_router")).Output;
        Assert.Contains("support_router:v1.5.2  live in production", first, StringComparison.Ordinal);
        Assert.Matches(@"since        \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, \d+ seconds? ago, by rel-1: It has been running since spring\.", first);
        Assert.Contains("written by   ana: Bring the support router under release control", first, StringComparison.Ordinal);
        Assert.Matches(@"approved by  ben, .* UTC: Word for word the same\.", first);
        Assert.Contains("roll back    there is nothing to go back to", first, StringComparison.Ordinal);
        Assert.Contains("owner        ana, backup ben", first, StringComparison.Ordinal);
        Assert.Contains("on call      dan", first, StringComparison.Ordinal);
        Assert.Contains("risk         user-facing", first, StringComparison.Ordinal);
        Assert.True(first.Split('\n').Length < 15, first);

        await installation.AsAsync("ana", "push", Path.Combine(Installation.Sample, "support_router.v1.6.0.yaml"));
        await installation.AsAsync("ana", "eval", Path.Combine(Installation.Sample, "evals", "v1.6.0.json"));
        await installation.AsAsync("ana", "release", "propose", "support_router:v1.6.0", "--plan", Path.Combine(Installation.Sample, "plan.json"), "--reason", "Before the holidays.");
        Assert.Contains("waiting for a reviewer: ben, with: slipway release approve rel-2", (await installation.AsAsync("dan", "live", "support_router")).Output, StringComparison.Ordinal);
        await installation.AsAsync("ben", "release", "approve", "rel-2");
        await installation.AsAsync("cleo", "release", "start", "rel-2");
        var canary = (await installation.AsAsync("dan", "live", "support_router")).Output;
        Assert.Contains("under way    rel-2: 1.6.0, canary at 10%", canary, StringComparison.Ordinal);
        Assert.Contains("roll back    to 1.5.2 with: slipway rollback support_router --reason TEXT", canary, StringComparison.Ordinal);

        await installation.AsAsync("dan", "rollback", "support_router", "--reason", "Complaints.");
        using var live = JsonDocument.Parse((await installation.AsAsync("dan", "live", "support_router", "--json")).Output);
        Assert.Equal((JsonValueKind.Null, "ana"), (live.RootElement[0].GetProperty("rollback").ValueKind, live.RootElement[0].GetProperty("duties").GetProperty("owner").GetString()!));
        Assert.Contains("ana", (await installation.AsAsync("dan", "live")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nothing_is_live_the_screen_says_where()
    {
        Assert.Contains("Nothing is live in production.", (await installation.AsAsync("dan", "live")).Output, StringComparison.Ordinal);
        var staging = (await installation.AsAsync("dan", "live", "support_router", "--environment", "staging")).Output;
        Assert.Contains("Nothing of support_router is live in staging.", staging, StringComparison.Ordinal);
        Assert.Contains("slipway release bootstrap support_router:v1.5.2 --environment staging --reason TEXT", staging, StringComparison.Ordinal);
        Assert.Equal("[]", (await installation.AsAsync("dan", "live", "support_router", "--json")).Output.Trim());
    }
}
