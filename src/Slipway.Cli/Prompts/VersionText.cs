using System.Globalization;
using System.Text.Json;
using Slipway.Core.Wire;

namespace Slipway.Cli.Prompts;

/// <summary>A version as people read it: its record, what it sends beside its messages, and the messages.</summary>
internal static class VersionText
{
    public static void Write(Terminal terminal, VersionDocument version)
    {
        terminal.Heading(version.Version.ToString());
        terminal.Table(["field", "value"], [.. Fields(version).Where(field => field.Value is not null).Select(field => (string[])[field.Name, field.Value!])]);
        var messages = version.Content.GetProperty("messages");
        if (PlainTemplate(messages) is { } template)
        {
            terminal.Line();
            terminal.Line(template);
            return;
        }
        foreach (var message in messages.EnumerateArray())
        {
            terminal.Line();
            WriteMessage(terminal, message);
        }
    }

    private static IEnumerable<(string Name, string? Value)> Fields(VersionDocument version)
    {
        var (record, content) = (version.Record, version.Content);
        return
        [
            ("package", version.Package.Value),
            ("model", content.GetProperty("model").GetString()),
            ("parameters", Raw(content, "parameters") is "{}" ? null : Raw(content, "parameters")),
            ("tools", Tools(content)),
            ("retrieval", content.TryGetProperty("retrieval", out var retrieval) ? $"{retrieval.GetProperty("top_k")} passages of {retrieval.GetProperty("index")}" : null),
            ("memory", content.TryGetProperty("memory", out var memory) ? $"{memory.GetProperty("turns")} turns" : null),
            ("safety", List(content, "safety")),
            ("post-processing", List(content, "post_processing")),
            ("serving", Raw(content, "serving")),
            ("partials", record.Partials.IsDefaultOrEmpty ? null : string.Join(", ", record.Partials)),
            ("author", $"{version.Author}, {version.SubmittedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC"),
            ("owner", record.Owner.Value),
            ("reason", record.ChangeReason),
            ("kind of change", record.ChangeKind?.ToString()),
            ("expected effect", record.ExpectedEffect),
            ("to be checked", record.CheckAfterRelease),
            ("linked", record.Linked),
            ("golden set", record.GoldenSet?.ToString() ?? "none"),
            ("made from", record.BasedOn?.Text),
            ("rolls back to", record.RollbackTo?.Text ?? "nothing" + (version.Sequence == 1 ? ", it is the first" : "")),
            ("live in", version.LiveIn.IsEmpty ? "no environment" : string.Join(", ", version.LiveIn)),
        ];
    }

    // One system message, and the conversation follows by itself.
    private static string? PlainTemplate(JsonElement messages) =>
        messages.GetArrayLength() == 2 && messages[0].TryGetProperty("template", out var template) && messages[0].GetProperty("role").ValueEquals("system")
        && messages[1].TryGetProperty("placeholder", out _) ? template.GetString() : null;

    private static void WriteMessage(Terminal terminal, JsonElement message)
    {
        if (message.TryGetProperty("placeholder", out _))
        {
            terminal.Line("the conversation");
            return;
        }
        terminal.Line($"{message.GetProperty("role")}{(message.TryGetProperty("tool_call_id", out var call) ? $", answering {call}" : "")}:");
        if (message.TryGetProperty("template", out var text)) terminal.Line(text.GetString()!);
        else if (message.TryGetProperty("content", out var parts) && parts.ValueKind == JsonValueKind.Array)
            foreach (var part in parts.EnumerateArray()) terminal.Line(part.TryGetProperty("text", out var words) ? words.GetString()! : $"(a picture: {part.GetProperty("image_url").GetProperty("url")})");
        if (message.TryGetProperty("tool_calls", out var calls)) terminal.Line($"(calls {calls.GetRawText()})");
    }

    private static string? Tools(JsonElement content) =>
        content.TryGetProperty("tools", out var tools) ? string.Join(", ", tools.EnumerateArray().Select(tool => tool.GetProperty("function").GetProperty("name"))) : null;

    private static string? List(JsonElement content, string name) => content.TryGetProperty(name, out var list) ? string.Join(", ", list.EnumerateArray()) : null;

    private static string? Raw(JsonElement content, string name) => content.TryGetProperty(name, out var value) ? value.GetRawText() : null;
}
