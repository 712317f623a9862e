namespace Slipway.Core.Contracts;

/// <summary>One reason why a schema is refused.</summary>
/// <param name="SchemaPath">
/// A JSON pointer to the faulty place, empty for the whole schema; in another document than the schema itself it follows that
/// document's URI and <c>#</c>.
/// </param>
/// <param name="Message">One plain sentence.</param>
public sealed record SchemaError(string SchemaPath, string Message);
