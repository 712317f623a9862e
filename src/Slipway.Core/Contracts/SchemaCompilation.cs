using System.Collections.Immutable;

namespace Slipway.Core.Contracts;

/// <summary>What became of a schema: something that validates, or the reasons why it cannot.</summary>
public abstract record SchemaCompilation
{
    private SchemaCompilation() { }

    /// <summary>The schema is sound.</summary>
    /// <param name="Schema">Ready to validate.</param>
    public sealed record Compiled(JsonSchema Schema) : SchemaCompilation;

    /// <summary>The schema is wrong, names something nobody handed in, or asks for more than <see cref="JsonSchema"/> grants.</summary>
    /// <param name="Errors">At least one; in the order in which they were met.</param>
    public sealed record Refused(ImmutableArray<SchemaError> Errors) : SchemaCompilation;
}
