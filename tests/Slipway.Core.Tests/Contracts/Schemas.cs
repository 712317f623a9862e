using System.Text;
using System.Text.Json;
using Slipway.Core.Contracts;

namespace Slipway.Core.Tests.Contracts;

/// <summary>Short ways to a schema and an answer.</summary>
internal static class Schemas
{
    public static JsonSchema Compile(string schema, params (string Uri, string Schema)[] documents) => Try(schema, documents) switch
    {
        SchemaCompilation.Compiled compiled => compiled.Schema,
        SchemaCompilation.Refused refused => throw new ArgumentException(string.Join("; ", refused.Errors)),
        _ => throw new InvalidOperationException(),
    };

    public static SchemaError[] Refuse(string schema, params (string Uri, string Schema)[] documents) =>
        [.. Assert.IsType<SchemaCompilation.Refused>(Try(schema, documents)).Errors];

    private static SchemaCompilation Try(string schema, (string Uri, string Schema)[] documents) => JsonSchema.Compile(
        Parse(schema), documents.ToDictionary(one => new Uri(one.Uri), one => Parse(one.Schema)));

    private static JsonElement Parse(string json) => JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 100_000 }).RootElement;

    public static SchemaViolation[] Violations(string schema, string answer)
    {
        var compiled = Compile(schema);
        var utf8 = Encoding.UTF8.GetBytes(answer);
        var violations = compiled.Validate(utf8);
        Assert.Equal(violations.IsEmpty, compiled.IsValid(utf8));
        return [.. violations];
    }

    public static SchemaViolation Violation(string schema, string answer) => Assert.Single(Violations(schema, answer));

    public static bool Accepts(string schema, string answer) => Violations(schema, answer).Length == 0;
}
