using System.Collections.Immutable;
using System.Globalization;
using Slipway.Core.Wire;

namespace Slipway.Cli.Prompts;

/// <summary>The values of one mapping by their keys. Whatever does not fit becomes a problem with its place, and null; so ask for each key once.</summary>
internal sealed class NodeFields
{
    private readonly ManifestSource source;
    private readonly ManifestNode.Mapping mapping;
    private readonly string within;
    private readonly Dictionary<string, ManifestNode> values;

    /// <summary>Takes a mapping and reports the keys it should not have.</summary>
    /// <param name="source">The file it stands in.</param>
    /// <param name="mapping">The mapping.</param>
    /// <param name="within">The key it is the value of; empty for the manifest itself.</param>
    /// <param name="knows">Whether it may have a key.</param>
    /// <param name="keys">All keys it may have, as the end of a sentence.</param>
    public NodeFields(ManifestSource source, ManifestNode.Mapping mapping, string within, Func<string, bool> knows, string keys)
    {
        (this.source, this.mapping, this.within) = (source, mapping, within);
        foreach (var (key, _) in mapping.Entries)
            if (!knows(key.Text)) source.Report(key, $"Unknown key \"{TextFile.Excerpt(key.Text)}\": {keys}.");
        // JSON's null says the same as leaving the key out: many programs that write such files cannot do the latter.
        values = mapping.Entries.Where(entry => !(source.Form.IsJson && entry.Value is ManifestNode.Scalar { IsNull: true }))
            .ToDictionary(entry => entry.Key.Text, entry => entry.Value, StringComparer.Ordinal);
    }

    /// <summary>As the other, for a mapping of known shape; reports also the keys that it needs and does not have.</summary>
    /// <param name="source">The file it stands in.</param>
    /// <param name="mapping">The mapping.</param>
    /// <param name="within">The key it is the value of; empty for the document itself, which is then called by its shape's name.</param>
    /// <param name="shape">Its keys.</param>
    public NodeFields(ManifestSource source, ManifestNode.Mapping mapping, string within, ManifestShape shape)
        : this(source, mapping, within, name => shape.In(source.Form.IsJson).Any(key => key.In(source.Form.IsJson) == name),
            $"{(within.Length == 0 ? shape.Name : within)} has {string.Join(", ", shape.In(source.Form.IsJson).Select(key => key.In(source.Form.IsJson)))}")
    {
        foreach (var key in shape.In(source.Form.IsJson).Where(key => key.NeedIn(source.Form.IsJson) == Need.Needed)) Require(key);
    }

    /// <summary>The value of a key; null where it is not there.</summary>
    public ManifestNode? Find(string key) => values.GetValueOrDefault(key);

    /// <summary>Reports a key that is not there.</summary>
    public void Require(ManifestKey key)
    {
        var name = key.In(source.Form.IsJson);
        if (!values.ContainsKey(name)) source.Report(mapping, $"{Name(name)} is missing{(key.Remedy is { } remedy ? $"; {remedy}" : ".")}");
    }

    /// <summary>The text of a key, as written: in YAML an owner <c>007</c> is no number.</summary>
    public ManifestNode.Scalar? Text(string key) => Find(key) is { } value ? Text(value, Name(key)) : null;

    /// <summary>The texts of a list.</summary>
    public ImmutableArray<ManifestNode.Scalar>? Texts(string key)
    {
        if (Find(key) is not { } value) return null;
        if (value is ManifestNode.List list) return [.. list.Items.Select((item, index) => Text(item, FormattableString.Invariant($"{Name(key)}[{index}]"))).OfType<ManifestNode.Scalar>()];
        if (value is not ManifestNode.Unread) source.Report(value, $"{Name(key)} must be a list, not {Kind(value)}.");
        return null;
    }

    /// <summary>A name that has a form.</summary>
    public T? Named<T>(string key) where T : class, ITextValue<T> => Text(key) is { } scalar ? Named<T>(scalar, Name(key)) : null;

    /// <summary>A whole number.</summary>
    public int? Whole(string key)
    {
        var value = Find(key);
        if (value is null or ManifestNode.Unread) return null;
        if (value is ManifestNode.Scalar { IsPlain: true } scalar && int.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) return number;
        source.Report(value, $"{Name(key)} must be a whole number, as in 5.");
        return null;
    }

    /// <summary>A mapping.</summary>
    public ManifestNode.Mapping? Mapping(string key)
    {
        var value = Find(key);
        if (value is ManifestNode.Scalar or ManifestNode.List) source.Report(value, $"{Name(key)} must be {(source.Form.IsJson ? "an object" : "a mapping")}, not {Kind(value)}.");
        return value as ManifestNode.Mapping;
    }

    /// <summary>Reads a name that has a form from a text.</summary>
    public T? Named<T>(ManifestNode.Scalar scalar, string what) where T : class, ITextValue<T>
    {
        if (T.TryParse(scalar.Text, out var value)) return value;
        source.Report(scalar, $"{what} \"{TextFile.Excerpt(scalar.Text)}\" does not fit: it must be {T.Form}.");
        return null;
    }

    /// <summary>What a value is, as the end of a sentence.</summary>
    public string Kind(ManifestNode node) => node switch
    {
        ManifestNode.List => "a list",
        ManifestNode.Mapping => source.Form.IsJson ? "an object" : "a mapping",
        ManifestNode.Scalar { IsPlain: true } scalar when source.Form.IsJson => scalar.Text is "true" or "false" ? "a truth value" : "a number",
        _ => source.Form.IsJson ? "a text" : "a single value",
    };

    private ManifestNode.Scalar? Text(ManifestNode value, string name)
    {
        switch (value)
        {
            case ManifestNode.Scalar { IsNull: true }: source.Report(value, $"{name} has no value."); break;
            case ManifestNode.Scalar { IsPlain: true } when source.Form.IsJson:
            case ManifestNode.List or ManifestNode.Mapping: source.Report(value, $"{name} must be a text, not {Kind(value)}."); break;
            case ManifestNode.Scalar scalar when string.IsNullOrWhiteSpace(scalar.Text): source.Report(value, $"{name} is blank."); break;
            case ManifestNode.Scalar scalar: return scalar;
        }
        return null;
    }

    private string Name(string key) => within.Length == 0 ? key : $"{within}.{key}";
}
