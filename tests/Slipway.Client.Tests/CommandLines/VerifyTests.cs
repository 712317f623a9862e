using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Slipway.Core.Journal;

namespace Slipway.Client.Tests.CommandLines;

/// <summary><c>slipway log verify</c>, as somebody uses it who has to rely on it.</summary>
public sealed class VerifyTests : IAsyncLifetime
{
    private readonly Installation installation = new();

    private string Export => Path.Combine(installation.Files, "journal.jsonl");

    private string Kept => Path.Combine(installation.Files, "kept.json");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await installation.InitializeAsync();
        await installation.GoLiveAsync();
    }

    public ValueTask DisposeAsync() => installation.DisposeAsync();

    [Fact]
    public async Task A_good_export_is_told_with_its_last_entry_and_its_key()
    {
        var exported = (await installation.AsAsync("dan", "log", "export", Export)).Output;
        var lines = await File.ReadAllLinesAsync(Export, Cancellation);
        var (last, closing) = (JournalJson.ReadEntry(lines[^2]), JournalJson.ReadCheckpoint(lines[^1]));
        Assert.Equal($"{Export}  {lines.Length - 1} entries, signed with the key {closing.PublicKey.Id}{Environment.NewLine}", exported);

        var verified = (await VerifyAsync(0, Export)).Output;
        Assert.Contains($"All {last.Sequence} entries of {Export} are as they were written: none was changed, removed, inserted or moved.", verified, StringComparison.Ordinal);
        Assert.Contains($"last entry   {last.Sequence}, written ", verified, StringComparison.Ordinal);
        Assert.Contains(last.Hash.Value, verified, StringComparison.Ordinal);
        Assert.Contains($"with the key {closing.PublicKey.Id}", verified, StringComparison.Ordinal);
        Assert.Contains($"At {closing.Checkpoint.Time:yyyy-MM-dd HH:mm:ss}Z these were all the entries there were.", verified, StringComparison.Ordinal);
        Assert.Contains("name that one with --signed-by", verified, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_can_be_insisted_on()
    {
        await installation.AsAsync("dan", "log", "export", Export);
        var key = JournalJson.ReadCheckpoint((await File.ReadAllLinesAsync(Export, Cancellation))[^1]).PublicKey.Id.Value;
        var another = $"sha256:{new string('a', 64)}";
        Assert.DoesNotContain("--signed-by", (await VerifyAsync(0, Export, "--signed-by", key)).Output, StringComparison.Ordinal);
        await VerifyAsync(0, Export, "--signed-by", key["sha256:".Length..]);
        await VerifyAsync(0, Export, "--signed-by", another, "--signed-by", key);
        Assert.Contains($"was signed with another key than the one you named: {key}", (await VerifyAsync(1, Export, "--signed-by", another)).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cut_end_is_named()
    {
        await installation.AsAsync("dan", "log", "export", Export);
        var lines = await File.ReadAllLinesAsync(Export, Cancellation);
        var entries = lines.Length - 1;
        await File.WriteAllLinesAsync(Export, [.. lines.Take(entries - 3), lines[^1]], Cancellation);
        Assert.Contains($"{Export} is damaged: Entries {entries - 2} to {entries} are missing from the end", (await VerifyAsync(1, Export)).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_checkpoint_at_its_end_an_export_proves_nothing_about_its_end_unless_one_was_kept()
    {
        await installation.AsAsync("dan", "log", "checkpoint", Kept);
        await installation.AsAsync("dan", "log", "export", Export);
        var lines = await File.ReadAllLinesAsync(Export, Cancellation);
        await File.WriteAllLinesAsync(Export, lines[..^1], Cancellation);
        var uncovered = await VerifyAsync(1, Export);
        Assert.Contains($"carries no checkpoint of its last entry, {lines.Length - 1}: its entries are in order, but whether more were cut off the end cannot be told", uncovered.Errors, StringComparison.Ordinal);
        Assert.Empty(uncovered.Output);
        await VerifyAsync(0, Export, "--checkpoint", Kept);

        await File.WriteAllLinesAsync(Export, lines[..^2], Cancellation);
        Assert.Contains($"Entry {lines.Length - 1} is missing from the end: {Kept} shows that it was written", (await VerifyAsync(1, Export, "--checkpoint", Kept)).Errors, StringComparison.Ordinal);

        await installation.AsAsync("admin", "member", "add", "eve", "--role", "author");
        await installation.AsAsync("dan", "log", "export", Export);
        await File.WriteAllLinesAsync(Export, (await File.ReadAllLinesAsync(Export, Cancellation))[..^1], Cancellation);
        Assert.Contains("cannot be told", (await VerifyAsync(1, Export, "--checkpoint", Kept)).Errors, StringComparison.Ordinal);       // it is of an earlier entry
    }

    [Fact]
    public async Task A_damaged_end_is_damage()
    {
        await installation.AsAsync("dan", "log", "export", Export);
        var text = await File.ReadAllTextAsync(Export, Cancellation);
        await File.WriteAllTextAsync(Export, text[..^30], Cancellation);
        Assert.Contains("has lost its form, so nothing proves that no entry is missing", (await VerifyAsync(1, Export)).Errors, StringComparison.Ordinal);
        await File.WriteAllTextAsync(Export, text.Replace("{\"checkpoint\":{\"hash\":\"sha256:", "{\"checkpoint\":{\"hash\":\"sha256:f", StringComparison.Ordinal), Cancellation);
        Assert.Contains("has lost its form", (await VerifyAsync(1, Export)).Errors, StringComparison.Ordinal);
        await File.WriteAllTextAsync(Export, text + text, Cancellation);
        Assert.Contains("follows the checkpoint that closes the export: it was added later", (await VerifyAsync(1, Export)).Errors, StringComparison.Ordinal);
        await File.WriteAllTextAsync(Export, "", Cancellation);
        Assert.Contains("holds no entry", (await VerifyAsync(1, Export)).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_running_server_is_checked_against_a_checkpoint_kept_elsewhere()
    {
        Assert.Contains("entries of the server's journal are as they were written", (await installation.AsAsync("dan", "log", "verify")).Output, StringComparison.Ordinal);
        Assert.Contains($"{Kept}  entry ", (await installation.AsAsync("dan", "log", "checkpoint", Kept)).Output, StringComparison.Ordinal);
        await installation.AsAsync("admin", "member", "add", "eve", "--role", "author");
        Assert.Contains("are as they were written", (await installation.AsAsync("dan", "log", "verify", "--checkpoint", Kept)).Output, StringComparison.Ordinal);

        var kept = JournalJson.ReadCheckpoint((await installation.AsAsync("dan", "log", "checkpoint")).Output);
        await using var another = new Installation();
        await another.InitializeAsync();
        await File.WriteAllTextAsync(Kept, JournalJson.Serialize(kept), Cancellation);
        Assert.Contains($"missing from the end: {Kept} shows", (await another.TryAsAsync("dan", "log", "verify", "--checkpoint", Kept)).Errors, StringComparison.Ordinal);
        await another.AsAsync("dan", "log", "checkpoint", Kept);
        Assert.Contains($"is not the one that {Kept} was signed for", (await installation.TryAsAsync("dan", "log", "verify", "--checkpoint", Kept)).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_older_database_put_back_is_found_by_the_check_of_its_folder_and_by_the_doctor()
    {
        await installation.StopAsync();
        var database = Path.Combine(installation.Data, "slipway.db");
        File.Copy(database, Path.Combine(installation.Files, "backup.db"));
        await installation.StartAsync();
        await installation.AsAsync("admin", "member", "add", "eve", "--role", "author");
        await installation.StopAsync();
        Assert.Contains("are as they were written", (await VerifyAsync(0, "--data", installation.Data)).Output, StringComparison.Ordinal);

        foreach (var file in Directory.EnumerateFiles(installation.Data, "slipway.db*")) File.Delete(file);
        File.Copy(Path.Combine(installation.Files, "backup.db"), database);
        var missing = $"is missing from the end: {Path.Combine(installation.Data, "checkpoint.json")} shows that it was written";
        Assert.Contains(missing, (await VerifyAsync(1, "--data", installation.Data)).Errors, StringComparison.Ordinal);
        var doctor = await Cli.RunAsync("doctor", "--server", "http://127.0.0.1:1", "--data", installation.Data);
        Assert.Contains(missing, doctor.Output, StringComparison.Ordinal);

        File.Delete(Path.Combine(installation.Data, "checkpoint.json"));
        Assert.Contains("cannot be told", (await VerifyAsync(1, "--data", installation.Data)).Errors, StringComparison.Ordinal);
        Assert.Contains("but no checkpoint.json beside it", (await Cli.RunAsync("doctor", "--server", "http://127.0.0.1:1", "--data", installation.Data)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_doctor_names_the_key_and_finds_one_that_is_damaged()
    {
        var key = JournalJson.ReadCheckpoint((await installation.AsAsync("dan", "log", "checkpoint")).Output).PublicKey.Id;
        Assert.Contains($"The key that signs checkpoints: {key}", (await installation.AsAsync("dan", "doctor", "--data", installation.Data)).Output, StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(installation.Data, "checkpoint-key.pem"), "no key", Cancellation);
        var doctor = await installation.TryAsAsync("dan", "doctor", "--data", installation.Data);
        Assert.Equal(1, doctor.ExitCode);
        Assert.Contains("is damaged: it is no private key in PEM", doctor.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Programs_get_what_came_of_it_as_JSON()
    {
        await installation.AsAsync("dan", "log", "export", Export);
        var lines = await File.ReadAllLinesAsync(Export, Cancellation);
        using (var good = JsonDocument.Parse((await VerifyAsync(0, Export, "--json")).Output))
        {
            Assert.Equal(lines.Length - 1, good.RootElement.GetProperty("entries").GetInt64());
            Assert.Equal(JsonValueKind.Null, good.RootElement.GetProperty("damage").ValueKind);
            Assert.Equal(lines.Length - 1, good.RootElement.GetProperty("checkpoint").GetProperty("checkpoint").GetProperty("sequence").GetInt64());
        }
        await File.WriteAllLinesAsync(Export, lines.Where((_, index) => index != 3), Cancellation);
        using var bad = JsonDocument.Parse((await VerifyAsync(1, Export, "--json")).Output);
        Assert.Contains("Entry 4 is missing", bad.RootElement.GetProperty("damage").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_export_leaves_an_earlier_one_alone()
    {
        await installation.AsAsync("dan", "log", "export", Export);
        var before = await File.ReadAllTextAsync(Export, Cancellation);
        Assert.Equal(1, (await installation.TryAsAsync("slw_wrong", "log", "export", Export)).ExitCode);
        Assert.Equal(before, await File.ReadAllTextAsync(Export, Cancellation));
    }

    [Fact]
    public async Task A_server_that_breaks_off_in_the_middle_is_said_to_have_done_so()
    {
        await installation.AsAsync("dan", "log", "export", Export);
        var first = (await File.ReadAllLinesAsync(Export, Cancellation))[0];
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var breaking = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync(Cancellation);
            await using var stream = client.GetStream();
            using var request = new StreamReader(stream, leaveOpen: true);
            while (await request.ReadLineAsync(Cancellation) is { Length: > 0 }) { }
            await stream.WriteAsync(Encoding.UTF8.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{first}\n"), Cancellation);
        }, Cancellation);
        var verified = await Cli.RunAsync("log", "verify", "--server", $"http://{listener.LocalEndpoint}");
        await breaking;
        Assert.Equal(2, verified.ExitCode);
        Assert.Contains("broke off after 1 line:", verified.Errors, StringComparison.Ordinal);
        Assert.Empty(verified.Output);
    }

    [Fact]
    public async Task What_is_asked_wrongly_is_said_to_be_so()
    {
        await installation.AsAsync("dan", "log", "export", Export);
        Assert.Contains("name a FILE or --data, not both", (await VerifyAsync(2, Export, "--data", installation.Data)).Errors, StringComparison.Ordinal);
        Assert.Contains("\"key-1\" is no key's fingerprint", (await VerifyAsync(2, Export, "--signed-by", "key-1")).Errors, StringComparison.Ordinal);
        Assert.Contains("There is no file /nowhere/kept.json", (await VerifyAsync(2, Export, "--checkpoint", "/nowhere/kept.json")).Errors, StringComparison.Ordinal);
        Assert.Contains($"{Export} is no checkpoint", (await VerifyAsync(2, Export, "--checkpoint", Export)).Errors, StringComparison.Ordinal);
        Assert.Contains("/nowhere/journal.jsonl cannot be written", (await installation.TryAsAsync("dan", "log", "export", "/nowhere/journal.jsonl")).Errors, StringComparison.Ordinal);
        Assert.Contains("/nowhere/kept.json cannot be written", (await installation.TryAsAsync("dan", "log", "checkpoint", "/nowhere/kept.json")).Errors, StringComparison.Ordinal);
    }

    private static async Task<Cli.Result> VerifyAsync(int exitCode, params string[] arguments)
    {
        var result = await Cli.RunAsync(["log", "verify", .. arguments]);
        Assert.True(exitCode == result.ExitCode, result.Output + result.Errors);
        return result;
    }
}
