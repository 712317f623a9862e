using System.Buffers;
using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using Slipway.Core.Rendering;

namespace Slipway.Core.Prompts;

/// <summary>The messages of a prompt, compiled: which roles say what, and where the caller's conversation stands.</summary>
/// <remarks>
/// <para>As JSON a list of <c>{"role": "system", "content": "Hello {{name}}"}</c>, whose content may also be a list of parts (<c>{"type":
/// "text", "text": …}</c>, <c>{"type": "image_url", "image_url": {"url": …}}</c>), and at most one <c>{"placeholder": "history"}</c>. An
/// assistant's message may carry <c>tool_calls</c>, a tool's names its <c>tool_call_id</c>. Packages of the first build wrote
/// <c>template</c> instead of <c>content</c>, and all packages write a plain text so: the hash of the same content stays the same.</para>
/// </remarks>
internal sealed class PromptMessages
{
    private readonly ImmutableArray<Entry> entries;

    private PromptMessages(ImmutableArray<Entry> entries) => this.entries = entries;

    /// <summary>Each name the templates use, where it is used first.</summary>
    public ImmutableArray<TemplateVariable> Variables => [.. entries.SelectMany(entry => entry.Texts).SelectMany(text => text.Template.Variables)
        .GroupBy(variable => variable.Name, StringComparer.Ordinal)
        .Select(uses => uses.First() with { Uses = uses.Aggregate(VariableUses.None, (all, use) => all | use.Uses), OnlyInSections = uses.All(use => use.OnlyInSections) })];

    /// <summary>Whether the caller's messages have a place.</summary>
    public bool HasHistory => entries.Any(entry => entry is Entry.History);

    /// <summary>The partials that the templates of messages name, as their tags write them.</summary>
    public static IEnumerable<string> References(JsonElement messages) =>
        messages.ValueKind == JsonValueKind.Array ? messages.EnumerateArray().SelectMany(Texts).SelectMany(Template.References) : [];

    /// <summary>Compiles messages.</summary>
    /// <param name="safety">Templates of the safety layers, each a system message before all others.</param>
    /// <param name="messages">The list.</param>
    /// <param name="partials">The text of each partial by the names that tags give it.</param>
    /// <param name="errors">Receives everything that is wrong, a sentence each.</param>
    /// <returns>Null where something is wrong.</returns>
    public static PromptMessages? Compile(
        IEnumerable<(string Name, string Text)> safety, JsonElement messages, IReadOnlyDictionary<string, string> partials, ICollection<string> errors)
    {
        var before = errors.Count;
        var entries = ImmutableArray.CreateBuilder<Entry>();
        foreach (var (name, text) in safety)
            if (Parse(text, $"The safety layer {name}", partials, errors) is { } template) entries.Add(new Entry.Plain(new ChatMessage("system", ""), template));
        if (messages.ValueKind != JsonValueKind.Array || messages.GetArrayLength() == 0)
        {
            errors.Add("messages must be a list of messages, at least one.");
            return null;
        }
        var single = IsTemplate(messages);
        foreach (var (index, message) in messages.EnumerateArray().Index())
            if (Read(message, single ? "The template" : FormattableString.Invariant($"messages[{index}]"), partials, errors) is { } entry) entries.Add(entry);
        if (entries.Count(entry => entry is Entry.History) > 1) errors.Add("messages has more than one placeholder: the conversation stands in one place.");
        return errors.Count == before ? new PromptMessages(entries.ToImmutable()) : null;
    }

    /// <summary>Renders all messages.</summary>
    /// <param name="variables">Complete.</param>
    /// <param name="conversation">What stands in the place of the history.</param>
    /// <param name="first">The first message of it that does.</param>
    public PromptRendering Render(JsonElement variables, IReadOnlyList<ChatMessage> conversation, int first)
    {
        var messages = ImmutableArray.CreateBuilder<ChatMessage>();
        var problems = ImmutableArray.CreateBuilder<VariableProblem>();
        foreach (var entry in entries) messages.AddRange(entry is Entry.History ? conversation.Skip(first) : [Rendered(entry, variables, problems)]);
        return problems.Count > 0 ? new PromptRendering.Refused(problems.ToImmutable()) : new PromptRendering.Done(messages.ToImmutable());
    }

