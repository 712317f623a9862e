using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Core.Rendering;
using Slipway.Core.Wire;

namespace Slipway.Server.Providers.Offline;

/// <summary>A chat completion as a caller without a prompt asks for one, in OpenAI's words.</summary>
/// <param name="Request">What the model is asked.</param>
/// <param name="Stream">Whether the answer comes piece by piece.</param>
/// <param name="IncludeUsage">Whether a stream ends with its tokens.</param>
internal sealed record OfflineChat(ModelRequest Request, bool Stream, bool IncludeUsage)
{
    /// <summary>Reads a request's body.</summary>
    /// <param name="body">JSON that names a model.</param>
    /// <param name="problem">What is wrong with it, a sentence; null where nothing is.</param>
    public static OfflineChat? Read(ReadOnlyMemory<byte> body, out string? problem)
    {
        using var json = JsonDocument.Parse(body);
        var root = json.RootElement;
        problem = "messages must be a list.";
        if (!root.TryGetProperty("messages", out var list) || list.ValueKind != JsonValueKind.Array) return null;
        var messages = ImmutableArray.CreateBuilder<ChatMessage>(list.GetArrayLength());
        foreach (var item in list.EnumerateArray())
        {
            if (ChatMessage.Read(item, out var wrong) is not { } message)
            {
                problem = wrong!.In($"messages[{messages.Count}]");
                return null;
            }
            messages.Add(message);
        }
        problem = null;
        var stream = root.TryGetProperty("stream", out var streamed) && streamed.ValueKind == JsonValueKind.True;
        var usage = root.TryGetProperty("stream_options", out var options) && options.ValueKind == JsonValueKind.Object && options.TryGetProperty("include_usage", out var wanted) && wanted.ValueKind == JsonValueKind.True;
        return new OfflineChat(new ModelRequest(root.GetProperty("model").GetString()!, messages.ToImmutable(), root.Clone(), Tools: null), stream, usage);
    }

    /// <summary>The answer as a response's content: one object, or server-sent events. The same request has the same answer to the last byte, so it carries no time.</summary>
    /// <param name="answer">What the model said.</param>
    public HttpContent Content(ModelAnswer answer)
    {
        var id = $"chatcmpl-{ContentHash.Of(Encoding.UTF8.GetBytes(answer.Text)).Abbreviated}";
        if (!Stream) return Json(Head("chat.completion", new JsonObject { ["role"] = "assistant", ["content"] = answer.Text, ["refusal"] = null }, "message", answer.FinishReason, Usage(answer)));
        var events = new StringBuilder();
        var isFirst = true;
        foreach (var chunk in OfflineModel.Chunks(answer.Text))
        {
            var delta = new JsonObject { ["content"] = chunk };
            if (isFirst) delta.Insert(0, "role", "assistant");
            isFirst = false;
            Event(Head("chat.completion.chunk", delta, "delta", finish: null, usage: null));
        }
        Event(Head("chat.completion.chunk", [], "delta", answer.FinishReason, usage: null));
        if (IncludeUsage) Event(new JsonObject { ["id"] = id, ["object"] = "chat.completion.chunk", ["model"] = Request.Model, ["choices"] = new JsonArray(), ["usage"] = Usage(answer) });
        events.Append("data: [DONE]\n\n");
        return new StringContent(events.ToString(), Encoding.UTF8, "text/event-stream");

        void Event(JsonObject json) => events.Append("data: ").Append(json.ToJsonString()).Append("\n\n");

        JsonObject Head(string kind, JsonObject message, string name, string? finish, JsonNode? usage)
        {
            var head = new JsonObject
            {
                ["id"] = id,
                ["object"] = kind,
                ["created"] = 0,
                ["model"] = Request.Model,
                ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, [name] = message, ["finish_reason"] = finish }),
            };
            if (usage is not null) head["usage"] = usage;
            return head;
        }
    }

    /// <summary>A refusal in OpenAI's words.</summary>
    public static HttpContent Refusal(string sentence) => Json(new JsonObject { ["error"] = new JsonObject { ["message"] = sentence, ["type"] = "invalid_request_error" } });

    private static JsonObject? Usage(ModelAnswer answer) => answer.Usage is { } usage
        ? new JsonObject { ["prompt_tokens"] = usage.Input, ["completion_tokens"] = usage.Output, ["total_tokens"] = usage.Input + usage.Output }
        : null;

    private static StringContent Json(JsonObject json) => new(json.ToJsonString(), Encoding.UTF8, "application/json");
}
