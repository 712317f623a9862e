using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;

namespace Slipway.Client.Tests.Serving;

/// <content>The server says what cannot be used.</content>
public sealed partial class OutageMatrixTests
{
    private const string LoginPage = "<html>Please log in</html>", AnotherSchema = """{"flags":[{"key":"router","on":true}]}""";

    private static readonly byte[] OtherBytes = SlipwayInMemory.PackageOf("Something else").Json.ToArray();

    [Fact]
    public Task Not_JSON_answers() => SaysAndAnswersAsync(LoginPage);

    [Fact]
    public Task Not_JSON_reports() => SaysAndReportsAsync(LoginPage);

    [Fact]
    public Task Not_JSON_logs() => SaysAndLogsAsync(LoginPage);

    [Fact]
    public Task Not_JSON_recovers() => SaysAndRecoversAsync(LoginPage);

    [Fact]
    public Task Wrong_schema_answers() => SaysAndAnswersAsync(AnotherSchema);

    [Fact]
    public Task Wrong_schema_reports() => SaysAndReportsAsync(AnotherSchema);

    [Fact]
    public Task Wrong_schema_logs() => SaysAndLogsAsync(AnotherSchema);

    [Fact]
    public Task Wrong_schema_recovers() => SaysAndRecoversAsync(AnotherSchema);

    [Fact]
    public async Task Wrong_hash_answers()
    {
        await using var running = await WithAWrongPackageAsync();
        await LogsAsync(running, LogLevel.Error, "cannot be used");
        Assert.Equal("Stable: My card is gone.", running.Text());
    }

    [Fact]
    public async Task Wrong_hash_reports()
    {
        await using var running = await WithAWrongPackageAsync();
        await ReportArrivesAsync(running);
    }

    [Fact]
    public async Task Wrong_hash_logs()
    {
        await using var running = await WithAWrongPackageAsync();
        await LogsAsync(running, LogLevel.Error, $"The package {Some.Candidate.Hash.Abbreviated} cannot be used: What came has another hash.");
    }

    [Fact]
    public async Task Wrong_hash_recovers()
    {
        await using var running = await WithAWrongPackageAsync();
        await LogsAsync(running, LogLevel.Error, "cannot be used");

        server.Recover();

        await running.Clock.RunUntilAsync(running.ServesAsync(20));
        server.Heartbeat();
        await running.Clock.RunUntilAsync(server.Requests.FirstAsync(request => request.What == FakeSlipway.Instances && request.As<AcknowledgementDocument>().Revision == 20));
        Assert.Equal(Arm.Candidate, running.Client.Status.LeaseExpired ? Arm.Candidate : running.Serve().Arm);
    }

    [Fact]
    public async Task A_lower_revision_answers()
    {
        await using var running = await WithAnOlderRecordAsync();
        await LogsAsync(running, LogLevel.Warning, "older");
        Assert.Equal(("Candidate: My card is gone.", 8L), (running.Text(), running.Serve().Revision));
    }

    [Fact]
    public async Task A_lower_revision_reports()
    {
        await using var running = await WithAnOlderRecordAsync();
        await ReportArrivesAsync(running);
    }

    [Fact]
    public async Task A_lower_revision_logs()
    {
        await using var running = await WithAnOlderRecordAsync();
        await LogsAsync(running, LogLevel.Warning, "Slipway's record of router at revision 3 is older than the one that is served, and was passed over");
    }

    [Fact]
    public async Task A_lower_revision_recovers()
    {
        await using var running = await WithAnOlderRecordAsync();
        server.Push(Some.Canary(20));
        await ServesAgainAsync(running);
    }

    [Fact]
    public async Task An_unknown_algorithm_answers()
    {
        await using var running = await WithANewAlgorithmAsync();
        Assert.Equal(("Stable: My card is gone.", ResolveReason.NotUnderstood), (running.Text(), running.Serve().Reason));
    }

    [Fact]
    public async Task An_unknown_algorithm_reports()
    {
        await using var running = await WithANewAlgorithmAsync();
        await ReportArrivesAsync(running);
    }

    [Fact]
    public async Task An_unknown_algorithm_logs()
    {
        await using var running = await WithANewAlgorithmAsync();
        await LogsAsync(running, LogLevel.Warning, "This SDK does not know how release rel-2 of router chooses its units: stable is served");
    }

    [Fact]
    public async Task An_unknown_algorithm_recovers()
    {
        await using var running = await WithANewAlgorithmAsync();
        server.Push(Some.Canary(20));
        await ServesAgainAsync(running);
    }

    private async Task SaysAndAnswersAsync(string text)
    {
        await using var running = await ServingAsync();
        await SayAsync(running, text);
        // However many heartbeats come: what could not be read may have been a rollback.
        server.Heartbeat();
        AnswersUntilTheLeaseEnds(running);
    }

    private async Task SaysAndReportsAsync(string text)
    {
        await using var running = await ServingAsync();
        await SayAsync(running, text);
        await ReportArrivesAsync(running);
    }

    private async Task SaysAndLogsAsync(string text)
    {
        await using var running = await ServingAsync();
        await SayAsync(running, text);
        await LogsAsync(running, LogLevel.Error, "What Slipway's server said cannot be read");
    }

    private async Task SaysAndRecoversAsync(string text)
    {
        await using var running = await ServingAsync();
        await SayAsync(running, text);
        AnswersUntilTheLeaseEnds(running);

        server.Recover();
        server.Hold(Some.Canary(20));

        await ServesAgainAsync(running);
        Assert.Contains(server.Requests.All, request => request is { What: FakeSlipway.Stream, LastEvent: "" or null });
    }

    // On the open stream, on each stream from now on, and as the table.
    private async Task SayAsync(RunningClient running, string text)
    {
        server.Instead(FakeSlipway.Stream, context =>
        {
            context.Response.ContentType = "text/event-stream";
            return context.Response.WriteAsync(FakeSlipway.Event("snapshot", 20, text) + FakeSlipway.Event("heartbeat", null, "{}"));
        });
        server.Instead(FakeSlipway.Snapshot, context => context.Response.WriteAsync(text));
        var said = running.Log.Lines.NextAsync(line => line.Text.Contains("cannot be read", StringComparison.Ordinal));
        server.Send(FakeSlipway.Event("route", 20, text));
        await said;
    }

    private async Task<RunningClient> WithAWrongPackageAsync()
    {
        server.Hold(Some.Route());
        var running = await ServingAsync();
        await server.Requests.FirstAsync(request => request.AsksFor(Some.Old));
        server.Instead(FakeSlipway.Package, context => context.Response.Body.WriteAsync(OtherBytes).AsTask());
        server.Push(Some.Canary(20));
        return running;
    }

    private async Task<RunningClient> WithAnOlderRecordAsync()
    {
        var running = await ServingAsync();
        server.Send(FakeSlipway.Event("route", 3, JsonSerializer.Serialize(Some.Route(3), ApiJson.Default.RouteDocument)));
        return running;
    }

    private async Task<RunningClient> WithANewAlgorithmAsync()
    {
        var running = await ServingAsync();
        server.Push(Some.Canary(9) with { Candidate = Some.Canary(9).Candidate! with { Algorithm = "blake3/ppm" } });
        await running.ServesAsync(9);
        return running;
    }
}
