using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Slipway.Core.Access;
using Slipway.Core.Prompts;

namespace Slipway.Server.Tests.Api;

/// <summary>Lists in pages, and answers that say whether they changed.</summary>
public sealed class PagingTests : IAsyncLifetime
{
    private TestInstallation installation = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => installation = await TestInstallation.StartWithRouterAsync();

    public ValueTask DisposeAsync() => installation.DisposeAsync();

    [Theory]
    [InlineData("members", 6)]
    [InlineData("keys", 6)]
    [InlineData("objects", 2)]
    [InlineData("log", 20)]
    [InlineData("prompts/router/versions", 1)]
    public async Task A_list_read_page_by_page_is_the_list(string path, int atLeast)
    {
        using var http = installation.Http("admin");
        var whole = JsonElement.Parse(await http.GetStringAsync($"/api/v1/{path}", Cancellation));
        Assert.True(whole.GetArrayLength() >= atLeast, $"{path} has {whole.GetArrayLength()} items.");
        var (pages, items) = (0, new List<string>());
        for (var next = $"/api/v1/{path}?limit=1"; next is not null; pages++)
        {
            using var response = await http.GetAsync(next, Cancellation);
            items.AddRange(JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancellation)).EnumerateArray().Select(item => item.ToString()));
            next = response.Headers.TryGetValues("Link", out var links) ? links.Single().Split('<', '>')[1] : null;
        }
        Assert.Equal(whole.EnumerateArray().Select(item => item.ToString()), items);
        Assert.Equal(whole.GetArrayLength(), pages);
    }

    [Fact]
    public async Task The_client_reads_all_pages()
    {
        foreach (var number in Enumerable.Range(0, 510)) await installation.Admin.AddMemberAsync(Some.Value<MemberName>($"m{number}"), [], Cancellation).Ok();
        Assert.Equal(516, (await installation.Admin.MembersAsync(Cancellation).Ok()).Length);
        Assert.Equal(510, (await installation.Dan.LogAsync(null, Cancellation).Ok()).Count(line => line.Sentence.EndsWith("a member without roles", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("members?limit=0", 400, "limit must be a whole number from 1 to 1000.")]
    [InlineData("members?limit=ten", 400, "limit must be a whole number from 1 to 1000.")]
    [InlineData("members?after=zoe", 422, "after names \"zoe\", which is not in this list.")]
    [InlineData("log?after=soon", 422, "after is \"soon\": it must be the sequence of an entry.")]
    public async Task A_page_there_is_not_is_refused(string path, int status, string sentence)
    {
        using var http = installation.Http("dan");
        using var response = await http.GetAsync($"/api/v1/{path}", Cancellation);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(sentence, JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancellation)).GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Who_has_an_answer_already_is_told_so()
    {
        using var http = installation.Http("dan");
        using var first = await http.GetAsync("/api/v1/live", Cancellation);
        var tag = first.Headers.ETag!;
        using var again = await AskAsync(http, "/api/v1/live", tag);
        Assert.Equal((HttpStatusCode.NotModified, ""), (again.StatusCode, await again.Content.ReadAsStringAsync(Cancellation)));
        Assert.Equal(tag, again.Headers.ETag);
        await installation.Admin.AddMemberAsync(Some.Value<MemberName>("eve"), [], Cancellation).Ok();
        using var same = await AskAsync(http, "/api/v1/live", tag);
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);      // the journal grew, the answer did not change
        await installation.Ana.AssignAsync(Some.Value<PromptName>(Router.Prompt), new DutiesChange { BackupOwner = Some.Value<MemberName>("cleo") }, Cancellation).Ok();
        using var other = await AskAsync(http, "/api/v1/live", tag);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.NotEqual(tag, other.Headers.ETag);
    }

    [Theory]
    [InlineData("policies/router", """{"several_kinds_of_change": true}""", "cleo")]
    [InlineData("prompts/router/duties", """{"business_owner": "dan"}""", "ana")]
    public async Task A_change_can_insist_on_what_was_seen(string path, string body, string who)
    {
        using var http = installation.Http(who);
        using var seen = await http.GetAsync($"/api/v1/{path}", Cancellation);
        using var changed = await PutAsync(http, path, body, seen.Headers.ETag);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        using var late = await PutAsync(http, path, body, seen.Headers.ETag);
        Assert.Equal(HttpStatusCode.PreconditionFailed, late.StatusCode);
        Assert.Contains("It was changed since you looked at it", await late.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        using var whatever = await PutAsync(http, path, body, EntityTagHeaderValue.Any);
        Assert.Equal(HttpStatusCode.OK, whatever.StatusCode);
    }

    [Fact]
    public async Task Prompts_are_listed_with_who_answers_for_them_and_what_is_live()
    {
        var prompt = Assert.Single(await installation.Dan.PromptsAsync(Cancellation).Ok());
        Assert.Equal(("router", "ana", "ben", 1, Router.First), (prompt.Prompt.Value, prompt.Owner?.Value, prompt.BackupOwner?.Value, prompt.Versions, prompt.Live?.ToString()));
        var version = Assert.Single(await installation.Dan.VersionsAsync(prompt.Prompt, Cancellation).Ok());
        Assert.Equal((1, "ana", "production"), (version.Sequence, version.Author.Value, Assert.Single(version.LiveIn).Value));
    }

    private static async Task<HttpResponseMessage> AskAsync(HttpClient http, string path, EntityTagHeaderValue tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.IfNoneMatch.Add(tag);
        return await http.SendAsync(request, Cancellation);
    }

    private static async Task<HttpResponseMessage> PutAsync(HttpClient http, string path, string body, EntityTagHeaderValue? tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/v1/{path}") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (tag is not null) request.Headers.IfMatch.Add(tag);
        return await http.SendAsync(request, Cancellation);
    }
}
