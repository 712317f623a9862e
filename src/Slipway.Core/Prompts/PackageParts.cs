using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Contracts;
using Slipway.Core.Models;
using Slipway.Core.Partials;
using Slipway.Core.Wire;

namespace Slipway.Core.Prompts;

/// <summary>The compiled parts of a package, read from its document.</summary>
internal sealed record PackageParts(
    ModelReference Model, PromptMessages Messages, VariablesContract Variables, JsonSchema? Output, PackageTools Tools, RetrievalPolicy? Retrieval, MemoryPolicy? Memory,
    ImmutableArray<PinnedPartial> Partials, ImmutableArray<PostProcessingStep> PostProcessing, ServingSettings Serving)
{
    /// <summary>Reads and compiles all parts.</summary>
    /// <param name="document">A package's JSON.</param>
    /// <param name="errors">Receives what is wrong, a sentence each.</param>
    /// <returns>Null where something is wrong.</returns>
    /// <exception cref="JsonException">A part has lost its form.</exception>
    /// <exception cref="KeyNotFoundException">A part is missing.</exception>
    /// <exception cref="InvalidOperationException">A part is of another kind.</exception>
    public static PackageParts? Read(JsonElement document, List<string> errors)
    {
        if (document.GetProperty("format").GetString() != PackageDocument.Format) return Refuse($"The package is not of the format {PackageDocument.Format}.", errors);
        if (!ModelReference.TryParse(document.GetProperty("model").GetString(), out var model)) return Refuse($"The package's model must be {ModelReference.Form}.", errors);
        JsonSchema? output = null;
        if (document.TryGetProperty("output", out var contract))
        {
            if (JsonSchema.Compile(contract.GetProperty("schema")) is not SchemaCompilation.Compiled { Schema: var schema }) return Refuse("The package's output schema cannot be compiled.", errors);
            output = schema;
        }
        var tools = document.TryGetProperty("tools", out var functions) ? PackageTools.Compile(functions) : PackageTools.None;
        if (tools is null) return Refuse("The schema of a tool cannot be compiled.", errors);
        ImmutableArray<PinnedPartial> partials = document.TryGetProperty("partials", out var pinned) ? [.. pinned.EnumerateArray().Select(Partial)] : [];
        var layers = document.TryGetProperty("safety", out var safety) ? safety.EnumerateArray().Select(name => partials.First(partial => partial.Id.ToString() == name.GetString())) : [];
        if (PromptMessages.Compile(layers.Select(layer => (layer.Id.ToString(), layer.Text)), document.GetProperty("messages"), PackageDocument.Texts(partials), errors) is not { } messages) return null;
        if (VariablesContract.Compile(document.GetProperty("variables"), out var wrong) is not { } variables) return Refuse(wrong!, errors);
        return new PackageParts(
            model, messages, variables, output, tools,
            document.TryGetProperty("retrieval", out var retrieval) ? new RetrievalPolicy(retrieval.GetProperty("index").GetString()!, retrieval.GetProperty("top_k").GetInt32()) : null,
            document.TryGetProperty("memory", out var memory) ? new MemoryPolicy(memory.GetProperty("turns").GetInt32()) : null,
            partials,
            document.TryGetProperty("post_processing", out var steps) ? [.. steps.EnumerateArray().Select(step => step.Deserialize(ApiJson.Default.PostProcessingStep))] : [],
            document.TryGetProperty("serving", out var serving) ? ServingSettings.Of(serving) : ServingSettings.Default);
    }

    private static PinnedPartial Partial(JsonElement partial) => PartialId.TryParse(partial.GetProperty("id").GetString(), out var id)
        ? new PinnedPartial(id, partial.GetProperty("text").GetString() ?? throw new JsonException("A partial has no text."))
        : throw new JsonException($"A partial's id must be {PartialId.Form}.");

    private static PackageParts? Refuse(string why, List<string> errors)
    {
        errors.Add(why);
        return null;
    }
}
