using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Slipway.Client.Tests.Serving;

public sealed class SlipwayServicesTests
{
    [Fact]
    public async Task An_application_with_services_serves_when_it_has_started()
    {
        await using var server = await FakeSlipway.StartAsync();
        server.Keep(Some.Stable);
        server.Hold(Some.Route() with { RollbackTo = null });
        using var host = Application(options => options.Server = server.Address);

        await host.StartAsync(TestContext.Current.CancellationToken);

        Assert.IsType<RenderAnswer.Rendered>(host.Services.GetRequiredService<ISlipwayClient>().Render(Some.Router, Some.Variables));
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Wrong_options_stop_the_start_and_say_all_that_is_wrong()
    {
        using var host = Application(options => (options.Key, options.Environment, options.Lease) = ("a key", "prod", TimeSpan.FromMinutes(1)));

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Equal(
        [
            "Slipway needs the address of its server: set Server, e.g. to https://slipway.example.com.",
            "Slipway's Key is no API key: it is empty or has characters that no key has. Leave it null to send none.",
            "Slipway's Environment must be development, staging or production, and is \"prod\".",
            "Slipway's Lease must be from 1 to 10 s, and is 60 s.",
        ], exception.Failures);
        Assert.DoesNotContain("a key", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_as_text_keep_the_key_to_themselves() =>
        Assert.Equal("app-1 at https://slipway.example.com/ in production", new SlipwayClientOptions { Server = new Uri("https://slipway.example.com"), Key = "slw_secret", Instance = "app-1" }.ToString());

    [Fact]
    public void Instances_have_names_of_their_own() => Assert.NotEqual(new SlipwayClientOptions().Instance, new SlipwayClientOptions().Instance);

    private static IHost Application(Action<SlipwayClientOptions> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSlipway(configure);
        return builder.Build();
    }
}
