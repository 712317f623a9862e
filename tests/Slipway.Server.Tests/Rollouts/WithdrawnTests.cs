using System.Net;
using Npgsql;
using Slipway.Core.Prompts;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;
using Slipway.Server.Tests.Gateway;
using Slipway.Server.Tests.Nodes;
using Slipway.Server.Tests.Snapshots;
using Slipway.Server.Tests.Storage;

namespace Slipway.Server.Tests.Rollouts;

/// <summary>What was rolled back is served by no server again, until another release brings it.</summary>
public sealed class WithdrawnTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_record_names_what_was_taken_back_and_a_caller_who_insists_on_it_is_refused()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        using var shop = installation.Http("shop");
        var plan = Plans.Quick("50%", "100%") with { MinimumUnits = 1_000, Observe = Duration.Hours(1) };
        await installation.StartCanaryAsync(Router.Good, plan);
        await installation.Cleo.CommandAsync("rel-2", "advance", new ReasonDocument("It is urgent.", 1), Cancellation).Ok();
        var full = await RouteAsync(shop);
        Assert.Equal((full.Candidate!.Salt, (System.Collections.Immutable.ImmutableArray<string>?)null), (full.BroughtBy, full.Withdrawn));
        Assert.Equal(HttpStatusCode.OK, (await PinnedAsync(shop)).Status);

        await installation.Dan.RollBackAsync(new RollbackRequest(Some.Value<PromptName>(Router.Prompt), "Readers complain."), Cancellation).Ok();
        var back = await RouteAsync(shop);
        Assert.Equal((null, Router.First, full.BroughtBy), (back.Candidate, back.Stable.Version.ToString(), Assert.Single(back.Withdrawn!.Value)));
        Assert.NotEqual(full.BroughtBy, back.BroughtBy);
        var refused = await PinnedAsync(shop);
        Assert.Equal(HttpStatusCode.NotFound, refused.Status);
        Assert.Contains("router:v1.1.0 was rolled back in production (rel-2) and is not served any more; 1.0.0 is live.", refused.Text, StringComparison.Ordinal);

        // Proposed, approved and started anew, it is another release: that lifts it, and nothing else does.
        await installation.ReleaseAsync(Router.Good, plan);
        var again = await RouteAsync(shop);
        Assert.Equal((Router.Good, full.BroughtBy), (again.Candidate!.Served.Version.ToString(), Assert.Single(again.Withdrawn!.Value)));
        Assert.NotEqual(full.BroughtBy, again.Candidate.Salt);
        Assert.Equal(HttpStatusCode.OK, (await PinnedAsync(shop)).Status);
    }

    [Fact]
    public async Task A_server_that_has_lost_its_database_serves_no_candidate_after_a_lease()
    {
        using var storage = new PostgresTestEngine();
        await using var wire = new CutWire(new IPEndPoint(IPAddress.Loopback, new NpgsqlConnectionStringBuilder(storage.Address).Port));
        var clock = new ManualClock();
        await using var installation = await TestInstallation.StartWithRouterAsync(options => options with { Postgres = new NpgsqlConnectionStringBuilder(storage.Address) { Port = wire.Port }.ToString() }, clock: clock);
        await installation.StartCanaryAsync(Router.Good, Plans.Quick("99.9999%", "100%") with { MinimumUnits = 1_000 });
        using var shop = installation.Http("shop");
        Assert.Equal("candidate", await ArmAsync(shop));

        await wire.CutAsync();
        clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal("candidate", await ArmAsync(shop));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("stable", await ArmAsync(shop));
        Assert.Equal(HttpStatusCode.NotFound, (await PinnedAsync(shop)).Status);
        var explained = await installation.Dan.ResolveAsync(new ResolveQuery(Router.Prompt, "ticket-0"), Cancellation).Ok();
        Assert.Equal((Arm.Stable, ResolveReason.LeaseExpired), (explained.Arm, explained.Reason));

        wire.Mend();
        await Some.Eventually(async () =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(300));     // whoever lost the database tries again by this clock
            return await ArmAsync(shop) == "candidate";
        }, "it sees the journal again");
    }

    private static async Task<RouteDocument> RouteAsync(HttpClient http)
    {
        var (table, response) = await http.PollAsync();
        using (response) return Assert.Single(table!.Routes);
    }

    // These units are in the canary, unless nobody is.
    private static async Task<string> ArmAsync(HttpClient http)
    {
        for (var unit = 0; unit < 3; unit++)
        {
            using var response = await http.ChatAsync(Chat.Body(), ("x-slipway-unit", $"ticket-{unit}"));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            if (response.Header("x-slipway-arm") == "candidate") return "candidate";
        }
        return "stable";
    }

    private static async Task<(HttpStatusCode Status, string Text)> PinnedAsync(HttpClient http)
    {
        using var response = await http.ChatAsync("""{"model": "slipway/router@1.1.0", "prompt": {"variables": {"library": "city"}}, "messages": [{"role": "user", "content": "hello"}]}""");
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation));
    }
}
