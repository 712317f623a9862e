using Microsoft.Extensions.Logging;

namespace Slipway.Client.Tests.Serving;

/// <content>The machine's disk and its clock.</content>
public sealed partial class OutageMatrixTests
{
    private volatile bool diskMended;

    [Fact]
    public Task Disk_full_answers() => DiskAndAnswersAsync(FullDisk);

    [Fact]
    public Task Disk_full_reports() => DiskAndReportsAsync(FullDisk);

    [Fact]
    public Task Disk_full_logs() => DiskAndLogsAsync(FullDisk);

    [Fact]
    public Task Disk_full_recovers() => DiskAndRecoversAsync(FullDisk);

    [Fact]
    public Task Disk_read_only_answers() => DiskAndAnswersAsync(ReadOnlyDisk);

    [Fact]
    public Task Disk_read_only_reports() => DiskAndReportsAsync(ReadOnlyDisk);

    [Fact]
    public Task Disk_read_only_logs() => DiskAndLogsAsync(ReadOnlyDisk);

    [Fact]
    public Task Disk_read_only_recovers() => DiskAndRecoversAsync(ReadOnlyDisk);

    [Fact]
    public async Task Damaged_file_answers()
    {
        await DamageAsync();
        await server.StopAsync();
        await using var running = RunningClient.Start(server, folder.Root);
        Assert.Equal(RenderRefusal.NotReady, Assert.IsType<RenderAnswer.Refused>(running.Client.Render(Some.Router, Some.Variables)).Why);
    }

    [Fact]
    public async Task Damaged_file_reports()
    {
        await DamageAsync();
        await using var running = await RunningClient.ServingAsync(server, folder.Root);
        await ReportArrivesAsync(running);
    }

    [Fact]
    public async Task Damaged_file_logs()
    {
        await DamageAsync();
        await using var running = RunningClient.Start(server, folder.Root);
        var line = await LogsAsync(running, LogLevel.Error, "is not used: It is damaged: its content is not what its first line says. The file is replaced with the next state of the server");
        Assert.Contains(KeptFile, line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damaged_file_recovers()
    {
        await DamageAsync();
        using (var watcher = new FileSystemWatcher(folder.Root))
        {
            var renamed = new TaskCompletionSource();
            watcher.Renamed += (_, _) => renamed.TrySetResult();
            watcher.EnableRaisingEvents = true;
            await using var running = await RunningClient.ServingAsync(server, folder.Root);
            Assert.Equal("Candidate: My card is gone.", running.Text());
            await renamed.Task.WaitAsync(TestContext.Current.CancellationToken);
        }
        await server.StopAsync();
        await using var later = RunningClient.Start(server, folder.Root);
        Assert.Equal("Stable: My card is gone.", later.Text());
    }

    [Fact]
    public Task Clock_set_forward_answers() => ClockAndAnswersAsync(TimeSpan.FromDays(1));

    [Fact]
    public Task Clock_set_forward_reports() => ClockAndReportsAsync(TimeSpan.FromDays(1));

    [Fact]
    public Task Clock_set_forward_logs() => ClockAndLogsAsync(TimeSpan.FromDays(1));

    [Fact]
    public Task Clock_set_forward_recovers() => ClockAndRecoversAsync(TimeSpan.FromDays(1));

    [Fact]
    public Task Clock_set_back_answers() => ClockAndAnswersAsync(TimeSpan.FromDays(-1));

    [Fact]
    public Task Clock_set_back_reports() => ClockAndReportsAsync(TimeSpan.FromDays(-1));

    [Fact]
    public Task Clock_set_back_logs() => ClockAndLogsAsync(TimeSpan.FromDays(-1));

    [Fact]
    public Task Clock_set_back_recovers() => ClockAndRecoversAsync(TimeSpan.FromDays(-1));

    private FileStream FullDisk(string path) => diskMended ? new FileStream(path, FileMode.CreateNew) : new FileStream("/dev/full", FileMode.Open, FileAccess.Write);

    // Nothing can be made there, whoever asks.
    private FileStream ReadOnlyDisk(string path) => new(diskMended ? path : "/proc/" + Path.GetFileName(path), FileMode.CreateNew);

    private async Task DiskAndAnswersAsync(Func<string, FileStream> disk)
    {
        await using var running = await RunningClient.ServingAsync(server, folder.Root, disk);
        await LogsAsync(running, LogLevel.Error, "cannot keep its state");
        Assert.Equal("Candidate: My card is gone.", running.Text());
    }

    private async Task DiskAndReportsAsync(Func<string, FileStream> disk)
    {
        await using var running = await RunningClient.ServingAsync(server, folder.Root, disk);
        await ReportArrivesAsync(running);
    }

    private async Task DiskAndLogsAsync(Func<string, FileStream> disk)
    {
        await using var running = await RunningClient.ServingAsync(server, folder.Root, disk);
        await LogsAsync(running, LogLevel.Error, "Serving goes on; a start without the server will find the state that was kept before, or none");

        // Tried again with each change, and said once.
        server.Push(Some.Route(9) with { Stable = Some.Version("0.9.0", Some.Old) });
        await running.ServesAsync(9);
        server.Push(Some.Route(10));
        await running.ServesAsync(10);
        Assert.Single(running.Log.Loud);
    }

    private async Task DiskAndRecoversAsync(Func<string, FileStream> disk)
    {
        await using var running = await RunningClient.ServingAsync(server, folder.Root, disk);
        await LogsAsync(running, LogLevel.Error, "cannot keep its state");

        diskMended = true;
        server.Push(Some.Route(9));
        await KeptAsync();

        Assert.Empty(Directory.GetFiles(folder.Root, "*.tmp"));
    }

    private async Task DamageAsync()
    {
        await KeepAsync();
        var bytes = await File.ReadAllBytesAsync(KeptFile, TestContext.Current.CancellationToken);
        bytes[^20] ^= 1;
        await File.WriteAllBytesAsync(KeptFile, bytes, TestContext.Current.CancellationToken);
    }

    private async Task ClockAndAnswersAsync(TimeSpan by)
    {
        await using var running = await ServingAsync();
        running.Clock.SetBy = by;
        running.Clock.Advance(RunningClient.Lease - TimeSpan.FromTicks(1));
        Assert.Equal("Candidate: My card is gone.", running.Text());
    }

    private async Task ClockAndReportsAsync(TimeSpan by)
    {
        await using var running = await ServingAsync();
        running.Clock.SetBy = by;
        await ReportArrivesAsync(running);
    }

    private async Task ClockAndLogsAsync(TimeSpan by)
    {
        await using var running = await ServingAsync();
        running.Clock.SetBy = by;
        server.Push(Some.Canary(20));
        await running.ServesAsync(20);
        Assert.Empty(running.Log.Loud);
    }

    // There is nothing to recover from: the lease ends when it would have.
    private async Task ClockAndRecoversAsync(TimeSpan by)
    {
        await using var running = await ServingAsync();
        // Else what is asked when the stream has been silent for too long is answered, and renews the lease.
        server.BeSlow();
        running.Clock.SetBy = by;
        running.Clock.Advance(RunningClient.Lease);
        AnswersStable(running);
    }
}