    /// <summary>Writes all messages as a JSON list.</summary>
    /// <param name="output">Receives the list; where something is wrong, a part of it.</param>
    /// <param name="variables">Complete.</param>
    /// <param name="conversation">What stands in the place of the history.</param>
    /// <param name="first">The first message of it that does.</param>
    /// <returns>What is wrong; empty where the list is whole.</returns>
    public ImmutableArray<VariableProblem> Write(IBufferWriter<byte> output, JsonElement variables, IReadOnlyList<ChatMessage> conversation, int first)
    {
        ImmutableArray<VariableProblem>.Builder? problems = null;
        var empty = true;
        foreach (var entry in entries)
        {
            switch (entry)
            {
                // With calls or a refusal beside it, empty content is written otherwise than as empty text.
                case Entry.Plain { Frame: { ToolCalls: null, Refusal: null } } plain:
                    Separate(ref empty);
                    output.Write(plain.Before.AsSpan());
                    plain.Text.WriteTo(output, variables, ref problems);
                    output.Write(plain.After.AsSpan());
                    break;
                case Entry.History:
                    for (var i = first; i < conversation.Count; i++) Write(conversation[i], ref empty);
                    break;
                default:
                    Write(Rendered(entry, variables, problems ??= ImmutableArray.CreateBuilder<VariableProblem>()), ref empty);
                    break;
            }
        }
        output.Write(empty ? "[]"u8 : "]"u8);
        return problems?.ToImmutable() ?? [];

        void Write(ChatMessage message, ref bool empty)
        {
            Separate(ref empty);
            using var writer = new Utf8JsonWriter(output, Entry.Relaxed);
            message.WriteTo(writer);
        }

        void Separate(ref bool empty)
        {
            output.Write(empty ? "["u8 : ","u8);
            empty = false;
        }
    }

    private static ChatMessage Rendered(Entry entry, JsonElement variables, ICollection<VariableProblem> problems) => entry switch
    {
        Entry.Plain plain => plain.Frame with { Content = plain.Text.Fill(variables, problems) },
        Entry.Mixed mixed => mixed.Frame.With([.. mixed.Parts.Select(part => part.Render(variables, problems))]),
        _ => throw new InvalidOperationException("The caller's messages are not rendered."),
    };

    /// <summary>In which text a name is used first, as the beginning of a sentence.</summary>
    public string PlaceOf(string variable) =>
        entries.SelectMany(entry => entry.Texts).First(text => text.Template.Variables.Any(used => used.Name == variable)).At;

    // What a manifest's template becomes: then there is one text only, and no message that its author wrote.
    private static bool IsTemplate(JsonElement messages) =>
        messages.GetArrayLength() is 1 or 2 && messages[0].TryGetText("template") is not null && messages[0].TryGetText("role") is "system"
        && (messages.GetArrayLength() == 1 || messages[1].TryGetText("placeholder") is not null);

    private static Entry? Read(JsonElement message, string at, IReadOnlyDictionary<string, string> partials, ICollection<string> errors)
    {
        if (message.ValueKind == JsonValueKind.Object && message.TryGetProperty("placeholder", out var placeholder))
        {
            if (message.EnumerateObject().Count() == 1 && placeholder.ValueKind == JsonValueKind.String && placeholder.ValueEquals("history")) return Entry.History.Instance;
            errors.Add($"{at}: A placeholder is {{\"placeholder\": \"history\"}} and nothing else.");
            return null;
        }
        // What a message may look like is one rule for callers and for manifests; only that its texts are templates is added here.
        var shaped = message.TryGetText("template") is { } text && !message.TryGetProperty("content", out _) ? Renamed(message, text) : message;
        if (ChatMessage.Read(shaped, out var problem) is not { } read)
        {
            errors.Add(problem!.In(at));
            return null;
        }
        if (read.Parts.IsEmpty) return Parse(read.Content, at, partials, errors) is { } template ? new Entry.Plain(read, template) : null;
        var parts = read.Parts.Select((part, index) => Parse(TextOf(part), FormattableString.Invariant($"{at}.content[{index}]"), partials, errors) is { } text ? new PartTemplate(part, text) : null).ToList();
        return parts.TrueForAll(part => part is not null) ? new Entry.Mixed(read, [.. parts.Select(part => part!)]) : null;
    }

    private static string TextOf(ContentPart part) => part switch
    {
        ContentPart.Text text => text.Value,
        ContentPart.Image image => image.Url,
        _ => throw new InvalidOperationException("A part is text or an image."),
    };

    private static PlacedTemplate? Parse(string text, string at, IReadOnlyDictionary<string, string> partials, ICollection<string> errors)
    {
        switch (Template.Parse(text, partials))
        {
            case TemplateParse.Parsed parsed: return new PlacedTemplate(at, parsed.Template);
            case TemplateParse.Refused refused:
                foreach (var error in refused.Errors) errors.Add($"{at} is wrong at line {error.Line}, column {error.Column}: {error.Message}");
                return null;
            default: throw new InvalidOperationException("A template is parsed or refused.");
        }
    }

