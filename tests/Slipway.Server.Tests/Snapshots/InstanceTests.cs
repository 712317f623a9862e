using System.Net;
using Slipway.Server.Tests.Storage;

namespace Slipway.Server.Tests.Snapshots;

/// <summary>Which instance serves what.</summary>
public sealed class InstanceTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_known_which_instance_serves_what_since_when_and_how_soon_after_the_change()
    {
        var clock = new ManualClock();
        await using var installation = await TestInstallation.StartWithRouterAsync(clock: clock);
        var (shop, dan) = (installation.Http("shop"), installation.Http("dan"));
        clock.Advance(TimeSpan.FromSeconds(1));
        await using var listener = await Listener.StartAsync(shop, "till-1");
        var first = (await listener.SnapshotAsync()).Revision;
        var came = Assert.Single((await dan.InstancesAsync()).Instances);
        Assert.Equal(("till-1", 0L, false, true, null, null), (came.Instance, came.Revision, came.Current, came.Connected, came.LeaseEndsAt, came.AppliedAfterMs));
        using (var said = await shop.AcknowledgeAsync("till-1", first, sdk: "slipway-dotnet/0.1")) Assert.Equal(HttpStatusCode.OK, said.StatusCode);
        var current = Assert.Single((await dan.InstancesAsync()).Instances);
        // It came after that change was made: it was not late with it.
        Assert.Equal((first, true, "slipway-dotnet/0.1", null), (current.Revision, current.Current, current.Sdk, current.AppliedAfterMs));

        clock.Advance(TimeSpan.FromSeconds(1));
        await installation.ChangeAsync("router", 1);
        var second = (await listener.RouteAsync()).Revision;
        Assert.False(Assert.Single((await dan.InstancesAsync()).Instances).Current);
        clock.Advance(TimeSpan.FromMilliseconds(31));
        using (await shop.AcknowledgeAsync("till-1", second)) { }
        var list = await dan.InstancesAsync();
        var applied = Assert.Single(list.Instances);
        Assert.Equal((second, second, true, 31, clock.Now), (list.Revision, applied.Revision, applied.Current, applied.AppliedAfterMs, applied.Since));
        // Said again, it is heard again, and nothing else.
        clock.Advance(TimeSpan.FromMilliseconds(500));
        using (await shop.AcknowledgeAsync("till-1", second)) { }
        applied = Assert.Single((await dan.InstancesAsync()).Instances);
        Assert.Equal((31, clock.Now, clock.Now - TimeSpan.FromMilliseconds(500)), (applied.AppliedAfterMs, applied.LastSeen, applied.Since));
    }

    [Fact]
    public async Task An_instance_that_is_not_heard_of_for_a_minute_is_dropped()
    {
        var clock = new ManualClock();
        await using var installation = await TestInstallation.StartWithRouterAsync(clock: clock);
        var dan = installation.Http("dan");
        using (await installation.Http("shop").AcknowledgeAsync("polling", 0)) { }
        clock.Advance(TimeSpan.FromSeconds(4));
        var polling = Assert.Single((await dan.InstancesAsync()).Instances);
        Assert.Equal((false, false, clock.Now + TimeSpan.FromSeconds(6)), (polling.Connected, polling.Current, polling.LeaseEndsAt));
        clock.Advance(TimeSpan.FromSeconds(56));
        Assert.Single((await dan.InstancesAsync()).Instances);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty((await dan.InstancesAsync()).Instances);
    }

    [Fact]
    public async Task A_limited_instance_is_current_with_what_it_sees_and_a_prompt_is_asked_about_by_itself()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        await installation.AddPromptAsync("billing");
        var (_, limited) = await installation.LimitedAsync(prompt: "router");
        var dan = installation.Http("dan");
        await using var listener = await Listener.StartAsync(limited, "till-1");
        using (await limited.AcknowledgeAsync("till-1", (await listener.SnapshotAsync()).Revision)) { }
        Assert.True(Assert.Single((await dan.InstancesAsync()).Instances).Current);
        await installation.ChangeAsync("billing", 1);
        Assert.True(Assert.Single((await dan.InstancesAsync()).Instances).Current);
        Assert.Empty((await dan.InstancesAsync("?prompt=billing")).Instances);
        await installation.ChangeAsync("router", 1);
        Assert.False(Assert.Single((await dan.InstancesAsync("?prompt=router")).Instances).Current);
        Assert.Empty((await dan.InstancesAsync("?environment=staging")).Instances);
    }

    [Fact]
    public async Task Nobody_speaks_for_an_instance_of_another_key()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        var (_, other) = await installation.LimitedAsync();
        var shop = installation.Http("shop");
        await using var listener = await Listener.StartAsync(shop, "till-1");
        using (await other.AcknowledgeAsync("till-1", (await listener.SnapshotAsync()).Revision)) { }
        Assert.Equal([(false, true), (true, false)], (await installation.Http("dan").InstancesAsync()).Instances.Select(one => (one.Current, one.Connected)).Order());
    }

    [Fact]
    public async Task Whoever_rolled_back_can_wait_until_everybody_is_back()
    {
        var clock = new ManualClock();
        await using var installation = await TestInstallation.StartWithRouterAsync(clock: clock);
        var (shop, dan) = (installation.Http("shop"), installation.Http("dan"));
        await using var listener = await Listener.StartAsync(shop, "till-1");
        using (await shop.AcknowledgeAsync("till-1", (await listener.SnapshotAsync()).Revision)) { }
        using (await shop.AcknowledgeAsync("till-2", 0)) { }
        await installation.ChangeAsync("router", 1);
        var revision = (await listener.RouteAsync()).Revision;
        var waiting = dan.InstancesAsync("?prompt=router&wait=30s");
        using (await shop.AcknowledgeAsync("till-1", revision)) { }
        // The second one is silent: its lease must end before it can be counted on.
        clock.Advance(TimeSpan.FromSeconds(9));
        Assert.False(waiting.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([("till-1", true), ("till-2", false)], (await waiting).Instances.Select(one => (one.Instance, one.Current)));

        // Who does not answer is not waited for longer than was asked.
        await installation.ChangeAsync("router", 2);
        waiting = dan.InstancesAsync("?prompt=router&wait=5s");
        await Some.Eventually(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(waiting.IsCompleted);
        }, "the wait ends");
        Assert.Contains((await waiting).Instances, one => one is { Instance: "till-1", Current: false, Connected: true });
    }

    [Fact]
    public async Task Applications_say_what_they_serve_and_people_read_it()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        using var read = await installation.Http("shop").GetAsync("/api/v1/instances", Cancellation);
        Assert.Equal(HttpStatusCode.Forbidden, read.StatusCode);
        var (_, elsewhere) = await installation.LimitedAsync(environment: "staging");
        using var beyond = await elsewhere.AcknowledgeAsync("till-1", 0);
        Assert.Equal(HttpStatusCode.Forbidden, beyond.StatusCode);
        foreach (var (instance, revision) in ((string, long)[])[("", 0), ("a b", 0), (new string('x', 101), 0), ("till-1", 999_999), ("till-1", -1)])
        {
            using var refused = await installation.Http("shop").AcknowledgeAsync(instance, revision);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        }
        foreach (var query in (string[])["?environment=moon", "?wait=soon", "?wait=1h"])
        {
            using var refused = await installation.Http("dan").GetAsync("/api/v1/instances" + query, Cancellation);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        }
    }

    [Fact]
    public async Task Two_servers_on_one_database_push_the_same_and_know_of_each_others_instances()
    {
        using var storage = new PostgresTestEngine();
        await using var installation = await TestInstallation.StartWithRouterAsync(storage.Configure);
        await using var second = await SlipwayServer.StartAsync(installation.Options, cancellation: Cancellation);
        var here = installation.Http("shop");
        using var there = At(second, installation.Key("shop"));
        using var dan = At(second, installation.Key("dan"));
        await using var one = await Listener.StartAsync(here, "till-1");
        await using var other = await Listener.StartAsync(there, "till-2");
        Assert.Equal((await one.SnapshotAsync()).Revision, (await other.SnapshotAsync()).Revision);

        // A change at one server comes from both, under one revision.
        await installation.ChangeAsync("router", 1);
        var (first, same) = (await one.RouteAsync(), await other.RouteAsync());
        Assert.Equal((first.Revision, first.Turn()), (same.Revision, same.Turn()));
        // Acknowledgements may come to another server than the stream's.
        using (await there.AcknowledgeAsync("till-1", first.Revision)) { }
        using (await there.AcknowledgeAsync("till-2", first.Revision)) { }
        foreach (var asked in (HttpClient[])[installation.Http("dan"), dan])
            await Some.Eventually(async () => (await asked.InstancesAsync()).Instances is [{ Instance: "till-1", Connected: true, Current: true }, { Instance: "till-2", Connected: true, Current: true }], "both are known at both");

        // Whoever goes to the other server is not led back in time by one that has not heard yet.
        await installation.ChangeAsync("router", 2);
        var newest = (await one.RouteAsync()).Revision;
        await using var moved = await Listener.StartAsync(there, "till-1", lastEventId: $"{newest}");
        Assert.Equal(newest, await moved.HeartbeatAsync());
    }

    private static HttpClient At(SlipwayServer server, string key) => new() { BaseAddress = server.Address, DefaultRequestHeaders = { Authorization = new("Bearer", key) } };
}
