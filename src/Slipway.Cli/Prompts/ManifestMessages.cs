using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Slipway.Cli.Prompts;

/// <summary>The messages of a manifest.</summary>
/// <param name="Node">The list.</param>
/// <param name="Json">As the server takes them: the texts of files in their places.</param>
/// <param name="Texts">All templates among them.</param>
internal sealed record ManifestMessages(ManifestNode.List Node, JsonElement Json, ImmutableArray<PlacedText> Texts)
{
    /// <summary>Reads the list. What roles and their fields must be is for Core to say; here every key is known and every file read.</summary>
    /// <returns>Null where there was a problem.</returns>
    public static ManifestMessages? Read(ManifestSource source, ManifestNode value)
    {
        if (value is not ManifestNode.List list)
        {
            if (value is not ManifestNode.Unread) source.Report(value, "messages must be a list, as in - {role: system, content: \"Hello {{name}}\"}");
            return null;
        }
        var before = source.Problems.Count;
        var (messages, texts) = (new JsonArray(), ImmutableArray.CreateBuilder<PlacedText>());
        foreach (var (item, index) in list.Items.Select((item, index) => (item, index)))
        {
            var within = FormattableString.Invariant($"messages[{index}]");
            if (item is ManifestNode.Mapping mapping) messages.Add(Message(source, mapping, within, texts));
            else if (item is not ManifestNode.Unread) source.Report(item, $"{within} must be a message, as in {{role: system, content: \"Hello {{{{name}}}}\"}}, or {{placeholder: history}}.");
        }
        return source.Problems.Count == before ? new ManifestMessages(list, JsonElement.Parse(messages.ToJsonString()), texts.ToImmutable()) : null;
    }

    private static JsonObject Message(ManifestSource source, ManifestNode.Mapping mapping, string within, ImmutableArray<PlacedText>.Builder texts)
    {
        var message = new JsonObject();
        if (mapping.Entries.Any(entry => entry.Key.Text == "placeholder"))
        {
            var place = new NodeFields(source, mapping, within, ManifestKeys.Placeholder);
            if (place.Text("placeholder") is { Text: not "history" } other) source.Report(other, $"{within}.placeholder \"{TextFile.Excerpt(other.Text)}\" is unknown: the only one is history.");
            message["placeholder"] = "history";
            return message;
        }
        var fields = new NodeFields(source, mapping, within, ManifestKeys.Message);
        var (content, template, calls) = (fields.Find("content"), fields.Find("template"), fields.Find("tool_calls"));
        if (content is null && template is null && calls is null) source.Report(mapping, $"{within} has neither a template nor content.");
        if (content is not null && template is not null) source.Report(template, $"{within} has both a template and content; it takes one of the two.");
        message["role"] = fields.Text("role")?.Text;
        if (template is not null)
        {
            if (Template(source, fields, $"{within}.template") is not { } text) return message;
            texts.Add(text);
            message["content"] = text.Text;
        }
        else if (content is ManifestNode.List parts)
        {
            message["content"] = new JsonArray([.. parts.Items.Select((part, index) => Part(source, part, FormattableString.Invariant($"{within}.content[{index}]"), texts))]);
        }
        else if (fields.Text("content") is { } words)
        {
            message["content"] = Inline(source, words, $"{within}.content", texts);
        }
        if (fields.Text("tool_call_id") is { } id) message["tool_call_id"] = id.Text;
        if (calls is ManifestNode.List) message["tool_calls"] = JsonNode.Parse(NodeJson.Of(calls, source.Path, source.Problems).GetRawText());
        else if (calls is not null and not ManifestNode.Unread) source.Report(calls, $"{within}.tool_calls must be a list, not {fields.Kind(calls)}.");
        return message;
    }

    /// <summary>The template of a key <c>template</c>: in JSON the text itself, in YAML the file that it names.</summary>
    public static PlacedText? Template(ManifestSource source, NodeFields fields, string key)
    {
        if (fields.Text("template") is not { } scalar) return null;
        if (source.Form.IsJson) return new PlacedText(key, scalar.Text, source.Path, scalar);
        return source.Open(key, scalar) is var (file, text) ? new PlacedText(key, text, file, null) : null;
    }

    private static JsonObject? Part(ManifestSource source, ManifestNode part, string within, ImmutableArray<PlacedText>.Builder texts)
    {
        if (part is not ManifestNode.Mapping mapping)
        {
            if (part is not ManifestNode.Unread) source.Report(part, $"{within} must be {{type: text, text: …}} or {{type: image_url, image_url: {{url: …}}}}.");
            return null;
        }
        var isImage = mapping.Entries.Any(entry => entry is { Key.Text: "type", Value: ManifestNode.Scalar { Text: "image_url" } });
        var fields = new NodeFields(source, mapping, within, isImage ? ManifestKeys.ImagePart : ManifestKeys.TextPart);
        if (fields.Text("type") is { Text: not ("text" or "image_url") } type) source.Report(type, $"{within}.type \"{TextFile.Excerpt(type.Text)}\" is unknown: it is text or image_url.");
        if (!isImage) return new JsonObject { ["type"] = "text", ["text"] = fields.Text("text") is { } text ? Inline(source, text, $"{within}.text", texts) : null };
        if (fields.Mapping("image_url") is not { } image) return null;
        var picture = new NodeFields(source, image, $"{within}.image_url", ManifestKeys.ImageAddress);
        var url = new JsonObject { ["url"] = picture.Text("url") is { } address ? Inline(source, address, $"{within}.image_url.url", texts) : null };
        if (picture.Text("detail") is { } detail) url["detail"] = detail.Text;
        return new JsonObject { ["type"] = "image_url", ["image_url"] = url };
    }

    private static string Inline(ManifestSource source, ManifestNode.Scalar text, string key, ImmutableArray<PlacedText>.Builder texts)
    {
        texts.Add(new PlacedText(key, text.Text, source.Path, text));
        return text.Text;
    }
}
