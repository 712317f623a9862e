using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Slipway.Server.Access;
using Slipway.Server.Tests.Gateway;

namespace Slipway.Server.Tests.Storage;

public sealed class SecretTests(CapturedLog log)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_key_stands_in_the_journal_the_call_log_or_what_the_server_prints()
    {
        await using var upstream = await FakeOpenAi.StartAsync();
        await using var installation = await TestInstallation.StartWithRouterAsync(
            options => options with { Providers = [upstream.Provider], LogLevel = LogLevel.Trace }, "openai/gpt-test-2026-01-01");
        using var http = installation.Http("shop");
        foreach (var stream in (bool[])[false, true])
        {
            using var good = await http.ChatAsync(Chat.Body(stream: stream));
            Assert.Equal(FakeOpenAi.Key, upstream.Requests.Last().Authorization["Bearer ".Length..]);
            upstream.Answer = (context, _) => FakeOpenAi.Error(context, 401, "Incorrect API key provided.");
            using var bad = await http.ChatAsync(Chat.Body(stream: stream));
            await good.Content.ReadAsStringAsync(Cancellation);
            upstream.Answer = (context, _) => FakeOpenAi.Stream(context, FakeOpenAi.Valid);
        }
        await MalformedAsync(installation.Address, $"Authorization : Bearer {installation.Key("ana")}");
        await MalformedAsync(installation.Address, $"Authorization {installation.Key("ana")}");
        using var stranger = await installation.Http(null).GetAsync("/api/v1/live", Cancellation);
        string[] secrets = [FakeOpenAi.Key, .. ((string[])["admin", "ana", "ben", "cleo", "dan", "shop"]).Select(installation.Key)];
        await installation.StopAsync();

        Assert.Contains("trce: ", log.Text, StringComparison.Ordinal);        // it did log
        Assert.Contains("Invalid request header: 'Authorization", log.Text, StringComparison.Ordinal);     // and quoted what it could not read
        foreach (var secret in secrets)
        {
            Assert.False(log.Text.Contains(secret, StringComparison.Ordinal), "A key was printed.");
            foreach (var file in Directory.EnumerateFiles(installation.Folder))
                Assert.False((await File.ReadAllBytesAsync(file, Cancellation)).AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)) >= 0, $"A key stands in {Path.GetFileName(file)}.");
        }
    }

    [Theory]
    [InlineData("GET /v1/models?key=slw_0123456789 HTTP/1.1", "GET /v1/models?key=[secret] HTTP/1.1")]
    [InlineData("'Authorization : bearer abc' 'Bearer\tx'", "'Authorization : Bearer [secret] 'Bearer [secret]")]
    [InlineData("openai answered 401: sk-planted-5f3a9c is wrong", "openai answered 401: [secret] is wrong")]
    [InlineData("slw_ is how they begin; key-3 is a name", "slw_ is how they begin; key-3 is a name")]
    public void A_log_line_has_no_key_in_it(string line, string logged) => Assert.Equal(
        logged, new LogWithoutSecrets(new ServerOptions { DataFolder = "x", Providers = [new ProviderOptions("openai", new Uri("http://127.0.0.1/v1"), FakeOpenAi.Key)] }).Without(line));

    [Fact]
    public void A_provider_prints_without_its_key() =>
        Assert.Equal("openai=http://127.0.0.1/v1", new ProviderOptions("openai", new Uri("http://127.0.0.1/v1"), FakeOpenAi.Key).ToString());

    private static async Task MalformedAsync(Uri server, string header)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Port, Cancellation);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET /v1/models HTTP/1.1\r\nHost: x\r\n{header}\r\n\r\n"), Cancellation);
        using var reader = new StreamReader(client.GetStream());
        Assert.StartsWith("HTTP/1.1 400", await reader.ReadToEndAsync(Cancellation), StringComparison.Ordinal);
    }
}
