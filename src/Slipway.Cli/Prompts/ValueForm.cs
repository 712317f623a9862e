using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Slipway.Cli.Prompts;

/// <summary>What the value of a key must be: in words for people, as JSON Schema for editors.</summary>
/// <remarks>The schema takes whatever the reader takes. The reader refuses more: it looks into the files that are named and compares keys with each other.</remarks>
internal sealed class ValueForm
{
    private readonly Func<bool, JsonObject> schema;

    private ValueForm(string words, Func<bool, JsonObject> schema, ImmutableArray<ManifestShape> shapes = default) =>
        (Words, this.schema, Shapes) = (words, schema, shapes.IsDefault ? [] : shapes);

    /// <summary>As people are told, in Markdown without a full stop: <c>a whole number from 1 to 1000</c>.</summary>
    public string Words { get; }

    /// <summary>The mappings that stand in it, from the outermost.</summary>
    public ImmutableArray<ManifestShape> Shapes { get; }

    /// <summary>The JSON Schema of the value in one of the two forms; a new one each time.</summary>
    public JsonObject Schema(bool json) => schema(json);

    /// <summary>The same with other words.</summary>
    public ValueForm Called(string words) => new(words, schema, Shapes);

    /// <summary>Any text that is not blank.</summary>
    // Without quotation marks 12 and true are a number and a truth value to an editor's YAML; the reader takes them as they are written, for texts.
    public static ValueForm Text { get; } = new("a text", json => new JsonObject { ["type"] = json ? "string" : new JsonArray("string", "number", "boolean"), ["pattern"] = "\\S" });

    /// <summary>A text of a form.</summary>
    /// <param name="words">The form.</param>
    /// <param name="pattern">An ECMA-262 pattern that every text of this form matches, and few others do.</param>
    // Stricter than the reader in one thing: a prompt called true needs quotation marks. To let truth values pass here would let version: 1.6 pass as well.
    public static ValueForm Named(string words, string pattern) => new(words, _ => new JsonObject { ["type"] = "string", ["pattern"] = pattern });

    /// <summary>One of some words.</summary>
    public static ValueForm Word(params ImmutableArray<string> words) =>
        new(Alternatives([.. words.Select(word => $"`{word}`")]), _ => new JsonObject { ["enum"] = new JsonArray([.. words.Select(word => JsonValue.Create(word))]) });

    /// <summary>True or false.</summary>
    public static ValueForm Flag { get; } = new("`true` or `false`", _ => new JsonObject { ["type"] = "boolean" });

    /// <summary>A whole number.</summary>
    /// <param name="least">The smallest.</param>
    /// <param name="most">The largest; null for any.</param>
    public static ValueForm Whole(int least, int? most = null) => Number("integer", "a whole number", least, most);

    /// <summary>A number.</summary>
    /// <param name="least">The smallest.</param>
    /// <param name="most">The largest; null for any.</param>
    public static ValueForm Amount(int least, int? most = null) => Number("number", "a number", least, most);

    /// <summary>A number that is more than nothing.</summary>
    public static ValueForm Positive { get; } = new("a number above 0", _ => new JsonObject { ["type"] = "number", ["exclusiveMinimum"] = 0 });

    /// <summary>A list.</summary>
    /// <param name="item">What each of its items is.</param>
    /// <param name="unique">Whether the same may not stand there twice.</param>
    /// <param name="least">How many items at least.</param>
    /// <param name="most">How many at most; null for any number.</param>
    public static ValueForm List(ValueForm item, bool unique = false, int least = 0, int? most = null) => new(
        $"a list{(most is { } limit ? FormattableString.Invariant($" of at most {limit}") : "")}, each item {item.Words}",
        json =>
        {
            var list = new JsonObject { ["type"] = "array", ["items"] = item.Schema(json) };
            if (unique) list["uniqueItems"] = true;
            if (least > 0) list["minItems"] = least;
            if (most is { } limit) list["maxItems"] = limit;
            return list;
        },
        item.Shapes);

    /// <summary>A mapping of known keys.</summary>
    public static ValueForm Mapping(ManifestShape shape) => new($"[{shape.Name}](#{ManifestTables.Anchor(shape)})", json => ManifestSchema.Of(shape, json), [shape]);

    /// <summary>A mapping of names that the author chooses.</summary>
    /// <param name="name">What the names are.</param>
    /// <param name="value">What each value is.</param>
    /// <param name="never">Names that it may not have.</param>
    public static ValueForm ByName(string name, ValueForm value, params ImmutableArray<string> never) => new(
        $"{value.Words} by {name}",
        json =>
        {
            var mapping = new JsonObject { ["type"] = "object", ["additionalProperties"] = value.Schema(json) };
            if (!never.IsEmpty) mapping["propertyNames"] = new JsonObject { ["not"] = Word(never).Schema(json) };
            return mapping;
        },
        value.Shapes);

    /// <summary>Any JSON of some types, for others to judge.</summary>
    /// <param name="words">What it is.</param>
    /// <param name="types">As <c>type</c> of a JSON Schema names them; none for all.</param>
    public static ValueForm Json(string words, params ImmutableArray<string> types) => new(words, _ => types switch
    {
        [] => [],
        [var one] => new JsonObject { ["type"] = one },
        _ => new JsonObject { ["type"] = new JsonArray([.. types.Select(type => JsonValue.Create(type))]) },
    });

    /// <summary>One form or another.</summary>
    public static ValueForm Either(params ImmutableArray<ValueForm> forms) => new(
        Alternatives([.. forms.Select(form => form.Words)]),
        json => new JsonObject { ["anyOf"] = new JsonArray([.. forms.Select(form => form.Schema(json))]) },
        [.. forms.SelectMany(form => form.Shapes)]);

    /// <summary>One form in YAML, another in JSON.</summary>
    public static ValueForm ByForm(ValueForm yaml, ValueForm json) => new($"{yaml.Words}; in JSON {json.Words}", isJson => (isJson ? json : yaml).Schema(isJson), [.. yaml.Shapes, .. json.Shapes]);

    /// <summary>A form, or the word that there is nothing.</summary>
    public static ValueForm OrNull(ValueForm form) => new($"{form.Words}, or `null`", json => ManifestSchema.OrNull(form.Schema(json)), form.Shapes);

    /// <summary>The same mapping with at least one name in it.</summary>
    public ValueForm NotEmpty() => new(Words, json =>
    {
        var mapping = schema(json);
        mapping["minProperties"] = 1;
        return mapping;
    }, Shapes);

    private static ValueForm Number(string type, string words, int least, int? most) => new(
        FormattableString.Invariant($"{words} from {least}{(most is { } limit ? FormattableString.Invariant($" to {limit}") : "")}"),
        _ =>
        {
            var number = new JsonObject { ["type"] = type, ["minimum"] = least };
            if (most is { } limit) number["maximum"] = limit;
            return number;
        });

    private static string Alternatives(IReadOnlyList<string> words) => words.Count == 1 ? words[0] : $"{string.Join(", ", words.SkipLast(1))} or {words[^1]}";
}
