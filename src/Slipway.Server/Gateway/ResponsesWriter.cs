using System.Buffers;
using System.Text;
using System.Text.Json;
using Slipway.Server.Providers;

namespace Slipway.Server.Gateway;

/// <summary>Answers in the shape of OpenAI's responses.</summary>
internal sealed class ResponsesWriter(AnswerHead head, ResponseEcho echo) : IAnswerWriter
{
    private readonly ResponseDocument document = new(head, echo);
    private readonly List<ResponseItem> items = [];
    private readonly Dictionary<int, ResponseItem> calls = [];
    private ResponseItem? message;      // the one that text goes to; null where none is open
    private int sequence, lastCall = -1;
    private bool started;

    public void Whole(IBufferWriter<byte> output, ModelAnswer answer)
    {
        if (answer.Text.Length > 0 || answer.Refusal is not null || answer.ToolCalls is null) Message(answer);
        if (answer.ToolCalls is { } called)
            foreach (var call in called.EnumerateArray())
            {
                var item = Add(call);
                item.Arguments.Append(Argument(call));
            }
        using var writer = new Utf8JsonWriter(output);
        document.WriteTo(writer, ResponseState.Of(answer), items, answer.Usage);
    }

    public void Piece(IBufferWriter<byte> output, ModelPiece piece)
    {
        Start(output);
        if (piece.Text.Length > 0) Say(output, piece.Text, isRefusal: false);
        if (piece.Refusal is { Length: > 0 } refusal) Say(output, refusal, isRefusal: true);
        if (piece.ToolCalls is not { } called) return;
        CloseMessage(output, "completed");
        foreach (var call in called.EnumerateArray()) Call(output, call);
    }

    public void End(IBufferWriter<byte> output, ModelAnswer answer)
    {
        Start(output);
        var state = ResponseState.Of(answer);
        if (items.Count == 0) Say(output, "", isRefusal: false);
        CloseMessage(output, state.Status);
        foreach (var item in calls.Values) CloseCall(output, item, state.Status);
        Whole(output, $"response.{state.Status}", state, answer.Usage);
    }

    public void Broken(IBufferWriter<byte> output, OpenAiError error)
    {
        using (var writer = Open(output, "error"))
        {
            writer.WriteString("code"u8, error.Code);
            writer.WriteString("message"u8, error.Message);
            writer.WriteString("param"u8, error.Param);
            Close(output, writer);
        }
        Whole(output, "response.failed", new ResponseState("failed", Error: error), usage: null);
    }

    private void Message(ModelAnswer answer)
    {
        var item = ResponseItem.Message(head.Trace, items.Count);
        if (answer.Text.Length > 0 || answer.Refusal is null) item.Parts.Add((false, new StringBuilder(answer.Text)));
        if (answer.Refusal is { } refusal) item.Parts.Add((true, new StringBuilder(refusal)));
        items.Add(item);
    }

    private void Start(IBufferWriter<byte> output)
    {
        if (started) return;
        started = true;
        Whole(output, "response.created", ResponseState.InProgress, usage: null);
        Whole(output, "response.in_progress", ResponseState.InProgress, usage: null);
    }

    private void Say(IBufferWriter<byte> output, string text, bool isRefusal)
    {
        if (message is null)
        {
            items.Add(message = ResponseItem.Message(head.Trace, items.Count));
            Item(output, "response.output_item.added", message, "in_progress");
        }
        if (message.Parts is not [.., var last] || last.IsRefusal != isRefusal)
        {
            ClosePart(output);
            message.Parts.Add((isRefusal, new StringBuilder()));
            Part(output, "response.content_part.added", isRefusal, "");
        }
        message.Parts[^1].Text.Append(text);
        if (text.Length == 0) return;
        using var writer = OpenPart(output, isRefusal ? "response.refusal.delta" : "response.output_text.delta");
        writer.WriteString("delta"u8, text);
        if (!isRefusal) NoLogprobs(writer);
        Close(output, writer);
    }

    private void ClosePart(IBufferWriter<byte> output)
    {
        if (message?.Parts is not [.., var (isRefusal, built)]) return;
        var text = built.ToString();
        using (var writer = OpenPart(output, isRefusal ? "response.refusal.done" : "response.output_text.done"))
        {
            writer.WriteString(isRefusal ? "refusal"u8 : "text"u8, text);
            if (!isRefusal) NoLogprobs(writer);
            Close(output, writer);
        }
        Part(output, "response.content_part.done", isRefusal, text);
    }

