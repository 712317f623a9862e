using System.Net;
using System.Security.Cryptography;
using Slipway.Core.Wire;

namespace Slipway.Server.Tests.Snapshots;

/// <summary>The table as it is polled, and packages by hash.</summary>
public sealed class SnapshotTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_table_that_has_not_changed_is_answered_without_a_body()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        var shop = installation.Http("shop");
        var (first, answer) = await shop.PollAsync();
        using (answer)
        {
            Assert.StartsWith($"\"{first!.Revision}-", answer.Headers.ETag?.Tag, StringComparison.Ordinal);
            Assert.False(answer.Headers.ETag!.IsWeak);
            Assert.Equal(("private, no-cache", TimeSpan.Zero, "application/json"), (string.Join(", ", answer.Headers.CacheControl!.ToString().Split(", ").OrderDescending()), answer.Headers.Age, answer.Content.Headers.ContentType?.MediaType));
        }
        var (same, unchanged) = await shop.PollAsync(answer.Headers.ETag.Tag);
        using (unchanged) Assert.Equal((HttpStatusCode.NotModified, null, answer.Headers.ETag, 0), (unchanged.StatusCode, same, unchanged.Headers.ETag, (await unchanged.Content.ReadAsByteArrayAsync(Cancellation)).Length));
        // What changes no routing changes no tag.
        await installation.Ana.SubmitAsync(Router.Submission(Router.Good), Cancellation).Ok();
        var (_, still) = await shop.PollAsync(answer.Headers.ETag.Tag);
        using (still) Assert.Equal(HttpStatusCode.NotModified, still.StatusCode);
        await installation.ChangeAsync("router", 1);
        var (changed, anew) = await shop.PollAsync(answer.Headers.ETag.Tag);
        using (anew) Assert.Equal((HttpStatusCode.OK, 1), (anew.StatusCode, Assert.Single(changed!.Routes).Turn()));
    }

    [Fact]
    public async Task Keys_that_see_different_prompts_never_share_a_tag()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        await installation.AddPromptAsync("billing");
        var tags = new HashSet<string>();
        foreach (var prompt in (string?[])[null, "router", "billing", "r*"])
        {
            var (_, http) = await installation.LimitedAsync(prompt);
            var (table, answer) = await http.PollAsync();
            using (answer) Assert.True(tags.Add(answer.Headers.ETag!.Tag));
            Assert.Equal(prompt switch { null => ["billing", "router"], "billing" => ["billing"], _ => ["router"] }, table!.Routes.Select(route => route.Prompt.Value));
        }
    }

    [Fact]
    public async Task A_table_of_many_prompts_comes_whole()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        // More than one slice: what is written piece by piece must fit together.
        foreach (var number in Enumerable.Range(0, 3)) await installation.AddPromptAsync($"p{number}");
        foreach (var number in Enumerable.Range(0, 3)) await installation.ChangeAsync($"p{number}", number + 1, patterns: 100);
        var (table, answer) = await installation.Http("shop").PollAsync();
        using (answer) Assert.Equal(["p0 1", "p1 2", "p2 3", "router 0"], table!.Routes.Select(route => $"{route.Prompt} {route.Turn()}"));
        await using var listener = await Listener.StartAsync(installation.Http("shop"));
        Assert.Equal(4, (await listener.SnapshotAsync()).Routes.Length);
    }

    [Fact]
    public async Task A_package_is_its_very_bytes_and_good_for_ever()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        var shop = installation.Http("shop");
        var (table, polled) = await shop.PollAsync();
        using (polled) { }
        var hash = table!.Routes[0].Stable.Package;
        using var answer = await shop.GetAsync($"/api/v1/packages/{hash}", Cancellation);
        Assert.Equal(hash.Value, "sha256:" + Convert.ToHexStringLower(SHA256.HashData(await answer.Content.ReadAsByteArrayAsync(Cancellation))));
        var caching = answer.Headers.CacheControl!;
        Assert.Equal((true, TimeSpan.FromDays(365), true), (caching.Private, caching.MaxAge, caching.Extensions.Any(one => one.Name == "immutable")));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/packages/{hash}") { Headers = { IfNoneMatch = { answer.Headers.ETag! } } };
        using var unchanged = await shop.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);

        using var unknown = await shop.GetAsync($"/api/v1/packages/{ContentHash.Of("x"u8)}", Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        using var none = await shop.GetAsync("/api/v1/packages/latest", Cancellation);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, none.StatusCode);
        // A golden set is an object too, and no package.
        var set = Assert.Single(await installation.Ana.ObjectsAsync(Cancellation).Ok(), known => known.What.Contains("golden", StringComparison.Ordinal)).Hash;
        using var cases = await shop.GetAsync($"/api/v1/packages/{set}", Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, cases.StatusCode);
    }

    [Fact]
    public async Task A_package_is_given_to_keys_that_reach_a_prompt_with_it()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        var good = (await installation.Ana.SubmitAsync(Router.Submission(Router.Good), Cancellation).Ok()).Package;
        foreach (var (prompt, status) in ((string, HttpStatusCode)[])[("router", HttpStatusCode.OK), ("billing", HttpStatusCode.Forbidden)])
        {
            var (_, http) = await installation.LimitedAsync(prompt);
            using var answer = await http.GetAsync($"/api/v1/packages/{good}", Cancellation);
            Assert.Equal(status, answer.StatusCode);
        }
    }

    [Fact]
    public async Task An_erased_package_says_so()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        var good = (await installation.Ana.SubmitAsync(Router.Submission(Router.Good), Cancellation).Ok()).Package;
        var shop = installation.Http("shop");
        using (var before = await shop.GetAsync($"/api/v1/packages/{good}", Cancellation)) Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        await installation.Admin.EraseAsync(good, "A name stood in it.", Cancellation).Ok();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/packages/{good}");
        request.Headers.TryAddWithoutValidation("If-None-Match", $"\"{good}\"");
        using var answer = await shop.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.Gone, answer.StatusCode);
        Assert.Contains("by admin: A name stood in it.", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        Assert.False(answer.Headers.CacheControl?.Extensions.Any(one => one.Name == "immutable"));
    }
}
