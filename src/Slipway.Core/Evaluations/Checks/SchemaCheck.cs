using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Slipway.Core.Contracts;

namespace Slipway.Core.Evaluations;

/// <summary>The answer is JSON and fits the output schema of the version that gave it, or a schema of the case's own.</summary>
/// <remarks>Without a schema of its own, an answer that calls tools is right where its calls fit the tools.</remarks>
public sealed record SchemaCheck : Check
{
    internal const string Named = "schema";
    private const int Shown = 3;
    private readonly JsonSchema? compiled;

    internal SchemaCheck() { }

    private SchemaCheck(JsonElement schema, JsonSchema compiled) => (Schema, this.compiled) = (schema, compiled);

    /// <inheritdoc/>
    public override string Name => Named;

    /// <summary>The case's own schema; null for the version's.</summary>
    public JsonElement? Schema { get; }

    internal static SchemaCheck? Read(CheckArguments given)
    {
        given.Takes("schema");
        if (!given.IsGiven("schema")) return given.Fit ? new SchemaCheck() : null;
        var schema = given.Any("schema")!.Value;
        switch (JsonSchema.Compile(schema))
        {
            case SchemaCompilation.Compiled { Schema: var compiled }: return given.Fit ? new SchemaCheck(schema, compiled) : null;
            case SchemaCompilation.Refused { Errors: var errors }: given.Problem("schema", $"\"schema\" is no JSON Schema that can be used: {string.Join("; ", errors.Take(Shown).Select(error => $"{error.SchemaPath}: {error.Message}"))}"); break;
        }
        return null;
    }

    private protected override void WriteArguments(Utf8JsonWriter writer)
    {
        if (Schema is not { } schema) return;
        writer.WritePropertyName("schema"u8);
        schema.WriteTo(writer);
    }

    private protected override CheckResult Judge(CheckInput input)
    {
        var calls = compiled is null && input.Answer.ToolCalls is not null;
        if (!calls && input.Json is null) return Fail(JsonValues.NotJson, input.Answer.Shown);
        ImmutableArray<string> violations = compiled is not null ? [.. compiled.Validate(input.Json!.Value).Select(violation => violation.Message)]
            : calls ? input.Answer.ToolViolations : input.Answer.SchemaViolations;
        if (violations.IsEmpty) return Pass("The answer fits its schema");
        var more = violations.Length > Shown ? string.Create(CultureInfo.InvariantCulture, $"; and {violations.Length - Shown} more") : "";
        return Fail(string.Join("; ", violations.Take(Shown)) + more, input.Answer.Shown);
    }
}
