using System.Diagnostics;
using Slipway.Core.Calls;

namespace Slipway.Server.Gateway;

/// <summary>What the gateway tells OpenTelemetry of a call: one activity, with the names of the GenAI conventions.</summary>
internal static class GatewayTelemetry
{
    /// <summary>The name of the source; whoever exports traces listens to it.</summary>
    public const string Name = "Slipway";

    private static readonly ActivitySource Source = new(Name);

    /// <summary>Begins the activity of a call, within the caller's trace; null where nobody listens.</summary>
    public static Activity? Start(HttpContext context)
    {
        if (!Source.HasListeners()) return null;
        // The web server's own activity has no source where nobody listens to it, and nobody would ever find it as a parent.
        return Activity.Current is not { Source.Name.Length: > 0 } && ActivityContext.TryParse(context.Request.Headers.TraceParent, context.Request.Headers.TraceState, out var caller)
            ? Source.StartActivity("chat", ActivityKind.Client, caller)
            : Source.StartActivity("chat", ActivityKind.Client);
    }

    /// <summary>Says what a call was, from its record.</summary>
    public static void Describe(this Activity activity, CallRecord call)
    {
        activity.DisplayName = $"chat {call.Model}";
        activity.SetTag("gen_ai.operation.name", "chat");
        activity.SetTag("gen_ai.provider.name", call.Provider.Split(' ')[0]);
        activity.SetTag("gen_ai.request.model", call.Model);
        activity.SetTag("gen_ai.prompt.name", call.Prompt);
        activity.SetTag("gen_ai.prompt.version", call.PromptVersion);
        if (call.FinishReason is { } finish) activity.SetTag("gen_ai.response.finish_reasons", (string[])[finish]);
        activity.SetTag("gen_ai.usage.input_tokens", call.InputTokens);
        activity.SetTag("gen_ai.usage.output_tokens", call.OutputTokens);
        activity.SetTag("gen_ai.usage.cache_read.input_tokens", call.CachedTokens);
        if (call.Streamed) activity.SetTag("gen_ai.request.stream", true);
        if (call.TimeToFirstTokenMs is { } first) activity.SetTag("gen_ai.response.time_to_first_chunk", first / 1_000);
        if (call.UnitKey is { } unit) activity.SetTag("gen_ai.conversation.id", unit);
        activity.SetTag("slipway.arm", call.Arm == Core.Resolution.Arm.Candidate ? "candidate" : "stable");
        activity.SetTag("slipway.release", call.Release?.ToString());
        activity.SetTag("slipway.contract_action", call.ContractAction);
        activity.SetTag("slipway.fallback", call.Fallback);
        activity.SetTag("slipway.effective_hash", call.EffectiveHash?.ToString());
        activity.SetTag("slipway.drifted", call.Drifted);
        activity.SetTag("slipway.fingerprint", call.Fingerprint);
        activity.SetTag("slipway.route", call.Route);
        if (call.Retries > 0) activity.SetTag("slipway.retries", call.Retries);
        if (call.Error is null) return;
        activity.SetStatus(ActivityStatusCode.Error);
        activity.SetTag("error.type", "provider_failed");
    }
}
