using System.Text.Json;

namespace Slipway.Client.Tests.CommandLines;

/// <summary><c>slipway key</c> as people use it.</summary>
public sealed class KeyCommandTests : IAsyncLifetime
{
    private readonly Installation installation = new();

    public async ValueTask InitializeAsync()
    {
        await installation.InitializeAsync();
        await installation.GoLiveAsync();
    }

    public ValueTask DisposeAsync() => installation.DisposeAsync();

    [Fact]
    public async Task A_new_key_is_alone_on_standard_output_and_what_it_may_stands_beside_it()
    {
        var issued = await installation.AsAsync("ana", "key", "issue", "ana", "--role", "author", "--prompt", "support_router", "support/", "--expires", "2099-01-31", "--note", "pipeline");
        Assert.Matches(@"^slw_[A-Za-z0-9_-]{43}\r?\n\z", issued.Output);
        Assert.Equal(
            "key-7 of ana, limited to the role author, support_router and support/ until 2099-01-31 00:00 UTC; it ends when key-2 ends; its secret is shown this once:", issued.Errors.TrimEnd());

        var key = issued.Output.Trim();
        await installation.AsAsync(key, "push", Path.Combine(Installation.Sample, "support_router.v1.6.0.yaml"));
        var other = Path.Combine(installation.Files, "other");
        Copy(Installation.Sample, other);
        var manifest = Path.Combine(other, "support_router.v1.5.2.yaml");
        await File.WriteAllTextAsync(manifest, (await File.ReadAllTextAsync(manifest, Cancellation)).Replace("id: support_router", "id: billing", StringComparison.Ordinal), Cancellation);
        var refused = await installation.TryAsAsync(key, "push", manifest);
        Assert.Equal((1, "slipway: key-7 of ana may not submit versions of billing: it is limited to support_router and support/. admin can issue a key that may."), (refused.ExitCode, refused.Errors.TrimEnd()));
        Assert.Contains("key-7 of ana may not cancel", (await ProposeAndCancelAsync(key)).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revoked_key_says_so_and_takes_those_with_it_that_were_issued_with_it()
    {
        var dan = (await installation.AsAsync("admin", "key", "issue", "dan", "--note", "laptop")).Output.Trim();
        var child = (await installation.AsAsync(dan, "key", "issue", "dan")).Output.Trim();
        await installation.AsAsync(child, "live");
        var revoked = await installation.AsAsync("admin", "key", "revoke", "key-7", "--reason", "The laptop is lost.");
        Assert.Equal(["key-7 of dan opens nothing any more.", "key-8 of dan, which was issued with key-7, opens nothing any more."], Lines(revoked.Output));
        foreach (var (key, id) in ((string, string)[])[(dan, "key-7"), (child, "key-8")])
        {
            var refused = await installation.TryAsAsync(key, "live");
            Assert.Equal(1, refused.ExitCode);
            Assert.Matches($@"The API key {id} of dan was revoked on 20\d\d-\d\d-\d\d \d\d:\d\d UTC; it opens nothing any more\.", refused.Errors);
        }
        var log = (await installation.AsAsync("ana", "log")).Output;
        Assert.Contains("admin revoked key-7 of dan: The laptop is lost.", log, StringComparison.Ordinal);
        Assert.Contains("dan issued key-8 to dan, with key-7", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_are_listed_with_what_they_may_and_whether_they_open_anything()
    {
        await installation.AsAsync("admin", "key", "issue", "cleo", "--environment", "staging", "production", "--expires", "90d", "--note", "for the night shift");
        await installation.AsAsync("admin", "key", "revoke", "key-4");
        var list = Lines((await installation.AsAsync("admin", "key", "list", "cleo")).Output);
        Assert.Equal(3, list.Length);
        Assert.Matches(@"^key +member +state +roles +prompts +environments +ends +issued +note$", list[0]);
        Assert.Matches(@"^key-4 +cleo +revoked +all +all +all +20\S+ \S+ UTC +20\S+ \S+ UTC by admin$", list[1]);
        Assert.Matches(@"^key-7 +cleo +active +all +all +staging, production +20\S+ \S+ UTC +20\S+ \S+ UTC by admin +for the night shift$", list[2]);

        var json = (await installation.AsAsync("admin", "key", "list", "--json")).Output;
        using var keys = JsonDocument.Parse(json);
        Assert.Equal(7, keys.RootElement.GetArrayLength());
        Assert.Equal("revoked", keys.RootElement[3].GetProperty("state").GetString());
        Assert.DoesNotContain("sha256", json, StringComparison.Ordinal);
        Assert.DoesNotContain("slw_", json, StringComparison.Ordinal);
        using var issued = JsonDocument.Parse((await installation.AsAsync("admin", "key", "issue", "dan", "--json")).Output);
        Assert.StartsWith("slw_", issued.RootElement.GetProperty("secret").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, issued.RootElement.GetProperty("expires_at").ValueKind);
    }

    [Fact]
    public async Task A_lost_administrator_key_is_replaced_with_the_files_alone()
    {
        await installation.StopAsync();
        var recovered = await Cli.RunAsync("key", "recover", "--data", installation.Data);
        Assert.Equal(0, recovered.ExitCode);
        Assert.Matches(@"^slw_[A-Za-z0-9_-]{43}\r?\n\z", recovered.Output);
        Assert.Contains("key-7 of admin; its secret is shown this once:", recovered.Errors, StringComparison.Ordinal);
        await installation.StartAgainAsync();
        Assert.Contains("system issued key-7 to admin: recovered by who can write the installation's journal", (await installation.AsAsync(recovered.Output.Trim(), "log")).Output, StringComparison.Ordinal);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private async Task<Cli.Result> ProposeAndCancelAsync(string key)
    {
        await installation.AsAsync("ana", "eval", Path.Combine(Installation.Sample, "evals", "v1.6.0.json"));
        await installation.AsAsync(key, "release", "propose", "support_router:v1.6.0", "--plan", Path.Combine(Installation.Sample, "plan.json"));
        return await installation.TryAsAsync(key, "release", "cancel", "rel-2", "--reason", "x");
    }

    private static string[] Lines(string text) => [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd())];

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
