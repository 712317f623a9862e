using Slipway.Client;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Wire;
using Slipway.Server.Tests.Snapshots;
using Slipway.Server.Tests.Storage;

namespace Slipway.Server.Tests.Rollouts;

/// <summary>A rollback is watched until every instance is back, and how soon that was goes on record, once.</summary>
public sealed class RollbackWatchTests
{
    private static readonly ReleasePlanDocument Canary = Plans.Quick("50%", "100%") with { MinimumUnits = 1_000 };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Those_that_answer_are_back_when_they_say_so_and_those_cut_off_when_their_lease_ends()
    {
        var clock = new ManualClock();
        await using var installation = await TestInstallation.StartWithRouterAsync(clock: clock);
        var (shop, dan) = (installation.Http("shop"), installation.Dan);
        await using var listener = await Listener.StartAsync(shop, "till-1");
        _ = await listener.SnapshotAsync();
        using (await shop.AcknowledgeAsync("gone", 0)) { }
        clock.Advance(TimeSpan.FromSeconds(11));
        var release = (await installation.StartCanaryAsync(Router.Good, Canary)).Id;
        using (await shop.AcknowledgeAsync("till-1", (await listener.RouteAsync()).Revision)) { }
        using (await shop.AcknowledgeAsync("till-2", 0)) { }
        Assert.Equal("409", $"{(await dan.RollbackProgressAsync(release, cancellation: Cancellation).Refused()).Status}");
        clock.Advance(TimeSpan.FromSeconds(4));

        await RollBackAsync(installation);
        // What came after it was rolled back never served the candidate.
        clock.Advance(TimeSpan.FromMilliseconds(31));
        using (await shop.AcknowledgeAsync("till-3", 0)) { }
        var begun = await dan.RollbackProgressAsync(release, cancellation: Cancellation).Ok();
        Assert.Equal("stable v1.0.0 on 0 of 2 instances, 1 has not answered yet, 1 lease expires in 6 s", begun.Sentence());
        var waiting = dan.RollbackProgressAsync(release, back: 0, Duration.Seconds(30), Cancellation);
        using (await shop.AcknowledgeAsync("till-1", (await listener.RouteAsync()).Revision)) { }
        clock.Advance(TimeSpan.FromMilliseconds(269));
        Assert.Equal("stable v1.0.0 on 1 of 2 instances after 31 ms, 1 lease expires in 6 s", (await Advancing(waiting, clock, TimeSpan.Zero).Ok()).Sentence());
        Assert.Null((await dan.ReleaseAsync(release.ToString(), Cancellation).Ok()).Rollback);

        clock.Advance(TimeSpan.FromSeconds(6));
        var over = await Advancing(dan.RollbackProgressAsync(release, wait: Duration.Seconds(30), cancellation: Cancellation), clock, TimeSpan.FromMilliseconds(100)).Ok();
        Assert.Equal((true, new RollbackProof(2, 2, 1, 31, 6_000, 6_000, AtMost: false)), (over.IsOver, over.SoFar));
        Assert.Equal(over, (await dan.ReleaseAsync(release.ToString(), Cancellation).Ok()).Rollback);
        Assert.Equal("saw the rollback of rel-2 to 1.0.0 reach all 2 instances after 6.0 s: half after 31 ms; one lease had to expire", Assert.Single(await Proofs(installation)));
        // A new release was never in its way, and a proof that is on record stays as it is.
        using (await shop.AcknowledgeAsync("till-2", (await dan.InstancesAsync(null, null, null, Cancellation).Ok()).Revision)) { }
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Single(await Proofs(installation));
    }

