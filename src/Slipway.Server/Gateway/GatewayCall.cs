using System.Collections.Immutable;
using System.Diagnostics;
using Slipway.Core.Calls;
using Slipway.Core.Models;
using Slipway.Core.Prompts;
using Slipway.Core.Rendering;
using Slipway.Core.Resolution;
using Slipway.Server.Calls;
using Slipway.Server.Providers;

namespace Slipway.Server.Gateway;

/// <summary>One call on its way: what was decided for it, who was asked, and what became of it.</summary>
/// <param name="serve">Which version is to answer.</param>
/// <param name="package">Its package.</param>
/// <param name="policy">What is done with its answers.</param>
/// <param name="asked">What the caller asked.</param>
/// <param name="trace">Where it stands in the caller's trace.</param>
/// <param name="clock">Measures it.</param>
internal sealed class GatewayCall(Decision.Serve serve, Package package, ServingPolicy policy, GatewayRequest asked, CallTrace trace, TimeProvider clock)
{
    private readonly DateTimeOffset startedAt = clock.GetUtcNow();
    private readonly long started = clock.GetTimestamp();
    private ImmutableArray<ChatMessage> messages = [];
    private IAnswerWriter? writer;
    private string? provider;
    private ModelReference model = package.Model;
    private Package? answering;
    private SentRequest? sent;
    private ModelAnswer? answer, last;
    private TokenUsage? usage;
    private string? error, violation;
    private bool? schemaValid, toolCallsValid;
    private bool abandoned;
    private double? firstPieceMs, latencyMs;

    public Decision.Serve Serve => serve;
    public ServingPolicy Policy => policy;
    public GatewayRequest Asked => asked;
    public string TraceId => trace.TraceId;

    /// <summary>For whoever is asked upstream: this call is its parent.</summary>
    public string TraceParent => trace.Parent;

    /// <summary>The version whose answer is given on.</summary>
    public VersionId Version { get; private set; } = serve.Served.Version;

    /// <summary>Attempts after the first.</summary>
    public int Retries { get; set; }

    /// <summary>The model or version that answered instead of the one that was meant; null where none did.</summary>
    public string? Fallback { get; private set; }

    /// <summary>What was done with an answer that broke its contract; null where none did.</summary>
    public string? ContractAction { get; set; }

    /// <summary>Whether an answer may be changed, asked for again or kept back, and so has to be whole before any of it is given on.</summary>
    public bool NeedsWholeAnswer => !package.PostProcessing.IsEmpty || (ActsOn is not ContractPolicy.Observe && (package.Output is not null || package.Tools is not null));

    /// <summary>What is done with an answer that breaks its contract. Stable has nothing to fall back to, and who asked for a version gets no other.</summary>
    public ContractPolicy ActsOn => policy.Contract is ContractPolicy.Fallback && (serve.Arm != Arm.Candidate || serve.Reason == ResolveReason.Pinned) ? ContractPolicy.Observe : policy.Contract;

    /// <summary>What became of the contract: <c>kept</c>, <c>broken</c>, or <c>none</c> where there is nothing to hold the answer against.</summary>
    public string Contract => (schemaValid ?? toolCallsValid) switch { true => "kept", false => "broken", null => "none" };

    /// <summary>Writes the answer; opened once it is known who answers.</summary>
    public IAnswerWriter Writer => writer ??= asked.Answer(new AnswerHead(TraceId, startedAt, model.Model, Version, (answering ?? package).Parameters, (answering ?? package).Tools));

    /// <summary>These messages are sent.</summary>
    public void Sends(ImmutableArray<ChatMessage> rendered) => messages = rendered;

    /// <summary>A model is asked.</summary>
    public void Asks(IModelProvider provider, ModelReference model, Package package, SentRequest sent)
    {
        this.provider = provider.Description;
        (this.model, answering) = (model, package);
        // What is asked of another version is no drift of this one.
        if (Version == serve.Served.Version) this.sent = sent;
        if (model != package.Model) Fallback = model.ToString();
    }

    /// <summary>Another version is asked instead.</summary>
    public void FallsBackTo(VersionId version) => (Version, Fallback, ContractAction) = (version, version.ToString(), ContractActions.FellBack);

    /// <summary>It could not answer either: what there was is given on.</summary>
    public void ComesBack() => (Version, Fallback, ContractAction) = (serve.Served.Version, null, ContractActions.Observed);

    /// <summary>What of the version's first answer does not fit; null where all does.</summary>
    public string? Violation => violation;

    /// <summary>The first piece of a stream is given on.</summary>
    public void FirstPiece() => firstPieceMs ??= Elapsed();

    /// <summary>A model answered; its tokens count whether its answer is given on or not.</summary>
    public void Spent(TokenUsage? tokens)
    {
        if (tokens is null) return;
        usage = usage is null ? tokens : new TokenUsage(usage.Input + tokens.Input, usage.Output + tokens.Output, usage.Cached is null && tokens.Cached is null ? null : (usage.Cached ?? 0) + (tokens.Cached ?? 0));
    }

