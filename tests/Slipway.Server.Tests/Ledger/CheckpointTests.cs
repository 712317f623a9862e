using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Server.Storage;
using Slipway.Server.Tests.Storage;

namespace Slipway.Server.Tests.Ledgers;

public sealed class CheckpointTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_start_makes_a_key_that_only_its_owner_can_read_and_every_later_one_keeps_it()
    {
        await using var installation = await TestInstallation.StartAsync();
        var key = (await installation.Dan.CheckpointAsync(Cancellation).Ok()).PublicKey;
        var file = await File.ReadAllTextAsync(KeyFile(installation), Cancellation);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyFile(installation)));
        Assert.StartsWith("-----BEGIN PRIVATE KEY-----", file, StringComparison.Ordinal);

        await installation.RestartAsync();
        Assert.Equal(key, (await installation.Dan.CheckpointAsync(Cancellation).Ok()).PublicKey);
        Assert.Equal(file, await File.ReadAllTextAsync(KeyFile(installation), Cancellation));
        Assert.Single((await installation.Dan.LogAsync(null, Cancellation).Ok()).Where(line => line.Sentence == $"added the key {key.Id} for signing checkpoints"));
        Assert.Equal(["calls.db", "checkpoint-key.pem", "checkpoint.json", "evaluations.db", "slipway.db"],
            Directory.EnumerateFiles(installation.Folder).Select(Path.GetFileName).Where(name => !name!.Contains("db-", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_key_that_was_lost_is_followed_by_a_new_one_and_what_the_old_one_signed_still_counts()
    {
        await using var installation = await TestInstallation.StartAsync();
        var old = await installation.Dan.CheckpointAsync(Cancellation).Ok();
        await installation.StopAsync();
        File.Delete(KeyFile(installation));
        await installation.RestartAsync();
        Assert.NotEqual(old.PublicKey, (await installation.Dan.CheckpointAsync(Cancellation).Ok()).PublicKey);
        Assert.Null(await VerifyAsync(installation, new Witness(old, "kept.json")));
    }

    [Theory]
    [InlineData("Dear Sir or Madam", "is damaged: it is no private key in PEM")]
    [InlineData("", "is damaged: it is no private key in PEM")]
    [InlineData("PUBLIC", "is damaged: it is no private key in PEM")]
    [InlineData("P-384", "is damaged: it is not of the curve P-256")]
    public async Task A_damaged_key_is_refused_naming_the_file(string content, string sentence)
    {
        await using var installation = await TestInstallation.StartAsync();
        await installation.StopAsync();
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var ours = ECDsa.Create();
        ours.ImportFromPem(await File.ReadAllTextAsync(KeyFile(installation), Cancellation));
        await File.WriteAllTextAsync(KeyFile(installation), content switch { "P-384" => other.ExportPkcs8PrivateKeyPem(), "PUBLIC" => ours.ExportSubjectPublicKeyInfoPem(), _ => content }, Cancellation);

        var refused = Assert.IsType<StorageException>(await installation.TryStartAsync());
        Assert.Contains($"{KeyFile(installation)} {sentence}", refused.Message, StringComparison.Ordinal);
        Assert.Contains("move the file away", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_everybody_can_read_is_refused_saying_how_to_close_it()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no such modes.");
            return;
        }
        await using var installation = await TestInstallation.StartAsync();
        await installation.StopAsync();
        File.SetUnixFileMode(KeyFile(installation), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        Assert.EndsWith($"chmod 600 {KeyFile(installation)}", Assert.IsType<StorageException>(await installation.TryStartAsync()).Message, StringComparison.Ordinal);
        File.SetUnixFileMode(KeyFile(installation), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);      // as a mounted volume makes it
        Assert.Null(await installation.TryStartAsync());
    }

    [Fact]
    public async Task Every_hundredth_entry_is_signed_in_the_journal_and_signing_makes_nothing_more_to_sign()
    {
        await using var installation = await TestInstallation.StartAsync();
        for (var i = 0; i < 3; i++)
        {
            await GrowAsync(installation, 100);
            await Some.Eventually(async () => (await SignedAsync(installation)).Length == i + 1, "the border is signed");
        }
        Assert.Equal(["signed a checkpoint of entry 100", "signed a checkpoint of entry 200", "signed a checkpoint of entry 300"], await SignedAsync(installation));
        await installation.RestartAsync();
        Assert.Null(await VerifyAsync(installation));
        Assert.Equal(3, (await SignedAsync(installation)).Length);
    }

    [Fact]
    public async Task Whoever_crosses_the_border_notices_nothing()
    {
        await using var installation = await TestInstallation.StartAsync();
        await GrowAsync(installation, 120);
        var lines = (await installation.Dan.LogAsync(null, Cancellation).Ok()).Where(line => line.Sentence.StartsWith("made m", StringComparison.Ordinal)).ToList();
        Assert.Equal(120, lines.Count);
        Assert.All(lines, line => Assert.Equal("admin", line.Actor.Value));
    }

    [Fact]
    public async Task A_journal_whose_end_was_cut_is_not_served_until_somebody_says_so()
    {
        await using var installation = await TestInstallation.StartAsync();
        await installation.StopAsync();
        var head = (long)SqliteFileEditor.Ask(installation.JournalFile, "SELECT max(sequence) FROM journal")!;
        SqliteFileEditor.Force(installation.JournalFile, $"DELETE FROM journal WHERE sequence > {head - 3}");

        var refused = Assert.IsType<StorageException>(await installation.TryStartAsync()).Message;
        Assert.Contains($"Entries {head - 2} to {head} are missing from the end: {NewestFile(installation)} shows that they were written.", refused, StringComparison.Ordinal);
        Assert.Equal(head - 3, SqliteFileEditor.Ask(installation.JournalFile, "SELECT max(sequence) FROM journal"));

        Assert.EndsWith($"restore it from a backup. Where there is no newer one, move {NewestFile(installation)} away.", refused, StringComparison.Ordinal);
        File.Delete(NewestFile(installation));
        await installation.RestartAsync();
        Assert.Null(await VerifyAsync(installation));
    }

    [Fact]
    public async Task A_journal_that_was_replaced_or_removed_is_not_served()
    {
        await using var installation = await TestInstallation.StartAsync();
        await installation.StopAsync();
        var entries = Entries(installation);
        Replace(installation, entries.Select(entry => entry.Sequence == 6 ? entry with { Actor = MemberName.System } : entry));
        Assert.Contains($"Entry {entries.Length} is not the one that {NewestFile(installation)} was signed for: the journal was rewritten", Assert.IsType<StorageException>(await installation.TryStartAsync()).Message, StringComparison.Ordinal);

        foreach (var file in Directory.EnumerateFiles(installation.Folder, "slipway.db*")) File.Delete(file);
        Assert.Contains($"Entries 1 to {entries.Length} are missing from the end", Assert.IsType<StorageException>(await installation.TryStartAsync()).Message, StringComparison.Ordinal);
        Assert.Equal(0L, SqliteFileEditor.Ask(installation.JournalFile, "SELECT count(*) FROM journal"));      // no second first start
    }

    [Fact]
    public async Task A_rewritten_entry_is_named_by_the_checkpoint_in_the_journal_though_nothing_else_is_left()
    {
        await using var installation = await TestInstallation.StartAsync();
        await GrowAsync(installation, 100);
        await Some.Eventually(async () => (await SignedAsync(installation)).Length == 1, "the border is signed");
        await installation.StopAsync();
        File.Delete(NewestFile(installation));
        Replace(installation, Entries(installation).Select(entry => entry.Sequence == 6 ? entry with { Actor = MemberName.System } : entry));
        Assert.Contains("is no true checkpoint of entry 100: the entries 1 to 100 are not the ones that were signed", Assert.IsType<StorageException>(await installation.TryStartAsync()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"sequence\":", "\"sequence\":1", "its signature does not fit")]
    [InlineData("checkpoint", "letter", "it is no checkpoint")]
    [InlineData("{", "", "it is no checkpoint")]
    public async Task A_changed_newest_checkpoint_is_refused_naming_the_file(string part, string change, string sentence)
    {
        await using var installation = await TestInstallation.StartAsync();
        await installation.StopAsync();
        var text = await File.ReadAllTextAsync(NewestFile(installation), Cancellation);
        await File.WriteAllTextAsync(NewestFile(installation), text.Replace(part, change, StringComparison.Ordinal), Cancellation);
        Assert.StartsWith($"{NewestFile(installation)} is damaged: {sentence}.", Assert.IsType<StorageException>(await installation.TryStartAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_end_cut_off_under_a_running_server_shows_in_the_export_and_stops_the_next_command()
    {
        await using var installation = await TestInstallation.StartAsync();
        var head = (await installation.Dan.LogAsync(null, Cancellation).Ok()).Length;
        SqliteFileEditor.Force(installation.JournalFile, $"DELETE FROM journal WHERE sequence = {head}");
        Assert.Equal($"Entry {head} is missing from the end: the checkpoint that closes the export shows that it was written.", await VerifyAsync(installation));
        var refused = await installation.Admin.AddMemberAsync(Some.Value<MemberName>("eve"), [], Cancellation).Refused();
        Assert.Equal((int)HttpStatusCode.InternalServerError, refused.Status);
        Assert.Contains($"It ends before entry {head}, which was written", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_entry_changed_under_a_running_server_shows_in_the_export()
    {
        await using var installation = await TestInstallation.StartAsync();
        var entries = (await ExportAsync(installation)).Entries;
        Replace(installation, entries.Select(entry => entry.Sequence == 6 ? entry with { Actor = MemberName.System } : entry));
        Assert.StartsWith($"Entry {entries.Length} is not the one that the checkpoint that closes the export was signed for", await VerifyAsync(installation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_private_key_stands_in_its_file_and_nowhere_else()
    {
        await using var installation = await TestInstallation.StartAsync();
        using var http = installation.Http("dan");
        var told = string.Concat(await http.GetStringAsync("/api/v1/log", Cancellation), await http.GetStringAsync("/api/v1/log/entries", Cancellation), await http.GetStringAsync("/api/v1/log/checkpoint", Cancellation));
        await installation.StopAsync();

        var pem = await File.ReadAllTextAsync(KeyFile(installation), Cancellation);
        using var key = ECDsa.Create();
        key.ImportFromPem(pem);
        var secret = key.ExportParameters(includePrivateParameters: true).D!;
        foreach (var trace in (byte[][])[secret, System.Text.Encoding.ASCII.GetBytes(pem.Split('\n')[1]), System.Text.Encoding.ASCII.GetBytes(Convert.ToHexString(secret)), System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(secret)[..40])])
        {
            Assert.True(System.Text.Encoding.UTF8.GetBytes(told).AsSpan().IndexOf(trace) < 0, "The server told its private key.");
            foreach (var file in Directory.EnumerateFiles(installation.Folder).Where(file => file != KeyFile(installation)))
                Assert.True((await File.ReadAllBytesAsync(file, Cancellation)).AsSpan().IndexOf(trace) < 0, $"The private key stands in {Path.GetFileName(file)}.");
        }
    }

    private static string KeyFile(TestInstallation installation) => Path.Combine(installation.Folder, "checkpoint-key.pem");

    private static string NewestFile(TestInstallation installation) => Path.Combine(installation.Folder, "checkpoint.json");

    private static async Task GrowAsync(TestInstallation installation, int entries)
    {
        var (admin, first) = (installation.Admin, (await installation.Dan.LogAsync(null, Cancellation).Ok()).Length);
        for (var i = 0; i < entries; i++) await admin.AddMemberAsync(Some.Value<MemberName>($"m{first + i}"), [Role.Author], Cancellation).Ok();
    }

    private static async Task<ImmutableArray<string>> SignedAsync(TestInstallation installation) =>
        [.. (await installation.Dan.LogAsync(null, Cancellation).Ok()).Select(line => line.Sentence).Where(sentence => sentence.StartsWith("signed a checkpoint", StringComparison.Ordinal)).Select(sentence => sentence[..sentence.IndexOf(" (", StringComparison.Ordinal)])];

    private static async Task<string?> VerifyAsync(TestInstallation installation, params Witness[] witnesses) => (await ExportAsync(installation, witnesses)).Damage;

    private static async Task<(string? Damage, ImmutableArray<JournalEntry> Entries)> ExportAsync(TestInstallation installation, params Witness[] witnesses)
    {
        var (verifier, entries, damage) = (new ExportVerifier(), ImmutableArray.CreateBuilder<JournalEntry>(), (string?)null);
        foreach (var witness in witnesses) verifier.Chain.Expect(witness);
        await installation.Dan.ExportAsync(line =>
        {
            damage ??= verifier.Next(line);
            if (verifier.Closing is null) entries.Add(verifier.Chain.Last!);
        }, Cancellation).Ok();
        return (damage ?? verifier.End(), entries.ToImmutable());
    }

    private static ImmutableArray<JournalEntry> Entries(TestInstallation installation)
    {
        using var journal = new SqliteJournal(installation.JournalFile);
        return journal.ReadAfter(0);
    }

    /// <summary>What somebody does who can write to the database: other entries, with every hash computed anew.</summary>
    private static void Replace(TestInstallation installation, IEnumerable<JournalEntry> entries)
    {
        var forged = ImmutableArray.CreateBuilder<JournalEntry>();
        foreach (var entry in entries)
        {
            var next = entry with { Previous = forged.Count == 0 ? JournalEntry.Genesis : forged[^1].Hash };
            forged.Add(next with { Hash = next.ExpectedHash() });
        }
        SqliteFileEditor.Force(installation.JournalFile, "DELETE FROM journal");
        using var journal = new SqliteJournal(installation.JournalFile);
        Assert.True(journal.Append(0, forged.ToImmutable()));
    }
}
