using System.Collections.Immutable;
using Microsoft.Extensions.AI;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;

namespace Slipway.Client;

/// <summary>Slipway for applications that call models through <see cref="IChatClient"/>.</summary>
public static class SlipwayChat
{
    /// <summary>In <see cref="ChatOptions.AdditionalProperties"/>: the variables by name, as <see cref="ISlipwayClient.Render"/> takes them.</summary>
    public const string Variables = "slipway.variables";

    /// <summary>In <see cref="ChatOptions.AdditionalProperties"/>: the sticky unit; without it <see cref="ChatOptions.ConversationId"/>.</summary>
    public const string Unit = "slipway.unit";

    /// <summary>In <see cref="ChatOptions.AdditionalProperties"/>: a <see cref="CallContext"/>.</summary>
    public const string Context = "slipway.context";

    internal const string Call = "slipway.call";

    /// <summary>A client that asks a prompt: each request is resolved, rendered, sent through this client, checked and reported.</summary>
    /// <param name="inner">Calls the model, e.g. of the provider that the prompt's versions name.</param>
    /// <param name="slipway">Has the prompts.</param>
    /// <param name="prompt">The prompt's name.</param>
    /// <param name="fallback">Answers, with messages and options as the application gave them, where Slipway has no version of the prompt; null: <see cref="PromptUnavailableException"/> says so.</param>
    public static SlipwayChatClient AsSlipwayClient(this IChatClient inner, ISlipwayClient slipway, string prompt, IChatClient? fallback = null) => new(inner, slipway, prompt, fallback);

    /// <summary>Says for one request what the prompt needs.</summary>
    /// <param name="options">Gets it; the same is returned.</param>
    /// <param name="variables">The variables by name, as <see cref="ISlipwayClient.Render"/> takes them; null for none.</param>
    /// <param name="unit">The sticky unit; null: <see cref="ChatOptions.ConversationId"/>.</param>
    /// <param name="context">What else is known; null for nothing.</param>
    public static ChatOptions WithSlipway(this ChatOptions options, object? variables = null, string? unit = null, CallContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var properties = options.AdditionalProperties ??= [];
        (properties[Variables], properties[Unit], properties[Context]) = (variables, unit, context);
        return options;
    }

    /// <summary>Which version answered, and how; null for an answer that did not come through Slipway.</summary>
    public static SlipwayCall? SlipwayCall(this ChatResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return response.AdditionalProperties?.GetValueOrDefault(Call) as SlipwayCall;
    }

    /// <summary>Which version answered, and how; it goes with the last update of a stream, and is null on all others.</summary>
    public static SlipwayCall? SlipwayCall(this ChatResponseUpdate update)
    {
        ArgumentNullException.ThrowIfNull(update);
        return update.AdditionalProperties?.GetValueOrDefault(Call) as SlipwayCall;
    }
}

/// <summary>What an application may want to know of an answer.</summary>
/// <param name="TraceId">Name it in <see cref="ISlipwayClient.ReportOutcome"/>.</param>
/// <param name="Version">The version that was meant to answer.</param>
/// <param name="Arm">Stable or candidate.</param>
/// <param name="Release">The active release; null where there is none.</param>
/// <param name="Revision">Of the prompt's routing record.</param>
/// <param name="Reason">Why this version.</param>
/// <param name="Violations">What of its answer broke the contract, a sentence each; empty where nothing did.</param>
/// <param name="Action">What was done about that: <c>observed</c>, <c>retried</c>, <c>fell_back</c> or <c>rejected</c>; null where the contract was kept.</param>
/// <param name="Fallback">The version that answered instead; null where none did.</param>
public sealed record SlipwayCall(
    string TraceId, VersionId Version, Arm Arm, ReleaseId? Release, long Revision, ResolveReason Reason, ImmutableArray<string> Violations, string? Action, VersionId? Fallback);

/// <summary>Slipway has nothing to ask a model: no version of the prompt is here, or the variables are not those it takes.</summary>
public sealed class PromptUnavailableException(RenderAnswer.Refused refusal) : Exception(refusal?.Message)
{
    /// <summary>Why.</summary>
    public RenderAnswer.Refused Refusal { get; } = refusal ?? throw new ArgumentNullException(nameof(refusal));
}

/// <summary>The answer broke its contract, and the prompt's policy is to reject such answers.</summary>
public sealed class ContractBrokenException(SlipwayCall call, ChatResponse response)
    : Exception($"The answer of {call?.Version} breaks its contract: {string.Join("; ", call?.Violations ?? [])}.")
{
    /// <summary>Which version answered, and what is wrong.</summary>
    public SlipwayCall Call { get; } = call ?? throw new ArgumentNullException(nameof(call));

    /// <summary>The answer that was rejected.</summary>
    public ChatResponse Response { get; } = response ?? throw new ArgumentNullException(nameof(response));
}
