using System.Text.Json;

namespace Slipway.Core.Contracts;

/// <summary>All documents of one compilation and the URIs and anchors in them: what a reference can be resolved to.</summary>
internal sealed class SchemaIndex
{
    // A schema without an $id still needs a URI for its relative references to be relative to.
    private static readonly Uri Nameless = new("slipway:///schema");

    private readonly Dictionary<string, SchemaResource> resources = [];

    public SchemaIndex(JsonElement schema, IReadOnlyDictionary<Uri, JsonElement> documents)
    {
        foreach (var (uri, document) in documents)
            if (uri.IsAbsoluteUri && JsonText.Problem(JsonText.Raw(document), parsed: true) is null) Add(uri, document, Key(uri) + "#");
        Root = Add(Nameless, schema, "");
    }

    /// <summary>The schema itself.</summary>
    public SchemaPlace Root { get; }

    private SchemaPlace Add(Uri uri, JsonElement root, string label)
    {
        var document = new SchemaDocument(label, root);
        var outer = new SchemaResource(uri, document, "");
        resources[Key(uri)] = outer;
        Scan(root, "", outer, Key(uri));
        return document.Places[""];
    }

    private void Scan(JsonElement schema, string pointer, SchemaResource resource, string address = "")
    {
        if (resource.Document.Places.Count > SchemaLimits.Nodes) return;      // the compiler will say so
        if (schema.ValueKind == JsonValueKind.Object)
        {
            if (Text(schema, "$id") is { } id && TryParseId(id, resource.BaseUri, out var uri))
            {
                resource = new SchemaResource(uri, resource.Document, pointer) { SchemaUri = resource.SchemaUri };
                resources[Key(uri)] = resource;
            }
            // The address a document was handed in under stays good beside its $id.
            if (pointer.Length == 0) resources[address] = resource;
            if (resource.Pointer == pointer) resource.SchemaUri = Text(schema, "$schema")?.TrimEnd('#') ?? resource.SchemaUri;
            if (Text(schema, "$anchor") is { } anchor) resource.Anchors[anchor] = pointer;
            if (Text(schema, "$dynamicAnchor") is { } dynamic) resource.Anchors[dynamic] = resource.DynamicAnchors[dynamic] = pointer;
        }
        resource.Document.Places[pointer] = new SchemaPlace(resource, pointer, schema);
        foreach (var (child, subschema) in Subschemas.Of(schema, pointer)) Scan(subschema, child, resource);
    }

    /// <summary>Reads an <c>$id</c>; one with a fragment is none.</summary>
    public static bool TryParseId(string id, Uri baseUri, out Uri uri) =>
        Uri.TryCreate(baseUri, id, out uri!) && uri.IsAbsoluteUri && uri.Fragment is "" or "#";

    /// <summary>
    /// Finds what a reference names, and the name if it led to a <c>$dynamicAnchor</c>. Null where nothing is found: nothing is fetched.
    /// </summary>
    public SchemaPlace? Resolve(SchemaResource from, string reference, out string? dynamicAnchor)
    {
        dynamicAnchor = null;
        var hash = reference.IndexOf('#', StringComparison.Ordinal);
        var address = hash < 0 ? reference : reference[..hash];
        var fragment = hash < 0 ? "" : Uri.UnescapeDataString(reference[(hash + 1)..]);
        var target = from;
        if (address.Length > 0 && (!Uri.TryCreate(from.BaseUri, address, out var uri) || (target = Find(uri)) is null)) return null;

        if (fragment.Length > 0 && fragment[0] != '/')
        {
            if (!target!.Anchors.TryGetValue(fragment, out var anchored)) return null;
            if (target.DynamicAnchors.ContainsKey(fragment)) dynamicAnchor = fragment;
            return At(target, anchored);
        }
        return At(target!, target!.Pointer + fragment);
    }

    /// <summary>The subschema at a pointer of a resource's document.</summary>
    public static SchemaPlace? At(SchemaResource resource, string pointer)
    {
        var document = resource.Document;
        if (document.Places.TryGetValue(pointer, out var known)) return known;
        if (!JsonPointer.TryFollow(document.Root, pointer, out var element, out var steps)) return null;
        // A pointer may cross into a resource inside of this one. A place no keyword makes a schema belongs to the nearest that is one.
        var owner = document.Places[""].Resource;
        foreach (var step in steps)
            if (document.Places.TryGetValue(step, out var place)) owner = place.Resource;
        return new SchemaPlace(owner, steps.Count == 0 ? "" : steps[^1], element);
    }

    private SchemaResource? Find(Uri uri)
    {
        if (resources.TryGetValue(Key(uri), out var resource)) return resource;
        if (!MetaSchemas.Texts.TryGetValue(Key(uri), out var text)) return null;
        Add(uri, JsonElement.Parse(text), Key(uri) + "#");
        return resources[Key(uri)];
    }

    /// <summary>The dialect a resource is written in, and, as a sentence, why it cannot be read.</summary>
    public Dialect DialectOf(SchemaResource resource, out string? problem)
    {
        problem = null;
        if (resource.SchemaUri is null or MetaSchemas.Draft202012) return Dialect.Draft202012;
        if (!Uri.TryCreate(resource.BaseUri, resource.SchemaUri, out var uri) || Find(uri) is not { } metaschema)
        {
            problem = $"The schema is written in \"{resource.SchemaUri}\", which is not known here; JSON Schema 2020-12 is.";
            return Dialect.Draft202012;
        }
        var root = metaschema.Document.Root;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("$vocabulary", out var listed)) return Dialect.Draft202012;
        if (listed.ValueKind != JsonValueKind.Object) return Dialect.Draft202012;
        var vocabularies = new Dictionary<string, bool>();
        foreach (var one in listed.EnumerateObject()) vocabularies[one.Name] = one.Value.ValueKind == JsonValueKind.True;
        var dialect = Dialect.From(vocabularies, out var unknown);
        if (unknown is not null) problem = $"The schema needs the vocabulary \"{unknown}\", which is not known here.";
        return dialect;
    }

    private static string Key(Uri uri) => uri.GetComponents(UriComponents.AbsoluteUri & ~UriComponents.Fragment, UriFormat.UriEscaped);

    private static string? Text(JsonElement schema, string keyword) =>
        schema.TryGetProperty(keyword, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
