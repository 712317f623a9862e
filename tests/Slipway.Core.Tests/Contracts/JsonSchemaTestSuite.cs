using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Core.Contracts;
using Slipway.Tests;

namespace Slipway.Core.Tests.Contracts;

public sealed class JsonSchemaTestSuite
{
    private const string RemoteBase = "http://localhost:1234/";

    /// <summary>Files not held to, by their path in the suite, and why.</summary>
    private static readonly Dictionary<string, string> LeftOut = new()
    {
        ["optional/format/date-time.json"] = AsAnnotation,
        ["optional/format/date.json"] = AsAnnotation,
        ["optional/format/email.json"] = AsAnnotation,
        ["optional/format/ipv4.json"] = AsAnnotation,
        ["optional/format/ipv6.json"] = AsAnnotation,
        ["optional/format/time.json"] = AsAnnotation,
        ["optional/format/uri.json"] = AsAnnotation,
        ["optional/format/uuid.json"] = AsAnnotation,
    };

    private const string AsAnnotation = "asks that \"format\" asserts; for us it is an annotation, as the draft has it by default";

    [Fact]
    public void Every_case_of_the_suite_comes_out_as_it_says()
    {
        var suite = SharedMaterial.Path("specs/json-schema-test-suite");
        var remotes = Remotes(Path.Combine(suite, "remotes"));
        var folder = Path.Combine(suite, "tests", "draft2020-12");
        var failures = new List<string>();
        int passed = 0, leftOut = 0;
        foreach (var file in Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var name = Path.GetRelativePath(folder, file);
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            foreach (var group in document.RootElement.EnumerateArray())
            {
                var cases = group.GetProperty("tests").EnumerateArray().ToList();
                if (LeftOut.ContainsKey(name))
                {
                    leftOut += cases.Count;
                    continue;
                }
                var about = $"{name}: {group.GetProperty("description")}";
                var compilations = new[] { group.GetProperty("schema"), NeverStreaming(group.GetProperty("schema")) }
                    .Select(schema => JsonSchema.Compile(schema, remotes)).ToLookup(one => one is SchemaCompilation.Compiled);
                foreach (var refused in compilations[false].Cast<SchemaCompilation.Refused>())
                    failures.Add($"{about}: {string.Join("; ", refused.Errors)}");
                var schemas = compilations[true].Select(one => ((SchemaCompilation.Compiled)one).Schema).ToList();
                foreach (var one in cases)
                {
                    var (data, expected) = (one.GetProperty("data"), one.GetProperty("valid").GetBoolean());
                    if (schemas.TrueForAll(schema => ComesOut(schema, data, expected))) passed++;
                    else failures.Add($"{about}: {one.GetProperty("description")}");
                }
            }
        }
        Assert.True(failures.Count == 0, $"{failures.Count} of {passed + failures.Count} went wrong:\n{string.Join('\n', failures)}");
        TestContext.Current.SendDiagnosticMessage($"{passed} cases passed, {leftOut} left out");
        Assert.True(passed >= 800, $"Only {passed} cases were found.");
    }

    // All ways to ask must agree.
    private static bool ComesOut(JsonSchema schema, JsonElement data, bool expected)
    {
        var text = Encoding.UTF8.GetBytes(data.GetRawText());
        return schema.IsValid(text) == expected && schema.Validate(text).IsEmpty == expected && schema.Validate(data).IsEmpty == expected;
    }

    // `not: false` asserts nothing, but a value it looks at is parsed first: so each case is judged on both ways.
    private static JsonElement NeverStreaming(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object || schema.TryGetProperty("not", out _)) return schema;
        var copy = JsonNode.Parse(schema.GetRawText())!.AsObject();
        copy["not"] = false;
        return JsonElement.Parse(copy.ToJsonString());
    }

    private static Dictionary<Uri, JsonElement> Remotes(string folder) =>
        Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories).ToDictionary(
            file => new Uri(RemoteBase + Path.GetRelativePath(folder, file).Replace('\\', '/')),
            file => JsonElement.Parse(File.ReadAllBytes(file)));
}
