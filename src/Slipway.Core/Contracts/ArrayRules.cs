using System.Collections.Immutable;

namespace Slipway.Core.Contracts;

/// <summary>What a subschema asks of arrays.</summary>
internal sealed record ArrayRules
{
    public ImmutableArray<SchemaNode> Prefix { get; init; } = [];

    public SchemaNode? Items { get; init; }

    public SchemaNode? Contains { get; init; }

    public int MinContains { get; init; } = 1;

    public int? MaxContains { get; init; }

    public SchemaNode? Unevaluated { get; init; }

    public bool Unique { get; init; }

    public int? MinItems { get; init; }

    public int? MaxItems { get; init; }

    /// <inheritdoc cref="ObjectRules.Streams"/>
    public bool Streams => Contains is null && Unevaluated is null && !Unique;

    public bool IsEmpty =>
        this is { Prefix.Length: 0, Items: null, Contains: null, Unevaluated: null, Unique: false, MinItems: null, MaxItems: null };
}
