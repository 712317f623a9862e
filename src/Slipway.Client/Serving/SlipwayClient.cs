using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Slipway.Client.Serving;
using Slipway.Core.Calls;
using Slipway.Core.Releases;
using Slipway.Core.Rendering;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;

namespace Slipway.Client;

/// <summary>Follows a Slipway server and serves its prompts from memory. One for a process; safe to use from any thread.</summary>
/// <remarks>What the server or the network does never reaches a caller: <see cref="Resolve"/> and <see cref="Render"/> answer from what is held.</remarks>
public sealed class SlipwayClient : ISlipwayClient, IAsyncDisposable, IDisposable
{
    internal static readonly string Sdk = $"slipway-dotnet/{typeof(SlipwayClient).Assembly.GetName().Version?.ToString(2)}";

    private readonly SlipwayClientOptions options;
    private readonly EnvironmentName environment;
    private readonly TimeProvider clock;
    private readonly RoutingTable table;
    private readonly Lease lease;
    private readonly PromptDesk desk;
    private readonly ServerConnection server;
    private readonly Follower follower;
    private readonly PackageFetcher fetcher;
    private readonly LastKnownGood? disk;
    private readonly ReportQueue<CallRecord> calls;
    private readonly ReportQueue<CallOutcomeDocument> outcomes;
    private readonly FollowerLog log;
    private readonly Signal toAcknowledge = new(), toKeep = new();
    private readonly CancellationTokenSource stopping = new(), stoppingReports = new();
    private readonly TaskCompletionSource firstSnapshot = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock starting = new();
    private Task following = Task.CompletedTask, reporting = Task.CompletedTask;
    private readonly Func<double> random;
    private readonly Lock hearing = new();
    private volatile ServedRevision served = new(0, 0);
    private bool started, disposed;

    /// <summary>A client that follows nobody until <see cref="Start()"/>.</summary>
    /// <param name="options">Where the server is, and how to follow it.</param>
    /// <param name="logger">Hears when the server cannot be followed, and what it said that cannot be used; null for nobody.</param>
    /// <param name="clock">Null for the system's.</param>
    /// <exception cref="OptionsValidationException">Something is wrong with the options; the message says all of it.</exception>
    public SlipwayClient(SlipwayClientOptions options, ILogger<SlipwayClient>? logger = null, TimeProvider? clock = null)
        : this(options, logger ?? NullLogger<SlipwayClient>.Instance, clock ?? TimeProvider.System, Random.Shared.NextDouble, static path => new FileStream(path, FileMode.CreateNew)) { }

