using System.Text.Json;

namespace Slipway.Client.Tests.CommandLines;

public sealed class PartialAndModelTests : IAsyncLifetime
{
    private readonly Installation installation = new();
    private readonly TemporaryFolder folder = new();

    public ValueTask InitializeAsync() => installation.InitializeAsync();

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return installation.DisposeAsync();
    }

    [Fact]
    public async Task A_partial_is_pushed_listed_and_shown_in_any_of_its_versions()
    {
        Assert.Contains("There is no partial yet", (await installation.AsAsync("dan", "partial", "list")).Output, StringComparison.Ordinal);
        await PushAsync("Be kind.\n");
        Assert.StartsWith("global/tone@2  sha256:", (await PushAsync("Be kind and brief.\r\n")).Output, StringComparison.Ordinal);
        Assert.Equal("global/tone@2 is there already", (await PushAsync("Be kind and brief.\n")).Output.Trim());
        Assert.Contains("global/tone@2", (await installation.AsAsync("dan", "partial", "list")).Output, StringComparison.Ordinal);
        Assert.Contains("Be kind and brief.", (await installation.AsAsync("dan", "partial", "show", "global/tone")).Output, StringComparison.Ordinal);
        using var first = JsonDocument.Parse((await installation.AsAsync("dan", "partial", "show", "global/tone@1", "--json")).Output);
        Assert.Equal("Be kind.\n", first.RootElement.GetProperty("text").GetString());
    }

    [Fact]
    public async Task What_is_wrong_with_a_partial_is_said_before_or_by_the_server()
    {
        var path = folder.Write("tone.md", "Be\n {{#kind}}.");
        Assert.Contains($"{path}:2:2: {{{{#kind}}}}", (await TryPushAsync("ana", path)).Errors, StringComparison.Ordinal);
        folder.Write("tone.md", "{{>global/other}}");
        Assert.Contains("There is no partial global/other", (await TryPushAsync("ana", path)).Errors, StringComparison.Ordinal);
        folder.Write("tone.md", "{{>global/tone}}");
        Assert.Contains("would include itself", (await TryPushAsync("ana", path)).Errors, StringComparison.Ordinal);
        folder.Write("tone.md", "Be kind.");
        Assert.Contains("ben may not submit partials", (await TryPushAsync("ben", path)).Errors, StringComparison.Ordinal);
        Assert.Contains("does not say why", (await installation.TryAsAsync("ana", "partial", "push", "global/tone", path, "--reason", "update")).Errors, StringComparison.Ordinal);
        var missing = await TryPushAsync("ana", folder.PathOf("nowhere.md"));
        Assert.Equal((2, $"slipway: {folder.PathOf("nowhere.md")}: There is no such file."), (missing.ExitCode, missing.Errors.Trim()));
        Assert.Contains("is no partial's name", (await installation.TryAsAsync("ana", "partial", "push", "Tone", path, "--reason", "x")).Errors, StringComparison.Ordinal);
        Assert.Contains("There is no partial global/tone", (await installation.TryAsAsync("ana", "partial", "show", "global/tone")).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_is_described_bit_by_bit_and_its_prices_are_shown_plainly()
    {
        await installation.AsAsync("admin", "model", "add", "offline/large", "--context", "128000", "--input", "2", "--output", "8.5");
        await installation.AsAsync("admin", "model", "add", "offline/large", "--cached", "0.125", "--pinned");
        Assert.Equal(
            [
                "model                    aliases             context  input    cached   output   for production",
                "offline/large            none                128,000  $2.00    $0.125   $8.50    yes",
                "offline/offline-2026-11  production-default  unknown  unknown  unknown  unknown  yes",
                "Prices are US dollars per million tokens.",
            ],
            (await installation.AsAsync("dan", "model", "list")).Output.TrimEnd().ReplaceLineEndings("\n").Split('\n'));
        Assert.Contains("no, it is neither dated nor pinned", (await installation.AsAsync("admin", "model", "add", "offline/large", "--pinned", "false")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "A price is missing.", "model", "add", "offline/large", "--cached", "1")]
    [InlineData(2, "A price is missing.", "model", "add", "offline/large", "--output", "1")]
    [InlineData(2, "\"large\" is no model", "model", "add", "large")]
    [InlineData(1, "A price must be from 0 to 100000", "model", "add", "offline/large", "--input=-1", "--output", "1")]
    [InlineData(1, "The context must be from 1 to", "model", "add", "offline/large", "--context", "0")]
    [InlineData(1, "No provider nope is configured here", "model", "add", "nope/large")]
    [InlineData(1, "is no alias", "model", "set", "Production", "offline/large")]
    public async Task What_is_wrong_with_a_model_is_said_in_a_sentence(int exitCode, string sentence, params string[] arguments)
    {
        var result = await installation.TryAsAsync("admin", arguments);
        Assert.Contains(sentence, result.Errors, StringComparison.Ordinal);
        Assert.Equal((exitCode, ""), (result.ExitCode, result.Output));
    }

    private Task<Cli.Result> PushAsync(string text) =>
        installation.AsAsync("ana", "partial", "push", "global/tone", folder.Write("tone.md", text), "--reason", "Customers complained about curt answers.");

    private Task<Cli.Result> TryPushAsync(string who, string path) => installation.TryAsAsync(who, "partial", "push", "global/tone", path, "--reason", "Customers complained about curt answers.");
}
