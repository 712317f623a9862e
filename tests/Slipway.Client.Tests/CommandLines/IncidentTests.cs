using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Slipway.Client.Tests.CommandLines;

/// <summary><c>slipway incident</c>, all the way: a bad version is rolled back, what failed becomes a case, and the case closes the incident.</summary>
public sealed class IncidentTests(Installation installation) : IClassFixture<Installation>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_bad_version_that_was_rolled_back_is_an_incident_until_a_case_would_find_it()
    {
        Assert.Equal("No incident is open; open one with: slipway incident open VERSION --reason TEXT", (await As("dan", "list")).Trim());
        await ServeAndRollBackAsync();

        var listed = await As("dan", "list", "support_router");
        Assert.Contains("inc-1", listed, StringComparison.Ordinal);
        Assert.Contains("not explained", listed, StringComparison.Ordinal);
        Assert.Contains("incident     inc-1 is open: slipway incident show inc-1", (await installation.AsAsync("dan", "live", "support_router")).Output, StringComparison.Ordinal);
        Assert.Contains("inc-1 is open: slipway incident show inc-1", (await installation.AsAsync("dan", "release", "show", "rel-2")).Output, StringComparison.Ordinal);

        string shown = "";
        for (var look = 0; !shown.Contains(" of 12 users, 12 of them failing", StringComparison.Ordinal); look++)
        {
            Assert.True(look < 400, shown);
            shown = await As("dan", "show", "inc-1");
        }
        foreach (var part in (string[])["inc-1  support_router:v1.7.0 in production  open", "by dan, rolling rel-2 back", "stopped      by dan, ", "after the first failing call", "touched      12 requests of 12 users",
            "root cause   not explained yet", "waiting for ana or ben: say why it happened with: slipway incident explain inc-1 --cause TEXT", "or           ben closes it without a case", "The answer does not fit its schema", "dan started rel-2 at 100%"])
            Assert.Contains(part, shown, StringComparison.Ordinal);

        Assert.Contains("root cause   It greets before the JSON.  (dan, ", await As("dan", "explain", "inc-1", "--cause", "It greets before the JSON."), StringComparison.Ordinal);
        var early = await installation.TryAsAsync("ana", "incident", "close", "inc-1");
        Assert.Equal(1, early.ExitCode);
        Assert.Contains("No case of inc-1 is in a golden set of support_router.", early.Errors, StringComparison.Ordinal);

        // What is proposed is written to a file, one of it is kept, and that is added.
        var file = Path.Combine(installation.Files, "learnt.jsonl");
        var proposed = await As("dan", "cases", "inc-1", "--out", file);
        Assert.Contains($"written to {file}", proposed, StringComparison.Ordinal);
        Assert.Contains("Accept them as they are:  slipway incident add-case inc-1 --case ID | --all", proposed, StringComparison.Ordinal);
        var lines = await File.ReadAllLinesAsync(file, Cancellation);
        Assert.True(lines.Length > 1, proposed);
        Assert.All(lines, line => Assert.DoesNotContain("@example.org", line, StringComparison.Ordinal));
        var kept = JsonNode.Parse(lines[0])!.AsObject();
        kept.Remove("confirm");
        kept["id"] = "no-greeting";
        await File.WriteAllTextAsync(file, kept.ToJsonString() + "\n", Cancellation);
        var added = await As("ana", "add-case", "inc-1", "--file", file);
        Assert.StartsWith("support_router_golden:v5  ", added, StringComparison.Ordinal);
        Assert.Contains("slipway incident close inc-1", added, StringComparison.Ordinal);

        var closed = await As("ana", "close", "inc-1", "--note", "The greeting is gone.");
        Assert.Contains("inc-1  support_router:v1.7.0 in production  closed", closed, StringComparison.Ordinal);
        Assert.Contains("support_router:v1.7.0 fails and 1.5.2 passes no-greeting", closed, StringComparison.Ordinal);
        Assert.Contains("closed inc-1: no-greeting of support_router_golden:v5 would find it now, after 12 requests of 12 users, 12 of them failing: The greeting is gone.",
            (await installation.AsAsync("dan", "log", "support_router")).Output, StringComparison.Ordinal);
        Assert.Equal("closed", JsonElement.Parse(await As("dan", "show", "inc-1", "--json")).GetProperty("state").GetString());

        var again = await installation.TryAsAsync("ana", "incident", "close", "inc-1");
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("inc-1 is over: ana closed it on ", again.Errors, StringComparison.Ordinal);
        Assert.Contains("proposes no case nothing", (await installation.TryAsAsync("ana", "incident", "add-case", "inc-1", "--case", "nothing")).Errors, StringComparison.Ordinal);
        // Somebody opens one by hand, and its owner who did not write it lets it go.
        Assert.StartsWith("inc-2  support_router:v1.5.2 in production  open", await As("dan", "open", "support_router:v1.5.2", "--reason", "It is slow."), StringComparison.Ordinal);
        Assert.Contains("waived       by ben, ", await As("ben", "waive", "inc-2", "--reason", "It was the network."), StringComparison.Ordinal);
        Assert.DoesNotContain("inc-2", await As("dan", "list"), StringComparison.Ordinal);
        Assert.Contains("inc-2", await As("dan", "list", "--all"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"7\" is no incident: it must be inc-NUMBER", "show", "7")]
    [InlineData("It is not said which cases.", "add-case", "inc-1")]
    [InlineData("It is not said which cases.", "add-case", "inc-1", "--all", "--case", "a")]
    [InlineData("--cause is missing.", "explain", "inc-1")]
    [InlineData("\"support_router\" is no version", "open", "support_router", "--reason", "It fails.")]
    public async Task What_cannot_be_done_is_told(string says, params string[] typed)
    {
        var result = await installation.TryAsAsync("dan", ["incident", .. typed]);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(says, result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_there_is_told_in_the_servers_words()
    {
        var result = await installation.TryAsAsync("dan", "incident", "show", "inc-99");
        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("slipway: There is no incident inc-99; ", result.Errors, StringComparison.Ordinal);
    }

    private async Task<string> As(string who, params string[] arguments) => (await installation.AsAsync(who, ["incident", .. arguments])).Output;

    // Everybody gets the version that greets where it is asked for help; twelve customers do, and on-call takes it back.
    private async Task ServeAndRollBackAsync()
    {
        await installation.GoLiveAsync();
        foreach (var version in (string[])["1.6.0", "1.7.0"]) await installation.AsAsync("ana", "push", Path.Combine(Installation.Sample, $"support_router.v{version}.yaml"));
        foreach (var person in (string[])["admin", "dan"]) await installation.AsAsync(person, "release", "break-glass", "support_router:v1.7.0", "--reason", "Customers feel brushed off.");
        using var shop = new HttpClient { BaseAddress = new Uri(installation.Address) };
        shop.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await installation.AsAsync("admin", "key", "issue", "shop")).Output.Trim());
        for (var customer = 0; customer < 12; customer++)
        {
            using var answer = await shop.PostAsJsonAsync("/v1/chat/completions", new
            {
                model = "slipway/support_router",
                prompt = new { variables = new { customer_tier = "plus" } },
                messages = new[] { new { role = "user", content = $"How do I pair lamp number {customer}? Write to me at c{customer}@example.org" } },
                user = $"customer-{customer}",
            }, Cancellation);
            Assert.Equal("1.7.0", answer.Headers.GetValues("x-slipway-version").Single());
        }
        await installation.AsAsync("dan", "rollback", "support_router", "--reason", "Programs choke on a greeting.", "--wait", "0s");
    }
}
