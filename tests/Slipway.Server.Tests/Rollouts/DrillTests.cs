using Slipway.Core.Access;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;
using Slipway.Server.Tests.Snapshots;

namespace Slipway.Server.Tests.Rollouts;

/// <summary>A prompt's way back is practised on the instances that are there.</summary>
public sealed class DrillTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static DrillRequest Request { get; } = new(Some.Value<PromptName>(Router.Prompt));

    [Fact]
    public async Task Every_instance_is_told_forward_and_back_and_what_that_took_is_held_against_the_limit()
    {
        var clock = new ManualClock();
        await using var installation = await TestInstallation.StartWithRouterAsync(clock: clock);
        var (shop, dan) = (installation.Http("shop"), installation.Dan);
        var nobody = await dan.BeginDrillAsync(Request, Cancellation).Refused();
        Assert.Equal((409, "No instance follows router in production, so there is nothing to practise on."), (nobody.Status, nobody.Message));
        // Who may not is told that, and nothing of who follows.
        var application = installation.Api("shop");
        Assert.Equal(403, (await application.BeginDrillAsync(Request, Cancellation).Refused()).Status);
        await using var listener = await Listener.StartAsync(shop, "till-1");
        var stable = Assert.Single((await listener.SnapshotAsync()).Routes).Stable;
        using (await shop.AcknowledgeAsync("till-1", 0)) { }

        foreach (var (late, passed) in ((int, bool)[])[(40, true), (1_500, false)])
        {
            var drill = await dan.BeginDrillAsync(Request, Cancellation).Ok();
            var forward = await listener.RouteAsync();
            Assert.Equal((drill.Id, stable, 1_000_000), (forward.Candidate!.Release, forward.Candidate.Served, forward.Candidate.WeightPpm));
            using (await shop.AcknowledgeAsync("till-1", forward.Revision)) { }
            var returned = listener.RouteAsync();
            await AdvancingAsync(returned, clock);
            var back = await returned;
            Assert.Equal((null, stable), (back.Candidate, back.Stable));
            clock.Advance(TimeSpan.FromMilliseconds(late));
            using (await shop.AcknowledgeAsync("till-1", back.Revision)) { }
            var ended = dan.DrillAsync(drill.Id, Duration.Seconds(30), Cancellation);
            await AdvancingAsync(ended, clock);
            var done = await ended.Ok();
            Assert.Equal((passed, 1, true, true), (done.Passed, done.Back!.Instances, done.Back.MostMs >= late, done.Forward!.IsComplete));
            Assert.Contains(passed ? "passed" : "FAILED", Assert.Single(await dan.LiveAsync(null, null, null, Cancellation).Ok()).Drill!.Sentence, StringComparison.Ordinal);
            Assert.Equal(done, Assert.Single(await dan.DrillsAsync(Cancellation).Ok()));
        }
        // No release, no incident: the log tells it, and that is all.
        Assert.Single(await dan.ReleasesAsync(Cancellation).Ok());
        Assert.Equal(6, (await dan.LogAsync(Router.Prompt, Cancellation).Ok()).Count(line => line.Sentence.Contains("drill", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_server_that_is_restarted_in_the_middle_leaves_no_drill_behind()
    {
        var clock = new ManualClock();
        await using var installation = await TestInstallation.StartWithRouterAsync(clock: clock);
        await using (var listener = await Listener.StartAsync(installation.Http("shop"), "till-1")) await installation.Dan.BeginDrillAsync(Request, Cancellation).Ok();
        await installation.RestartAsync(clock: clock);
        clock.Advance(TimeSpan.FromSeconds(31));
        var ended = installation.Dan.DrillAsync(new ReleaseId(2), Duration.Seconds(60), Cancellation);
        await AdvancingAsync(ended, clock);
        Assert.Equal("rel-2 was broken off: the server that conducted it went away", (await ended.Ok()).Sentence);
        var (table, response) = await installation.Http("shop").PollAsync();
        using (response) Assert.Null(Assert.Single(table!.Routes).Candidate);
    }

    [Fact]
    public async Task A_policy_has_it_begun_when_somebody_follows_and_nothing_else_is_going_on()
    {
        var clock = new ManualClock();
        await using var installation = await TestInstallation.StartWithRouterAsync(clock: clock);
        var policy = await installation.Cleo.SetPolicyAsync(Request.Prompt, new PolicyDocument(Drill: new DrillPolicy(Some.Value<Duration>("1h"))), Cancellation).Ok();
        Assert.Equal("1h", policy.Drill!.Every.Text);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Empty(await installation.Dan.DrillsAsync(Cancellation).Ok());
        await using var listener = await Listener.StartAsync(installation.Http("shop"), "till-1");
        _ = await listener.SnapshotAsync();
        var forward = listener.RouteAsync();
        await AdvancingAsync(forward, clock);
        Assert.Equal((Share.All.PartsPerMillion, MemberName.System), ((await forward).Candidate!.WeightPpm, Assert.Single(await installation.Dan.DrillsAsync(Cancellation).Ok()).By));
    }

    private static Task AdvancingAsync(Task waiting, ManualClock clock) => Some.Eventually(() =>
    {
        clock.Advance(TimeSpan.FromMilliseconds(10));
        return Task.FromResult(waiting.IsCompleted);
    }, "the drill goes on");
}
