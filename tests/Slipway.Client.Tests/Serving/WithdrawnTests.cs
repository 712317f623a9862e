using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Slipway.Client.Serving;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;

namespace Slipway.Client.Tests.Serving;

/// <summary>What was rolled back once is never served again, whoever says so, however late, and in whatever order.</summary>
public sealed class WithdrawnTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private FakeSlipway server = null!;

    // The life of one release: live is 1.0.0 by "first", 1.1.0 is released by "salt" and rolled back.
    private static RouteDocument Before { get; } = Some.Route() with { BroughtBy = "first" };

    private static RouteDocument Canary { get; } = Some.Canary(8) with { BroughtBy = "first" };

    private static RouteDocument Full { get; } = Canary with { Revision = 9, Stable = Canary.Candidate!.Served, RollbackTo = Some.Route().Stable, BroughtBy = "salt" };

    private static RouteDocument Back { get; } = Before with { Revision = 10, Withdrawn = ["salt"] };

    private static RouteDocument Retried(long revision) => Back with { Revision = revision, Candidate = Canary.Candidate! with { Release = new ReleaseId(3), Salt = "another" } };

    public async ValueTask InitializeAsync()
    {
        server = await FakeSlipway.StartAsync();
        foreach (var package in (Core.Prompts.Package[])[Some.Stable, Some.Candidate, Some.Old]) server.Keep(package);
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        folder.Dispose();
    }

    [Theory]
    [InlineData("canary")]
    [InlineData("full")]
    [InlineData("completed")]
    public async Task A_server_that_was_restored_from_an_older_backup_does_not_bring_it_back(string state)
    {
        server.Hold(Back);
        await using var running = await RunningClient.ServingAsync(server);
        server.Hold((state switch { "canary" => Canary, "full" => Full, _ => Full with { Candidate = null } }) with { Revision = 5 });
        var said = running.Log.Lines.NextAsync(line => line is { Level: LogLevel.Error } && line.Text.Contains("names a release that was rolled back", StringComparison.Ordinal));
        server.Send(server.SnapshotEvent());
        server.Heartbeat();
        await said;
        Assert.Equal(("Stable: My card is gone.", Arm.Stable), (running.Text(), running.Serve().Arm));
        // Nor does it when its revisions have grown past the rollback: it is the same release still.
        said = running.Log.Lines.NextAsync(line => line.Text.Contains("names a release that was rolled back", StringComparison.Ordinal));
        server.Push((state == "canary" ? Canary : Full) with { Revision = 50 });
        await said;
        Assert.Equal("Stable: My card is gone.", running.Text());
        // Whoever looks at its instances sees that they do not serve what they are told.
        Assert.DoesNotContain(server.Requests.All, request => request.What == FakeSlipway.Instances && request.As<AcknowledgementDocument>().Revision is 5 or 50);

        // Another release of the same version lifts it, and nothing else.
        server.Push(Retried(51));
        await running.ServesAsync(51);
        Assert.Equal("Candidate: My card is gone.", running.Text());
    }

    [Fact]
    public async Task What_the_disk_kept_from_before_a_restart_is_known_to_the_next_process()
    {
        server.Hold(Back);
        await using (var first = await RunningClient.ServingAsync(server, folder.Root)) await KeptAsync("\"withdrawn\":[\"salt\"]");
        server.Hold(Full with { Revision = 5 });
        await using var second = RunningClient.Start(server, folder.Root);
        await second.Log.Lines.FirstAsync(line => line.Text.Contains("names a release that was rolled back", StringComparison.Ordinal));
        server.Heartbeat();
        Assert.Equal("Stable: My card is gone.", second.Text());
    }

    [Fact]
    public void A_process_that_lags_behind_does_not_undo_what_another_one_kept()
    {
        Disk().Write(Table(Back), [Some.Stable, Some.Candidate]);
        // One that has not heard of the rollback: its state is not kept.
        Disk().Write(Table(Full with { Candidate = null }), [Some.Stable, Some.Candidate]);
        Assert.Equal("1.0.0", Assert.Single(Disk().Read()!.Value.Snapshot.Routes).Stable.Version.Number.Text);
        // One that has not heard of it and serves something else: its state is kept, and what was rolled back is not forgotten.
        Disk().Write(Table(Before with { Stable = Some.Version("0.9.0", Some.Old), BroughtBy = "older" }), [Some.Stable, Some.Old]);
        var kept = Assert.Single(Disk().Read()!.Value.Snapshot.Routes);
        Assert.Equal(("0.9.0", "salt"), (kept.Stable.Version.Number.Text, Assert.Single(kept.Withdrawn!.Value)));
    }

    /// <summary>However the messages of a release come, late, twice, out of order, as records or as tables of a server that was restored: once its rollback was heard, it is over.</summary>
    [Fact]
    public void In_whatever_order_it_is_heard_a_rollback_is_for_good()
    {
        ImmutableArray<RouteDocument> life = [Before, Canary, Canary with { Revision = 11 }, Full, Full with { Revision = 30 }, Full with { Revision = 31, Candidate = null }, Back, Back with { Revision = 40 }];
        for (var seed = 0; seed < 500; seed++)
        {
            var (random, table, heard) = (new Random(seed), new RoutingTable(EnvironmentName.Production), false);
            table.Hold([Some.Stable, Some.Candidate, Some.Old]);
            table.Replace(Table(Before));
            for (var step = 0; step < 12; step++)
            {
                var said = life[random.Next(life.Length)];
                heard |= said.Withdrawn is not null;
                if (random.Next(3) != 0) table.Change(said);
                else table.Replace(Table(said));
                if (!heard) continue;
                var route = table.Current.Routes[Some.Router];
                Assert.True(route.Stable.Version.Number.Text == "1.0.0" && route.Candidate is null, $"seed {seed}, step {step}: {route.Stable.Version}, {route.Candidate?.Served.Version}");
            }
            if (!heard) continue;
            table.Change(Retried(99));
            Assert.Equal("another", table.Current.Routes[Some.Router].Candidate?.Salt);
        }
    }

    [Fact]
    public async Task A_heartbeat_that_comes_late_renews_the_lease_only_by_what_is_left_of_it()
    {
        server.Hold(Canary);
        await using var running = await RunningClient.ServingAsync(server);
        foreach (var second in (int[])[3, 6])
        {
            running.Clock.Advance(TimeSpan.FromSeconds(3));
            await HeardAsync(running, second * 1_000);
        }
        Assert.Equal(TimeSpan.Zero, running.Client.Status.SilentFor);
        running.Clock.Advance(TimeSpan.FromSeconds(6));
        // Said three seconds ago, and held up on the way.
        await HeardAsync(running, 9_000);
        Assert.Equal((TimeSpan.FromSeconds(3), Arm.Candidate), (running.Client.Status.SilentFor, running.Serve().Arm));
    }

    [Fact]
    public void A_clock_that_goes_slightly_faster_than_the_server_s_makes_no_heartbeat_late()
    {
        var clock = new ManualClock();
        var delay = new HeartbeatDelay(clock);
        for (var beat = 1; beat < 50_000; beat++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(3_000.3));
            Assert.True(delay.Of(beat * 3_000L) < TimeSpan.FromMilliseconds(10));
        }
        // A proxy of another make, or an older server, says nothing of it.
        Assert.Equal(TimeSpan.Zero, delay.Of(Heartbeat.Of("""{"revision":1}"""u8).At));
        Assert.Equal(7, Heartbeat.Of("""{"revision":1,"at":7}"""u8).At);
        clock.Advance(TimeSpan.FromSeconds(60));
        Assert.InRange(delay.Of(50_000 * 3_000L).TotalSeconds, 56, 58);
    }

    // The record that follows it on the stream is acknowledged after it was read.
    private async Task HeardAsync(RunningClient running, long at)
    {
        server.Send(FakeSlipway.Event("heartbeat", null, $$"""{"revision":8,"at":{{at}}}"""));
        var acknowledged = server.Requests.NextAsync(request => request.What == FakeSlipway.Instances);
        server.Push(Canary with { Revision = server.Table.Revision + 1 });
        await acknowledged;
    }

    private async Task KeptAsync(string text)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(20));
        var path = folder.PathOf("production.slipway");
        while (!File.Exists(path) || !(await File.ReadAllTextAsync(path, deadline.Token)).Contains(text, StringComparison.Ordinal)) await Task.Yield();
    }

    private LastKnownGood Disk() => new(folder.Root, EnvironmentName.Production, new LogLines(), static path => new FileStream(path, FileMode.CreateNew));

    private static SnapshotDocument Table(RouteDocument route) => new(EnvironmentName.Production, route.Revision, [route]);
}
