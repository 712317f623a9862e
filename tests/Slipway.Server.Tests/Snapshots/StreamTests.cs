using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Wire;
using Slipway.Server.Snapshots;
using Slipway.Server.Tests.Nodes;
using Slipway.Server.Tests.Storage;

namespace Slipway.Server.Tests.Snapshots;

/// <summary>How changes of routing reach those who follow it.</summary>
public sealed class StreamTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_whole_table_comes_first_and_then_the_whole_record_of_each_changed_prompt()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        await using var listener = await Listener.StartAsync(installation.Http("shop"));
        Assert.True(listener.Response.Headers.CacheControl?.NoStore);
        var snapshot = await listener.SnapshotAsync();
        var first = Assert.Single(snapshot.Routes);
        Assert.Equal((Router.First, null), (first.Stable.Version.ToString(), first.Candidate));

        var release = await installation.StartCanaryAsync(Router.Good, Plans.Quick("50%", "100%") with { MinimumUnits = 1_000 });
        var canary = await listener.RouteAsync();
        Assert.Equal((Router.First, Router.Good, 500_000, 1), (canary.Stable.Version.ToString(), canary.Candidate?.Served.Version.ToString(), canary.Candidate?.WeightPpm, canary.Candidate?.Epoch));
        await installation.Dan.RollBackAsync(new RollbackRequest(Some.Value<PromptName>(Router.Prompt), "Readers complain."), Cancellation).Ok();
        var back = await listener.RouteAsync();
        Assert.Equal((Router.First, null), (back.Stable.Version.ToString(), back.Candidate));
        Assert.True(snapshot.Revision < canary.Revision && canary.Revision < back.Revision);
        Assert.Equal(ReleaseState.RolledBack, (await installation.Dan.ReleaseAsync(release.Id.ToString(), Cancellation).Ok()).State);
        // What stands in the table is what was pushed.
        var (table, response) = await installation.Http("shop").PollAsync();
        using (response) Assert.Equal(back.Revision, Assert.Single(table!.Routes).Revision);
    }

    [Fact]
    public async Task Who_comes_back_gets_the_newest_record_of_what_it_missed_and_nothing_else()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        await installation.AddPromptAsync("billing");
        long had;
        await using (var listener = await Listener.StartAsync(installation.Http("shop"))) had = (await listener.SnapshotAsync()).Revision;
        await installation.ChangeAsync("router", 1);
        await installation.ChangeAsync("billing", 2);
        await installation.ChangeAsync("router", 3);

        await using var again = await Listener.StartAsync(installation.Http("shop"), lastEventId: $"{had}");
        var (billing, router) = (await again.RouteAsync(), await again.RouteAsync());
        Assert.Equal(("billing", 2, "router", 3), (billing.Prompt.Value, billing.Turn(), router.Prompt.Value, router.Turn()));
        Assert.True(had < billing.Revision && billing.Revision < router.Revision);
        Assert.Equal(router.Revision, await again.HeartbeatAsync());

        // Whoever has it all gets only the sign that all is well.
        await using var current = await Listener.StartAsync(installation.Http("shop"), lastEventId: $"{router.Revision}");
        Assert.Equal(router.Revision, await current.HeartbeatAsync());
    }

    [Theory]
    [InlineData("999999")]
    [InlineData("-1")]
    [InlineData("yesterday")]
    public async Task What_cannot_be_gone_on_from_is_answered_with_the_whole_table(string lastEventId)
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        await using var listener = await Listener.StartAsync(installation.Http("shop"), lastEventId: lastEventId);
        Assert.Single((await listener.SnapshotAsync()).Routes);
    }

    [Fact]
    public async Task After_a_restart_revisions_are_the_same_and_go_on_rising()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        await installation.ChangeAsync("router", 1);
        var (before, first) = await installation.Http("shop").PollAsync();
        using (first) { }
        await installation.RestartAsync();
        var (after, second) = await installation.Http("shop").PollAsync();
        using (second) Assert.Equal(first.Headers.ETag, second.Headers.ETag);
        Assert.Equal(before!.Routes, after!.Routes, (one, other) => ApiText(one) == ApiText(other));
        await using var listener = await Listener.StartAsync(installation.Http("shop"), lastEventId: $"{before.Revision}");
        Assert.Equal(before.Revision, await listener.HeartbeatAsync());
        await installation.ChangeAsync("router", 2);
        Assert.True((await listener.RouteAsync()).Revision > before.Revision);
    }

    [Fact]
    public async Task A_reader_that_takes_nothing_misses_what_was_replaced_holds_up_nobody_and_is_cut_off_in_the_end()
    {
        var clock = new ManualClock();
        await using var installation = await TestInstallation.StartWithRouterAsync(clock: clock);
        var hub = installation.Server.Parts.GetRequiredService<StreamHub>();
        using var slow = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4_096 };
        await slow.ConnectAsync(IPAddress.Loopback, installation.Address.Port, Cancellation);
        await slow.SendAsync(Encoding.ASCII.GetBytes($"GET /api/v1/snapshots/production/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {installation.Key("shop")}\r\n\r\n"), Cancellation);
        await Some.Eventually(() => Task.FromResult(hub.Streams.Any()), "the slow reader is known");
        var stream = Assert.Single(hub.Streams);
        await using var quick = await Listener.StartAsync(installation.Http("shop"));
        await quick.SnapshotAsync();

        var turns = new List<RouteDocument>();
        var held = await BlockAsync();
        var newest = turns[^1].Turn();
        Assert.True(held.Turn() < newest);

        var seen = new List<int>();
        using var lines = new StreamReader(new NetworkStream(slow), Encoding.UTF8);
        while (seen.Count == 0 || seen[^1] != newest)
        {
            var line = await lines.ReadLineAsync(Cancellation);
            if (line?.IndexOf("\"redact\":[\"turn", StringComparison.Ordinal) is { } at and >= 0) seen.Add(int.Parse(line[(at + 15)..line.IndexOf('-', at + 15)], System.Globalization.CultureInfo.InvariantCulture));
        }
        Assert.Equal(seen.Order(), seen);
        // Between what was on its way when it stopped and the newest there is nothing: it was replaced, and nobody kept it.
        Assert.True(seen[^2] <= held.Turn(), $"It was sent turn {seen[^2]}, which was replaced while it took nothing after turn {held.Turn()}.");

        // It stops reading again, for longer than anybody waits; whoever reads goes on.
        await BlockAsync();
        clock.Advance(Heartbeats.Patience + TimeSpan.FromSeconds(1));
        await Some.Eventually(() => Task.FromResult(!hub.Streams.Contains(stream)), "the slow reader is cut off");
        await TurnAsync();

        // Changes until nothing goes out any more to who does not read; then five more, each of them told at once to who does.
        async Task<RouteDocument> BlockAsync()
        {
            var before = turns.Count;
            while (true)
            {
                // A few hundred kilobytes wait for it, not the megabytes that a system left alone would take in.
                Assert.True(turns.Count < before + 60, "The reader was never blocked.");
                await TurnAsync();
                if (stream.BlockedSince == 0) continue;
                var sent = stream.Sent;
                for (var more = 0; more < 5; more++) await TurnAsync();
                if (stream.BlockedSince != 0 && stream.Sent == sent) return turns.Find(turn => turn.Revision == sent)!;
            }
        }

        async Task TurnAsync()
        {
            await installation.ChangeAsync("router", turns.Count + 1, patterns: 60);
            turns.Add(await quick.RouteAsync());
            Assert.Equal(turns.Count, turns[^1].Turn());
        }
    }

    [Fact]
    public async Task Every_three_seconds_it_is_said_that_all_is_well()
    {
        var clock = new ManualClock();
        await using var installation = await TestInstallation.StartWithRouterAsync(clock: clock);
        await using var listener = await Listener.StartAsync(installation.Http("shop"));
        var revision = (await listener.SnapshotAsync()).Revision;
        Assert.Equal(revision, await listener.HeartbeatAsync());
        for (var beat = 0; beat < 3; beat++)
        {
            clock.Advance(Heartbeats.Every);
            Assert.Equal(revision, await listener.HeartbeatAsync());
        }
        await installation.ChangeAsync("router", 1);
        var changed = await listener.RouteAsync();
        clock.Advance(Heartbeats.Every);
        Assert.Equal(changed.Revision, await listener.HeartbeatAsync());
    }

    [Fact]
    public async Task A_server_that_lost_its_database_does_not_say_that_all_is_well()
    {
        using var storage = new PostgresTestEngine();
        var direct = new NpgsqlConnectionStringBuilder(storage.Address);
        await using var wire = new CutWire(new IPEndPoint(IPAddress.Loopback, direct.Port));
        var (clock, later) = (new ManualClock(), new ManualClock());
        await using var installation = await TestInstallation.StartWithRouterAsync(
            options => options with { Postgres = new NpgsqlConnectionStringBuilder(storage.Address) { Port = wire.Port }.ToString() }, clock: clock);
        // Turns that this test takes itself, so that it knows when one is over.
        using var heartbeats = new Heartbeats(installation.Server.Parts.GetRequiredService<StreamHub>(), installation.Server.Parts.GetRequiredService<Ledger>(), later);
        later.Advance(2 * Heartbeats.Every);
        await using var listener = await Listener.StartAsync(installation.Http("shop"));
        var revision = (await listener.SnapshotAsync()).Revision;
        Assert.Equal(revision, await listener.HeartbeatAsync());
        heartbeats.TakeTurn();
        Assert.Equal(revision, await listener.HeartbeatAsync());

        await wire.CutAsync();
        clock.Advance(TimeSpan.FromSeconds(2));
        // It says what it knows, and how old that is; a new listener hears that too, but not that all is well.
        var (table, response) = await installation.Http("shop").PollAsync();
        using (response) Assert.Equal((revision, TimeSpan.FromSeconds(2)), (table!.Revision, response.Headers.Age));
        await using var late = await Listener.StartAsync(installation.Http("shop"));
        Assert.Equal(revision, (await late.SnapshotAsync()).Revision);
        heartbeats.TakeTurn();

        wire.Mend();
        await installation.ChangeAsync("router", 1);
        foreach (var one in (Listener[])[listener, late]) Assert.Equal("route", (await one.NextAsync())?.EventType);
        heartbeats.TakeTurn();
        Assert.True(await listener.HeartbeatAsync() > revision);
    }

    [Fact]
    public async Task So_many_new_streams_are_taken_in_a_second_and_the_others_are_told_when_to_come_back()
    {
        var clock = new ManualClock();
        await using var installation = await TestInstallation.StartAsync(options => options with { NewStreamsPerSecond = 2 }, clock);
        await using (await Listener.StartAsync(installation.Http("shop")))
        await using (await Listener.StartAsync(installation.Http("shop")))
        {
            await RefusedAsync(installation, seconds: 10);
            clock.Advance(TimeSpan.FromSeconds(0.5));
            await using (await Listener.StartAsync(installation.Http("shop"))) await RefusedAsync(installation, seconds: 10);
        }
    }

    [Fact]
    public async Task So_many_streams_are_open_at_once_and_one_that_ends_makes_room()
    {
        await using var installation = await TestInstallation.StartAsync(options => options with { MostStreams = 1 });
        await using (await Listener.StartAsync(installation.Http("shop"))) await RefusedAsync(installation, seconds: 30);
        await Some.Eventually(async () =>
        {
            using var http = await installation.Http("shop").GetAsync("/api/v1/snapshots/production/stream", HttpCompletionOption.ResponseHeadersRead, Cancellation);
            return http.IsSuccessStatusCode;
        }, "there is room again");
    }

    [Fact]
    public async Task A_key_that_is_revoked_or_expires_ends_its_stream_and_no_other()
    {
        var clock = new ManualClock();
        await using var installation = await TestInstallation.StartWithRouterAsync(clock: clock);
        var (id, revoked) = await installation.LimitedAsync();
        var (_, expiring) = await installation.LimitedAsync(until: clock.Now + TimeSpan.FromMinutes(1));
        await using var first = await Listener.StartAsync(revoked);
        await using var second = await Listener.StartAsync(expiring);
        await using var third = await Listener.StartAsync(installation.Http("shop"));
        foreach (var one in (Listener[])[first, second, third]) await one.SnapshotAsync();
        await installation.Admin.RevokeKeyAsync(id, null, Cancellation).Ok();
        Assert.Null(await first.NextChangeAsync());
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await second.NextChangeAsync());
        await installation.ChangeAsync("router", 1);
        await third.RouteAsync();
        using var refused = await revoked.GetAsync("/api/v1/snapshots/production/stream", Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task A_server_that_stops_ends_its_streams_instead_of_waiting_for_them()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync(options => options with { DrainTime = TimeSpan.FromMinutes(10) });
        using var http = new HttpClient { BaseAddress = installation.Address, DefaultRequestHeaders = { Authorization = new("Bearer", installation.Key("shop")) } };
        await using var listener = await Listener.StartAsync(http);
        await listener.SnapshotAsync();
        // It would wait ten minutes for a request that does not end; that it comes to its own end is the proof.
        await installation.StopAsync();
        Assert.Null(await listener.NextChangeAsync());
    }

    [Fact]
    public async Task An_end_that_is_gone_without_a_word_is_noticed_by_the_system()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux can be told how long to go on sending.");
        using var listening = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listening.Listen();
        using var near = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await near.ConnectAsync(listening.LocalEndPoint!, Cancellation);
        using var accepted = await listening.AcceptAsync(Cancellation);
        accepted.GiveUpAfter(TimeSpan.FromSeconds(30));
        var value = new byte[sizeof(int)];
        accepted.GetRawSocketOption(6, 18, value);      // TCP_USER_TIMEOUT
        Assert.Equal(30_000, BitConverter.ToInt32(value));
    }

    [Fact]
    public async Task A_limited_key_hears_of_its_own_prompts_alone()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        await installation.AddPromptAsync("billing");
        var (_, limited) = await installation.LimitedAsync(prompt: "router");
        await using var listener = await Listener.StartAsync(limited);
        var snapshot = await listener.SnapshotAsync();
        Assert.Equal("router", Assert.Single(snapshot.Routes).Prompt.Value);
        Assert.Equal(snapshot.Revision, snapshot.Routes[0].Revision);
        await installation.ChangeAsync("billing", 1);
        await installation.ChangeAsync("router", 2);
        Assert.Equal(("router", 2), (await listener.RouteAsync() is var route ? route.Prompt.Value : "", route.Turn()));
        // Missed changes are told within the same limits.
        await using var again = await Listener.StartAsync(limited, lastEventId: $"{snapshot.Revision}");
        Assert.Equal("router", (await again.RouteAsync()).Prompt.Value);

        var (_, elsewhere) = await installation.LimitedAsync(environment: "staging");
        foreach (var path in (string[])["/api/v1/snapshots/production", "/api/v1/snapshots/production/stream"])
        {
            using var refused = await elsewhere.GetAsync(path, Cancellation);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }
        await using var empty = await Listener.StartAsync(elsewhere, environment: "staging");
        Assert.Equal((0L, 0), (await empty.SnapshotAsync() is var nothing ? nothing.Revision : -1, nothing.Routes.Length));
    }

    [Theory]
    [InlineData("/api/v1/snapshots/moon", HttpStatusCode.NotFound)]
    [InlineData("/api/v1/snapshots/moon/stream", HttpStatusCode.NotFound)]
    [InlineData("/api/v1/snapshots/production/stream?instance=a%20b", HttpStatusCode.UnprocessableEntity)]
    [InlineData("/api/v1/snapshots/production/stream?instance=", HttpStatusCode.UnprocessableEntity)]
    public async Task What_does_not_fit_is_refused_with_a_sentence(string path, HttpStatusCode status)
    {
        await using var installation = await TestInstallation.StartAsync();
        using var refused = await installation.Http("shop").GetAsync(path, Cancellation);
        Assert.Equal((status, "application/problem+json"), (refused.StatusCode, refused.Content.Headers.ContentType?.MediaType));
    }

    private static async Task RefusedAsync(TestInstallation installation, int seconds)
    {
        using var refused = await installation.Http("shop").GetAsync("/api/v1/snapshots/production/stream", HttpCompletionOption.ResponseHeadersRead, Cancellation);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, seconds);
    }

    private static string ApiText(RouteDocument route) => System.Text.Json.JsonSerializer.Serialize(route, ApiJson.Default.RouteDocument);
}
