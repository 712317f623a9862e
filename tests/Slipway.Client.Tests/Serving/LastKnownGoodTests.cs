using Slipway.Core.Releases;
using Slipway.Core.Wire;

namespace Slipway.Client.Tests.Serving;

public sealed class LastKnownGoodTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly LogLines log = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_is_kept_is_read_again()
    {
        Disk().Write(Table(7), [Some.Stable]);
        var (snapshot, packages) = Disk().Read()!.Value;
        Assert.Equal((7L, "1.0.0", Some.Stable.Hash), (snapshot.Revision, Assert.Single(snapshot.Routes).Stable.Version.Number.Text, Assert.Single(packages).Hash));
    }

    [Fact]
    public void A_file_with_any_byte_changed_is_not_read()
    {
        Disk().Write(Table(7), [Some.Stable]);
        var path = folder.PathOf("production.slipway");
        var bytes = File.ReadAllBytes(path);
        for (var index = 0; index < bytes.Length; index++)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[index] ^= 0x20;
            File.WriteAllBytes(path, damaged);
            Assert.Null(Disk().Read());
        }
    }

    [Fact]
    public void A_file_that_ends_too_early_is_not_read()
    {
        Disk().Write(Table(7), [Some.Stable]);
        var path = folder.PathOf("production.slipway");
        var bytes = File.ReadAllBytes(path);
        for (var length = 0; length < bytes.Length; length++)
        {
            File.WriteAllBytes(path, bytes[..length]);
            Assert.Null(Disk().Read());
        }
    }

    [Fact]
    public void A_file_of_another_environment_is_not_read()
    {
        Disk().Write(Table(7), [Some.Stable]);
        File.Copy(folder.PathOf("production.slipway"), folder.PathOf("staging.slipway"));
        Assert.Null(new Client.Serving.LastKnownGood(folder.Root, EnvironmentName.Staging, log, Create).Read());
    }

    [Fact]
    public void A_weight_that_moves_writes_nothing()
    {
        var written = 0;
        var disk = new Client.Serving.LastKnownGood(folder.Root, EnvironmentName.Production, log, path => { written++; return Create(path); });
        disk.Write(Table(7), [Some.Stable]);
        disk.Write(Table(8), [Some.Stable]);
        Assert.Equal(1, written);
    }

    [Fact]
    public async Task Processes_that_share_a_folder_leave_one_whole_state()
    {
        using var done = new CancellationTokenSource();
        var reader = Task.Run(() =>
        {
            var read = 0;
            while (!done.IsCancellationRequested)
                if (File.Exists(folder.PathOf("production.slipway"))) Assert.NotNull(Disk().Read() is { } state ? ++read : (int?)null);
        }, TestContext.Current.CancellationToken);
        await Task.WhenAll(Enumerable.Range(0, 2).Select(process => Task.Run(() =>
        {
            var disk = Disk();
            foreach (var revision in Enumerable.Range(1, 50)) disk.Write(Table(revision, revision % 2 == process ? "1.0.0" : "1.0.1"), [Some.Stable]);
        })));
        await done.CancelAsync();
        await reader;

        Assert.NotNull(Disk().Read());
        Assert.Empty(log.Loud);
        Assert.Single(Directory.GetFiles(folder.Root));
    }

    private Client.Serving.LastKnownGood Disk() => new(folder.Root, EnvironmentName.Production, log, Create);

    private static FileStream Create(string path) => new(path, FileMode.CreateNew);

    private static SnapshotDocument Table(long revision, string version = "1.0.0") =>
        new(EnvironmentName.Production, revision, [Some.Route(revision) with { Stable = Some.Version(version, Some.Stable), RollbackTo = null }]);
}
