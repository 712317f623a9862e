using System.Text.Json;

namespace Slipway.Client.Tests.CommandLines;

public sealed class JournalTests : IAsyncLifetime
{
    private readonly Installation installation = new();

    public async ValueTask InitializeAsync()
    {
        await installation.InitializeAsync();
        await installation.GoLiveAsync();
    }

    public ValueTask DisposeAsync() => installation.DisposeAsync();

    [Fact]
    public async Task The_log_tells_the_story_of_a_prompt_in_sentences()
    {
        var log = (await installation.AsAsync("dan", "log", "support_router")).Output;
        Assert.Contains("ana submitted support_router:v1.5.2", log, StringComparison.Ordinal);
        Assert.Contains("ana assigned the duties of support_router: backup owner ben", log, StringComparison.Ordinal);
        Assert.Contains("ana proposed rel-1: support_router:v1.5.2 as the first version in production: As it was in the code so far.", log, StringComparison.Ordinal);
        Assert.Contains("ben approved rel-1: Word for word the same.", log, StringComparison.Ordinal);
        Assert.Contains("ben started rel-1 at 100%", log, StringComparison.Ordinal);
        Assert.DoesNotContain("key-2", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exported_journal_verifies_and_a_changed_entry_is_named()
    {
        var path = Path.Combine(installation.Files, "journal.jsonl");
        await installation.AsAsync("dan", "log", "export", path);
        Assert.Equal(0, (await Cli.RunAsync("log", "verify", path)).ExitCode);

        var lines = await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken);
        var approved = Array.FindIndex(lines, line => line.Contains("release_approved", StringComparison.Ordinal));
        lines[approved] = lines[approved].Replace("\"ben\"", "\"ana\"", StringComparison.Ordinal);
        await File.WriteAllLinesAsync(path, lines, TestContext.Current.CancellationToken);

        var result = await Cli.RunAsync("log", "verify", path);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"Entry {approved + 1} was changed after it was written", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_removed_entry_is_named_and_so_is_one_that_has_lost_its_form()
    {
        var path = Path.Combine(installation.Files, "journal.jsonl");
        await installation.AsAsync("dan", "log", "export", path);
        var lines = (await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken)).ToList();

        await File.WriteAllLinesAsync(path, lines.Where((_, index) => index != 3), TestContext.Current.CancellationToken);
        Assert.Contains("Entry 4 is missing", (await Cli.RunAsync("log", "verify", path)).Errors, StringComparison.Ordinal);

        lines[3] = lines[3][..20];
        await File.WriteAllLinesAsync(path, lines, TestContext.Current.CancellationToken);
        Assert.Contains("Entry 4 has lost the form of an entry", (await Cli.RunAsync("log", "verify", path)).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_journal_of_a_data_folder_is_checked_without_a_server()
    {
        await installation.StopAsync();
        var result = await Cli.RunAsync("log", "verify", "--data", installation.Data);
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("are as they were written", result.Output, StringComparison.Ordinal);
        Assert.Contains("There is no journal", (await Cli.RunAsync("log", "verify", "--data", installation.Files)).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Programs_get_the_log_as_JSON()
    {
        using var log = JsonDocument.Parse((await installation.AsAsync("dan", "log", "--json")).Output);
        Assert.Equal(1, log.RootElement[0].GetProperty("sequence").GetInt64());
        Assert.Equal("system", log.RootElement[0].GetProperty("actor").GetString());
    }
}
