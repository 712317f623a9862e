using System.Text;
using Slipway.Core.Calls;
using Slipway.Core.Prompts;
using Slipway.Core.Resolution;
using Slipway.Server.Providers;

namespace Slipway.Server.Gateway;

/// <summary>One call on its way: what was decided for it, and what became of it.</summary>
internal sealed class GatewayCall(Decision.Serve serve, Package package, string provider, ModelRequest request, ChatRequest asked, string traceId, TimeProvider clock)
{
    private readonly DateTimeOffset startedAt = clock.GetUtcNow();
    private readonly long started = clock.GetTimestamp();
    private ModelAnswer? answer;
    private string? error, violation;
    private bool? schemaValid;
    private bool abandoned;
    private double? firstPieceMs;
    private double? latencyMs;

    public Decision.Serve Serve => serve;
    public ModelRequest Request => request;
    public ChatRequest Asked => asked;
    public string TraceId => traceId;
    public ChatCompletionWriter Writer { get; } = new(traceId, clock.GetUtcNow(), request.Model, serve.Served.Version.ToString());

    /// <summary>The first piece of a stream has come.</summary>
    public void FirstPiece() => firstPieceMs = Elapsed();

    /// <summary>The answer is whole; it is held against the output contract.</summary>
    /// <returns>Whether it fits.</returns>
    public bool Succeed(ModelAnswer whole)
    {
        (answer, latencyMs) = (whole, Elapsed());
        var violations = package.Check(whole.Text);
        (schemaValid, violation) = (violations.IsEmpty, violations.IsEmpty ? null : string.Join(" ", violations));
        return violations.IsEmpty;
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
        UnitKey = asked.UnitKey,
        Provider = provider,
        Model = request.Model,
        Parameters = request.Parameters,
        Streamed = asked.Stream,
        SchemaValid = schemaValid,
        ContractViolation = violation,
        Refused = answer is null ? null : answer.Refusal is not null || answer.FinishReason == "content_filter",
        FinishReason = answer?.FinishReason,
        InputTokens = answer?.Usage?.Input,
        OutputTokens = answer?.Usage?.Output,
        LatencyMs = latencyMs ?? Elapsed(),
        TimeToFirstTokenMs = firstPieceMs,
        Error = error,
        Abandoned = abandoned,
    };

    private double Elapsed() => clock.GetElapsedTime(started).TotalMilliseconds;
}

/// <summary>Puts the pieces of a streamed answer together.</summary>
internal sealed class StreamedAnswer
{
    private readonly StringBuilder text = new();
    private readonly StringBuilder refusal = new();
    private string finishReason = "stop";
    private TokenUsage? usage;

    /// <summary>Whether a piece has come.</summary>
    public bool Started { get; private set; }

    public void Add(ModelPiece piece)
    {
        Started = true;
        text.Append(piece.Text);
        refusal.Append(piece.Refusal);
        finishReason = piece.FinishReason ?? finishReason;
        usage = piece.Usage ?? usage;
    }

    public ModelAnswer Whole() => new(text.ToString(), refusal.Length == 0 ? null : refusal.ToString(), finishReason, usage);
}
