namespace Slipway.Server.Tests.Gateway;

/// <summary>One server for tests that only call it: the first version is live, the good one has half of the traffic for ever.</summary>
public sealed class GatewayInstallation : IAsyncLifetime
{
    /// <summary>The server.</summary>
    internal TestInstallation Server { get; private set; } = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        Server = await TestInstallation.StartWithRouterAsync();
        await Server.StartCanaryAsync(Router.Good, Plans.Quick("30%", "100%") with { MinimumUnits = 1_000_000 });
        await Server.Ana.SubmitAsync(Router.Submission(Router.First, prompt: "unborn"), TestContext.Current.CancellationToken).Ok();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
