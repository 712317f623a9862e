using System.Text.Json;

namespace Slipway.Client.Tests.CommandLines;

public sealed class ObjectTests : IAsyncLifetime
{
    private readonly Installation installation = new();

    public async ValueTask InitializeAsync()
    {
        await installation.InitializeAsync();
        await installation.GoLiveAsync();
    }

    public ValueTask DisposeAsync() => installation.DisposeAsync();

    [Fact]
    public async Task Objects_are_listed_shown_and_erased()
    {
        var list = (await installation.AsAsync("dan", "object", "list")).Output;
        Assert.Contains("the package of support_router:v1.5.2", list, StringComparison.Ordinal);
        var line = Assert.Single(list.Split('\n'), line => line.EndsWith("the golden set support_router_golden:v4", StringComparison.Ordinal));
        var hash = line.Split(' ')[0];
        var first = (await installation.AsAsync("dan", "object", "show", hash)).Output.Split('\n')[0];
        using (var parsed = JsonDocument.Parse(first)) Assert.True(parsed.RootElement.TryGetProperty("id", out _), first);

        Assert.Contains("ana may not erase objects", (await installation.TryAsAsync("ana", "object", "erase", hash, "--reason", "x")).Errors, StringComparison.Ordinal);
        var erased = (await installation.AsAsync("admin", "object", "erase", hash, "--reason", "A customer asked us to.")).Output;
        Assert.Matches(@"^The golden set support_router_golden:v4 \([0-9a-f]{12}\): erased on \d{4}-\d\d-\d\d by admin: A customer asked us to\.\n\z", erased);
        var gone = await installation.TryAsAsync("dan", "object", "show", hash);
        Assert.Equal(1, gone.ExitCode);
        Assert.Matches(@"^slipway: The golden set support_router_golden:v4 was erased on \d{4}-\d\d-\d\d by admin: A customer asked us to\.\n\z", gone.Errors);
        Assert.Contains("the golden set support_router_golden:v4  (erased on ", (await installation.AsAsync("dan", "object", "list")).Output, StringComparison.Ordinal);
        using var json = JsonDocument.Parse((await installation.AsAsync("dan", "object", "list", "--json")).Output);
        Assert.Contains(json.RootElement.EnumerateArray(), known => known.GetProperty("erased_because").GetString() == "A customer asked us to.");
    }

    [Theory]
    [InlineData(2, "\"abc\" is no object's hash: it must be sha256: followed by 64 hexadecimal digits.", "show", "abc")]
    [InlineData(2, "\"abc\" is no object's hash", "erase", "abc", "--reason", "x")]
    [InlineData(2, "--reason is missing.", "erase", "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData(1, "There is no object sha256:e3b0", "show", "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData(1, "Say why: the reason is empty.", "erase", "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "--reason", " ")]
    public async Task What_cannot_be_shown_or_erased_is_refused_in_a_sentence(int exitCode, string sentence, params string[] arguments)
    {
        var result = await installation.TryAsAsync("admin", ["object", .. arguments]);
        Assert.Contains(sentence, result.Errors, StringComparison.Ordinal);
        Assert.Equal(exitCode, result.ExitCode);
        Assert.Empty(result.Output);
    }

    [Fact]
    public async Task The_doctor_looks_at_a_database_and_repeats_no_password()
    {
        var result = await installation.TryAsAsync("dan", "doctor", "--postgres", "postgres://slipway:planted@127.0.0.1:1/slipway");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("The database slipway on 127.0.0.1:1 cannot be used: Connection refused.", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("planted", result.Output + result.Errors, StringComparison.Ordinal);
    }
}
