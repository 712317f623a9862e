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

    /// <summary>OpenAI-compatible providers beside <c>offline</c>.</summary>
    public ImmutableArray<ProviderOptions> Providers { get; init; } = [];

    /// <summary>How long a model may take to answer; default 120 s.</summary>
    public TimeSpan ModelTimeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>How long open requests may take to end once it is asked to stop, before they are broken off; default 10 s.</summary>
    public TimeSpan DrainTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Below which level it does not log; default warnings and worse.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Warning;

    /// <inheritdoc/>
    public override string ToString() => $"{Listen} from {DataFolder}";     // never the database's password
}

/// <summary>An OpenAI-compatible provider.</summary>
/// <param name="Name">As model references name it.</param>
/// <param name="BaseUrl">Up to and with <c>/v1</c>.</param>
/// <param name="Key">Sent as a bearer token; null for services without one.</param>
public sealed record ProviderOptions(string Name, Uri BaseUrl, string? Key)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Name}={BaseUrl}";     // never the key
}
