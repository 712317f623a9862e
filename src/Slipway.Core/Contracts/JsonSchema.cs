using System.Collections.Immutable;
using System.Text.Json;

namespace Slipway.Core.Contracts;

/// <summary>A compiled JSON Schema (draft 2020-12): says whether a JSON text fits it and, if not, everything that is wrong.</summary>
/// <remarks>
/// Immutable and safe for many threads. <c>format</c> and <c>content…</c> are annotations. Of a member given twice, every value must fit.
/// Nothing here throws because of what a text or a schema says, and everything ends: an answer more than 128 levels deep is a violation,
/// and so is one the schema would have to look at many million times.
/// </remarks>
public sealed class JsonSchema
{
    private readonly SchemaNode root;
    private readonly bool streams;

    // What a `$dynamicRef` means depends on the way to it, which only the evaluator keeps in mind: with one, nothing streams.
    internal JsonSchema(SchemaNode root, bool streams) => (this.root, this.streams) = (root, streams);

    /// <summary>Compiles a schema that refers to nothing but itself and the metaschemas of draft 2020-12.</summary>
    /// <param name="schema">Copied where needed: its document may be disposed of afterwards.</param>
    public static SchemaCompilation Compile(JsonElement schema) => Compile(schema, ImmutableDictionary<Uri, JsonElement>.Empty);

    /// <summary>Compiles a schema that may refer to other documents.</summary>
    /// <param name="schema">Copied where needed: its document may be disposed of afterwards.</param>
    /// <param name="documents">
    /// What <c>$ref</c> and <c>$schema</c> may name, by absolute URI; their own <c>$id</c> counts as well. Nothing is ever fetched: what is
    /// not here is an error.
    /// </param>
    public static SchemaCompilation Compile(JsonElement schema, IReadOnlyDictionary<Uri, JsonElement> documents)
    {
        ArgumentNullException.ThrowIfNull(documents);
        return SchemaCompiler.Compile(schema, documents);
    }

    /// <summary>Everything that is wrong with a text; empty if it fits.</summary>
    /// <param name="utf8Json">One JSON value. What is not JSON is one violation that says where it stops being so.</param>
    /// <returns>At most 100 violations, in the order of the schema's keywords.</returns>
    public ImmutableArray<SchemaViolation> Validate(ReadOnlySpan<byte> utf8Json)
    {
        if (Streams(utf8Json)) return [];
        if (JsonText.Problem(utf8Json) is { } problem) return [new SchemaViolation("", "", problem)];
        var reader = JsonText.Reader(utf8Json);
        using var document = JsonDocument.ParseValue(ref reader);
        return Evaluator.Violations(root, document.RootElement, utf8Json.Length);
    }

    /// <summary>Everything that is wrong with a value; empty if it fits.</summary>
    /// <param name="instance">A value of a document that is not disposed of.</param>
    /// <returns>At most 100 violations, in the order of the schema's keywords.</returns>
    public ImmutableArray<SchemaViolation> Validate(JsonElement instance)
    {
        var raw = JsonText.Raw(instance);
        if (Streams(raw)) return [];
        return JsonText.Problem(raw, parsed: true) is { } problem
            ? [new SchemaViolation("", "", problem)]
            : Evaluator.Violations(root, instance, raw.Length);
    }

    /// <summary>Whether a text is JSON and fits.</summary>
    /// <param name="utf8Json">One JSON value.</param>
    public bool IsValid(ReadOnlySpan<byte> utf8Json)
    {
        if (Streams(utf8Json)) return true;
        if (JsonText.Problem(utf8Json) is not null) return false;
        var reader = JsonText.Reader(utf8Json);
        using var document = JsonDocument.ParseValue(ref reader);
        var steps = SchemaLimits.Steps(utf8Json.Length);
        return Evaluator.Accepts(root, document.RootElement, ref steps);
    }

    private bool Streams(ReadOnlySpan<byte> utf8Json) => streams && root.Streams && StreamEvaluator.Accepts(root, utf8Json);
}
