using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Slipway.Core.Calls;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Rendering;
using Slipway.Core.Resolution;

namespace Slipway.Client;

/// <summary>What was asked for, so that the same can be rendered with another version.</summary>
/// <param name="Environment">Where.</param>
/// <param name="Route">The record it was decided by.</param>
/// <param name="Stable">The package of the record's stable version.</param>
/// <param name="Variables">By name; null for none.</param>
/// <param name="Unit">The sticky unit; null for none.</param>
/// <param name="Conversation">The caller's messages.</param>
/// <param name="Context">What else was known; null for nothing.</param>
/// <param name="At">When, UTC.</param>
internal sealed record RenderRequest(
    EnvironmentName Environment, Route Route, Package? Stable, JsonElement? Variables, string? Unit, IReadOnlyList<ChatMessage> Conversation, CallContext? Context, DateTimeOffset At)
{
    /// <summary>Fills the templates of a version.</summary>
    public RenderAnswer Render(Decision.Serve decision, Package package) => package.Render(Variables, Conversation) switch
    {
        PromptRendering.Done done => new RenderAnswer.Rendered(decision, package, done.Messages, this),
        PromptRendering.Refused refused => new RenderAnswer.Refused(
            RenderRefusal.WrongVariables, $"{decision.Served.Version} cannot be rendered: {string.Join(" ", refused.Problems.Select(problem => problem.Message))}", refused.Problems, decision, package, this),
        _ => throw new UnreachableException(),
    };

    /// <summary>The record of a call with a version.</summary>
    public CallRecord Record(Decision.Serve decision, Package package, ImmutableArray<ChatMessage> messages, CallFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var text = facts.Text is { } answer ? package.Finish(answer) : null;
        ImmutableArray<string> violations = text is null ? [] : facts.ToolCalls is { } calls ? package.CheckToolCalls(calls) : package.Check(text);
        var keeps = Route.Policy.Capture != CapturePolicy.None;
        return new CallRecord
        {
            TraceId = facts.TraceId ?? Trace(),
            StartedAt = facts.StartedAt ?? At,
            Environment = Environment,
            Door = "sdk",
            Workflow = Context?.Workflow,
            Prompt = decision.Served.Version.Prompt.Value,
            PromptVersion = decision.Served.Version.Number.Text,
            PackageHash = package.Hash,
            Arm = decision.Arm,
            Reason = decision.Reason,
            Release = decision.Release,
            Epoch = decision.Epoch,
            UnitKey = Unit,
            Tenant = Context?.Tenant,
            UserKey = Context?.User,
            Attributes = Context?.Attributes?.ToImmutableSortedDictionary(StringComparer.Ordinal),
            Provider = facts.Provider ?? package.Model.Provider,
            Model = facts.Model ?? package.Model.Model,
            Parameters = package.Parameters,
            Streamed = facts.Streamed,
            SchemaValid = text is null || facts.ToolCalls is not null || package.Output is null ? null : violations.IsEmpty,
            ToolCallsValid = text is null || facts.ToolCalls is null ? null : violations.IsEmpty,
            ContractViolation = violations.IsEmpty ? null : string.Join("; ", violations),
            ContractAction = facts.ContractAction ?? (violations.IsEmpty ? null : "observed"),
            Route = text is null ? null : package.RouteOf(text),
            Refused = text is null ? null : facts.Refused || facts.FinishReason == "content_filter",
            FinishReason = facts.FinishReason,
            InputTokens = facts.InputTokens,
            OutputTokens = facts.OutputTokens,
            CachedTokens = facts.CachedTokens,
            Retries = facts.Retries,
            Fallback = facts.Fallback,
            LatencyMs = facts.Latency.TotalMilliseconds,
            TimeToFirstTokenMs = facts.TimeToFirstToken?.TotalMilliseconds,
            Error = facts.Error,
            Input = keeps && !messages.IsEmpty ? Texts.Of(messages) : null,
            Output = keeps ? facts.Text : null,
            Abandoned = facts.Abandoned,
        };
    }

    /// <summary>The trace that a call belongs to: the current one, or a new one.</summary>
    public static string Trace() => (Activity.Current is { IdFormat: ActivityIdFormat.W3C } current ? current.TraceId : ActivityTraceId.CreateRandom()).ToHexString();
}

/// <summary>Values of the application as what templates take.</summary>
internal static class Variables
{
    /// <summary>The JSON of the variables.</summary>
    /// <param name="given">An object, a dictionary, JSON; null for none.</param>
    /// <param name="problem">Why they cannot be written; null where they can.</param>
    public static JsonElement? Of(object? given, out string? problem)
    {
        problem = null;
        switch (given)
        {
            case null: return null;
            case JsonElement { ValueKind: JsonValueKind.Undefined }: return null;
            case JsonElement json: return json;
        }
        try
        {
            return JsonSerializer.SerializeToElement(given, given.GetType());
        }
        catch (Exception exception) when (exception is NotSupportedException or JsonException or ArgumentException or InvalidOperationException)
        {
            problem = $"The variables cannot be written as JSON: {exception.Message}";
            return null;
        }
    }
}

/// <summary>Messages as one text, for a call's record.</summary>
internal static class Texts
{
    public static string Of(IEnumerable<ChatMessage> messages)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            foreach (var message in messages) message.WriteTo(writer);
            writer.WriteEndArray();
        }
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
