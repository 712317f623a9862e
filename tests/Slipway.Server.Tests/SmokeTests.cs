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
    public async Task A_first_start_that_cannot_listen_loses_no_key()
    {
        await using var other = await TestInstallation.StartAsync();
        var folder = Directory.CreateTempSubdirectory("slipway-test-");
        try
        {
            var options = new ServerOptions { DataFolder = folder.FullName, Listen = other.Address.ToString() };
            await Assert.ThrowsAnyAsync<IOException>(() => SlipwayServer.StartAsync(options, cancellation: TestContext.Current.CancellationToken));
            await using var server = await SlipwayServer.StartAsync(options with { Listen = "http://127.0.0.1:0" }, cancellation: TestContext.Current.CancellationToken);
            Assert.StartsWith("slw_", server.AdministratorKey, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
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
