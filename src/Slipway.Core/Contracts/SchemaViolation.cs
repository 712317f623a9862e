namespace Slipway.Core.Contracts;

/// <summary>One way in which a JSON text does not fit its schema.</summary>
/// <param name="InstancePath">A JSON pointer to the value at fault, empty for the whole text.</param>
/// <param name="SchemaPath">
/// A JSON pointer to the keyword that says no, as it stands in the schema: <c>$ref</c> is followed, so it points at what is referred to.
/// In another document than the schema itself it follows that document's URI and <c>#</c>. Empty where the text is not JSON.
/// </param>
/// <param name="Message">One plain sentence for people who never saw the schema: <c>"route" must be one of billing, refund</c>.</param>
public sealed record SchemaViolation(string InstancePath, string SchemaPath, string Message);
