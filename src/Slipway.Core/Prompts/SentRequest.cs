using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Core.Models;
using Slipway.Core.Wire;

namespace Slipway.Core.Prompts;

/// <summary>What really went to a model, without the variables' values: what a package asks for, and what came of it on the way.</summary>
/// <param name="Hash">Over the templates of the messages with their partials, the tools, the model and the parameters. Two calls with the same hash asked the same.</param>
/// <param name="Drifted">The first field in which it differs from what the package freezes: <c>model</c>, <c>messages</c>, <c>tools</c>, <c>parameters.NAME</c>; null where nothing does.</param>
public sealed record SentRequest(ContentHash Hash, string? Drifted)
{
    /// <summary>What a package asks for, sent as it is.</summary>
    public static SentRequest Expected(Package package)
    {
        ArgumentNullException.ThrowIfNull(package);
        return Of(package, package.Model, package.Parameters, package.Tools, inserted: 0);
    }

    /// <summary>What was sent.</summary>
    /// <param name="package">What was to be sent.</param>
    /// <param name="model">The model that got it.</param>
    /// <param name="parameters">What stood beside the messages; an object.</param>
    /// <param name="tools">The functions it was offered; null for none.</param>
    /// <param name="inserted">How many messages were sent that are neither the package's nor the caller's; below 0 where some were left out.</param>
    public static SentRequest Of(Package package, ModelReference model, JsonElement parameters, JsonElement? tools, int inserted)
    {
        ArgumentNullException.ThrowIfNull(package);
        ArgumentNullException.ThrowIfNull(model);
        var sent = new JsonObject
        {
            ["messages"] = Node(package.Document.GetProperty("messages")),
            ["model"] = model.ToString(),
            ["parameters"] = Node(parameters),
        };
        foreach (var name in (ReadOnlySpan<string>)["partials", "safety"])
            if (package.Document.TryGetProperty(name, out var texts)) sent[name] = Node(texts);
        if (tools is { } functions) sent["tools"] = Node(functions);
        if (inserted != 0) sent["inserted_messages"] = inserted;
        return new SentRequest(ContentHash.Of(CanonicalJson.Of(sent.ToJsonString())), Difference(package, model, parameters, tools, inserted));
    }

    private static string? Difference(Package package, ModelReference model, JsonElement parameters, JsonElement? tools, int inserted)
    {
        if (model != package.Model) return "model";
        if (inserted != 0) return "messages";
        if (tools.HasValue != package.Tools.HasValue || (tools is { } sent && !JsonElement.DeepEquals(sent, package.Tools!.Value))) return "tools";
        var names = parameters.EnumerateObject().Concat(package.Parameters.EnumerateObject()).Select(parameter => parameter.Name).Distinct(StringComparer.Ordinal);
        return names.FirstOrDefault(name => !(parameters.TryGetProperty(name, out var now) && package.Parameters.TryGetProperty(name, out var frozen) && JsonElement.DeepEquals(now, frozen))) is { } differing
            ? $"parameters.{differing}" : null;
    }

    private static JsonNode? Node(JsonElement element) => JsonNode.Parse(element.GetRawText());
}
