namespace Slipway.Server.Tests.Providers;

/// <summary>A server whose model is a fake of OpenAI's, which gets one second to answer.</summary>
public sealed class ProviderInstallation : IAsyncLifetime
{
    /// <summary>The model its versions freeze.</summary>
    public const string Model = "openai/gpt-test-2026-01-01";

    /// <summary>The fake.</summary>
    public FakeOpenAi Upstream { get; private set; } = null!;

    /// <summary>The server.</summary>
    public TestInstallation Server { get; private set; } = null!;

    /// <summary>The fake as it was at the beginning.</summary>
    public FakeOpenAi Renewed()
    {
        Upstream.Answer = FakeOpenAi.Usual;
        Upstream.Requests.Clear();
        while (Upstream.Abandoned.Reader.TryRead(out _)) { }
        return Upstream;
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        Upstream = await FakeOpenAi.StartAsync();
        Server = await TestInstallation.StartWithRouterAsync(options => options with { Providers = [Upstream.Provider], ModelTimeout = TimeSpan.FromSeconds(1) }, Model);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Upstream.DisposeAsync();
        await Server.DisposeAsync();
    }
}
