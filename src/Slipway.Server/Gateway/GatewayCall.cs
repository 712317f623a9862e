using Slipway.Core.Calls;
using Slipway.Core.Prompts;
using Slipway.Core.Resolution;
using Slipway.Server.Providers;

namespace Slipway.Server.Gateway;

/// <summary>One call on its way: what was decided for it, and what became of it.</summary>
internal sealed class GatewayCall(Decision.Serve serve, Package package, string provider, ModelRequest request, GatewayRequest asked, string traceId, TimeProvider clock)
{
    private readonly DateTimeOffset startedAt = clock.GetUtcNow();
    private readonly long started = clock.GetTimestamp();
    private ModelAnswer? answer;
    private string? error, violation;
    private bool? schemaValid, toolCallsValid;
    private bool abandoned;
    private double? firstPieceMs;
    private double? latencyMs;

    public Decision.Serve Serve => serve;
    public ModelRequest Request => request;
    public GatewayRequest Asked => asked;
    public string TraceId => traceId;

    /// <summary>Whether an answer is changed before it is given on, and so has to be whole first.</summary>
    public bool NeedsWholeAnswer => !package.PostProcessing.IsEmpty;

    /// <summary>What became of the contract: <c>kept</c>, <c>broken</c>, or <c>none</c> where there is nothing to hold the answer against.</summary>
    public string Contract => (schemaValid ?? toolCallsValid) switch { true => "kept", false => "broken", null => "none" };

    public IAnswerWriter Writer { get; } = asked.Answer(new AnswerHead(traceId, clock.GetUtcNow(), request.Model, serve.Served.Version, request.Parameters, request.Tools));

    /// <summary>The first piece of a stream has come.</summary>
    public void FirstPiece() => firstPieceMs = Elapsed();

    /// <summary>The answer as it is checked and given on.</summary>
    public ModelAnswer Finish(ModelAnswer raw) => raw with { Text = package.Finish(raw.Text) };

    /// <summary>The answer is whole and finished; it is held against the output contract or, where it calls tools, against those.</summary>
    public void Succeed(ModelAnswer whole)
    {
        (answer, latencyMs) = (whole, Elapsed());
        var violations = whole.ToolCalls is { } calls ? package.CheckToolCalls(calls) : package.Check(whole.Text);
        if (whole.ToolCalls is not null) toolCallsValid = violations.IsEmpty;
        else if (package.Output is not null) schemaValid = violations.IsEmpty;
        violation = violations.IsEmpty ? null : string.Join("; ", violations);
    }

    /// <summary>No answer came, or it broke off.</summary>
    public void Fail(string reason) => (error, latencyMs) = (reason, Elapsed());

    /// <summary>The caller went away.</summary>
    public void Abandon() => (abandoned, latencyMs) = (true, Elapsed());

    /// <summary>The record of the call.</summary>
    public CallRecord Record(EnvironmentName environment) => new()
    {
        TraceId = traceId,
        StartedAt = startedAt,
        Environment = environment,
        Prompt = serve.Served.Version.Prompt.Value,
        PromptVersion = serve.Served.Version.Number.Text,
        PackageHash = serve.Served.Package,
        Arm = serve.Arm,
        Release = serve.Release,
        Epoch = serve.Epoch,
        Reason = serve.Reason,
        Door = asked.Door,
        Workflow = asked.Caller.Workflow,
        UnitKey = asked.Caller.UnitKey,
        Tenant = asked.Caller.Tenant,
        UserKey = asked.Caller.UserKey,
        Attributes = asked.Caller.Attributes,
        Provider = provider,
        Model = request.Model,
        Parameters = request.Parameters,
        Streamed = asked.Stream,
        SchemaValid = schemaValid,
        ToolCallsValid = toolCallsValid,
        ContractViolation = violation,
        Refused = answer is null ? null : answer.Refusal is not null || answer.FinishReason == "content_filter",
        FinishReason = answer?.FinishReason,
        InputTokens = answer?.Usage?.Input,
        OutputTokens = answer?.Usage?.Output,
        CachedTokens = answer?.Usage?.Cached,
        LatencyMs = latencyMs ?? Elapsed(),
        TimeToFirstTokenMs = firstPieceMs,
        Error = error,
        Abandoned = abandoned,
    };

    private double Elapsed() => clock.GetElapsedTime(started).TotalMilliseconds;
}
