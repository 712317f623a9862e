using System.Collections.Immutable;
using System.CommandLine;
using Microsoft.Extensions.Logging;
using Slipway.Core.Journal;
using Slipway.Core.Releases;
using Slipway.Core.Wire;
using Slipway.Server;
using Slipway.Server.Storage;

namespace Slipway.Cli.Serve;

/// <summary><c>slipway serve</c>: the server in this process.</summary>
internal static class ServeCommand
{
    private static readonly Option<string> Data = new("--data") { Description = "The folder of its data", DefaultValueFactory = _ => "slipway-data", HelpName = "DIR" };
    private static readonly Option<string?> Postgres = new("--postgres")
    {
        Description = "Keep journal and objects in this PostgreSQL database, which several servers may share; default SLIPWAY_POSTGRES, else SQLite in the data folder",
        HelpName = "CONN",
    };
    private static readonly Option<string> Listen = new("--listen") { Description = "Where it listens", DefaultValueFactory = _ => "http://127.0.0.1:8080", HelpName = "URL" };
    private static readonly Option<string[]> Provider = new("--provider")
    {
        Description = $"A provider of models beside offline, as {Providers.Form}; its key is read from SLIPWAY_PROVIDER_NAME_KEY. May be repeated",
        HelpName = "NAME=URL",
    };
    private static readonly Option<bool> NoPassThrough = new("--no-passthrough") { Description = "Refuse calls that name a model and no prompt, instead of passing them through to its provider" };
    private static readonly Option<string[]> Retain = new("--retain")
    {
        Description = "How long the calls of an environment are kept, as in production=90d; default 90d in production, 30d elsewhere. May be repeated",
        HelpName = "ENVIRONMENT=AGE",
    };
    private static readonly Option<string?> Otlp = new("--otlp") { Description = "Where activities and metrics go by OTLP/HTTP; default OTEL_EXPORTER_OTLP_ENDPOINT, else nowhere", HelpName = "URL" };
    private static readonly Option<bool> Verbose = new("--verbose") { Description = "Log what it does to standard error" };

    public static Command Make() => new Command("serve", "Run the server") { Data, Postgres, Listen, Provider, NoPassThrough, Retain, Otlp, Verbose }.Does(RunAsync);

    private static async Task<int> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        var (terminal, parse) = (context.Terminal, context.Parse);
        if (Providers.Read(parse.GetValue(Provider) ?? [], out var wrong) is not { } providers) return context.Misused(wrong!, $"Write it as --provider {Providers.Form}, as in --provider ollama=http://127.0.0.1:11434/v1");
        if (RetentionOf(parse.GetValue(Retain) ?? []) is not { } retention) return context.Misused("--retain is not understood.", "Write it as --retain production=90d --retain development=7d");
        Uri? otlp = null;
        if ((parse.GetValue(Otlp) ?? Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT")) is { Length: > 0 } endpoint && !(Uri.TryCreate(endpoint, UriKind.Absolute, out otlp) && otlp.Scheme is "http" or "https"))
            return context.Misused($"\"{endpoint}\" is no address to export to.", "Write it as --otlp http://127.0.0.1:4318");
        var options = new ServerOptions
        {
            DataFolder = parse.GetValue(Data)!,
            Postgres = parse.GetValue(Postgres) ?? Environment.GetEnvironmentVariable("SLIPWAY_POSTGRES"),
            Listen = parse.GetValue(Listen)!,
            Providers = providers,
            PassThrough = !parse.GetValue(NoPassThrough),
            Retention = retention,
            Otlp = otlp,
            LogLevel = parse.GetValue(Verbose) ? LogLevel.Information : LogLevel.Warning,
        };
        if (await StartAsync(options, terminal, cancellation) is not { } server) return ExitCode.Unusable;
        await using (server)
        {
            terminal.Line($"Slipway serves {server.Address} from {(server.Database is { } database ? $"{database}, keys in " : "")}{Path.GetFullPath(options.DataFolder)}");
            if (server.AdministratorKey is { } key) terminal.Line($"First start. The administrator's key, shown this once: {key}");
            terminal.Line($"Its journal is signed with the key {server.CheckpointKey}");
            await server.WaitForShutdownAsync(cancellation);
            return server.GaveUp ? ExitCode.Unusable : ExitCode.Done;
        }
    }

    private static ImmutableDictionary<EnvironmentName, TimeSpan>? RetentionOf(IEnumerable<string> pairs)
    {
        var retention = ImmutableDictionary.CreateBuilder<EnvironmentName, TimeSpan>();
        foreach (var pair in pairs)
        {
            if (pair.Split('=') is not [var name, var age] || !EnvironmentName.TryParse(name, out var environment) || !Duration.TryParse(age, out var kept) || kept.Value <= TimeSpan.Zero) return null;
            retention[environment] = kept.Value;
        }
        return retention.ToImmutable();
    }

    /// <summary>Starts a server; null, after saying why, where it cannot start.</summary>
    public static async Task<SlipwayServer?> StartAsync(ServerOptions options, Terminal terminal, CancellationToken cancellation)
    {
        if (options.Listen.Split(';').Any(address => address.TrimStart().StartsWith("https:", StringComparison.OrdinalIgnoreCase)))
        {
            terminal.Error($"The server cannot listen on {options.Listen}: it speaks plain HTTP.", "TLS is a proxy's: let one listen there and pass on to --listen http://127.0.0.1:8080");
            return null;
        }
        try
        {
            return await SlipwayServer.StartAsync(options, clock: null, cancellation);
        }
        catch (Exception exception) when (exception is StorageException or UnknownEventException)
        {
            terminal.Error(exception.Message);
        }
        catch (Exception exception) when (exception is IOException or FormatException or InvalidOperationException or ArgumentException)
        {
            terminal.Error($"The server cannot listen on {options.Listen}: {exception.Message}", "Choose another address with --listen, as in --listen http://127.0.0.1:8090");
        }
        return null;
    }
}
