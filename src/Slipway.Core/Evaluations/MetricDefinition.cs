using System.Collections.Immutable;
using System.Text.Json;

namespace Slipway.Core.Evaluations;

/// <summary>A rate of a manifest's own: the share of some cases in which some checks pass.</summary>
/// <param name="Check">Only the checks of this name, and only the cases that have one; null for all checks.</param>
/// <param name="Field">Only the checks that look at this field; null for any.</param>
/// <param name="Tags">Only the cases that carry all these tags with these values; empty for all cases.</param>
public sealed record MetricDefinition(string? Check, string? Field, ImmutableSortedDictionary<string, string> Tags)
{
    /// <summary>All keys that it has in JSON.</summary>
    public static ImmutableArray<string> Keys { get; } = ["check", "field", "tags"];

    /// <summary>Whether a case is counted at all.</summary>
    public bool Counts(GoldenCase goldenCase)
    {
        ArgumentNullException.ThrowIfNull(goldenCase);
        return Tags.All(tag => goldenCase.Tags.TryGetValue(tag.Key, out var value) && value == tag.Value);
    }

    /// <summary>Whether a check of such a case is.</summary>
    public bool Counts(Check check)
    {
        ArgumentNullException.ThrowIfNull(check);
        return (Check is null || check.Name == Check) && (Field is null || FieldOf(check) == Field);
    }

    /// <summary>The field a check looks at; null where it looks at the whole answer.</summary>
    internal static string? FieldOf(Check check)
    {
        if (check is FieldEqualsCheck { Field: var field }) return field;
        if (check is SchemaCheck) return null;
        using var buffer = new JsonBuffer();
        check.WriteTo(buffer.Writer);
        return buffer.Read().TryGetProperty("field", out var named) && named.ValueKind == JsonValueKind.String ? named.GetString() : null;
    }

    internal static MetricDefinition? Read(PlacedJson json, JsonElement value, string name, List<InputProblem> problems)
    {
        var before = problems.Count;
        if (value.ValueKind != JsonValueKind.Object)
        {
            problems.Add(json.At(value, $"\"metrics.{name}\" must be an object with {string.Join(", ", Keys)}, each of which may be left out."));
            return null;
        }
        if (MetricName.KindOf(name) != MetricKind.Rate)
            problems.Add(json.At(value, $"\"metrics.{name}\" is a rate, so its name must end in _accuracy or _rate, as in {name}_accuracy."));
        var fields = new JsonFields(json, value, "a metric", problems, Keys.AsSpan());
        var (check, field) = (fields.Text("check", required: false), fields.Text("field", required: false));
        var tags = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var tag in fields.Object("tags")?.EnumerateObject() ?? default)
        {
            if (tag.Value.ValueKind == JsonValueKind.String) tags[tag.Name] = tag.Value.GetString()!;
            else problems.Add(json.At(tag.Value, $"\"tags.{tag.Name}\" must be a text."));
        }
        return problems.Count == before ? new MetricDefinition(check, field, tags.ToImmutable()) : null;
    }

    internal void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        if (Check is not null) writer.WriteString("check", Check);
        if (Field is not null) writer.WriteString("field", Field);
        if (!Tags.IsEmpty)
        {
            writer.WriteStartObject("tags");
            foreach (var (tag, value) in Tags) writer.WriteString(tag, value);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }
}
