using System.Text.Json;

namespace Slipway.Core.Contracts;

/// <summary>A JSON document with schemas in it.</summary>
internal sealed class SchemaDocument(string label, JsonElement root)
{
    /// <summary>How a path names the document: nothing for the schema itself, its URI and <c>#</c> for others.</summary>
    public string Label { get; } = label;

    public JsonElement Root { get; } = root;

    /// <summary>Every subschema, by its pointer.</summary>
    public Dictionary<string, SchemaPlace> Places { get; } = [];
}

/// <summary>A schema with a URI of its own, and the names within it.</summary>
internal sealed class SchemaResource(Uri baseUri, SchemaDocument document, string pointer)
{
    /// <summary>What relative references in it are relative to.</summary>
    public Uri BaseUri { get; } = baseUri;

    public SchemaDocument Document { get; } = document;

    /// <summary>Where in the document it begins.</summary>
    public string Pointer { get; } = pointer;

    /// <summary>The URI of its <c>$schema</c>, or of what encloses it; null for the draft itself.</summary>
    public string? SchemaUri { get; set; }

    /// <summary>Pointers of <c>$anchor</c> and <c>$dynamicAnchor</c>.</summary>
    public Dictionary<string, string> Anchors { get; } = [];

    /// <summary>Pointers of <c>$dynamicAnchor</c> alone.</summary>
    public Dictionary<string, string> DynamicAnchors { get; } = [];

    /// <summary>The same, compiled.</summary>
    public Dictionary<string, SchemaNode> DynamicNodes { get; } = [];
}

/// <summary>One subschema, found.</summary>
internal readonly record struct SchemaPlace(SchemaResource Resource, string Pointer, JsonElement Element)
{
    public SchemaDocument Document => Resource.Document;

    /// <summary>How errors and violations name it.</summary>
    public string Path => Document.Label + Pointer;

    public string At(string keyword) => JsonPointer.Append(Path, keyword);
}
