using System.Net;
using Slipway.Core.Journal;
using Slipway.Core.Releases;
using Slipway.Server.Storage;
using Slipway.Server.Tests.Gateway;

namespace Slipway.Server.Tests.Storage;

/// <summary>What a server makes of the folder that another one left behind.</summary>
public sealed class RestartTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_running_release_goes_on_where_it_stood_with_the_same_evidence()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        var plan = Plans.Quick("50%", "100%") with { MinimumUnits = 60 };
        var release = (await installation.StartCanaryAsync(Router.Good, plan)).Id.ToString();
        var sent = await SendAsync(installation, 0, 40);
        await Some.Eventually(async () => (await installation.Dan.ReleaseAsync(release, Cancellation).Ok()).Arms.Sum(arm => arm.Calls) == 40, "all calls are stored");
        var before = await StateAsync(installation, release);

        await installation.RestartAsync();
        Assert.Equal(before, await StateAsync(installation, release));
        Assert.Equal(sent, await SendAsync(installation, 0, 40));       // the same units get the same arms

        using var shop = installation.Http("shop");
        for (var unit = 100; unit < 1_000; unit++)
        {
            using var answer = await shop.ChatAsync(Chat.Body(user: $"reader-{unit}"));
            if (answer.Header("x-slipway-release").Length == 0) break;
        }
        // The controller may look a moment after the last call.
        await Some.Eventually(async () => (await installation.Dan.ReleaseAsync(release, Cancellation).Ok()).State == ReleaseState.Completed, "the release completes");
    }

    [Fact]
    public async Task A_data_folder_that_the_server_makes_is_its_owners_alone()
    {
        if (OperatingSystem.IsWindows()) return;        // it has other rights
        var above = Directory.CreateTempSubdirectory("slipway-test-").FullName;
        try
        {
            var data = Path.Combine(above, "data");
            await using (var server = await SlipwayServer.StartAsync(new ServerOptions { DataFolder = data, Listen = "http://127.0.0.1:0" }, cancellation: Cancellation)) { }
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(data));
        }
        finally
        {
            Directory.Delete(above, recursive: true);
        }
    }

    [Fact]
    public async Task What_was_answered_is_recorded_though_the_server_stops_at_once()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        await SendAsync(installation, 0, 25);
        await installation.RestartAsync();
        Assert.Equal(25, (await installation.Dan.CallsAsync(Router.Prompt, null, null, null, Cancellation).Ok()).Length);
    }

    [Theory]
    [InlineData("UPDATE journal SET event = replace(event, 'ana', 'eve') WHERE sequence = 4", "Entry 4 was changed after it was written")]
    [InlineData("UPDATE journal SET actor = 'eve' WHERE sequence = 3", "Entry 3 was changed after it was written")]
    [InlineData("UPDATE journal SET time = '2001-01-01T00:00:00.000Z' WHERE sequence = 3", "Entry 3 was changed after it was written")]
    [InlineData("UPDATE journal SET time = 'noon' WHERE sequence = 5", "Entry 5 was changed after it was written")]
    [InlineData("UPDATE journal SET actor = '?' WHERE sequence = 5", "Entry 5 was changed after it was written")]
    [InlineData("UPDATE journal SET hash = upper(hash) WHERE sequence = 5", "Entry 5 was changed after it was written")]
    [InlineData("DELETE FROM journal WHERE sequence = 4", "Entry 4 is missing")]
    [InlineData("DELETE FROM journal WHERE sequence = 1", "Entry 1 is missing")]
    [InlineData("UPDATE journal SET sequence = sequence + 100 WHERE sequence = 6", "Entry 6 is missing")]
    public async Task A_damaged_journal_is_refused_naming_the_entry(string damage, string sentence)
    {
        await using var installation = await TestInstallation.StartAsync();
        await installation.StopAsync();
        Assert.True(SqliteFileEditor.Run(installation.JournalFile, "SELECT 1") <= 0);
        SqliteFileEditor.Force(installation.JournalFile, damage);
        var refused = Assert.IsType<StorageException>(await installation.TryStartAsync());
        Assert.Contains(sentence, refused.Message, StringComparison.Ordinal);
        Assert.Contains(installation.JournalFile, refused.Message, StringComparison.Ordinal);
        Assert.EndsWith("restore it from a backup.", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_changed_byte_anywhere_in_an_event_is_found()
    {
        await using var installation = await TestInstallation.StartAsync();
        await installation.StopAsync();
        SqliteFileEditor.Force(installation.JournalFile, "UPDATE journal SET event = substr(event, 1, length(event) - 2) || char(unicode(substr(event, -2, 1)) + 1) || substr(event, -1) WHERE sequence = 8");
        Assert.Contains("Entry 8 was changed", Assert.IsType<StorageException>(await installation.TryStartAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_journal_of_a_newer_build_is_refused_and_left_alone()
    {
        await using var installation = await TestInstallation.StartAsync();
        await installation.StopAsync();
        using (var journal = new SqliteJournal(installation.JournalFile))
        {
            var last = journal.ReadAfter(0)[^1];
            var newer = JournalEntry.Next(last.Sequence, last.Hash, last.Time, last.Actor, "c", last.Read());
            var json = newer.Event.Replace("model_alias_set.v1", "model_alias_set.v9", StringComparison.Ordinal);
            Assert.NotEqual(json, newer.Event);
            newer = newer with { Event = json };
            Assert.True(journal.Append(last.Sequence, [newer with { Hash = newer.ExpectedHash() }]));
        }
        var refused = Assert.IsType<UnknownEventException>(await installation.TryStartAsync());
        Assert.Contains("holds an event this build does not know; it was written by a newer one", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_package_is_named_to_whoever_needs_it()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        var package = (await installation.Ana.VersionAsync(Router.First, Cancellation).Ok()).Package;
        await installation.StopAsync();
        SqliteFileEditor.Force(installation.JournalFile, $"UPDATE objects SET bytes = CAST(replace(CAST(bytes AS TEXT), 'loans', 'lawns') AS BLOB) WHERE hash = '{package}'");
        await installation.RestartAsync();
        using var http = installation.Http("shop");
        using var answer = await http.ChatAsync(Chat.Body());
        Assert.Equal((HttpStatusCode.InternalServerError, "1"), (answer.StatusCode, answer.Header("Retry-After")));
        Assert.Contains($"The object {package} was changed after it was written.", (await answer.JsonAsync()).GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(500, (await installation.Ana.VersionAsync(Router.First, Cancellation).Refused()).Status);
    }

    [Fact]
    public async Task The_exported_journal_verifies_outside()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        var export = await installation.Dan.ExportAsync(Cancellation).Ok();
        var verifier = new ExportVerifier();
        Assert.All(export.Split('\n'), line => Assert.Null(verifier.Next(line)));
        Assert.Null(verifier.End());
        Assert.Equal(((await installation.Dan.LogAsync(null, Cancellation).Ok()).Length, verifier.Chain.Verified), (verifier.Chain.Verified, verifier.Closing?.Checkpoint.Sequence));
    }

    private static async Task<string> SendAsync(TestInstallation installation, int from, int to)
    {
        using var shop = installation.Http("shop");
        var arms = new List<string>();
        for (var unit = from; unit < to; unit++)
        {
            using var answer = await shop.ChatAsync(Chat.Body(user: $"reader-{unit}"));
            answer.EnsureSuccessStatusCode();
            arms.Add(answer.Header("x-slipway-arm"));
        }
        return string.Join(",", arms);
    }

    private static async Task<string> StateAsync(TestInstallation installation, string release)
    {
        using var http = installation.Http("dan");
        return string.Join("\n",
            await http.GetStringAsync($"/api/v1/releases/{release}", Cancellation), await http.GetStringAsync("/api/v1/live", Cancellation),
            await http.GetStringAsync("/api/v1/log", Cancellation), await http.GetStringAsync("/api/v1/members", Cancellation), await http.GetStringAsync("/api/v1/models", Cancellation));
    }
}
