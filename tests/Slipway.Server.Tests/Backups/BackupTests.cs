using System.Diagnostics;
using System.Globalization;
using Slipway.Core.Wire;
using Slipway.Server.Backups;
using Slipway.Server.Storage;
using Slipway.Server.Tests.Storage;

namespace Slipway.Server.Tests.Backups;

public sealed class BackupTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("slipway-backup-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Target => Path.Combine(root, "copies", "first");

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public async Task A_backup_that_is_made_while_others_append_is_whole_and_holds_what_was_acknowledged_before_it()
    {
        using var storage = new SqliteTestEngine();
        using var writer = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Slipway.Writer.dll"), .. storage.Arguments, "run"]) { RedirectStandardOutput = true })!;
        try
        {
            var last = 0L;
            for (var copy = 0; copy < 5; copy++)
            {
                var acknowledged = 0L;
                for (var lines = 0; lines < 40; lines++)
                    if ((await writer.StandardOutput.ReadLineAsync(Cancellation))!.Split(' ') is ["done", var sequence, _]) acknowledged = Math.Max(acknowledged, long.Parse(sequence, CultureInfo.InvariantCulture));
                var made = Made(Backup.Make(storage.Folder, Path.Combine(root, $"copy{copy}"), cancellation: Cancellation));
                Assert.InRange(made.Entry, acknowledged, long.MaxValue);
                Assert.InRange(made.Entry, last + 1, long.MaxValue);
                last = made.Entry;
                Assert.Empty(BackupCheck.Of(Path.Combine(root, $"copy{copy}"), Cancellation).Problems);
            }
            Assert.False(writer.HasExited);
        }
        finally
        {
            if (!writer.HasExited) writer.Kill();
            await writer.WaitForExitAsync(CancellationToken.None);
        }
    }

    [Fact]
    public async Task All_files_are_copied_as_they_were_at_one_moment()
    {
        var files = ((string[])["first", "second", "third"]).Select(name => Path.Combine(root, name)).ToList();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        using var written = new SemaphoreSlim(0);
        // Each number goes into the first file, then the second, then the third: no later file may ever be ahead of an earlier one, nor further behind than one.
        var writer = Task.Run(() =>
        {
            var connections = files.Select(file => SqliteFile.Open(file, "NORMAL", "CREATE TABLE numbers (number INTEGER); INSERT INTO numbers VALUES (0);")).ToList();
            for (var number = 1; !stop.IsCancellationRequested; number++)
            {
                foreach (var connection in connections) SqliteFile.Ask(connection, $"UPDATE numbers SET number = {number}");
                written.Release();
            }
            foreach (var connection in connections) connection.Dispose();
        }, Cancellation);
        for (var copy = 0; copy < 25; copy++)
        {
            await written.WaitAsync(Cancellation);
            using var moment = new SqliteMoment(files);
            var numbers = new List<long>();
            foreach (var file in files)
            {
                await written.WaitAsync(Cancellation);      // it is written on while files are copied
                var target = $"{file}.{copy}";
                await File.WriteAllBytesAsync(target, [], Cancellation);
                moment.Copy(file, target, _ => { }, Cancellation);
                numbers.Add((long)SqliteFileEditor.Ask(target, "SELECT number FROM numbers")!);
            }
            Assert.True(numbers[0] >= numbers[1] && numbers[1] >= numbers[2] && numbers[2] >= numbers[0] - 1, string.Join(", ", numbers));
        }
        await stop.CancelAsync();
        await writer;
    }

    [Fact]
    public async Task Nobody_writes_to_the_first_file_until_the_last_one_is_held_too()
    {
        var files = ((string[])["first", "second", "third"]).Select(name => Path.Combine(root, name)).ToList();
        var connections = files.Select(file => SqliteFile.Open(file, "NORMAL", "CREATE TABLE numbers (number INTEGER); INSERT INTO numbers VALUES (0);")).ToList();
        var (first, third) = (connections[0], connections[2]);
        SqliteFile.Ask(first, "PRAGMA busy_timeout = 0");
        SqliteFile.Ask(third, "BEGIN IMMEDIATE");
        SqliteFile.Ask(third, "UPDATE numbers SET number = 1");
        var waiting = Task.Run(() => new SqliteMoment(files), Cancellation);
        var written = 0L;
        while (SQLitePCL.raw.sqlite3_exec(first.Handle, "UPDATE numbers SET number = number + 1") == SQLitePCL.raw.SQLITE_OK)
        {
            written++;
            Assert.False(waiting.IsCompleted, "It did not wait for who writes to the third file.");
        }
        SqliteFile.Ask(third, "COMMIT");
        using var moment = await waiting;
        SqliteFile.Ask(first, "UPDATE numbers SET number = -1");        // they go on as soon as it is held
        foreach (var (file, expected) in ((string, long)[])[(files[0], written), (files[1], 0), (files[2], 1)])
        {
            await File.WriteAllBytesAsync(file + ".copy", [], Cancellation);
            moment.Copy(file, file + ".copy", _ => { }, Cancellation);
            Assert.Equal(expected, SqliteFileEditor.Ask(file + ".copy", "SELECT number FROM numbers"));
        }
        foreach (var connection in connections) connection.Dispose();
    }

    [Fact]
    public async Task A_backup_holds_all_that_a_server_needs_and_only_its_owner_can_read_it()
    {
        var data = await DataAsync();
        var made = Made(Backup.Make(data, Target, cancellation: Cancellation));
        string[] all = ["backup.json", "calls.db", "checkpoint-key.pem", "checkpoint.json", "evaluations.db", "slipway.db"];
        Assert.Equal(all, Directory.EnumerateFileSystemEntries(Target).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(all[1..], made.Files.Select(file => file.Name));
        Assert.Equal(["first"], Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(Target)!).Select(Path.GetFileName));
        if (OperatingSystem.IsWindows()) return;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Target));
        foreach (var name in all) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(Target, name)));
    }

    [Fact]
    public async Task Checking_a_backup_changes_nothing_of_it()
    {
        Made(Backup.Make(await DataAsync(), Target, cancellation: Cancellation));
        var before = Contents(Target);
        Assert.Empty(BackupCheck.Of(Target, Cancellation).Problems);
        Assert.Equal(before, Contents(Target));
    }

    [Theory]
    [InlineData("slipway.db")]
    [InlineData("calls.db")]
    [InlineData("evaluations.db")]
    [InlineData("checkpoint.json")]
    [InlineData("checkpoint-key.pem")]
    [InlineData("backup.json")]
    public async Task A_damaged_copy_is_named_by_its_file(string name)
    {
        Made(Backup.Make(await DataAsync(), Target, cancellation: Cancellation));
        var (path, bytes) = (Path.Combine(Target, name), await File.ReadAllBytesAsync(Path.Combine(Target, name), Cancellation));
        bytes[bytes.Length / 2] ^= 0x10;
        if (name == "backup.json") bytes = bytes[..(bytes.Length / 2)];
        await File.WriteAllBytesAsync(path, bytes, Cancellation);
        Assert.Contains(BackupCheck.Of(Target, Cancellation).Problems, problem => problem.Contains(name, StringComparison.Ordinal));

        File.Delete(path);
        Assert.Contains(BackupCheck.Of(Target, Cancellation).Problems, problem => problem.Contains(name, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_copy_that_a_server_was_started_on_is_no_backup_any_more()
    {
        Made(Backup.Make(await DataAsync(), Target, cancellation: Cancellation));
        await using (await SlipwayServer.StartAsync(Options(Target), cancellation: Cancellation))
            Assert.Contains("a server was started on it", Assert.Single(BackupCheck.Of(Target, Cancellation).Problems), StringComparison.Ordinal);
        Assert.Contains(BackupCheck.Of(Target, Cancellation).Problems, problem => problem.Contains("slipway.db is not the file that was copied", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_key_that_everybody_may_read_is_named()
    {
        if (OperatingSystem.IsWindows()) return;
        Made(Backup.Make(await DataAsync(), Target, cancellation: Cancellation));
        File.SetUnixFileMode(Path.Combine(Target, "checkpoint-key.pem"), UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.Contains("open to everybody", Assert.Single(BackupCheck.Of(Target, Cancellation).Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_damaged_already_is_not_kept()
    {
        var data = await DataAsync();
        SqliteFileEditor.Force(Path.Combine(data, "slipway.db"), "UPDATE journal SET actor = 'mallory' WHERE sequence = 1");
        var refused = Assert.IsType<BackupResult.Refused>(Backup.Make(data, Target, cancellation: Cancellation));
        Assert.Contains("Entry 1 was changed after it was written", refused.Reason, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(Target)!));
    }

    [Fact]
    public async Task A_backup_without_an_object_that_the_journal_names_is_not_kept()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        Made(Backup.Make(installation.Folder, Target, cancellation: Cancellation));
        SqliteFileEditor.Force(installation.JournalFile, "DELETE FROM objects");
        var refused = Assert.IsType<BackupResult.Refused>(Backup.Make(installation.Folder, Target + "2", cancellation: Cancellation));
        Assert.Contains("The journal names the package of", refused.Reason, StringComparison.Ordinal);
        Assert.Contains("is missing", refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_that_is_there_is_written_over()
    {
        var data = await DataAsync();
        Directory.CreateDirectory(Target);
        Made(Backup.Make(data, Target, cancellation: Cancellation));        // an empty folder holds nothing
        var before = Contents(Target);
        Assert.Contains("holds something", Assert.IsType<BackupResult.Refused>(Backup.Make(data, Target, cancellation: Cancellation)).Reason, StringComparison.Ordinal);
        Assert.Equal(before, Contents(Target));

        var other = Path.Combine(root, "other");
        await File.WriteAllTextAsync(other, "a file", Cancellation);
        Assert.IsType<BackupResult.Refused>(Backup.Make(data, other, cancellation: Cancellation));
        Assert.Equal("a file", await File.ReadAllTextAsync(other, Cancellation));
        Directory.CreateDirectory(Target + "2.unfinished");
        Assert.Contains("broken off", Assert.IsType<BackupResult.Refused>(Backup.Make(data, Target + "2", cancellation: Cancellation)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_is_given_up_leaves_nothing()
    {
        var data = await DataAsync();
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Backup.Make(data, Target, (_, file) =>
        {
            if (file == "calls.db") stop.Cancel();
        }, cancellation: stop.Token));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(Target)!));
    }

    [Fact]
    public void A_folder_without_a_journal_and_a_file_that_is_no_database_are_said()
    {
        Assert.Contains("There is no journal", Assert.Throws<StorageException>(() => Backup.Make(root, Target, cancellation: Cancellation)).Message, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(root, "slipway.db"), new string('x', 5_000));
        Assert.Contains("slipway.db cannot be copied", Assert.Throws<StorageException>(() => Backup.Make(root, Target, cancellation: Cancellation)).Message, StringComparison.Ordinal);
        Assert.False(Path.Exists(Target));
        Assert.Contains("There is no folder", Assert.Throws<StorageException>(() => BackupCheck.Of(Target, Cancellation)).Message, StringComparison.Ordinal);
        Assert.Contains("no backup", Assert.Single(BackupCheck.Of(root, Cancellation).Problems), StringComparison.Ordinal);
    }

    private static BackupDocument Made(BackupResult result) =>
        result is BackupResult.Made made ? made.Backup : throw new InvalidOperationException(((BackupResult.Refused)result).Reason);

    private static ServerOptions Options(string folder) => new() { DataFolder = folder, Listen = "http://127.0.0.1:0" };

    // What a server leaves that was started once.
    private async Task<string> DataAsync()
    {
        var data = Path.Combine(root, "data");
        await using (await SlipwayServer.StartAsync(Options(data), cancellation: Cancellation)) { }
        return data;
    }

    private static Dictionary<string, ContentHash> Contents(string folder) =>
        Directory.EnumerateFiles(folder).ToDictionary(path => Path.GetFileName(path), path => ContentHash.Of(File.ReadAllBytes(path)), StringComparer.Ordinal);
}
