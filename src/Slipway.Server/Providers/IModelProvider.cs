using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Prompts;
using Slipway.Core.Rendering;

namespace Slipway.Server.Providers;

/// <summary>A service that answers messages with a model.</summary>
internal interface IModelProvider
{
    /// <summary>Its name in model references.</summary>
    string Name { get; }

    /// <summary>What it is, in words; stands in every call record.</summary>
    string Description { get; }

    /// <summary>The whole answer.</summary>
    /// <exception cref="ProviderException">No answer came.</exception>
    Task<ModelAnswer> CompleteAsync(ModelRequest request, CancellationToken cancellation);

    /// <summary>The answer piece by piece, as it comes; the last piece has the finish reason.</summary>
    /// <exception cref="ProviderException">The answer broke off, or none came.</exception>
    IAsyncEnumerable<ModelPiece> StreamAsync(ModelRequest request, CancellationToken cancellation);

    /// <summary>What it really sends of what a package freezes beside the messages; what differs is told as drift.</summary>
    /// <param name="parameters">An object.</param>
    JsonElement Sent(JsonElement parameters) => parameters;
}

/// <summary>What a model is asked.</summary>
/// <param name="Model">The name the provider knows.</param>
/// <param name="Messages">In order.</param>
/// <param name="Parameters">What the package froze beside the messages; an object, sent as it is.</param>
/// <param name="Tools">The functions it may call, as OpenAI's <c>tools</c>; null for none.</param>
internal sealed record ModelRequest(string Model, ImmutableArray<ChatMessage> Messages, JsonElement Parameters, JsonElement? Tools)
{
    /// <summary>The W3C <c>traceparent</c> that goes with it; null for none.</summary>
    public string? TraceParent { get; init; }

    /// <summary>What a package asks its model.</summary>
    public static ModelRequest Of(Package package, ImmutableArray<ChatMessage> messages) => new(package.Model.Model, messages, package.Parameters, package.Tools);
}

/// <summary>What a model answered.</summary>
/// <param name="Text">The answer; empty where the model refused.</param>
/// <param name="Refusal">The refusal where the model gave one in a field of its own, else null.</param>
/// <param name="FinishReason"><c>stop</c>, <c>length</c>, <c>tool_calls</c>, <c>content_filter</c>, …</param>
/// <param name="Usage">Tokens; null where the provider did not say.</param>
/// <param name="ToolCalls">The functions it calls, as OpenAI's <c>tool_calls</c>, at least one; null where it calls none.</param>
internal sealed record ModelAnswer(string Text, string? Refusal, string FinishReason, TokenUsage? Usage, JsonElement? ToolCalls = null);

/// <summary>A piece of a streamed answer.</summary>
/// <param name="Text">What is appended; may be empty.</param>
/// <param name="Refusal">What is appended to the refusal; null where nothing is.</param>
/// <param name="FinishReason">In the last piece of text, else null.</param>
/// <param name="Usage">Where the provider says it, else null.</param>
/// <param name="ToolCalls">Pieces of calls, as OpenAI's <c>tool_calls</c> of a delta, at least one; null where there are none.</param>
internal sealed record ModelPiece(string Text, string? Refusal = null, string? FinishReason = null, TokenUsage? Usage = null, JsonElement? ToolCalls = null);

/// <summary>Tokens as the provider counted them.</summary>
/// <param name="Input">All that went in, those from its cache among them.</param>
/// <param name="Output">All that came out, those of its reasoning among them.</param>
/// <param name="Cached">Of those that went in, the ones it had in its cache; null where it did not say.</param>
internal sealed record TokenUsage(int Input, int Output, int? Cached = null);

/// <summary>No answer came, or it broke off. The message is one sentence.</summary>
internal sealed class ProviderException(string message, int? status = null, TimeSpan? retryAfter = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The provider's status code; null where it could not be reached.</summary>
    public int? Status { get; } = status;

    /// <summary>When the provider wants to be asked again, where it said so.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>Whether the same request may be answered when it is sent again.</summary>
    public bool MayPass => Status is null or 408 or 409 or 425 or 429 or >= 500;
}
