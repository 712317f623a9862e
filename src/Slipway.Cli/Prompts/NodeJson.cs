using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Slipway.Core.Wire;

namespace Slipway.Cli.Prompts;

/// <summary>Turns values into JSON by the core schema of YAML 1.2: <c>true</c> is a truth value, <c>yes</c> and <c>"true"</c> are texts. What was JSON stays what it was.</summary>
internal sealed partial class NodeJson
{
    private const long LargestExact = 9_007_199_254_740_991;
    private readonly string file;
    private readonly List<ManifestProblem> problems;

    private NodeJson(string file, List<ManifestProblem> problems) => (this.file, this.problems) = (file, problems);

    /// <summary>The JSON of a value; adds a problem for each number that JSON cannot carry.</summary>
    public static JsonElement Of(ManifestNode node, string file, List<ManifestProblem> problems)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output)) new NodeJson(file, problems).Write(writer, node);
        return JsonElement.Parse(output.WrittenSpan);
    }

    private void Write(Utf8JsonWriter writer, ManifestNode node)
    {
        switch (node)
        {
            case ManifestNode.Mapping mapping:
                writer.WriteStartObject();
                foreach (var (key, value) in mapping.Entries)
                {
                    writer.WritePropertyName(key.Text);
                    Write(writer, value);
                }
                writer.WriteEndObject();
                break;
            case ManifestNode.List list:
                writer.WriteStartArray();
                foreach (var item in list.Items) Write(writer, item);
                writer.WriteEndArray();
                break;
            case ManifestNode.Scalar scalar: WriteScalar(writer, scalar); break;
            default: writer.WriteNullValue(); break;
        }
    }

    private void WriteScalar(Utf8JsonWriter writer, ManifestNode.Scalar scalar)
    {
        if (!scalar.IsPlain) writer.WriteStringValue(scalar.Text);
        else if (scalar.IsNull) writer.WriteNullValue();
        else if (scalar.Text is "true" or "True" or "TRUE") writer.WriteBooleanValue(true);
        else if (scalar.Text is "false" or "False" or "FALSE") writer.WriteBooleanValue(false);
        else if (Integer().IsMatch(scalar.Text))
            WriteNumber(writer, scalar, ExactInteger(scalar.Text), "an integer beyond 9007199254740991, which JSON numbers do not carry exactly");
        else if (Float().IsMatch(scalar.Text))
            WriteNumber(writer, scalar, FiniteDouble(scalar.Text), "a number that JSON does not have");
        else writer.WriteStringValue(scalar.Text);
    }

    private void WriteNumber(Utf8JsonWriter writer, ManifestNode.Scalar scalar, double? number, string trouble)
    {
        if (number is { } value)
        {
            writer.WriteRawValue(CanonicalJson.Number(value));
            return;
        }
        writer.WriteNullValue();
        problems.Add(new ManifestProblem(file, scalar.Line, scalar.Column, $"{TextFile.Excerpt(scalar.Text)} is {trouble}; in quotation marks it is a text."));
    }

    // The package's hash is taken over doubles (RFC 8785): an integer that is rounded there would be another one than the author wrote.
    private static double? ExactInteger(string text)
    {
        if (text.Length > 400) return null;     // leading zeros are allowed, a megabyte of them need not be
        var number = text.StartsWith("0x", StringComparison.Ordinal) ? BigInteger.Parse("0" + text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
            : text.StartsWith("0o", StringComparison.Ordinal) ? text[2..].Aggregate(BigInteger.Zero, (sum, digit) => sum * 8 + (digit - '0'))
            : BigInteger.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return BigInteger.Abs(number) <= LargestExact ? (double)number : null;
    }

    private static double? FiniteDouble(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;

    [GeneratedRegex(@"^([-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)\z")] private static partial Regex Integer();
    [GeneratedRegex(@"^([-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))\z")] private static partial Regex Float();
}
