using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;
using Slipway.Core.Access;
using Slipway.Server.Access;
using Slipway.Server.Api;
using Slipway.Server.Calls;
using Slipway.Server.Evaluations;
using Slipway.Server.Gateway;
using Slipway.Server.Incidents;
using Slipway.Server.Models;
using Slipway.Server.Objects;
using Slipway.Server.Partials;
using Slipway.Server.Prompts;
using Slipway.Server.Providers;
using Slipway.Server.Releases;
using Slipway.Server.Rollouts;
using Slipway.Server.Snapshots;
using Slipway.Server.Staging;
using Slipway.Server.Storage;

namespace Slipway.Server;

/// <summary>The server: its table of contents, one line a feature.</summary>
public sealed class SlipwayServer : IAsyncDisposable
{
    private const long LargestBody = 16 * 1024 * 1024;
    private readonly WebApplication app;

    private SlipwayServer(WebApplication app, string? administratorKey) => (this.app, AdministratorKey) = (app, administratorKey);

    /// <summary>The fingerprint of the key that signs its checkpoints.</summary>
    public Core.Wire.ContentHash CheckpointKey => app.Services.GetRequiredService<Checkpoints>().PublicKey.Id;

    /// <summary>The address it listens on, with the port it was given.</summary>
    public Uri Address => new(app.Urls.First());

    /// <summary>The administrator's key at the first start of an empty journal, to be shown once; null at every later start.</summary>
    public string? AdministratorKey { get; }

    /// <summary>The PostgreSQL database of its journal, without its password; null where that is an SQLite file.</summary>
    public string? Database => app.Services.GetService<PostgresJournal>()?.Name;

    /// <summary>Whether it stopped by itself because its journal cannot be believed any more; its log says why.</summary>
    public bool GaveUp => app.Services.GetServices<IHostedService>().OfType<JournalFollower>().Single().GaveUp;

    /// <summary>What it is made of, for tests that look inside.</summary>
    internal IServiceProvider Parts => app.Services;

    /// <summary>Starts a server; it answers when this returns.</summary>
    /// <param name="options">How.</param>
    /// <param name="clock">The clock of everything it does; the system's by default.</param>
    /// <param name="cancellation">Gives the start up.</param>
    /// <exception cref="StorageException">Its data cannot be used.</exception>
    /// <exception cref="Core.Journal.UnknownEventException">A newer build wrote the journal.</exception>
    /// <exception cref="IOException">The address is taken or cannot be listened on.</exception>
    public static Task<SlipwayServer> StartAsync(ServerOptions options, TimeProvider? clock = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return StartAsync(options, clock ?? TimeProvider.System, _ => { }, cancellation);
    }

