using System.Net;
using System.Text.Json;

namespace Slipway.Server.Tests.Gateway;

/// <summary>How a caller names a prompt, one of its versions, and itself.</summary>
public sealed class NamingTests(GatewayInstallation shared) : IClassFixture<GatewayInstallation>
{
    private const string Rest = """ "messages": [{"role": "user", "content": "hello"}] """;
    private const string City = """ "variables": {"library": "city"} """;
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("1.0.0", "1.0.0", "stable")]
    [InlineData("v1.0.0", "1.0.0", "stable")]
    [InlineData("1", "1.0.0", "stable")]
    [InlineData("production", "1.0.0", "stable")]
    [InlineData("live", "1.0.0", "stable")]
    [InlineData("1.1.0", "1.1.0", "candidate")]
    [InlineData("2", "1.1.0", "candidate")]
    [InlineData("canary", "1.1.0", "candidate")]
    public async Task A_version_that_is_asked_for_answers_and_is_no_evidence_for_a_release(string asked, string version, string arm)
    {
        foreach (var body in (string[])
                 [
                     $$"""{"model": "slipway/router@{{asked}}", "prompt": { {{City}} }, {{Rest}} }""",
                     $$"""{"prompt": {"id": "router", "version": "{{asked}}", {{City}} }, {{Rest}} }""",
                     $$"""{"model": "slipway/router", "prompt": {"prompt_id": "router", "version": "{{asked}}", {{City}} }, {{Rest}} }""",
                 ])
        {
            using var http = shared.Server.Http("shop");
            using var response = await http.ChatAsync(body, ("x-slipway-unit", "somebody"));
            Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Cancellation));
            Assert.Equal((version, arm, ""), (response.Header("x-slipway-version"), response.Header("x-slipway-arm"), response.Header("x-slipway-release")));
        }
    }

    [Theory]
    [InlineData("settled@1.1.0", 404, "version_not_found", "settled:v1.1.0 was never released to production, so nobody approved it there; 1.0.0 is live.")]
    [InlineData("settled@2", 404, "version_not_found", "settled:v1.1.0 was never released to production")]
    [InlineData("settled@canary", 404, "version_not_found", "No release of settled has traffic in production, so nothing is its canary.")]
    [InlineData("settled@9.9.9", 404, "version_not_found", "settled has no version 9.9.9; 1.0.0 is live in production.")]
    [InlineData("settled@7", 404, "version_not_found", "settled has no version 7; 1.0.0 is live in production.")]
    [InlineData("settled@soon", 400, null, "\"soon\" names no version: it is a version such as 1.6.0 or 2026-03-15.3, its place in the sequence, production, live or canary.")]
    [InlineData("settled@", 400, null, "A version is 1 to 60 characters long.")]
    public async Task A_version_that_may_not_be_served_is_refused_with_the_reason(string name, int status, string? code, string sentence)
    {
        var error = await RefusedAsync($$"""{"model": "slipway/{{name}}", "prompt": { {{City}} }, {{Rest}} }""", status);
        Assert.Equal(("model", code), (error.GetProperty("param").GetString(), error.GetProperty("code").GetString()));
        Assert.StartsWith(sentence, error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"model": "slipway/router@1.0.0", "prompt": {"version": "1.1.0"}, "messages": []}""", 400, "prompt.version", "prompt.version says 1.1.0, but model says 1.0.0.")]
    [InlineData("""{"model": "gpt-4o", "prompt": {"id": "router"}, "messages": []}""", 400, "model", "model is frozen in the prompt's version")]
    [InlineData("""{"prompt": {"id": "router", "version": 1}, "messages": []}""", 400, "prompt.version", "prompt.version must be a text.")]
    [InlineData("""{"prompt": {"id": "nothing"}, "messages": []}""", 404, "prompt.id", "No version of a prompt nothing is live in production.")]
    [InlineData("""{"prompt": {"id": "router", "version": "9.9.9"}, "messages": []}""", 404, "prompt.version", "router has no version 9.9.9")]
    [InlineData("""{"model": "slipway/router", "metadata": 1, "messages": []}""", 400, "metadata", "metadata must be an object of texts by name.")]
    [InlineData("""{"model": "slipway/router", "metadata": {"a": 1}, "messages": []}""", 400, "metadata.a", "metadata.a must be a text.")]
    [InlineData("""{"model": "slipway/router", "metadata": {"": "x"}, "messages": []}""", 400, "metadata", "A name in metadata is 1 to 64 characters long.")]
    public async Task What_contradicts_itself_or_has_the_wrong_form_is_named(string body, int status, string param, string sentence)
    {
        var error = await RefusedAsync(body, status);
        Assert.Equal(param, error.GetProperty("param").GetString());
        Assert.StartsWith(sentence, error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x-slipway-unit")]
    [InlineData("x-slipway-tenant")]
    [InlineData("x-slipway-user")]
    [InlineData("x-slipway-workflow")]
    public async Task A_header_that_is_no_name_any_more_is_refused(string header)
    {
        using var http = shared.Server.Http("shop");
        using var response = await http.ChatAsync(Chat.Body(), (header, new string('x', 501)));
        Assert.Equal((HttpStatusCode.BadRequest, header), (response.StatusCode, (await response.JsonAsync()).GetProperty("error").GetProperty("param").GetString()));
    }

    [Fact]
    public async Task Metadata_has_its_limits()
    {
        var seventeen = string.Join(",", Enumerable.Range(0, 17).Select(number => $"\"k{number}\":\"v\""));
        Assert.Equal("metadata", (await RefusedAsync($$"""{"model": "slipway/router", "metadata": { {{seventeen}} }, "messages": []}""", 400)).GetProperty("param").GetString());
        Assert.Equal("metadata.k", (await RefusedAsync($$"""{"model": "slipway/router", "metadata": {"k": "{{new string('v', 513)}}"}, "messages": []}""", 400)).GetProperty("param").GetString());
    }

    [Theory]
    [InlineData("x-slipway-user", null)]
    [InlineData(null, "safety_identifier")]
    [InlineData(null, "user")]
    public async Task The_user_is_the_sticky_unit_where_none_is_named(string? header, string? field)
    {
        using var http = shared.Server.Http("shop");
        foreach (var user in Enumerable.Range(0, 10).Select(number => $"person-{number}"))
        {
            using var named = await http.ChatAsync(Chat.Body(), ("x-slipway-unit", user));
            var body = Chat.Body().Replace("\"user\":null", field is null ? "\"user\":null" : $"\"{field}\":\"{user}\"", StringComparison.Ordinal);
            using var asked = header is null ? await http.ChatAsync(body) : await http.ChatAsync(body, (header, user));
            Assert.Equal(named.Header("x-slipway-version"), asked.Header("x-slipway-version"));
        }
    }

    [Fact]
    public async Task Who_asks_on_whose_behalf_is_on_record()
    {
        var trace = Guid.NewGuid().ToString("N");
        using var http = shared.Server.Http("shop");
        var body = Chat.Body(user: "ida").Replace("\"stream\":false", "\"metadata\":{\"channel\":\"web\",\"plan\":\"gold\"}", StringComparison.Ordinal);
        using var response = await http.ChatAsync(
            body, ("traceparent", $"00-{trace}-00f067aa0ba902b7-01"), ("x-slipway-unit", "talk-1"), ("x-slipway-tenant", "springfield"), ("x-slipway-workflow", "sort"));
        Assert.True(response.IsSuccessStatusCode);
        Core.Calls.CallRecord? record = null;
        await Some.Eventually(async () => (record = (await shared.Server.Dan.CallsAsync(null, null, trace, 1, Cancellation).Ok()).FirstOrDefault()) is not null, "a call record");
        Assert.Equal(("talk-1", "ida", "springfield", "sort", "chat"), (record!.UnitKey, record.UserKey, record.Tenant, record.Workflow, record.Door));
        Assert.Equal([("channel", "web"), ("plan", "gold")], record.Attributes!.Select(pair => (pair.Key, pair.Value)));
        Assert.Equal(("loans", null), (record.Route, record.Drifted));
        Assert.NotNull(record.EffectiveHash);
    }

    private async Task<JsonElement> RefusedAsync(string body, int status)
    {
        using var http = shared.Server.Http("shop");
        using var response = await http.ChatAsync(body);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("false", response.Header("x-should-retry"));
        return (await response.JsonAsync()).GetProperty("error");
    }
}
