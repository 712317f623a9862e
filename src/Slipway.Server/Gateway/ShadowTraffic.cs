using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Slipway.Core.Calls;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Rendering;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;
using Slipway.Server.Calls;
using Slipway.Server.Evaluations;
using Slipway.Server.Providers;
using Slipway.Server.Rollouts;
using Slipway.Server.Snapshots;
using Route = Slipway.Core.Resolution.Route;

namespace Slipway.Server.Gateway;

/// <summary>Asks the candidate of a shadow what stable was asked, once whoever asked has been answered. Its answers are checked, recorded and compared, and given to nobody.</summary>
/// <remarks>What waits is bounded, in number and in text: a shadow gives way, requests never do. A provider that limits its rate, with the shadow or with users, is left alone.</remarks>
internal sealed partial class ShadowTraffic : BackgroundService
{
    /// <summary>How many requests wait at most to be asked.</summary>
    public const int Capacity = 256;

    /// <summary>How many are asked at once.</summary>
    public const int MostAtOnce = 8;

    private const long MostText = 16 * 1024 * 1024;

    private readonly Channel<ShadowRequest> queue = Channel.CreateBounded<ShadowRequest>(Capacity);
    private readonly ConcurrentDictionary<string, ProviderPace> paces = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<ReleaseId, Allowance> allowances = new();
    private readonly CancellationTokenSource ending = new();
    private readonly PackageCache packages;
    private readonly AnswerKeeper answers;
    private readonly ShadowEvidenceStore evidence;
    private readonly CallRecorder recorder;
    private readonly Ledger ledger;
    private readonly ServerOptions options;
    private readonly Jitter jitter;
    private readonly TimeProvider clock;
    private readonly ILogger<ShadowTraffic> log;
    private long dropped, limited, text;

    /// <param name="live">Who asks for users: where a provider limits them, no shadow is in their way.</param>
    /// <param name="packages">The packages.</param>
    /// <param name="providers">Who is asked.</param>
    /// <param name="evidence">What shadows have spent.</param>
    /// <param name="recorder">Takes the records.</param>
    /// <param name="ledger">Which releases are in their shadow.</param>
    /// <param name="options">How long a model may take, and in which environment.</param>
    /// <param name="jitter">Spreads retries.</param>
    /// <param name="clock">Measures.</param>
    /// <param name="log">Told of what is dropped.</param>
    public ShadowTraffic(
        ModelCaller live, PackageCache packages, ModelProviders providers, ShadowEvidenceStore evidence, CallRecorder recorder, Ledger ledger, ServerOptions options, Jitter jitter, TimeProvider clock,
        ILogger<ShadowTraffic> log)
    {
        (this.packages, this.evidence, this.recorder, this.ledger, this.options, this.jitter, this.clock, this.log) = (packages, evidence, recorder, ledger, options, jitter, clock, log);
        // With retries of its own, so that those of users are never used up by it.
        var models = new ModelCaller(providers, jitter, clock);
        answers = new AnswerKeeper(models, packages);
        live.Limited += Pause;
        models.Limited += Pause;
    }

    /// <summary>What was not asked so far, and what waits.</summary>
    public ShadowLossDocument Lost => new(queue.Reader.Count, Interlocked.Read(ref dropped), Interlocked.Read(ref limited));

    /// <summary>Takes a request that is in the sample; it is asked after its response is complete. Never blocks.</summary>
    /// <param name="response">The user's.</param>
    /// <param name="request">What was asked.</param>
    /// <param name="route">The record by which stable answered it.</param>
    /// <param name="answered">The record of the answer, or of why there was none.</param>
    public void Offer(HttpResponse response, GatewayRequest request, Route route, CallRecord answered)
    {
        // What never reached a model says nothing of the two versions, and who went away has seen nothing to compare with.
        if (answered.Abandoned || answered.EffectiveHash is null) return;
        if (queue.Reader.Count >= Capacity || Interlocked.Read(ref text) > MostText)
        {
            Drop(1);
            return;
        }
        // The request's own JSON is gone when the response is complete.
        var kept = request with { Prompt = request.Prompt with { Variables = request.Prompt.Variables?.Clone(), Version = null, Model = null } };
        var shadow = new ShadowRequest(this, kept, route, answered);
        response.OnCompleted(static state =>
        {
            var shadow = (ShadowRequest)state;
            shadow.Owner.Queue(shadow);
            return Task.CompletedTask;
        }, shadow);
    }