    private void CloseMessage(IBufferWriter<byte> output, string status)
    {
        if (message is null) return;
        ClosePart(output);
        Item(output, "response.output_item.done", message, status);
        message = null;
    }

    private void Call(IBufferWriter<byte> output, JsonElement piece)
    {
        // Some services leave the index out: then an id begins a call, and what has none goes on with the last.
        var index = piece.TryGetProperty("index", out var given) ? given.GetInt32() : piece.TryGetProperty("id", out _) ? lastCall + 1 : Math.Max(lastCall, 0);
        lastCall = Math.Max(lastCall, index);
        if (!calls.TryGetValue(index, out var item))
        {
            calls[index] = item = Add(piece);
            Item(output, "response.output_item.added", item, "in_progress");
        }
        if (Argument(piece) is not { Length: > 0 } arguments) return;
        item.Arguments.Append(arguments);
        using var writer = OpenItem(output, "response.function_call_arguments.delta", item);
        writer.WriteString("delta"u8, arguments);
        Close(output, writer);
    }

    private void CloseCall(IBufferWriter<byte> output, ResponseItem item, string status)
    {
        using (var writer = OpenItem(output, "response.function_call_arguments.done", item))
        {
            writer.WriteString("name"u8, item.Call!.Value.Name);
            writer.WriteString("arguments"u8, item.Arguments.ToString());
            Close(output, writer);
        }
        Item(output, "response.output_item.done", item, status);
    }

    private ResponseItem Add(JsonElement call)
    {
        var function = call.TryGetProperty("function", out var given) && given.ValueKind == JsonValueKind.Object ? given : default;
        var item = ResponseItem.Function(head.Trace, items.Count, Text(call, "id"), Text(function, "name"));
        items.Add(item);
        return item;
    }

    private static string? Argument(JsonElement call) => call.TryGetProperty("function", out var function) ? Text(function, "arguments") : null;

    private static string? Text(JsonElement owner, string field) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private void Whole(IBufferWriter<byte> output, string type, ResponseState state, TokenUsage? usage)
    {
        using var writer = Open(output, type);
        writer.WritePropertyName("response"u8);
        document.WriteTo(writer, state, items, usage);
        Close(output, writer);
    }

    private void Item(IBufferWriter<byte> output, string type, ResponseItem item, string status)
    {
        using var writer = Open(output, type);
        writer.WriteNumber("output_index"u8, item.Index);
        writer.WritePropertyName("item"u8);
        item.WriteTo(writer, status);
        Close(output, writer);
    }

    private void Part(IBufferWriter<byte> output, string type, bool isRefusal, string text)
    {
        using var writer = OpenPart(output, type);
        writer.WritePropertyName("part"u8);
        ResponseItem.WritePart(writer, isRefusal, text);
        Close(output, writer);
    }

    private Utf8JsonWriter OpenPart(IBufferWriter<byte> output, string type)
    {
        var writer = OpenItem(output, type, message!);
        writer.WriteNumber("content_index"u8, message!.Parts.Count - 1);
        return writer;
    }

    private Utf8JsonWriter OpenItem(IBufferWriter<byte> output, string type, ResponseItem item)
    {
        var writer = Open(output, type);
        writer.WriteString("item_id"u8, item.Id);
        writer.WriteNumber("output_index"u8, item.Index);
        return writer;
    }

    private Utf8JsonWriter Open(IBufferWriter<byte> output, string type)
    {
        output.Write("event: "u8);
        Encoding.UTF8.GetBytes(type, output);
        output.Write("\ndata: "u8);
        var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        writer.WriteString("type"u8, type);
        writer.WriteNumber("sequence_number"u8, sequence++);
        return writer;
    }

    private static void Close(IBufferWriter<byte> output, Utf8JsonWriter writer)
    {
        writer.WriteEndObject();
        writer.Flush();
        output.Write("\n\n"u8);
    }

    private static void NoLogprobs(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("logprobs"u8);
        writer.WriteEndArray();
    }
}
