using Slipway.Cli.Serve;
using Slipway.Server;

namespace Slipway.Client.Tests.Serve;

public sealed class ProviderReading
{
    [Fact]
    public void A_name_and_an_address_are_enough() =>
        Assert.Equal(("ollama", "http://127.0.0.1:11434/v1", ProviderProtocol.OpenAi, null), Read("ollama=http://127.0.0.1:11434/v1") is var one ? (one.Name, one.BaseUrl.ToString(), one.Speaks, one.KeyHeader) : default);

    [Fact]
    public void What_follows_says_how_it_takes_its_key_and_what_else_it_is_sent()
    {
        var provider = Read("azure=https://example.org/openai/v1?api-version=1,2,auth=api-key,header=x-team: search,header=x-cost:7");
        Assert.Equal(("https://example.org/openai/v1?api-version=1,2", "api-key"), (provider.BaseUrl.ToString(), provider.KeyHeader));
        Assert.Equal([("x-cost", "7"), ("x-team", "search")], provider.Headers.Select(header => (header.Key, header.Value)));
    }

    [Theory]
    [InlineData("anthropic=https://example.org", ProviderProtocol.Anthropic)]
    [InlineData("claude=https://example.org,speaks=anthropic", ProviderProtocol.Anthropic)]
    [InlineData("anthropic=https://example.org,speaks=openai", ProviderProtocol.OpenAi)]
    public void What_it_speaks_goes_by_its_name_unless_it_is_said(string text, ProviderProtocol speaks) => Assert.Equal(speaks, Read(text).Speaks);

    private static ProviderOptions Read(string text)
    {
        var providers = Providers.Read([text], out var wrong);
        Assert.Null(wrong);
        return providers!.Value[0];
    }
}
