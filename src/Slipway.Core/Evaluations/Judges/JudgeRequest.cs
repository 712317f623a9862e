using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Wire;

namespace Slipway.Core.Evaluations;

/// <summary>That an evaluation asks a judge.</summary>
/// <param name="Rubric">By which rubric.</param>
/// <param name="Tags">Only on the cases that carry all these tags with these values; empty for all.</param>
/// <param name="Kinds">Only on the cases of these kinds; empty for all.</param>
/// <param name="Compare">Whether it also says which of the two sides' answers is better.</param>
public sealed record JudgeRequest(RubricId Rubric, ImmutableSortedDictionary<string, string> Tags, ImmutableArray<CaseKind> Kinds, bool Compare)
{
    /// <summary>All keys that it has in JSON.</summary>
    public static ImmutableArray<string> Keys { get; } = ["rubric", "tags", "kinds", "compare"];

    /// <summary>Whether it is asked about a case.</summary>
    public bool Takes(GoldenCase goldenCase)
    {
        ArgumentNullException.ThrowIfNull(goldenCase);
        return (Kinds.IsEmpty || Kinds.Contains(goldenCase.Kind)) && Tags.All(tag => goldenCase.Tags.TryGetValue(tag.Key, out var value) && value == tag.Value);
    }

    internal static JudgeRequest? Read(PlacedJson json, JsonElement item, List<InputProblem> problems)
    {
        var before = problems.Count;
        if (item.ValueKind != JsonValueKind.Object)
        {
            problems.Add(json.At(item, """A judge is an object that names its rubric, such as {"rubric": "tone:v2", "compare": true}."""));
            return null;
        }
        var fields = new JsonFields(json, item, "a judge", problems, Keys.AsSpan());
        var (rubric, compare) = (ReadRubric(json, fields, problems), fields.Flag("compare"));
        var tags = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var tag in fields.Object("tags")?.EnumerateObject() ?? default)
        {
            if (tag.Value.ValueKind == JsonValueKind.String) tags[tag.Name] = tag.Value.GetString()!;
            else problems.Add(json.At(tag.Value, $"\"tags.{tag.Name}\" must be a text."));
        }
        var kinds = ImmutableArray.CreateBuilder<CaseKind>();
        foreach (var kind in fields.List("kinds"))
        {
            if (kind.ValueKind == JsonValueKind.String && SnakeCase<CaseKind>.Parse(kind.GetString()!) is { } known) kinds.Add(known);
            else problems.Add(json.At(kind, $"Unknown kind {JsonValues.Show(kind)}: the kinds are {string.Join(", ", SnakeCase<CaseKind>.Names)}."));
        }
        return problems.Count == before ? new JudgeRequest(rubric!, tags.ToImmutable(), kinds.ToImmutable(), compare) : null;
    }

    internal static RubricId? ReadRubric(PlacedJson json, JsonFields fields, List<InputProblem> problems)
    {
        if (fields.Text("rubric", required: true) is not { } text) return null;
        if (!RubricId.TryParse(text, out var id)) problems.Add(json.At(fields.Any("rubric")!.Value, $"\"rubric\" is \"{JsonValues.Excerpt(text)}\": it must be {RubricId.Form}."));
        return id;
    }

    internal void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("rubric"u8, Rubric.ToString());
        if (!Tags.IsEmpty)
        {
            writer.WriteStartObject("tags"u8);
            foreach (var (tag, value) in Tags) writer.WriteString(tag, value);
            writer.WriteEndObject();
        }
        if (!Kinds.IsEmpty)
        {
            writer.WriteStartArray("kinds"u8);
            foreach (var kind in Kinds) writer.WriteStringValue(SnakeCase<CaseKind>.Of(kind));
            writer.WriteEndArray();
        }
        if (Compare) writer.WriteBoolean("compare"u8, true);
        writer.WriteEndObject();
    }
}
