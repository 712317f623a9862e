using System.Collections.Immutable;

namespace Slipway.Core.Contracts;

/// <summary>One compiled subschema: its keywords, by the kind of value they speak of.</summary>
/// <remarks>References make the nodes a graph, so the compiler creates them first and fills them in after; then all is fixed.</remarks>
internal sealed class SchemaNode(string path, SchemaResource resource)
{
    /// <summary>Where the subschema stands, as <see cref="SchemaViolation.SchemaPath"/> says it.</summary>
    public string Path { get; } = path;

    /// <summary>The schema with an <c>$id</c>, or whole document, around it: <c>$dynamicRef</c> asks which were passed through.</summary>
    public SchemaResource Resource { get; } = resource;

    /// <summary>The schema <c>false</c>.</summary>
    public bool Forbids { get; set; }

    public TypeSet Types { get; set; } = TypeSet.Any;

    public ValueSet? Enum { get; set; }

    public ValueSet? Const { get; set; }

    public ImmutableArray<NumberRule> Numbers { get; set; } = [];

    public StringRules? Strings { get; set; }

    public ArrayRules? Arrays { get; set; }

    public ObjectRules? Objects { get; set; }

    /// <summary>The subschemas every value must fit as well: <c>$ref</c> and <c>allOf</c>.</summary>
    public ImmutableArray<SchemaNode> All { get; set; } = [];

    /// <summary>The other subschemas that look at the same value.</summary>
    public BranchRules? Branches { get; set; }

    /// <summary>Whether a value can be judged token by token, as it is read; if not, it is parsed first.</summary>
    public bool Streams { get; private set; }

    /// <summary>Ends the filling in.</summary>
    public void Seal() => Streams =
        Branches is null && Enum is not { HasStructures: true } && Const is not { HasStructures: true }
        && Arrays is not { Streams: false } && Objects is not { Streams: false };

    /// <summary>Every node asked about the same value as this one; where else a <c>$dynamicRef</c> may lead is not known here.</summary>
    public IEnumerable<SchemaNode> InPlace()
    {
        foreach (var node in All) yield return node;
        foreach (var (_, node) in Objects?.DependentSchemas ?? []) yield return node;
        if (Branches is null) yield break;
        foreach (var node in Branches.AnyOf) yield return node;
        foreach (var node in Branches.OneOf) yield return node;
        SchemaNode?[] single = [Branches.Not, Branches.If, Branches.Then, Branches.Else, Branches.DynamicRef?.Initial];
        foreach (var node in single)
            if (node is not null) yield return node;
    }
}

/// <summary>The keywords that look at the same value from several sides.</summary>
internal sealed record BranchRules
{
    public ImmutableArray<SchemaNode> AnyOf { get; init; } = [];

    public ImmutableArray<SchemaNode> OneOf { get; init; } = [];

    public SchemaNode? Not { get; init; }

    public SchemaNode? If { get; init; }

    public SchemaNode? Then { get; init; }

    public SchemaNode? Else { get; init; }

    public DynamicReference? DynamicRef { get; init; }

    public bool IsEmpty => this is { AnyOf.Length: 0, OneOf.Length: 0, Not: null, If: null, DynamicRef: null };
}

/// <summary>A <c>$dynamicRef</c>: leads to the anchor of this name in the outermost resource passed through that has one.</summary>
internal sealed record DynamicReference(string Anchor, SchemaNode Initial);