    /// <summary>Starts a server with other parts, for who measures one of them.</summary>
    internal static async Task<SlipwayServer> StartAsync(ServerOptions options, TimeProvider clock, Action<IServiceCollection> change, CancellationToken cancellation)
    {
        var app = Build(options, clock, change);
        try
        {
            MakeFolder(options.DataFolder);                             // its checkpoint key lies there, wherever the journal is
            app.Services.GetRequiredService<SnapshotPublisher>();       // before anything changes, so that it misses no change
            app.Services.GetRequiredService<Checkpoints>();             // before anything is served from a journal that was cut
            app.Services.GetRequiredService<ObjectKeeper>().RemoveErased();
            await app.StartAsync(cancellation);
            app.Services.GetRequiredService<Startup>().IsOver = true;
            // Only once it listens: a start that failed on a taken port would have given away the one key that is shown once.
            return new SlipwayServer(app, FirstStart(app.Services.GetRequiredService<Ledger>()));
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until the process is asked to stop, then stops.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellation = default) => app.WaitForShutdownAsync(cancellation);

    /// <summary>Stops it: open requests end or are broken off, queued records are stored.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await app.StopAsync();
        }
        catch (OperationCanceledException)
        {
            // The drain time is over; what was still open is broken off.
        }
        await app.DisposeAsync();
    }

    private static WebApplication Build(ServerOptions options, TimeProvider clock, Action<IServiceCollection> change)
    {
        // Nothing but the options decides: no settings file of whatever folder it is started in, none that is watched for changes, no developer's error pages.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, EnvironmentName = Environments.Production, Args = ["--hostBuilder:reloadConfigOnChange=false"] });
        builder.Logging.ClearProviders().AddConsole(console => console.FormatterName = LogWithoutSecrets.FormatterName).AddConsoleFormatter<LogWithoutSecrets, ConsoleFormatterOptions>().SetMinimumLevel(options.LogLevel);
        builder.Logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        // What keeps it from starting is thrown to the caller, who tells it in a sentence; the host would log its stack beside it.
        var startup = new Startup();
        builder.Services.AddSingleton(startup);
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => startup.IsOver && level >= options.LogLevel);
        // Where it logs at all it begins an activity for every request, which nobody listens to.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", level => options.LogLevel <= LogLevel.Information && level >= options.LogLevel);
        // At this level it logs what endpoints throw, which the error handling has logged before, and streams broken on purpose.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", level => level >= options.LogLevel && level != LogLevel.Error);
        builder.WebHost.UseUrls(options.Listen).ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestBody;
        });
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.UseApiJson());
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.DrainTime);
        builder.Services.AddExceptionHandler<ErrorHandling>();
        builder.Services.AddSingleton(options).AddSingleton(clock).AddSingleton(Jitter.System);

        AddStorage(builder.Services, options);
        builder.Services.AddSingleton<Ledger>().AddSingleton<FailureLimiter>().AddSingleton<ObjectKeeper>();
        builder.Services.AddSingleton<Checkpoints>().AddHostedService<CheckpointKeeper>();      // first of all, so that it stops last and keeps what the others wrote
        builder.Services.AddHostedService<JournalFollower>();
        builder.Services.AddSingleton<SnapshotPublisher>().AddSingleton<PackageCache>();
        builder.Services.AddRoutingPush(options);
        builder.Services.AddSingleton<PartialTexts>().AddSingleton<PackageBuilder>();
        AddProviders(builder.Services, options);
        builder.Services.AddSingleton<EvaluationPlans>().AddSingleton(all => new EvaluationEngine(
            all.GetRequiredService<ModelProviders>(), all.GetRequiredService<IEvaluationStore>(), options.ModelTimeout, all.GetRequiredService<Jitter>(), all.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<EvaluationRuns>().AddHostedService(services => services.GetRequiredService<EvaluationRuns>());
        builder.Services.AddSingleton<RecordedCases>();
        builder.Services.AddSingleton<Reviews>().AddSingleton<StagingReports>();
        builder.Services.AddSingleton<IncidentSets>().AddSingleton<IncidentFacts>().AddSingleton<IncidentCases>().AddSingleton<IncidentProofs>();
        builder.Services.AddSingleton<CallTelemetry>().AddSingleton<CallRecorder>().AddHostedService(services => services.GetRequiredService<CallRecorder>());
        builder.Services.AddSingleton<CallReports>().AddHostedService<CallRetention>();
        builder.Services.AddSingleton<ShadowEvidenceStore>().AddSingleton<RolloutEvidenceStore>().AddSingleton<TrafficMeter>().AddHostedService<RolloutController>();
        builder.Services.AddSingleton<RollbackWatch>().AddHostedService(all => all.GetRequiredService<RollbackWatch>()).AddHostedService<DrillController>();
        builder.Services.AddSingleton<ShadowTraffic>().AddHostedService(services => services.GetRequiredService<ShadowTraffic>());      // after the recorder, so that it stops before it
        builder.Services.AddSingleton<ModelCaller>().AddSingleton<AnswerKeeper>().AddSingleton<GatewayPipeline>().AddSingleton<PassThrough>().AddSingleton<ModelsEndpoint>();
        builder.Services.AddApiDescription();
        change(builder.Services);

        var app = builder.Build();
        app.Use(BrokenStream.EndAsync);
        app.UseExceptionHandler(_ => { });
        app.UseApiPage();
        app.Use(EntityTags.TagAsync);
        app.UseMiddleware<Authentication>();
        app.Use(CommandId.ReadAsync);
        app.MapGet("/healthz", () => TypedResults.Text("ok")).WithTags("Health").Does("Say that the process runs; needs no key", StatusCodes.Status200OK);
        app.MapGet("/readyz", (Ledger ledger) => TypedResults.Text($"ready at revision {ledger.Current.Head}"))
            .WithTags("Health").Does("Say which entry of the journal it serves; needs no key", StatusCodes.Status200OK);
        app.MapGateway();
        var api = app.MapGroup("/api/v1").HoldReadsToTheirRule();
        Tagged("Members, groups and keys").MapAccess();
        Tagged("Members, groups and keys").MapGroups();
        Tagged("Members, groups and keys").MapKeys();
        Tagged("Models").MapModels();
        Tagged("Partials").MapPartials();
        Tagged("Prompts").MapPromptLists();
        Tagged("Prompts").MapPrompts();
        Tagged("Prompts").MapDuties();
        Tagged("Prompts").MapChangeRequests();
        Tagged("Evaluations").MapGoldenSets();
        Tagged("Evaluations").MapRubrics();
        Tagged("Evaluations").MapEvaluationRuns();
        Tagged("Evaluations").MapReviews();
        Tagged("Releases").MapReleases();
        Tagged("Releases").MapRollbacks();
        Tagged("Releases").MapDrills();
        Tagged("Releases").MapLive();
        Tagged("Releases").MapStaging();
        Tagged("Incidents").MapIncidents();
        Tagged("Serving").MapResolve();
        Tagged("Serving").MapSnapshots();
        Tagged("Serving").MapPackages();
        Tagged("Serving").MapInstances();
        Tagged("Serving").MapCalls();
        Tagged("Journal and objects").MapLog();
        Tagged("Journal and objects").MapObjects();
        app.MapOpenApi();
        // The default pattern would leave out paths that look like a file's.
        app.MapFallback("{**path}", context => Refusals.WriteAsync(context, StatusCodes.Status404NotFound, $"There is nothing at {context.Request.Method} {context.Request.Path}."));
        return app;

        RouteGroupBuilder Tagged(string subject) => api.MapGroup("").WithTags(subject);
    }

    private static void AddStorage(IServiceCollection services, ServerOptions options)
    {
        if (options.Postgres is { } address)
        {
            services.AddSingleton(_ => new PostgresJournal(address));
            services.AddSingleton<IJournal>(all => all.GetRequiredService<PostgresJournal>()).AddSingleton<IObjectStore>(all => all.GetRequiredService<PostgresJournal>());
            services.AddSingleton<ICallLog>(_ => new PostgresCallLog(address));
            services.AddSingleton<SqlEvaluationStore>(_ => new PostgresEvaluationStore(address));
        }
        else
        {
            services.AddSingleton(_ => new SqliteJournal(Path.Combine(Path.GetFullPath(options.DataFolder), "slipway.db")));
            services.AddSingleton<IJournal>(all => all.GetRequiredService<SqliteJournal>()).AddSingleton<IObjectStore>(all => all.GetRequiredService<SqliteJournal>());
            services.AddSingleton<ICallLog>(_ => new SqliteCallLog(Path.Combine(Path.GetFullPath(options.DataFolder), "calls.db")));
            services.AddSingleton<SqlEvaluationStore>(_ => new SqliteEvaluationStore(Path.Combine(Path.GetFullPath(options.DataFolder), "evaluations.db")));
        }
        services.AddSingleton<IEvaluationStore>(all => all.GetRequiredService<SqlEvaluationStore>()).AddSingleton<IReviewStore>(all => all.GetRequiredService<SqlEvaluationStore>());
    }

    private static void AddProviders(IServiceCollection services, ServerOptions options)
    {
        services.AddSingleton<IModelProvider, OfflineProvider>();
        services.AddSingleton(_ => ModelProviders.Http());
        foreach (var provider in options.Providers)
            services.AddSingleton(all => ModelProviders.Make(provider, all.GetRequiredService<HttpClient>()));
        services.TryAddSingleton<ModelProviders>();
    }

    private static void MakeFolder(string folder)
    {
        try
        {
            // Prompts, cases and calls lie there: a folder that is made is its owner's alone; one that is there stays as it is.
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
            else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"The data folder {folder} cannot be made: {exception.Message}", exception);
        }
    }

    private static string? FirstStart(Ledger ledger)
    {
        if (!ledger.Current.Access.Members.IsEmpty) return null;
        var secret = KeySecret.Draw();
        return ledger.Execute(new InitializeAccess(KeySecret.Hash(secret)), CommandId.New()) is LedgerResult.Done ? secret : null;
    }

    private sealed class Startup
    {
        private volatile bool isOver;

        public bool IsOver { get => isOver; set => isOver = value; }
    }
}
