using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Core.Models;
using Slipway.Core.Wire;

namespace Slipway.Core.Prompts;

/// <summary>The JSON of a package, <c>slipway.package/1</c>. What a package does not have is not named, so that a field that is added later changes no hash.</summary>
internal abstract record PackageDocument
{
    public const string Format = "slipway.package/1";

    private PackageDocument() { }

    /// <summary>The JSON, not yet canonical.</summary>
    public sealed record Written(string Json) : PackageDocument;

    /// <summary>Everything that is wrong, a sentence each.</summary>
    public sealed record Refused(ImmutableArray<string> Errors) : PackageDocument;

    /// <summary>Writes the package of a submission, or says everything that is wrong with it.</summary>
    public static PackageDocument Of(Submission submission, ModelReference model, IReadOnlyCollection<PinnedPartial> partials)
    {
        var errors = new List<string>();
        if (!PackageRules.CanBeWritten(submission, errors)) return new Refused([.. errors]);
        errors.AddRange(PackageRules.ErrorsIn(submission));
        if (submission.Serving is { } asked && asked.Fallbacks.Contains(model)) errors.Add($"serving.fallback_models names {model}, which is the version's own model.");
        var messages = Messages(submission);
        var layers = Layers(submission.Safety ?? [], partials, errors);
        var compiled = submission.Template is null && submission.Messages is null
            ? null
            : PromptMessages.Compile(layers.Select(layer => (layer.Id.ToString(), layer.Text)), JsonElement.Parse(messages.ToJsonString()), Texts(partials), errors);
        // What a template uses and what is declared can be compared where both can be read.
        if (compiled is not null && errors.Count == 0) errors.AddRange(VariablesContract.Disagreements(compiled.Variables, submission.Variables, compiled.PlaceOf));
        if (compiled is null || errors.Count > 0) return new Refused([.. errors]);

        var document = new JsonObject
        {
            ["format"] = Format,
            ["messages"] = messages,
            ["model"] = model.ToString(),
            ["parameters"] = submission.Parameters is { } parameters ? Node(parameters) : new JsonObject(),
            ["variables"] = VariablesContract.Declare(compiled.Variables, submission.Variables),
        };
        if (submission.Schema is { } schema) document["output"] = new JsonObject { ["schema"] = Node(schema) };
        if (submission.Tools is { } tools) document["tools"] = Node(tools);
        if (submission.Retrieval is { } retrieval) document["retrieval"] = new JsonObject { ["index"] = retrieval.Index, ["top_k"] = retrieval.TopK };
        if (submission.Memory is { } memory) document["memory"] = new JsonObject { ["turns"] = memory.Turns };
        if (partials.Count > 0)
            document["partials"] = new JsonArray([.. partials.OrderBy(partial => partial.Id.ToString(), StringComparer.Ordinal)
                .Select(partial => new JsonObject { ["id"] = partial.Id.ToString(), ["text"] = partial.Text })]);
        if (!layers.IsEmpty) document["safety"] = new JsonArray([.. layers.Select(layer => JsonValue.Create(layer.Id.ToString()))]);
        if (submission.PostProcessing is { IsDefaultOrEmpty: false } steps)
            document["post_processing"] = new JsonArray([.. steps.Select(step => JsonSerializer.SerializeToNode(step, ApiJson.Default.PostProcessingStep))]);
        if (submission.Serving?.Frozen() is { Count: > 0 } serving) document["serving"] = serving;
        return new Written(document.ToJsonString());
    }

    /// <summary>The text of each partial by the two names that tags may give it.</summary>
    public static Dictionary<string, string> Texts(IEnumerable<PinnedPartial> partials)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var partial in partials) texts[partial.Id.Name.Value] = texts[partial.Id.ToString()] = partial.Text;
        return texts;
    }

    private static JsonArray Messages(Submission submission)
    {
        if (submission.Template is { } template)
            return [new JsonObject { ["role"] = "system", ["template"] = template }, new JsonObject { ["placeholder"] = "history" }];
        var messages = new JsonArray();
        if (submission.Messages is not { ValueKind: JsonValueKind.Array } given) return messages;
        foreach (var message in given.EnumerateArray())
        {
            var copy = Node(message);
            if (copy is JsonObject fields && fields["content"] is JsonValue text && text.GetValueKind() == JsonValueKind.String && !fields.ContainsKey("template"))
            {
                fields.Remove("content");
                fields["template"] = text.DeepClone();
            }
            messages.Add(copy);
        }
        return messages;
    }

    private static ImmutableArray<PinnedPartial> Layers(ImmutableArray<string> safety, IReadOnlyCollection<PinnedPartial> partials, List<string> errors)
    {
        var layers = ImmutableArray.CreateBuilder<PinnedPartial>();
        foreach (var name in safety)
        {
            if (partials.FirstOrDefault(partial => partial.Id.ToString() == name || partial.Id.Name.Value == name) is { } layer) layers.Add(layer);
            else errors.Add($"safety names {name}, a partial that is not there.");
        }
        return layers.ToImmutable();
    }

    private static JsonNode? Node(JsonElement element) => JsonNode.Parse(element.GetRawText());
}
