using System.Text.Json;
using System.Text.Json.Nodes;

namespace Slipway.Server.Providers;

/// <summary>Puts the events of one streamed message of Anthropic's into pieces as OpenAI streams them.</summary>
internal sealed class AnthropicStream
{
    private readonly SortedDictionary<int, (int Number, bool HasArguments)> calls = [];
    private TokenUsage? usage;

    /// <summary>Whether the message has come to its end.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Takes one event.</summary>
    /// <returns>Null where it holds nothing for the caller: the start, a thought, an event that nobody knows yet.</returns>
    public ModelPiece? Take(JsonElement occurred)
    {
        var index = AnthropicAnswer.Count(occurred, "index") ?? 0;
        switch (AnthropicAnswer.Word(occurred, "type"))
        {
            case "message_start" when occurred.TryGetProperty("message", out var message):
                usage = AnthropicAnswer.Usage(message);
                return null;        // Until something is said, a failure is one of the whole call.
            case "content_block_start" when occurred.TryGetProperty("content_block", out var block):
                return Begin(index, block);
            case "content_block_delta" when occurred.TryGetProperty("delta", out var delta):
                return Continue(index, delta);
            // A function without arguments gets none here, and an empty object there.
            case "content_block_stop" when calls.TryGetValue(index, out var call) && !call.HasArguments:
                return Arguments(call.Number, "{}");
            case "message_delta":
                return End(occurred);
            case "message_stop":
                IsOver = true;
                return null;
            default:
                return null;
        }
    }

    private ModelPiece? Begin(int index, JsonElement block)
    {
        if (AnthropicAnswer.Word(block, "type") == "text") return AnthropicAnswer.Word(block, "text") is { Length: > 0 } text ? new ModelPiece(text) : null;
        if (AnthropicAnswer.Word(block, "type") != "tool_use") return null;
        var number = calls.Count;
        calls[index] = (number, false);
        var call = AnthropicAnswer.Call(block, "");
        call.Insert(0, "index", number);
        return Piece(call);
    }

    private ModelPiece? Continue(int index, JsonElement delta)
    {
        if (AnthropicAnswer.Word(delta, "text") is { Length: > 0 } text) return new ModelPiece(text);
        if (AnthropicAnswer.Word(delta, "partial_json") is not { Length: > 0 } json || !calls.TryGetValue(index, out var call)) return null;
        calls[index] = call with { HasArguments = true };
        return Arguments(call.Number, json);
    }

    private ModelPiece End(JsonElement occurred)
    {
        var delta = occurred.TryGetProperty("delta", out var given) ? given : default;
        var reason = AnthropicAnswer.FinishReason(AnthropicAnswer.Word(delta, "stop_reason"));
        var last = AnthropicAnswer.Usage(occurred);
        // The end counts what came out; what went in it may leave to the start.
        if (last is null && occurred.TryGetProperty("usage", out var tokens) && AnthropicAnswer.Count(tokens, "output_tokens") is { } output) last = usage is { } started ? started with { Output = output } : null;
        usage = last ?? usage;
        return new ModelPiece("", reason == "content_filter" ? AnthropicAnswer.Refusal(delta) ?? AnthropicAnswer.Refused : null, reason, reason is null ? null : usage);
    }

    private static ModelPiece Arguments(int number, string text) => Piece(new JsonObject { ["index"] = number, ["function"] = new JsonObject { ["arguments"] = text } });

    private static ModelPiece Piece(JsonObject call) => new("", ToolCalls: JsonSerializer.SerializeToElement(new JsonArray(call)));
}