    /// <summary>Drops what waits, lets what is asked come to its end while there is time to stop, and ends.</summary>
    /// <param name="cancellationToken">Cancelled when the time to stop is over.</param>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        queue.Writer.TryComplete();
        var waiting = 0;
        for (; queue.Reader.TryRead(out _); waiting++) { }
        if (waiting > 0) Drop(waiting);
        await using var late = cancellationToken.UnsafeRegister(static ending => ((CancellationTokenSource)ending!).Cancel(), ending);
        if (ExecuteTask is { } running) await running;
        await base.StopAsync(cancellationToken);
    }

    public override void Dispose()
    {
        ending.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(Enumerable.Range(0, MostAtOnce).Select(_ => WorkAsync()));

    private void Queue(ShadowRequest shadow)
    {
        Interlocked.Add(ref text, shadow.Length);
        if (queue.Writer.TryWrite(shadow)) return;
        Interlocked.Add(ref text, -shadow.Length);
        Drop(1);
    }

    // The channel's completion ends the loop, not the token: what is being asked was paid for.
    private async Task WorkAsync()
    {
        await Task.Yield();
        await foreach (var shadow in queue.Reader.ReadAllAsync(CancellationToken.None))
        {
            try
            {
                await AskAsync(shadow);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                // Nobody waits for it: one request that cannot be asked must not end the others.
                LogBroken(exception, shadow.Answered.TraceId);
            }
            finally
            {
                Interlocked.Add(ref text, -shadow.Length);
            }
        }
    }

    private async Task AskAsync(ShadowRequest shadow)
    {
        var candidate = shadow.Route.Candidate!;
        if (ledger.Current.Releases.Find(candidate.Release) is not { } release || release.Shadowed == default) return;
        var package = packages.Get(candidate.Served.Package);
        var pace = PaceOf(package.Model.Provider);
        if (pace.Waiting is not null)
        {
            Interlocked.Increment(ref limited);
            return;
        }
        var allowance = allowances.GetOrAdd(release.Id, _ => Allowance.Of(release.Plan.Shadow!.Budget!, evidence.SpentBy(release)));
        if (!allowance.TryBegin()) return;
        decimal? cost = null;
        var counts = false;
        try
        {
            if (await RecordOfAsync(shadow, candidate, package) is not { } record) return;
            recorder.Record(record);
            pace.Answered();
            (cost, counts) = (CallCost.Of(record, ledger.Current.Models), true);
        }
        finally
        {
            allowance.End(cost, counts);
        }
    }

    // Null where it says nothing of the candidate: the provider wanted to be left alone, or the server ends.
    private async Task<CallRecord?> RecordOfAsync(ShadowRequest shadow, CandidateRoute candidate, Package package)
    {
        var serve = new Decision.Serve(candidate.Served, Arm.Shadow, candidate.Release, candidate.Epoch, shadow.Route.Revision, ResolveReason.Shadowed);
        // Its answer is given to nobody, so nothing needs to be done about a broken one.
        var policy = shadow.Route.Policy with { Contract = ContractPolicy.Observe };
        var call = new GatewayCall(serve, package, policy, shadow.Request, CallTrace.Within(shadow.Answered.TraceId), clock);
        using var time = new CallTime(package.Serving.TotalTimeout?.Value ?? options.ModelTimeout, clock, ending.Token);
        try
        {
            if (GatewayPipeline.Render(package, shadow.Request, out var wrong) is { } asked)
            {
                call.Sends(asked.Messages);
                await answers.KeepAsync(call, asked, shadow.Route, time);
                call.Done();
            }
            else call.Fail(wrong!.Message);
        }
        catch (ProviderException exception) when (exception.Status == StatusCodes.Status429TooManyRequests)
        {
            Interlocked.Increment(ref limited);
            return null;
        }
        catch (ProviderException exception)
        {
            call.Fail(exception.Message);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            Drop(1);
            return null;
        }
        catch (OperationCanceledException)
        {
            call.Fail($"{package.Model.Provider} did not answer within {time.Limit.TotalSeconds:0} s.");
        }
        return call.Record(options.Environment) with { ShadowOf = shadow.Answered.SpanId };
    }

    private ProviderPace PaceOf(string provider) => paces.GetOrAdd(provider, name => new ProviderPace(name, jitter, clock));

    // When a provider is given up for good is for evaluations to say; a shadow asks again when its pause is over.
    private void Pause(string provider, ProviderException failure) => PaceOf(provider).Refused(failure, clock.GetUtcNow());

    private void Drop(int requests)
    {
        var before = Interlocked.Add(ref dropped, requests) - requests;
        if (before == 0 || before / 1_000 != (before + requests) / 1_000) LogDropped(before + requests);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Dropped} requests were not asked in a shadow so far because more came than could wait, or because the server stopped; users were answered as ever")]
    private partial void LogDropped(long dropped);

    [LoggerMessage(Level = LogLevel.Error, Message = "The request of trace {Trace} could not be asked in a shadow")]
    private partial void LogBroken(Exception exception, string trace);

    private sealed record ShadowRequest(ShadowTraffic Owner, GatewayRequest Request, Route Route, CallRecord Answered)
    {
        /// <summary>About so many characters wait with it.</summary>
        public long Length { get; } = LengthOf(Request);

        private static long LengthOf(GatewayRequest request)
        {
            var length = request.Prompt.Variables is { } variables ? JsonMarshal.GetRawUtf8Value(variables).Length : 0L;
            foreach (var message in request.Messages ?? [])
            {
                length += message.Content.Length + (message.ToolCalls is { } calls ? JsonMarshal.GetRawUtf8Value(calls).Length : 0);
                foreach (var part in message.Parts) length += part is ContentPart.Image image ? image.Url.Length : 0;
            }
            return length;
        }
    }

    // What this process may still spend of a release's budget: what the call log knew when it began, and what it asked since. Several gateways have one each; the controller adds up
    // what all of them stored, so together they pass a budget by what is under way at most.
    private sealed class Allowance(long? most, long before, CostCeiling cost)
    {
        private long begun = before;

        public static Allowance Of(ShadowBudget budget, (long Calls, decimal Cost) spent) => new(budget.Calls, spent.Calls, new CostCeiling(budget.Cost, spent.Cost));

        public bool TryBegin()
        {
            if (Interlocked.Increment(ref begun) > (most ?? long.MaxValue) || !cost.TryBegin())
            {
                Interlocked.Decrement(ref begun);
                return false;
            }
            return true;
        }

        public void End(decimal? spent, bool counts)
        {
            cost.End(spent);
            if (!counts) Interlocked.Decrement(ref begun);
        }
    }
}
