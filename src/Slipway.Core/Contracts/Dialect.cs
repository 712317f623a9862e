namespace Slipway.Core.Contracts;

/// <summary>Which keywords a schema's <c>$schema</c> gives a meaning; those of other vocabularies are annotations.</summary>
internal sealed record Dialect(bool Applies, bool AppliesUnevaluated, bool Validates)
{
    private const string Vocabularies = "https://json-schema.org/draft/2020-12/vocab/";

    private static readonly HashSet<string> ApplicatorKeywords =
    [
        "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas", "prefixItems", "items", "contains", "properties",
        "patternProperties", "additionalProperties", "propertyNames",
    ];

    private static readonly HashSet<string> ValidationKeywords =
    [
        "type", "const", "enum", .. NumberRule.Keywords, "maxLength", "minLength", "pattern", "maxItems", "minItems", "uniqueItems",
        "maxContains", "minContains", "maxProperties", "minProperties", "required", "dependentRequired",
    ];

    public static readonly Dialect Draft202012 = new(true, true, true);

    public bool Knows(string keyword) =>
        ApplicatorKeywords.Contains(keyword) ? Applies
        : ValidationKeywords.Contains(keyword) ? Validates
        : keyword is not ("unevaluatedItems" or "unevaluatedProperties") || AppliesUnevaluated;

    /// <summary>The dialect of a metaschema's <c>$vocabulary</c>.</summary>
    /// <param name="vocabularies">URI and whether a validator that does not know it must refuse.</param>
    /// <param name="unknown">The vocabulary that makes us refuse, if any.</param>
    public static Dialect From(IReadOnlyDictionary<string, bool> vocabularies, out string? unknown)
    {
        string[] known = ["core", "applicator", "unevaluated", "validation", "meta-data", "format-annotation", "content"];
        unknown = vocabularies.FirstOrDefault(one => one.Value && !known.Any(name => one.Key == Vocabularies + name)).Key;
        return new Dialect(Has("applicator"), Has("unevaluated"), Has("validation"));

        bool Has(string name) => vocabularies.ContainsKey(Vocabularies + name);
    }
}