    [Fact]
    public async Task Who_is_cut_off_goes_on_serving_what_everybody_had_and_that_is_said()
    {
        var clock = new ManualClock();
        await using var installation = await TestInstallation.StartWithRouterAsync(clock: clock);
        var shop = installation.Http("shop");
        await installation.StartCanaryAsync(Router.Good, Canary with { Steps = [PlanStep.FromShare(Some.Value<Core.Resolution.Share>("50%")), PlanStep.FromShare(Core.Resolution.Share.All)], Observe = Duration.Hours(1) });
        await installation.Cleo.CommandAsync("rel-2", "advance", new ReasonDocument("It is urgent.", 1), Cancellation).Ok();
        using (await shop.AcknowledgeAsync("till-1", 0)) { }
        using (await shop.AcknowledgeAsync("till-2", 0)) { }
        var release = await RollBackAsync(installation);
        using (await shop.AcknowledgeAsync("till-2", (await installation.Dan.InstancesAsync(null, null, null, Cancellation).Ok()).Revision)) { }
        clock.Advance(TimeSpan.FromSeconds(30));
        var waiting = await installation.Dan.RollbackProgressAsync(release, cancellation: Cancellation).Ok();
        Assert.False(waiting.IsOver);
        Assert.EndsWith(", 1 is cut off and may serve v1.1.0 until it reaches the server", waiting.Sentence(), StringComparison.Ordinal);
        // It is not heard of for a minute: nobody waits for it any longer.
        clock.Advance(TimeSpan.FromSeconds(31));
        await Some.Eventually(async () =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(100));
            return (await Proofs(installation)).Count == 1;
        }, "it is on record");
        Assert.Contains("reach 1 of 2 instances: half after", Assert.Single(await Proofs(installation)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nobody_follows_there_is_nothing_to_put_on_record()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        await installation.StartCanaryAsync(Router.Good, Canary);
        var release = await RollBackAsync(installation);
        var progress = await installation.Dan.RollbackProgressAsync(release, wait: Duration.Seconds(30), cancellation: Cancellation).Ok();
        Assert.Equal((true, "stable v1.0.0; no instance followed router in production"), (progress.IsOver, progress.Sentence()));
        Assert.Empty(await Proofs(installation));
    }

    [Fact]
    public async Task A_server_that_is_restarted_in_the_middle_goes_on_and_says_so()
    {
        var clock = new ManualClock();
        await using var installation = await TestInstallation.StartWithRouterAsync(clock: clock);
        await installation.StartCanaryAsync(Router.Good, Canary);
        using (await installation.Http("shop").AcknowledgeAsync("till-1", 0)) { }
        var release = await RollBackAsync(installation);
        Assert.False((await installation.Dan.RollbackProgressAsync(release, cancellation: Cancellation).Ok()).IsOver);
        await installation.RestartAsync(clock: clock);

        clock.Advance(TimeSpan.FromSeconds(2));
        using (await installation.Http("shop").AcknowledgeAsync("till-1", (await installation.Dan.InstancesAsync(null, null, null, Cancellation).Ok()).Revision)) { }
        Assert.False((await installation.Dan.RollbackProgressAsync(release, cancellation: Cancellation).Ok()).IsOver);
        clock.Advance(TimeSpan.FromSeconds(10));
        var over = await Advancing(installation.Dan.RollbackProgressAsync(release, wait: Duration.Seconds(30), cancellation: Cancellation), clock, TimeSpan.FromMilliseconds(100)).Ok();
        Assert.Equal(new RollbackProof(1, 1, 0, 2_000, 2_000, 2_000, AtMost: true), over.SoFar);
        // Once more, and there is nothing left to watch.
        await installation.RestartAsync(clock: clock);
        clock.Advance(TimeSpan.FromSeconds(13));
        Assert.Equal(over, await installation.Dan.RollbackProgressAsync(release, cancellation: Cancellation).Ok());
        Assert.Single(await Proofs(installation));
    }

    [Fact]
    public async Task Of_two_servers_on_one_database_each_sees_all_instances_and_one_entry_is_written()
    {
        using var storage = new PostgresTestEngine();
        await using var installation = await TestInstallation.StartWithRouterAsync(storage.Configure);
        await using var second = await SlipwayServer.StartAsync(installation.Options, cancellation: Cancellation);
        await installation.StartCanaryAsync(Router.Good, Canary);
        var here = installation.Http("shop");
        using var there = new HttpClient { BaseAddress = second.Address, DefaultRequestHeaders = { Authorization = new("Bearer", installation.Key("shop")) } };
        using var danThere = new SlipwayApi(second.Address, installation.Key("dan"));
        await using var one = await Listener.StartAsync(here, "till-1");
        await using var other = await Listener.StartAsync(there, "till-2");
        _ = (await one.SnapshotAsync(), await other.SnapshotAsync());
        await Some.Eventually(async () => (await installation.Dan.InstancesAsync(null, null, null, Cancellation).Ok()).Instances.Length == 2, "both are known here");

        var release = await RollBackAsync(installation);
        using (await here.AcknowledgeAsync("till-1", (await one.RouteAsync()).Revision)) { }
        using (await there.AcknowledgeAsync("till-2", (await other.RouteAsync()).Revision)) { }
        foreach (var asked in (SlipwayApi[])[installation.Dan, danThere])
        {
            var over = await asked.RollbackProgressAsync(release, wait: Duration.Seconds(60), cancellation: Cancellation).Ok();
            Assert.Equal((true, 2, 2), (over.IsOver, over.SoFar.Instances, over.SoFar.Back));
        }
        Assert.Single(await Proofs(installation));
    }

    private static async Task<ReleaseId> RollBackAsync(TestInstallation installation) =>
        (await installation.Dan.RollBackAsync(new RollbackRequest(Some.Value<PromptName>(Router.Prompt), "Readers complain."), Cancellation).Ok()).Id;

    private static async Task<List<string>> Proofs(TestInstallation installation) =>
        [.. (await installation.Dan.LogAsync(Router.Prompt, Cancellation).Ok()).Select(line => line.Sentence).Where(sentence => sentence.StartsWith("saw the rollback", StringComparison.Ordinal))];

    // The server looks by the clock that the test moves.
    private static async Task<T> Advancing<T>(Task<T> asked, ManualClock clock, TimeSpan step)
    {
        await Some.Eventually(() =>
        {
            clock.Advance(step == TimeSpan.Zero ? TimeSpan.FromTicks(1) : step);
            return Task.FromResult(asked.IsCompleted);
        }, "it is answered");
        return await asked;
    }
}
