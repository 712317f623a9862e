using Slipway.Core.Resolution;
using Slipway.Core.Wire;

namespace Slipway.Client.Tests.Serving;

public sealed class FollowingTests : IAsyncLifetime
{
    private FakeSlipway server = null!;

    public async ValueTask InitializeAsync()
    {
        server = await FakeSlipway.StartAsync();
        foreach (var package in (Core.Prompts.Package[])[Some.Old, Some.Stable, Some.Candidate]) server.Keep(package);
        server.Hold(Some.Route());
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task A_client_serves_what_the_server_says()
    {
        await using var running = await RunningClient.ServingAsync(server);

        Assert.Equal(("1.0.0", Arm.Stable, 7L), (running.Serve().Served.Version.Number.Text, running.Serve().Arm, running.Serve().Revision));
        Assert.Equal("Stable: My card is gone.", running.Text());
    }

    [Fact]
    public async Task A_change_is_served_when_it_is_acknowledged()
    {
        await using var running = await RunningClient.ServingAsync(server);

        server.Push(Some.Canary());
        await running.ServesAsync(8);

        Assert.Equal("Candidate: My card is gone.", running.Text());
    }

    [Fact]
    public async Task The_first_request_waits_for_the_first_snapshot()
    {
        await using var running = RunningClient.Start(server);

        var answer = await running.Client.RenderAsync(Some.Router, Some.Variables, cancellation: TestContext.Current.CancellationToken);

        Assert.IsType<RenderAnswer.Rendered>(answer);
    }

    [Fact]
    public async Task The_first_request_waits_no_longer_than_it_was_told()
    {
        server.BeSlow();
        await using var running = RunningClient.Start(server);
        var asked = running.Client.RenderAsync(Some.Router, Some.Variables, cancellation: TestContext.Current.CancellationToken).AsTask();

        await running.Clock.PassAsync(TimeSpan.FromSeconds(2));

        Assert.Equal(RenderRefusal.NotReady, Assert.IsType<RenderAnswer.Refused>(await asked).Why);
        Assert.True(running.Client.FirstSnapshot.IsCompleted);
    }

    [Fact]
    public async Task The_key_goes_with_each_request()
    {
        await using var running = await RunningClient.ServingAsync(server);
        Assert.All(server.Requests.All, request => Assert.Equal("Bearer slw_key", request.Key));
    }

    [Fact]
    public async Task A_rollback_waits_for_no_package()
    {
        server.Hold(Some.Canary());
        await using var running = await RunningClient.ServingAsync(server);
        server.Instead(FakeSlipway.Package, FakeSlipway.NeverAsync);
        // The record before has a package that never comes, and so has the one after a rollback target that never comes.
        var missing = SlipwayInMemory.PackageOf("Missing");
        server.Push(Some.Canary(9, release: 3) with { RollbackTo = Some.Version("0.8.0", missing) });
        await server.Requests.FirstAsync(request => request.AsksFor(missing));

        server.Push(Some.Route(10) with { RollbackTo = Some.Version("0.8.0", missing) });
        await running.ServesAsync(10);

        Assert.Equal("Stable: My card is gone.", running.Text());
    }

    [Fact]
    public async Task A_rollback_to_an_older_stable_version_fetches_nothing()
    {
        await using var running = await RunningClient.ServingAsync(server);
        await server.Requests.FirstAsync(request => request.AsksFor(Some.Old));

        server.Push(Some.Route(8) with { Stable = Some.Version("0.9.0", Some.Old), RollbackTo = null });
        await running.ServesAsync(8);

        Assert.Equal("Old: My card is gone.", running.Text());
        Assert.Equal(2, server.Requests.All.Count(request => request.What == FakeSlipway.Package));     // stable and what it may go back to, each once
    }

    [Fact]
    public async Task A_candidate_is_not_served_before_its_package_is_here()
    {
        await using var running = await RunningClient.ServingAsync(server);
        await server.Requests.FirstAsync(request => request.AsksFor(Some.Old));
        var release = new TaskCompletionSource();
        server.Instead(FakeSlipway.Package, async context =>
        {
            await release.Task;
            await context.Response.Body.WriteAsync(Some.Candidate.Json);
        });
        var asked = server.Requests.NextAsync(request => request.What == FakeSlipway.Package);
        server.Push(Some.Canary());
        await asked;

        Assert.Equal("Stable: My card is gone.", running.Text());
        Assert.DoesNotContain(server.Requests.All, request => request.What == FakeSlipway.Instances && request.As<AcknowledgementDocument>().Revision == 8);
        release.SetResult();
        await running.ServesAsync(8);
        Assert.Equal("Candidate: My card is gone.", running.Text());
    }

    [Fact]
    public async Task A_withdrawn_candidate_is_served_no_more_while_the_next_one_is_fetched()
    {
        server.Hold(Some.Canary());
        await using var running = await RunningClient.ServingAsync(server);
        server.Instead(FakeSlipway.Package, FakeSlipway.NeverAsync);
        var next = SlipwayInMemory.PackageOf("Next: {{ticket}}");
        var asked = server.Requests.NextAsync(request => request.What == FakeSlipway.Package);

        server.Push(Some.Canary(9, release: 3) with { Candidate = Some.Canary(9, 3).Candidate! with { Served = Some.Version("1.2.0", next) } });
        await asked;

        Assert.Equal("Stable: My card is gone.", running.Text());
    }

    [Fact]
    public async Task A_package_that_nobody_wants_any_more_is_given_up_and_asked_for_when_it_is_wanted_again()
    {
        await using var running = await RunningClient.ServingAsync(server);
        server.Lose(Some.Candidate.Hash);
        server.Push(Some.Canary());
        await server.Requests.FirstAsync(request => request.AsksFor(Some.Candidate));
        server.Push(Some.Route(9));
        await running.ServesAsync(9);
        await running.Clock.PassAsync(TimeSpan.FromSeconds(1));

        server.Keep(Some.Candidate);
        server.Push(Some.Canary(10));
        await running.ServesAsync(10);

        Assert.Equal("Candidate: My card is gone.", running.Text());
        Assert.Equal(2, server.Requests.All.Count(request => request.AsksFor(Some.Candidate)));
    }

    [Fact]
    public async Task A_whole_table_replaces_what_was_there()
    {
        server.Hold(Some.Route(), Some.Route(6, "other"));
        await using var running = await RunningClient.ServingAsync(server);
        Assert.IsType<Decision.Serve>(running.Client.Resolve("other"));

        server.Hold(Some.Route(9));
        server.Send(server.SnapshotEvent());
        await running.ServesAsync(9);

        Assert.IsType<Decision.Unknown>(running.Client.Resolve("other"));
    }

    [Fact]
    public async Task A_client_that_comes_back_says_what_it_has()
    {
        await using var running = await RunningClient.ServingAsync(server);
        var again = server.Requests.NextAsync(request => request.What == FakeSlipway.Stream);

        server.CutStreams();
        await running.Clock.PassAsync(TimeSpan.FromSeconds(1));

        Assert.Equal("7", (await again).LastEvent);
    }

    [Fact]
    public async Task Waits_grow_to_half_a_minute_and_the_table_is_asked_for_meanwhile()
    {
        await using var running = await RunningClient.ServingAsync(server);
        server.Instead(FakeSlipway.Stream, context => { context.Response.StatusCode = 503; return Task.CompletedTask; });
        server.CutStreams();
        foreach (var seconds in (int[])[1, 2])
        {
            var again = server.Requests.NextAsync(request => request.What == FakeSlipway.Stream);
            await running.Clock.PassAsync(TimeSpan.FromSeconds(seconds));
            await again;
        }
        // Five seconds after the heartbeat the first poll; the stream again after four.
        var poll = server.Requests.NextAsync(request => request.What == FakeSlipway.Snapshot);
        await running.Clock.PassAsync(TimeSpan.FromSeconds(2));
        await poll;
        await running.Clock.WaitedForAsync(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task A_server_that_asks_to_be_left_alone_is_left_alone()
    {
        await using var running = await RunningClient.ServingAsync(server);
        server.Instead(FakeSlipway.Stream, context =>
        {
            context.Response.StatusCode = 503;
            context.Response.Headers.RetryAfter = "4";
            return Task.CompletedTask;
        });
        server.CutStreams();
        await running.Clock.PassAsync(TimeSpan.FromSeconds(1));
        // Four seconds that it asked for, and the jitter of the second attempt on top; a poll comes before.
        await running.Clock.PassAsync(TimeSpan.FromSeconds(4));
        await running.Clock.PassAsync(TimeSpan.FromSeconds(2));
        await server.Requests.FirstAsync(request => request.What == FakeSlipway.Snapshot);
    }

    [Fact]
    public async Task A_server_that_was_restored_from_a_backup_is_believed()
    {
        server.Hold(Some.Route(50));
        await using var running = await RunningClient.ServingAsync(server);

        server.Hold(Some.Route(3) with { Stable = Some.Version("0.9.0", Some.Old), RollbackTo = null });
        server.Send(server.SnapshotEvent());
        await server.Requests.FirstAsync(request => request.What == FakeSlipway.Instances && request.As<AcknowledgementDocument>().Revision == 3);

        Assert.Equal("Old: My card is gone.", running.Text());
    }

    [Fact]
    public async Task Resolving_allocates_nothing()
    {
        server.Hold(Some.Canary());
        await using var running = await RunningClient.ServingAsync(server);
        var context = new CallContext { Tenant = "nordlicht", Model = "small" };
        for (var warm = 0; warm < 100; warm++) running.Client.Resolve(Some.Router, Some.Unit, context);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var time = 0; time < 100; time++) running.Client.Resolve(Some.Router, Some.Unit, context);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public async Task A_server_that_lags_behind_is_passed_over_when_it_is_asked_and_believed_when_it_insists()
    {
        server.Hold(Some.Route(50));
        await using var running = await RunningClient.ServingAsync(server);
        server.Instead(FakeSlipway.Stream, context => { context.Response.StatusCode = 503; return Task.CompletedTask; });
        server.Hold(Some.Route(3) with { Stable = Some.Version("0.9.0", Some.Old), RollbackTo = null });
        server.CutStreams();

        await running.Clock.RunUntilAsync(running.Log.Lines.FirstAsync(line => line.Text.Contains("that server lags behind", StringComparison.Ordinal)));
        Assert.Equal("Stable: My card is gone.", running.Text());

        await running.Clock.RunUntilAsync(running.Log.Lines.FirstAsync(line => line.Text.Contains("was restored from a backup", StringComparison.Ordinal)));
        await running.Clock.RunUntilAsync(server.Requests.FirstAsync(request => request.What == FakeSlipway.Instances && request.As<AcknowledgementDocument>().Revision == 3));
        Assert.Equal("Old: My card is gone.", running.Text());
    }

    [Fact]
    public async Task An_erased_rollback_target_keeps_nothing_back()
    {
        server.Instead(FakeSlipway.Package, async context =>
        {
            var hash = (string)context.Request.RouteValues["hash"]!;
            if (hash == Some.Old.Hash.Value) context.Response.StatusCode = 410;
            else await context.Response.Body.WriteAsync(hash == Some.Stable.Hash.Value ? Some.Stable.Json : Some.Candidate.Json);
        });
        server.Hold(Some.Canary());

        await using var running = await RunningClient.ServingAsync(server);

        Assert.Equal("Candidate: My card is gone.", running.Text());
    }
}