    /// <summary>The version's own answer, finished, is held against the output contract or, where it calls tools, against those. Its first is what stands on record.</summary>
    /// <returns>What does not fit, in a sentence; null where all fits.</returns>
    public string? Check(ModelAnswer whole)
    {
        var isFirst = answer is null;
        (answer, last) = (answer ?? whole, whole);
        var violations = whole.ToolCalls is { } calls ? package.CheckToolCalls(calls) : package.Check(whole.Text);
        var problem = violations.IsEmpty ? null : string.Join("; ", violations);
        if (!isFirst) return problem;
        if (whole.ToolCalls is not null) toolCallsValid = problem is null;
        else if (package.Output is not null) schemaValid = problem is null;
        return violation = problem;
    }

    /// <summary>The answer was given on.</summary>
    public void Done() => latencyMs = Elapsed();

    /// <summary>No answer came, or it broke off.</summary>
    public void Fail(string reason) => (error, latencyMs) = (reason, Elapsed());

    /// <summary>The caller went away.</summary>
    public void Abandon() => (abandoned, latencyMs) = (true, Elapsed());

    /// <summary>The record of the call.</summary>
    public CallRecord Record(EnvironmentName environment) => new()
    {
        TraceId = TraceId,
        SpanId = trace.SpanId,
        StartedAt = startedAt,
        Environment = environment,
        Door = asked.Door,
        Workflow = asked.Caller.Workflow,
        Prompt = serve.Served.Version.Prompt.Value,
        PromptVersion = serve.Served.Version.Number.Text,
        PackageHash = serve.Served.Package,
        EffectiveHash = sent?.Hash,
        Drifted = sent?.Drifted,
        Arm = serve.Arm,
        Release = serve.Release,
        Epoch = serve.Epoch,
        Reason = serve.Reason,
        UnitKey = asked.Caller.UnitKey,
        Tenant = asked.Caller.Tenant,
        UserKey = asked.Caller.UserKey,
        Attributes = asked.Caller.Attributes,
        Provider = provider ?? model.Provider,
        Model = model.Model,
        Parameters = package.Parameters,
        Streamed = asked.Stream,
        SchemaValid = schemaValid,
        ToolCallsValid = toolCallsValid,
        ContractViolation = Captured.Sentence(policy, violation),
        ContractAction = violation is null ? null : ContractAction,
        Route = last is null ? null : package.RouteOf(last.Text),
        Refused = answer is null ? null : answer.Refusal is not null || answer.FinishReason == "content_filter",
        FinishReason = answer?.FinishReason,
        InputTokens = usage?.Input,
        OutputTokens = usage?.Output,
        CachedTokens = usage?.Cached,
        Retries = Retries,
        Fallback = Fallback,
        LatencyMs = latencyMs ?? Elapsed(),
        TimeToFirstTokenMs = firstPieceMs,
        Error = Captured.Error(policy, error),
        Input = CallTexts.Input(policy, messages),
        Output = CallTexts.Output(policy, last),
        Abandoned = abandoned,
    };

    private double Elapsed() => clock.GetElapsedTime(started).TotalMilliseconds;
}

/// <summary>Where a call stands in the caller's trace: its trace goes on, with a span of the call's own.</summary>
/// <param name="TraceId">32 hexadecimal digits.</param>
/// <param name="SpanId">16 hexadecimal digits.</param>
/// <param name="Flags">As the caller sent them.</param>
internal readonly record struct CallTrace(string TraceId, string SpanId, ActivityTraceFlags Flags)
{
    /// <summary>As the header <c>traceparent</c> writes it.</summary>
    public string Parent => $"00-{TraceId}-{SpanId}-{((Flags & ActivityTraceFlags.Recorded) != 0 ? "01" : "00")}";

    /// <summary>A span of its own within a trace that is known.</summary>
    public static CallTrace Within(string trace) => new(trace, ActivitySpanId.CreateRandom().ToHexString(), ActivityTraceFlags.None);

    /// <summary>Goes on with what the caller sent, or begins; takes its span from an activity that somebody listens to.</summary>
    public static CallTrace Of(string? traceparent, Activity? activity)
    {
        if (activity is { IdFormat: ActivityIdFormat.W3C }) return new(activity.TraceId.ToHexString(), activity.SpanId.ToHexString(), activity.ActivityTraceFlags);
        var span = ActivitySpanId.CreateRandom().ToHexString();
        return ActivityContext.TryParse(traceparent, null, out var caller) ? new(caller.TraceId.ToHexString(), span, caller.TraceFlags) : new(ActivityTraceId.CreateRandom().ToHexString(), span, ActivityTraceFlags.None);
    }
}
