using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Core.Wire;

namespace Slipway.Core.Evaluations;

/// <summary>What a model answered to one case, and what its contract says about it.</summary>
public sealed record Answer
{
    /// <summary>The answer's text, finished as the package says; empty where the call failed, the model refused in a field of its own, or only calls tools.</summary>
    public string Text { get; init; } = "";

    /// <summary>The refusal where the model gave one in a field of its own; null where it did not.</summary>
    public string? Refusal { get; init; }

    /// <summary>The functions it calls, as OpenAI's <c>tool_calls</c>, at least one; null where it calls none.</summary>
    public JsonElement? ToolCalls { get; init; }

    /// <summary><c>stop</c>, <c>length</c>, <c>tool_calls</c>, <c>content_filter</c>, …; null where no answer came.</summary>
    public string? FinishReason { get; init; }

    /// <summary>Tokens in; null where the provider did not say.</summary>
    public int? InputTokens { get; init; }

    /// <summary>Tokens out; null where the provider did not say.</summary>
    public int? OutputTokens { get; init; }

    /// <summary>Of the tokens in, those the provider had in its cache; null where it did not say.</summary>
    public int? CachedTokens { get; init; }

    /// <summary>US dollars, from the catalog's prices, all attempts together; null where prices or tokens are unknown.</summary>
    public decimal? Cost { get; init; }

    /// <summary>From first byte sent to last byte received, of the attempt that was answered.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>From first byte sent to the first piece of a streamed answer; null where it was not streamed.</summary>
    public TimeSpan? TimeToFirstToken { get; init; }

    /// <summary>Attempts after the first; their time is not in <see cref="Latency"/>. Default 0.</summary>
    public int Retries { get; init; }

    /// <summary>Where the text breaks the output schema, a sentence each; empty for an answer that fits, that calls tools, or where there is no schema.</summary>
    public ImmutableArray<string> SchemaViolations { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Where the calls break the schemas of the tools, a sentence each; empty for calls that fit, or where there are none.</summary>
    public ImmutableArray<string> ToolViolations { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Why the call failed, in the provider's words; null where it did not.</summary>
    public string? Error { get; init; }

    /// <summary>Whether it was asked for in an earlier run and only taken again: its latency, retries and cost are those of then. Default false; no part of what is stored.</summary>
    [JsonIgnore] public bool FromCache { get; init; }

    /// <summary>The answer as people read it: its text, else its refusal, else its calls as JSON; empty where the call failed.</summary>
    [JsonIgnore] public string Shown => Text.Length > 0 ? Text : Refusal ?? ToolCalls?.GetRawText() ?? "";

    /// <summary>The answer as canonical JSON, which <see cref="Read"/> reads back; its hash is its name where it is stored.</summary>
    public byte[] ToJson() => CanonicalJson.Of(JsonSerializer.SerializeToElement(this, EvaluationJson.Default.Answer));

    /// <summary>Reads a stored answer.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static Answer Read(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, EvaluationJson.Default.Answer) ?? throw new JsonException("An answer is an object.");

    /// <summary>Answers are equal that say the same.</summary>
    public bool Equals(Answer? other) => other is not null && (ReferenceEquals(this, other) || ToJson().AsSpan().SequenceEqual(other.ToJson()));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Text, Refusal, Latency, Error);
}