    private static JsonElement Renamed(JsonElement message, string text)
    {
        var renamed = System.Text.Json.Nodes.JsonObject.Create(message)!;
        renamed.Remove("template");
        renamed["content"] = text;
        return JsonElement.Parse(renamed.ToJsonString());
    }

    private static IEnumerable<string> Texts(JsonElement message)
    {
        if ((message.TryGetText("template") ?? message.TryGetText("content")) is { } text) return [text];
        return message.ValueKind == JsonValueKind.Object && message.TryGetProperty("content", out var parts) && parts.ValueKind == JsonValueKind.Array
            ? parts.EnumerateArray().Select(part => part.TryGetText("text") ?? (part.ValueKind == JsonValueKind.Object && part.TryGetProperty("image_url", out var image) ? image.TryGetText("url") : null)).OfType<string>()
            : [];
    }

    private abstract record Entry
    {
        /// <summary>Letters of any language as they are.</summary>
        public static JsonWriterOptions Relaxed { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

        private Entry() { }

        public abstract IEnumerable<PlacedTemplate> Texts { get; }

        /// <summary>A message of one text.</summary>
        /// <param name="Frame">All of it that is no template.</param>
        /// <param name="Text">Its content.</param>
        public sealed record Plain(ChatMessage Frame, PlacedTemplate Text) : Entry
        {
            /// <summary>The message's JSON up to its content.</summary>
            public ImmutableArray<byte> Before { get; } = Split(Frame).Before;

            /// <summary>The message's JSON behind its content.</summary>
            public ImmutableArray<byte> After { get; } = Split(Frame).After;

            public override IEnumerable<PlacedTemplate> Texts => [Text];

            private static (ImmutableArray<byte> Before, ImmutableArray<byte> After) Split(ChatMessage frame)
            {
                var buffer = new ArrayBufferWriter<byte>();
                using (var writer = new Utf8JsonWriter(buffer, Relaxed)) (frame with { Content = "", ToolCalls = null, Refusal = null }).WriteTo(writer);
                // The first that is written so is the content: quotation marks inside of texts are escaped.
                var content = "\"content\":\"\""u8;
                var at = buffer.WrittenSpan.IndexOf(content) + content.Length;
                return ([.. buffer.WrittenSpan[..(at - 2)]], [.. buffer.WrittenSpan[at..]]);
            }
        }

        /// <summary>A message of parts.</summary>
        /// <param name="Frame">All of it that is no template.</param>
        /// <param name="Parts">Its content.</param>
        public sealed record Mixed(ChatMessage Frame, ImmutableArray<PartTemplate> Parts) : Entry
        {
            public override IEnumerable<PlacedTemplate> Texts => Parts.Select(part => part.Text);
        }

        /// <summary>Where the caller's messages stand.</summary>
        public sealed record History : Entry
        {
            public static History Instance { get; } = new();

            public override IEnumerable<PlacedTemplate> Texts => [];
        }
    }

    /// <summary>A part whose text, or whose address, is a template.</summary>
    private sealed record PartTemplate(ContentPart Part, PlacedTemplate Text)
    {
        public ContentPart Render(JsonElement variables, ICollection<VariableProblem> problems)
        {
            var filled = Text.Fill(variables, problems);
            return Part switch
            {
                ContentPart.Text text => text with { Value = filled },
                ContentPart.Image image => image with { Url = filled },
                _ => throw new InvalidOperationException("A part is text or an image."),
            };
        }
    }

    /// <summary>A template and where it stands, as the beginning of a sentence.</summary>
    private sealed record PlacedTemplate(string At, Template Template)
    {
        public string Fill(JsonElement variables, ICollection<VariableProblem> problems)
        {
            switch (Template.Render(variables))
            {
                case RenderResult.Done done: return done.Text;
                case RenderResult.Refused refused:
                    foreach (var error in refused.Errors) problems.Add(Problem(error));
                    return "";
                default: throw new InvalidOperationException("A rendering is done or refused.");
            }
        }

        public void WriteTo(IBufferWriter<byte> output, JsonElement variables, ref ImmutableArray<VariableProblem>.Builder? problems)
        {
            foreach (var error in Template.RenderJson(output, variables)) (problems ??= ImmutableArray.CreateBuilder<VariableProblem>()).Add(Problem(error));
        }

        private VariableProblem Problem(TemplateError error) => new(null, $"{At} cannot be rendered at line {error.Line}, column {error.Column}: {error.Message}");
    }
}

/// <summary>Small steps of reading messages.</summary>
file static class Steps
{
    public static string? TryGetText(this JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
