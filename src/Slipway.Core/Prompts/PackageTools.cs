using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Slipway.Core.Contracts;

namespace Slipway.Core.Prompts;

/// <summary>The functions a model may call, compiled: what a call must look like.</summary>
internal sealed class PackageTools
{
    private readonly ImmutableSortedDictionary<string, JsonSchema> parameters;

    private PackageTools(ImmutableSortedDictionary<string, JsonSchema> parameters) => this.parameters = parameters;

    /// <summary>Of a package whose model may call nothing.</summary>
    public static PackageTools None { get; } = new(ImmutableSortedDictionary<string, JsonSchema>.Empty);

    /// <summary>Compiles the schemas of all tools.</summary>
    /// <param name="tools">As OpenAI's <c>tools</c>, of the right form.</param>
    /// <returns>Null where a schema cannot be compiled.</returns>
    public static PackageTools? Compile(JsonElement tools)
    {
        var parameters = ImmutableSortedDictionary.CreateBuilder<string, JsonSchema>(StringComparer.Ordinal);
        foreach (var tool in tools.EnumerateArray())
        {
            var function = tool.GetProperty("function");
            // A function without parameters is called with any JSON: models write {} as well as null.
            var schema = function.TryGetProperty("parameters", out var given) ? given : JsonElement.Parse("true"u8);
            if (JsonSchema.Compile(schema) is not SchemaCompilation.Compiled compiled) return null;
            parameters.Add(function.GetProperty("name").GetString()!, compiled.Schema);
        }
        return new PackageTools(parameters.ToImmutable());
    }

    /// <summary>What of an answer's calls does not fit, a sentence each, without its full stop as the violations of a schema are.</summary>
    /// <param name="calls">As OpenAI's <c>tool_calls</c>.</param>
    public ImmutableArray<string> Check(JsonElement calls) =>
        calls.ValueKind == JsonValueKind.Array ? [.. calls.EnumerateArray().SelectMany(Check)] : ["The answer's tool_calls are no list"];

    private IEnumerable<string> Check(JsonElement call, int index)
    {
        if (call.ValueKind != JsonValueKind.Object || !call.TryGetProperty("function", out var function) || Text(function, "name") is not { } name)
            return [FormattableString.Invariant($"tool_calls[{index}] names no function")];
        if (!parameters.TryGetValue(name, out var schema))
            return [parameters.IsEmpty ? $"The answer calls {name}, but the prompt has no tools" : $"The answer calls {name}, which is none of the prompt's tools: {string.Join(", ", parameters.Keys)}"];
        return Text(function, "arguments") is { } arguments
            ? schema.Validate(Encoding.UTF8.GetBytes(arguments)).Select(violation => $"The arguments of {name} are wrong: {violation.Message}")
            : [$"The call of {name} has no arguments as JSON text"];
    }

    private static string? Text(JsonElement parent, string property) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
