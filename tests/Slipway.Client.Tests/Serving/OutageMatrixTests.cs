using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Slipway.Core.Prompts;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;
using Slipway.Tests;

namespace Slipway.Client.Tests.Serving;

/// <summary>The outage matrix of <c>docs/sdk.md</c>: a test for each cell, named after its row and its column.</summary>
public sealed partial class OutageMatrixTests : IAsyncLifetime
{
    private static readonly string[] Columns = ["answers", "reports", "logs", "recovers"];

    private readonly TemporaryFolder folder = new();
    private FakeSlipway server = null!;

    public async ValueTask InitializeAsync()
    {
        server = await FakeSlipway.StartAsync();
        foreach (var package in (Package[])[Some.Old, Some.Stable, Some.Candidate]) server.Keep(package);
        server.Hold(Some.Canary());
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public void Each_cell_of_the_documented_matrix_has_its_test()
    {
        var documentation = File.ReadAllText(Path.Combine(Repository.Root, "docs", "sdk.md"));
        var rows = Row().Matches(documentation).Select(row => row.Groups[1].Value.Replace(' ', '_')).ToList();
        var wanted = rows.SelectMany(row => Columns.Select(column => $"{row}_{column}")).Order(StringComparer.Ordinal);
        var tests = typeof(OutageMatrixTests).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(method => method.GetCustomAttribute<FactAttribute>() is not null && method.Name != nameof(Each_cell_of_the_documented_matrix_has_its_test)).Select(method => method.Name).Order(StringComparer.Ordinal);

        Assert.True(rows.Count >= 15, "The matrix is gone.");
        Assert.Equal(wanted, tests);
    }

    /// <summary>A client that serves the candidate.</summary>
    private Task<RunningClient> ServingAsync() => RunningClient.ServingAsync(server);

    /// <summary>A state on disk, as a client that served a candidate left it.</summary>
    private async Task KeepAsync()
    {
        await using var earlier = await RunningClient.ServingAsync(server, folder.Root);
        await KeptAsync();
    }

    /// <summary>Ends when there is a file with what is live.</summary>
    private async Task KeptAsync()
    {
        using var watcher = new FileSystemWatcher(folder.Root);
        var renamed = new TaskCompletionSource();
        watcher.Renamed += (_, _) => renamed.TrySetResult();
        watcher.EnableRaisingEvents = true;
        if (!File.Exists(KeptFile)) await renamed.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    private string KeptFile => folder.PathOf("production.slipway");

    private Task<Request> ReportedAsync(string trace) =>
        server.Requests.FirstAsync(request => request.What == FakeSlipway.Calls && request.As<CallReport>().Calls.Any(call => call.TraceId == trace));

    /// <summary>A report that is made now arrives though nothing recovers.</summary>
    private async Task ReportArrivesAsync(RunningClient running)
    {
        running.Client.Report(Some.Call());
        await running.Clock.RunUntilAsync(ReportedAsync(Some.Call().TraceId));
        Assert.Equal((0, 0), (running.Client.Status.DroppedCalls, running.Client.Status.DroppedOutcomes));
    }

    /// <summary>A report that is made now waits, and arrives once the server is back.</summary>
    private async Task ReportWaitsAsync(RunningClient running, Func<Task> recover)
    {
        running.Client.Report(Some.Call());
        await running.Clock.WaitedForAsync(TimeSpan.FromSeconds(1));
        await recover();
        var arrived = server.Requests.NextAsync(request => request.What == FakeSlipway.Calls);
        await running.Clock.RunUntilAsync(arrived);
        Assert.Equal(Some.Call().TraceId, Assert.Single((await arrived).As<CallReport>().Calls).TraceId);
        Assert.Equal(0, running.Client.Status.DroppedCalls);
    }

    private Task RecoverAsync()
    {
        server.Recover();
        return Task.CompletedTask;
    }

    /// <summary>The candidate as long as the lease lasts, then stable, and why.</summary>
    private static void AnswersUntilTheLeaseEnds(RunningClient running)
    {
        Assert.Equal("Candidate: My card is gone.", running.Text());
        running.Clock.Advance(RunningClient.Lease);
        AnswersStable(running);
    }

    private static void AnswersStable(RunningClient running)
    {
        Assert.Equal("Stable: My card is gone.", running.Text());
        Assert.Equal((Arm.Stable, ResolveReason.LeaseExpired), (running.Serve().Arm, running.Serve().Reason));
        Assert.True(running.Client.Status.LeaseExpired);
    }

    /// <summary>Serves a change that the server made when it was back.</summary>
    private static async Task ServesAgainAsync(RunningClient running, long revision = 20)
    {
        await running.Clock.RunUntilAsync(running.ServesAsync(revision));
        if (running.Client.Status.LeaseExpired)
            await running.Clock.RunUntilAsync(running.Log.Lines.FirstAsync(line => line.Text.Contains("is followed by", StringComparison.Ordinal) && line.Text.EndsWith($"revision {revision}", StringComparison.Ordinal)));
        Assert.Equal("Candidate: My card is gone.", running.Text());
        Assert.False(running.Client.Status.LeaseExpired);
    }

    private static async Task<LogLine> LogsAsync(RunningClient running, LogLevel level, string text)
    {
        var line = await running.Log.Lines.FirstAsync(line => line.Text.Contains(text, StringComparison.Ordinal));
        Assert.Equal(level, line.Level);
        return line;
    }

    [GeneratedRegex(@"^\| \*\*(.+?)\*\* \|", RegexOptions.Multiline)] private static partial Regex Row();
}
