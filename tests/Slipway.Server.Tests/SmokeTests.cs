using System.Net;
using Slipway.Server.Tests.Gateway;

namespace Slipway.Server.Tests;

public sealed class SmokeTests
{
    [Fact]
    public async Task A_server_starts_on_an_empty_folder_and_answers_through_its_gateway()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        using var answer = await installation.Http("shop").ChatAsync(Chat.Body());
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var text = (await answer.JsonAsync()).GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString();
        Assert.Equal("""{"department": "loans", "urgency": "low"}""", text);
    }

    [Fact]
    public async Task Health_needs_no_key_and_everything_else_does()
    {
        await using var installation = await TestInstallation.StartAsync();
        using var stranger = installation.Http(null);
        Assert.Equal("ok", await stranger.GetStringAsync("/healthz", TestContext.Current.CancellationToken));
        Assert.Contains("ready", await stranger.GetStringAsync("/readyz", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        foreach (var path in (string[])["/api/v1/members", "/api/v1/live", "/v1/models", "/nowhere"])
        {
            using var refused = await stranger.GetAsync(path, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }
    }
}
