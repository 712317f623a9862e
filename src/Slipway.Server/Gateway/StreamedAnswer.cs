using System.Buffers;
using System.Text;
using System.Text.Json;
using Slipway.Server.Providers;

namespace Slipway.Server.Gateway;

/// <summary>Puts the pieces of a streamed answer together.</summary>
internal sealed class StreamedAnswer
{
    private readonly StringBuilder text = new();
    private readonly StringBuilder refusal = new();
    private readonly StreamedToolCalls calls = new();
    private string? finishReason;
    private TokenUsage? usage;

    /// <summary>Whether a piece has come.</summary>
    public bool Started { get; private set; }

    public void Add(ModelPiece piece)
    {
        Started = true;
        text.Append(piece.Text);
        refusal.Append(piece.Refusal);
        if (piece.ToolCalls is { } pieces) calls.Add(pieces);
        finishReason = piece.FinishReason ?? finishReason;
        usage = piece.Usage ?? usage;
    }

    /// <summary>The answer as if it had not been streamed.</summary>
    public ModelAnswer Whole() => new(text.ToString(), refusal.Length == 0 ? null : refusal.ToString(), finishReason ?? "stop", usage, calls.Whole(indexed: false));

}

/// <summary>Puts the pieces of streamed tool calls together: pieces of one index are one call, whose arguments come bit by bit.</summary>
internal sealed class StreamedToolCalls
{
    private readonly SortedDictionary<int, Call> calls = [];

    /// <summary>Whole calls in the form of one piece; null where there are none.</summary>
    public static JsonElement? AsPiece(JsonElement? calls)
    {
        if (calls is not { } given) return null;
        var pieces = new StreamedToolCalls();
        foreach (var (index, call) in given.EnumerateArray().Index()) pieces.Take(index).Add(call);
        return pieces.Whole(indexed: true);
    }

    /// <summary>Adds the <c>tool_calls</c> of a delta.</summary>
    public void Add(JsonElement pieces)
    {
        foreach (var piece in pieces.EnumerateArray())
        {
            // Some services leave the index out: then an id begins a call, and what has none goes on with the last.
            var last = calls.Count == 0 ? -1 : calls.Keys.Last();
            var index = piece.TryGetProperty("index", out var given) ? given.GetInt32() : piece.TryGetProperty("id", out _) ? last + 1 : Math.Max(last, 0);
            Take(index).Add(piece);
        }
    }

    private Call Take(int index)
    {
        if (!calls.TryGetValue(index, out var call)) calls[index] = call = new Call();
        return call;
    }

    /// <summary>The calls as a list; null where there are none.</summary>
    /// <param name="indexed">Whether each says its index, as in a delta.</param>
    public JsonElement? Whole(bool indexed)
    {
        if (calls.Count == 0) return null;
        var buffer = new ArrayBufferWriter<byte>(256);
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartArray();
        foreach (var (index, call) in calls.Values.Index()) call.WriteTo(writer, indexed ? index : null);
        writer.WriteEndArray();
        writer.Flush();
        return JsonElement.Parse(buffer.WrittenSpan);
    }

    private sealed class Call
    {
        // In the order in which they came; a service may send fields of its own, and they are kept.
        private readonly OrderedDictionary<string, JsonElement> fields = new(StringComparer.Ordinal);
        private readonly OrderedDictionary<string, JsonElement> function = new(StringComparer.Ordinal);
        private readonly StringBuilder arguments = new();

        public void Add(JsonElement piece)
        {
            foreach (var field in piece.EnumerateObject())
            {
                if (field.NameEquals("index")) continue;
                if (!field.NameEquals("function") || field.Value.ValueKind != JsonValueKind.Object) Set(fields, field);
                else foreach (var part in field.Value.EnumerateObject())
                    if (part.NameEquals("arguments") && part.Value.ValueKind == JsonValueKind.String) arguments.Append(part.Value.GetString());
                    else Set(function, part);
            }
        }

        public void WriteTo(Utf8JsonWriter writer, int? index)
        {
            writer.WriteStartObject();
            if (index is { } number) writer.WriteNumber("index", number);
            foreach (var (name, value) in fields) Write(writer, name, value);
            writer.WriteStartObject("function");
            foreach (var (name, value) in function) Write(writer, name, value);
            writer.WriteString("arguments", arguments.ToString());
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        private static void Set(OrderedDictionary<string, JsonElement> target, JsonProperty field)
        {
            // A later piece that repeats a field as null takes nothing back.
            if (field.Value.ValueKind != JsonValueKind.Null) target[field.Name] = field.Value;
        }

        private static void Write(Utf8JsonWriter writer, string name, JsonElement value)
        {
            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }
    }
}
