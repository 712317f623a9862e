using System.Collections.Immutable;

namespace Slipway.Server;

/// <summary>How a server is started.</summary>
public sealed record ServerOptions
{
    /// <summary>The folder of its data; made where it is missing.</summary>
    public required string DataFolder { get; init; }

    /// <summary>The PostgreSQL database of journal and objects, as <c>postgres://</c> address or connection string; null for SQLite in the data folder.
    /// Several servers may share one. It may hold a password.</summary>
    public string? Postgres { get; init; }

    /// <summary>Where it listens, e.g. <c>http://127.0.0.1:8080</c>; port 0 takes a free one.</summary>
    public string Listen { get; init; } = "http://127.0.0.1:8080";

    /// <summary>The environment its gateway serves; default production.</summary>
    public EnvironmentName Environment { get; init; } = EnvironmentName.Production;

    /// <summary>Providers of models beside <c>offline</c>.</summary>
    public ImmutableArray<ProviderOptions> Providers { get; init; } = [];

    /// <summary>Whether a call that names a model and no prompt is passed through to its provider; default yes.</summary>
    public bool PassThrough { get; init; } = true;

    /// <summary>How long a model may take to answer where nobody says.</summary>
    public static readonly TimeSpan DefaultModelTimeout = TimeSpan.FromSeconds(120);

    /// <summary>How long a model may take to answer; default 120 s.</summary>
    public TimeSpan ModelTimeout { get; init; } = DefaultModelTimeout;

    /// <summary>How long open requests may take to end once it is asked to stop, before they are broken off; default 10 s.</summary>
    public TimeSpan DrainTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many applications may follow its routing at once, each with an open event stream; default 20,000. Each takes a file descriptor and some 20 KB.</summary>
    public int MostStreams { get; init; } = 20_000;

    /// <summary>How many new event streams it takes in a second, and at most at once; default 1,000. Those beyond are told when to come back.</summary>
    public int NewStreamsPerSecond { get; init; } = 1_000;

    /// <summary>How long calls are kept, by environment; what is not named is kept 30 days, in production 90.</summary>
    public ImmutableDictionary<EnvironmentName, TimeSpan> Retention { get; init; } = ImmutableDictionary<EnvironmentName, TimeSpan>.Empty;

    /// <summary>Where activities and metrics go by OTLP, e.g. <c>http://127.0.0.1:4318</c>; null for nowhere.</summary>
    public Uri? Otlp { get; init; }

    /// <summary>Below which level it does not log; default warnings and worse.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Warning;

    /// <inheritdoc/>
    public override string ToString() => $"{Listen} from {DataFolder}";     // never the database's password
}

/// <summary>A service that answers with models.</summary>
/// <param name="Name">As model references name it.</param>
/// <param name="BaseUrl">Up to and with <c>/v1</c>; for Anthropic's services with or without it. A query, e.g. <c>?api-version=1</c>, stays at the end of each address.</param>
/// <param name="Key">Sent with each request; null for services without one.</param>
public sealed record ProviderOptions(string Name, Uri BaseUrl, string? Key)
{
    /// <summary>The interface that the service has; default OpenAI's chat completions.</summary>
    public ProviderProtocol Speaks { get; init; }

    /// <summary>The header that carries the key, e.g. <c>api-key</c>; null, the default, for <c>Authorization: Bearer</c>.</summary>
    public string? KeyHeader { get; init; }

    /// <summary>Headers that every request carries besides, by name; default none. They are no place for secrets: the command line shows them.</summary>
    public ImmutableSortedDictionary<string, string> Headers { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <inheritdoc/>
    public override string ToString() => $"{Name}={BaseUrl}";     // never the key
}

/// <summary>The interfaces of model services that Slipway speaks.</summary>
public enum ProviderProtocol
{
    /// <summary>OpenAI's chat completions, as Ollama, vLLM and many others have them.</summary>
    OpenAi,

    /// <summary>Anthropic's Messages.</summary>
    Anthropic,
}
