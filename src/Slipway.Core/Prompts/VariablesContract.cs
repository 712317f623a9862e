using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Core.Contracts;
using Slipway.Core.Rendering;

namespace Slipway.Core.Prompts;

/// <summary>Which variables a package takes, of which type, and what stands in for the ones left out.</summary>
internal sealed class VariablesContract
{
    private readonly JsonSchema schema;
    private readonly ImmutableArray<string> names;
    private readonly ImmutableArray<string> required;
    private readonly ImmutableArray<(string Name, JsonElement Value)> defaults;

    private VariablesContract(JsonSchema schema, ImmutableArray<string> names, ImmutableArray<string> required, ImmutableArray<(string, JsonElement)> defaults) =>
        (this.schema, this.names, this.required, this.defaults) = (schema, names, required, defaults);

    /// <summary>The names without a default.</summary>
    public ImmutableArray<string> Required => required;

    /// <summary>What a template uses and a manifest declares must be the same names; one sentence for each that is not.</summary>
    /// <param name="uses">Where each name is used first.</param>
    /// <param name="declared">A schema by name; null where the manifest declares none.</param>
    /// <param name="placeOf">In which text a name is used first, as the beginning of a sentence.</param>
    public static IEnumerable<string> Disagreements(ImmutableArray<TemplateVariable> uses, JsonElement? declared, Func<string, string> placeOf)
    {
        if (declared is not { } schemas) yield break;
        var names = schemas.EnumerateObject().Select(property => property.Name).ToHashSet(StringComparer.Ordinal);
        // A name used only inside a section may be a property of the section's items; the items' schema says so, not this.
        foreach (var used in uses.Where(variable => !variable.OnlyInSections && !names.Contains(variable.Name)))
            yield return $"{placeOf(used.Name)} uses {{{{{used.Name}}}}} (line {used.Line}, column {used.Column}), which variables does not declare.";
        foreach (var unused in names.Except(uses.Select(variable => variable.Name)))
            yield return $"variables declares {unused}, which the template does not use.";
    }

    /// <summary>The declaration as a package freezes it: one JSON Schema for the object of all variables.</summary>
    public static JsonObject Declare(ImmutableArray<TemplateVariable> uses, JsonElement? declared)
    {
        var properties = declared is { } schemas
            ? JsonObject.Create(schemas.Clone())!
            : new JsonObject(uses.Where(variable => !variable.OnlyInSections).Select(variable => KeyValuePair.Create<string, JsonNode?>(variable.Name, new JsonObject { ["type"] = "string" })));
        var required = properties.Where(property => property.Value is not JsonObject schema || !schema.ContainsKey("default")).Select(property => property.Key);
        return new JsonObject
        {
            ["type"] = "object",
            ["required"] = new JsonArray([.. required.Order(StringComparer.Ordinal).Select(name => JsonValue.Create(name))]),
            ["properties"] = properties.DeepClone(),
            ["additionalProperties"] = false,
        };
    }

    /// <summary>Compiles a declaration.</summary>
    /// <returns>Null, with a sentence, where it is not a JSON Schema.</returns>
    public static VariablesContract? Compile(JsonElement declaration, out string? error)
    {
        error = null;
        var compilation = JsonSchema.Compile(declaration);
        if (compilation is not SchemaCompilation.Compiled { Schema: var schema })
        {
            error = "variables is not a JSON Schema for each name: " + string.Join(" ", ((SchemaCompilation.Refused)compilation).Errors.Select(wrong => $"{wrong.SchemaPath}: {wrong.Message}"));
            return null;
        }
        var properties = declaration.GetProperty("properties").EnumerateObject().ToList();
        var contract = new VariablesContract(
            schema,
            [.. properties.Select(property => property.Name)],
            [.. declaration.GetProperty("required").EnumerateArray().Select(name => name.GetString()!)],
            [.. from property in properties
                where property.Value.ValueKind == JsonValueKind.Object && property.Value.TryGetProperty("default", out _)
                select (property.Name, property.Value.GetProperty("default"))]);
        // The required ones are missing here, which is a violation at the root; what is wrong deeper down is a default.
        var wrongDefault = schema.Validate(contract.WithDefaults(JsonElement.Parse("{}"u8), [])).FirstOrDefault(violation => violation.InstancePath.Length > 0);
        if (wrongDefault is null) return contract;
        error = $"variables: the default of {NameIn(wrongDefault.InstancePath)} is wrong: {wrongDefault.Message}";
        return null;
    }

    /// <summary>Checks the values a caller gave and fills in the defaults.</summary>
    /// <param name="values">An object; null means no variable.</param>
    /// <param name="complete">The object a template can be rendered with.</param>
    /// <returns>What is wrong, all at once; empty where nothing is.</returns>
    public ImmutableArray<VariableProblem> Complete(JsonElement? values, out JsonElement complete)
    {
        complete = values ?? JsonElement.Parse("{}"u8);
        if (complete.ValueKind != JsonValueKind.Object) return [new VariableProblem(null, "The variables must be an object of values by name.")];
        // Where all names are required, a fit with as many members as names leaves nothing to find: what nearly every request is costs one look.
        if (required.Length == names.Length && complete.GetPropertyCount() == names.Length && schema.IsValid(JsonText.Raw(complete))) return [];
        return LookedThrough(ref complete);
    }

    /// <summary>The values with the defaults of those that are missing, whether they are allowed or not.</summary>
    /// <param name="values">An object.</param>
    public JsonElement Filled(JsonElement values) => WithDefaults(values, [.. values.EnumerateObject().Select(value => value.Name)]);

    // For itself: what its queries close over would be allocated at the beginning of the method, also where nothing is looked through.
    private ImmutableArray<VariableProblem> LookedThrough(ref JsonElement complete)
    {
        var values = complete;
        if (JsonText.Problem(JsonText.Raw(values), parsed: true) is { } unreadable) return [new VariableProblem(null, $"The variables cannot be read: {unreadable}")];
        var given = new HashSet<string>(StringComparer.Ordinal);
        var problems = ImmutableArray.CreateBuilder<VariableProblem>();
        problems.AddRange(from property in values.EnumerateObject() where !given.Add(property.Name) select new VariableProblem(property.Name, $"The variable {property.Name} is given twice."));
        problems.AddRange(from name in required where !given.Contains(name) select new VariableProblem(name, $"The variable {name} is missing."));
        problems.AddRange(from name in given where !names.Contains(name) select new VariableProblem(name, $"The prompt has no variable {name}; it takes {(names.IsEmpty ? "none" : string.Join(", ", names))}."));
        if (problems.Count > 0) return problems.ToImmutable();

        if (schema.Validate(values) is { IsEmpty: false } violations)
            return [.. violations.Select(violation => new VariableProblem(NameIn(violation.InstancePath), $"The variable {violation.InstancePath.TrimStart('/')} is wrong: {violation.Message}"))];
        if (defaults.Any(standIn => !given.Contains(standIn.Name))) complete = WithDefaults(values, given);
        return [];
    }

    private JsonElement WithDefaults(JsonElement values, HashSet<string> given)
    {
        var all = JsonObject.Create(values.Clone())!;
        foreach (var (name, value) in defaults.Where(standIn => !given.Contains(standIn.Name))) all[name] = JsonNode.Parse(value.GetRawText());
        return JsonElement.Parse(all.ToJsonString());
    }

    private static string? NameIn(string instancePath) => instancePath.Length > 1 ? instancePath[1..].Split('/')[0].Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal) : null;
}
