namespace Slipway.Server.Tests.Gateway;

/// <summary>One server for tests that only call it: the first version is live, the good one has a share of the traffic for ever; beside it a prompt that has never been live, and one with no release under way.</summary>
public sealed class GatewayInstallation : IAsyncLifetime
{
    /// <summary>The server.</summary>
    internal TestInstallation Server { get; private set; } = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        Server = await TestInstallation.StartWithRouterAsync();
        await Server.StartCanaryAsync(Router.Good, Plans.Quick("30%", "100%") with { MinimumUnits = 1_000_000 });
        foreach (var prompt in (string[])["unborn", "settled"]) await Server.Ana.SubmitAsync(Router.Submission(Router.First, prompt: prompt), TestContext.Current.CancellationToken).Ok();
        await Server.Ana.SubmitAsync(Router.Submission(Router.Good, prompt: "settled"), TestContext.Current.CancellationToken).Ok();
        await Server.BootstrapAsync("settled:v1.0.0");
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
