using System.Collections.Frozen;

namespace Slipway.Server.Providers;

/// <summary>The providers of this installation by name.</summary>
internal sealed class ModelProviders(IEnumerable<IModelProvider> providers)
{
    private readonly FrozenDictionary<string, IModelProvider> byName = providers.ToFrozenDictionary(provider => provider.Name, StringComparer.Ordinal);

    /// <summary>A provider; null where none of that name is configured.</summary>
    public IModelProvider? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>The one service that a body can go to as it is; null where there are none or several. The model that is built in knows its own name and no other.</summary>
    public IForwarder? OnlyForwarder { get; } = providers.OfType<IForwarder>().Where(provider => provider is not OfflineProvider).ToList() is [var only] ? only : null;

    /// <summary>The provider that a start of the server describes.</summary>
    /// <param name="options">What it is and where.</param>
    /// <param name="http">Without a timeout of its own; the caller's token limits a call.</param>
    public static IModelProvider Make(ProviderOptions options, HttpClient http) => options.Speaks switch
    {
        ProviderProtocol.Anthropic => new AnthropicProvider(options, http),
        _ => new OpenAiProvider(options, http),
    };

    /// <summary>The client that all providers of a process share. Connections are pooled, and their age limit lets address changes through. A redirection would take keys in
    /// headers of their own along. The gateway sends its own traceparent; an activity of the client's besides would cost more than a tenth of a call.</summary>
    public static HttpClient Http() => new(
        new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), AllowAutoRedirect = false, ActivityHeadersPropagator = null })
    { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>The sentence that says that a provider is not configured, and how to.</summary>
    public string Missing(string name) =>
        $"No provider {name} is configured here; there {(byName.Count == 1 ? "is" : "are")} {string.Join(", ", byName.Keys.Order(StringComparer.Ordinal))}. Start the server with --provider {name}=URL";
}
