using System.Collections.Immutable;

namespace Slipway.Core.Contracts;

/// <summary>What a subschema asks of objects.</summary>
internal sealed record ObjectRules
{
    public NamedProperties Named { get; init; } = NamedProperties.None;

    public ImmutableArray<(SchemaPattern Pattern, SchemaNode Node)> Patterned { get; init; } = [];

    public SchemaNode? Additional { get; init; }

    public SchemaNode? Names { get; init; }

    public SchemaNode? Unevaluated { get; init; }

    public ImmutableArray<(string Name, ImmutableArray<string> Needed)> DependentRequired { get; init; } = [];

    public ImmutableArray<(string Name, SchemaNode Node)> DependentSchemas { get; init; } = [];

    public int? MinProperties { get; init; }

    public int? MaxProperties { get; init; }

    /// <summary>Whether a keyword speaks of members that are there or not.</summary>
    public bool AsksWhoIsThere => Named.RequiredCount > 0 || DependentRequired.Length > 0 || DependentSchemas.Length > 0;

    /// <summary>Whether one look at each member, in the order they come, is enough.</summary>
    public bool Streams =>
        Names is null && Unevaluated is null && DependentRequired.Length == 0 && DependentSchemas.Length == 0 && Named.RequiredCount <= 64;

    public bool IsEmpty =>
        this is { Named.Entries.Length: 0, Patterned.Length: 0, Additional: null, Names: null, Unevaluated: null }
            and { DependentRequired.Length: 0, DependentSchemas.Length: 0, MinProperties: null, MaxProperties: null };
}
