using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Slipway.Server;
using Slipway.Server.Storage;

namespace Slipway.Client.Tests.CommandLines;

public sealed class BackupTests : IAsyncLifetime
{
    private static readonly string[][] Questions = [["live", "--json"], ["log", "--json"], ["calls", "--json"], ["metrics", "support_router", "--json"], ["key", "list", "--json"], ["show", "support_router"]];

    private readonly Installation installation = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await installation.InitializeAsync();
        await installation.GoLiveAsync();
    }

    public ValueTask DisposeAsync() => installation.DisposeAsync();

    [Fact(Timeout = 120_000)]
    public async Task A_restored_server_says_what_the_first_one_said_and_takes_its_keys()
    {
        var (shop, admin) = (await KeyAsync("shop"), await KeyAsync("admin"));
        await CallAsync(installation.Address, shop);
        while (!(await installation.AsAsync(admin, "calls", "--json")).Output.Contains("1.5.2", StringComparison.Ordinal)) Cancellation.ThrowIfCancellationRequested();
        var backup = Path.Combine(installation.Files, "backup");
        (await Cli.RunAsync("backup", backup, "--data", installation.Data)).Ends(0).Says("the journal up to entry", "5 files");
        var said = await AskAsync(installation.Address, admin);
        await installation.AsAsync("admin", "member", "add", "late", "--role", "author");

        var restored = CopyOf(backup);
        await using (var server = await SlipwayServer.StartAsync(new ServerOptions { DataFolder = restored, Listen = "http://127.0.0.1:0" }, cancellation: Cancellation))
        {
            Assert.Null(server.AdministratorKey);
            Assert.Equal(said, await AskAsync(server.Address.ToString(), admin));
            await CallAsync(server.Address.ToString(), shop);
            (await Cli.RunAsync("log", "verify", "--server", server.Address.ToString(), "--key", admin, "--signed-by", server.CheckpointKey.Value)).Ends(0);
            (await Cli.RunAsync("member", "add", "other", "--role", "author", "--server", server.Address.ToString(), "--key", admin)).Ends(0);
        }
        (await Cli.RunAsync("backup", "verify", backup)).Ends(0).Says("is whole");
        (await Cli.RunAsync("backup", "verify", restored)).Ends(1).Complains("slipway.db is not the file that was copied");
    }

    [Fact]
    public async Task A_backup_is_told_in_a_line_or_as_JSON_and_a_damaged_one_ends_with_1()
    {
        var backup = Path.Combine(installation.Files, "backup");
        using (var made = JsonDocument.Parse((await Cli.RunAsync("backup", backup, "--data", installation.Data, "--json")).Ends(0).Output))
        using (var check = JsonDocument.Parse((await Cli.RunAsync("backup", "verify", backup, "--json")).Ends(0).Output))
        {
            Assert.Equal(made.RootElement.GetProperty("files").GetArrayLength(), check.RootElement.GetProperty("backup").GetProperty("files").GetArrayLength());
            Assert.Equal(made.RootElement.GetProperty("hash").GetString(), check.RootElement.GetProperty("backup").GetProperty("hash").GetString());
            Assert.Equal(0, check.RootElement.GetProperty("problems").GetArrayLength());
        }
        (await Cli.RunAsync("backup", backup, "--data", installation.Data)).Ends(1).Complains("holds something already");
        File.AppendAllText(Path.Combine(backup, "calls.db"), "x");
        (await Cli.RunAsync("backup", "verify", backup)).Ends(1).Complains("calls.db is not the file that was copied");
        (await Cli.RunAsync("backup", "verify", backup + "2")).Ends(2).Complains("There is no folder");
        (await Cli.RunAsync("backup", backup + "2", "--data", installation.Files)).Ends(2).Complains("There is no journal");
    }

    [Fact]
    public async Task A_database_in_PostgreSQL_is_not_copied_and_the_page_is_named() =>
        (await Cli.RunAsync("backup", Path.Combine(installation.Files, "backup"), "--postgres", "postgres://slipway:secret@db/slipway")).Ends(2).Complains("pg_dump", "docs/operations.md");

    /// <summary>Killed at its first sign of life, and at random moments after it: each time there is a whole backup of that name, or none.</summary>
    [Fact(Timeout = 300_000)]
    public async Task A_backup_that_is_killed_leaves_nothing_that_passes_for_one()
    {
        Fill(Path.Combine(installation.Data, "calls.db"));
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper!.WriteLine($"The seed of the moments is {seed}.");
        var (random, brokenOff) = (new Random(seed), 0);
        for (var kill = 0; kill < (Environment.GetEnvironmentVariable("SLIPWAY_TEST_LONG") is null ? 5 : 40); kill++)
        {
            var target = Path.Combine(installation.Files, $"backup{kill}");
            await KillAsync(target, afterSigns: kill == 0 ? 1 : random.Next(1, 40));
            if (Directory.Exists(target))
            {
                (await Cli.RunAsync("backup", "verify", target)).Ends(0);
                continue;
            }
            brokenOff++;
            (await Cli.RunAsync("backup", "verify", target)).Ends(2);
            if (!Directory.Exists(target + ".unfinished")) continue;
            if (!File.Exists(Path.Combine(target + ".unfinished", "backup.json"))) (await Cli.RunAsync("backup", "verify", target + ".unfinished")).Ends(1).Complains("no backup, or one that was broken off");
            (await Cli.RunAsync("backup", target, "--data", installation.Data)).Ends(1).Complains("Remove it if none is being made");
            Directory.Delete(target + ".unfinished", recursive: true);
            (await Cli.RunAsync("backup", target, "--data", installation.Data)).Ends(0);
        }
        Assert.NotEqual(0, brokenOff);
        await installation.AsAsync("admin", "member", "add", "late", "--role", "author");      // the server went on all the time
    }

    private async Task KillAsync(string target, int afterSigns)
    {
        var (signs, reached) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        using var watcher = new FileSystemWatcher(installation.Files) { IncludeSubdirectories = true, NotifyFilter = NotifyFilters.DirectoryName | NotifyFilters.FileName | NotifyFilters.Size | NotifyFilters.LastWrite };
        void Count(object sender, FileSystemEventArgs happened)
        {
            if (happened.FullPath.StartsWith(target, StringComparison.Ordinal) && Interlocked.Increment(ref signs) == afterSigns) reached.TrySetResult();
        }
        watcher.Created += Count;
        watcher.Changed += Count;
        watcher.EnableRaisingEvents = true;
        using var process = Process.Start(new ProcessStartInfo("dotnet", [SlipwayProcess.Program, "backup", target, "--data", installation.Data]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            await Task.WhenAny(reached.Task, process.WaitForExitAsync(Cancellation));
        }
        finally
        {
            if (!process.HasExited) process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    // Large enough that copying it takes a while.
    private static void Fill(string file)
    {
        StorageAudit.SqliteVersion();
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA busy_timeout = 30000; CREATE TABLE filler AS WITH RECURSIVE numbers (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM numbers WHERE n < 80) SELECT n, randomblob(1000000) AS bytes FROM numbers";
        command.ExecuteNonQuery();
    }

    private static async Task<List<string>> AskAsync(string server, string key)
    {
        var answers = new List<string>();
        foreach (var question in Questions) answers.Add((await Cli.RunAsync([.. question, "--server", server, "--key", key])).Ends(0).Output);
        return answers;
    }

    private async Task<string> KeyAsync(string member) => (await installation.AsAsync("admin", "key", "issue", member)).Output.Trim();

    private static async Task CallAsync(string server, string key)
    {
        using var http = new HttpClient { BaseAddress = new Uri(server), DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", key) } };
        using var body = new StringContent("""
            {"model": "slipway/support_router", "prompt": {"variables": {"customer_tier": "plus"}}, "messages": [{"role": "user", "content": "you charged me TWICE this month"}]}
            """, Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), body, Cancellation);
        answer.EnsureSuccessStatusCode();
        Assert.Equal("1.5.2", answer.Headers.GetValues("x-slipway-version").Single());
    }

    private string CopyOf(string backup)
    {
        var copy = Directory.CreateDirectory(Path.Combine(installation.Files, "restored")).FullName;
        foreach (var file in Directory.EnumerateFiles(backup)) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        return copy;
    }
}