    internal SlipwayClient(SlipwayClientOptions options, ILogger logger, TimeProvider clock, Func<double> random, Func<string, FileStream> create)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Problems() is { IsEmpty: false } problems) throw new OptionsValidationException(nameof(SlipwayClientOptions), typeof(SlipwayClientOptions), problems);
        (this.options, this.clock, this.random, environment) = (options, clock, random, options.Served);
        table = new RoutingTable(environment);
        lease = new Lease(options.Lease, clock);
        desk = new PromptDesk(environment, table, () => lease.Expired, clock);
        log = new FollowerLog(logger, options.Server!.GetLeftPart(UriPartial.Authority), options.Lease);
        server = new ServerConnection(options, clock);
        follower = new Follower(server, table, lease, options, Heard, log, clock, random);
        fetcher = new PackageFetcher(server, table, Heard, log, clock, random);
        disk = options.CacheFolder is { } folder ? new LastKnownGood(folder, environment, logger, create) : null;
        calls = new ReportQueue<CallRecord>("calls", options, static call => 1_000 + (call.Input?.Length ?? 0) + (call.Output?.Length ?? 0), SendAsync, logger, clock, random);
        outcomes = new ReportQueue<CallOutcomeDocument>("outcomes", options, static _ => 500, SendAsync, logger, clock, random);
    }

    /// <summary>How the client stands with its server.</summary>
    public SlipwayStatus Status => new(
        follower.Mode, table.Current.Routes.Count > 0 || table.Told > 0, table.Told, table.Applied, lease.SilentFor, lease.Expired, calls.Dropped, outcomes.Dropped);

    /// <summary>Told, whenever the server was heard, which revision is served whole; for who measures how fast it comes.</summary>
    internal event Action<long>? Applied;

    /// <summary>Ends when the first snapshot of the server is served, or the time for it is over.</summary>
    public Task FirstSnapshot => firstSnapshot.Task;

    /// <summary>A client that follows its server already.</summary>
    /// <inheritdoc cref="SlipwayClient(SlipwayClientOptions, ILogger{SlipwayClient}?, TimeProvider?)"/>
    public static SlipwayClient Start(SlipwayClientOptions options, ILogger<SlipwayClient>? logger = null, TimeProvider? clock = null)
    {
        var client = new SlipwayClient(options, logger, clock);
        client.Start();
        return client;
    }

    /// <summary>Takes up what was kept on disk, and begins to follow the server; returns at once. A second time does nothing.</summary>
    public void Start()
    {
        lock (starting)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            if (started) return;
            started = true;
        }
        if (disk?.Read() is { } kept) table.Restore(kept.Snapshot, kept.Packages);
        following = Task.WhenAll(
            EndingQuietlyAsync(follower.RunAsync), EndingQuietlyAsync(fetcher.RunAsync), EndingQuietlyAsync(AcknowledgeAsync), EndingQuietlyAsync(KeepAsync), EndingQuietlyAsync(TimeFirstSnapshotAsync));
        reporting = Task.WhenAll(Task.Run(() => calls.RunAsync(stoppingReports.Token)), Task.Run(() => outcomes.RunAsync(stoppingReports.Token)));
    }

    /// <inheritdoc/>
    public Decision Resolve(string prompt, string? unit = null, CallContext? context = null) => desk.Resolve(prompt, unit, context);

    /// <inheritdoc/>
    public ValueTask<Decision> ResolveAsync(string prompt, string? unit = null, CallContext? context = null, CancellationToken cancellation = default)
    {
        return FirstSnapshot.IsCompleted ? ValueTask.FromResult(Resolve(prompt, unit, context)) : WaitAsync();

        async ValueTask<Decision> WaitAsync()
        {
            await FirstSnapshot.WaitAsync(cancellation);
            return Resolve(prompt, unit, context);
        }
    }

    /// <inheritdoc/>
    public RenderAnswer Render(string prompt, object? variables = null, string? unit = null, IReadOnlyList<ChatMessage>? conversation = null, CallContext? context = null) =>
        desk.Render(prompt, variables, unit, conversation, context);

    /// <inheritdoc/>
    public ValueTask<RenderAnswer> RenderAsync(
        string prompt, object? variables = null, string? unit = null, IReadOnlyList<ChatMessage>? conversation = null, CallContext? context = null, CancellationToken cancellation = default)
    {
        return FirstSnapshot.IsCompleted ? ValueTask.FromResult(Render(prompt, variables, unit, conversation, context)) : WaitAsync();

        async ValueTask<RenderAnswer> WaitAsync()
        {
            await FirstSnapshot.WaitAsync(cancellation);
            return Render(prompt, variables, unit, conversation, context);
        }
    }

    /// <inheritdoc/>
    public void Report(CallRecord call)
    {
        ArgumentNullException.ThrowIfNull(call);
        calls.Add(call);
    }

    /// <inheritdoc/>
    public void ReportOutcome(CallOutcomeDocument outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        outcomes.Add(outcome);
    }

    /// <summary>Stops following, and sends the reports that wait, for at most <see cref="SlipwayClientOptions.FlushTimeout"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (starting)
        {
            if (disposed) return;
            disposed = true;
        }
        await stopping.CancelAsync();
        calls.End();
        outcomes.End();
        using (var timeout = new CancellationTokenSource(options.FlushTimeout, clock))
        {
            using var over = timeout.Token.Register(stoppingReports.Cancel);
            await reporting;
        }
        await following;
        firstSnapshot.TrySetResult();
        calls.Dispose();
        outcomes.Dispose();
        fetcher.Dispose();
        server.Dispose();
        stopping.Dispose();
        stoppingReports.Dispose();
    }

    /// <summary>As <see cref="DisposeAsync"/>, for those who cannot wait otherwise.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private void Heard()
    {
        long applied;
        // The stream and each fetched package call this: whoever comes last must not say what another one has overtaken.
        lock (hearing)
        {
            applied = table.Applied;
            if (served.Revision != applied) served = new ServedRevision(applied, clock.GetTimestamp());
        }
        Applied?.Invoke(applied);
        fetcher.FetchMissing(stopping.Token);
        toAcknowledge.Set();
        toKeep.Set();
        if (table.Applied == table.Told) firstSnapshot.TrySetResult();
    }

    // One at a time, of several revisions the newest; what fails is not repeated, the next one says it all.
    private async Task AcknowledgeAsync(CancellationToken cancellation)
    {
        while (true)
        {
            await toAcknowledge.WaitAsync(cancellation);
            // Thousands of instances hear of a change in the same moment: answering all at once, they would keep the change itself from those that wait for it still.
            if (options.AcknowledgementSpread > TimeSpan.Zero) await Task.Delay(options.AcknowledgementSpread * random(), clock, cancellation);
            var (revision, at) = served;
            var document = new AcknowledgementDocument(options.Instance, environment, revision, Sdk, (int)Math.Min(clock.GetElapsedTime(at).TotalMilliseconds, AcknowledgementDocument.LongestAgo));
            var reply = await server.PostAsync("instances", JsonSerializer.SerializeToUtf8Bytes(document, ApiJson.Default.AcknowledgementDocument), cancellation);
            if (reply.Problem is { } problem) log.NotAcknowledged(revision, problem);
        }
    }

    private sealed record ServedRevision(long Revision, long At);

    private async Task KeepAsync(CancellationToken cancellation)
    {
        while (disk is not null)
        {
            await toKeep.WaitAsync(cancellation);
            if (table.Stable() is { } stable) disk.Write(stable.Snapshot, stable.Packages);
        }
    }

    private async Task TimeFirstSnapshotAsync(CancellationToken cancellation)
    {
        await Task.Delay(options.FirstSnapshotTimeout, clock, cancellation);
        firstSnapshot.TrySetResult();
    }

    private async Task EndingQuietlyAsync(Func<CancellationToken, Task> run)
    {
        var cancellation = stopping.Token;
        try
        {
            await Task.Run(() => run(cancellation), cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The client ends.
        }
    }

    private Task<Reply> SendAsync(IReadOnlyList<CallRecord> batch, long dropped, CancellationToken cancellation) =>
        server.PostAsync("calls", JsonSerializer.SerializeToUtf8Bytes(new CallReport([.. batch], dropped, options.Instance), ApiJson.Default.CallReport), cancellation);

    private Task<Reply> SendAsync(IReadOnlyList<CallOutcomeDocument> batch, long dropped, CancellationToken cancellation) =>
        server.PostAsync("outcomes", JsonSerializer.SerializeToUtf8Bytes(new OutcomeReport([.. batch]), ApiJson.Default.OutcomeReport), cancellation);
}
