using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Cli.Prompts;
using Slipway.Core.Contracts;

namespace Slipway.Client.Tests.Prompts;

/// <summary>Looks at manifests as an editor does: with nothing but the JSON Schema that <c>slipway manifest schema</c> prints.</summary>
internal static class EditorSchema
{
    private static readonly ConcurrentDictionary<(ManifestShape, bool), JsonSchema> Schemas = new();

    /// <summary>What an editor marks in a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="shape">What it is; null for a prompt's manifest.</param>
    public static ImmutableArray<SchemaViolation> Violations(string path, ManifestShape? shape = null)
    {
        var (json, problems) = (ManifestForm.Of(path).IsJson, new List<ManifestProblem>());
        var text = Assert.IsType<TextFile.Read>(TextFile.Open(path)).Text;
        var node = json ? JsonReader.Read(path, text, problems) : YamlReader.Read(path, text, problems);
        var value = NodeJson.Of(node!, path, problems);
        Assert.Empty(problems);
        return Schemas.GetOrAdd((shape ?? ManifestKeys.Prompt, json), schema => Compiled(schema.Item1, schema.Item2)).Validate(value);
    }

    /// <summary>Asserts that an editor marks nothing in a file that the reader takes.</summary>
    public static void Takes(string path, bool isPartial = false)
    {
        var violations = Violations(path, isPartial ? ManifestKeys.Partial : null);
        Assert.True(violations.IsEmpty, $"The reader takes {File.ReadAllText(path)}, the schema says: {string.Join("; ", violations)}");
    }

    /// <summary>The schema of a document, ready to validate.</summary>
    public static JsonSchema Compiled(ManifestShape shape, bool json) => Compiled(JsonElement.Parse(ManifestSchema.Document(shape, json).ToJsonString()));

    /// <summary>A schema, ready to validate.</summary>
    public static JsonSchema Compiled(JsonElement schema) => JsonSchema.Compile(schema) switch
    {
        SchemaCompilation.Compiled compiled => compiled.Schema,
        SchemaCompilation.Refused refused => throw new InvalidOperationException(string.Join("; ", refused.Errors)),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
