using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Cli.Prompts;
using Slipway.Core.Evaluations;
using Slipway.Core.Models;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Cli.Ci;

/// <summary>What a folder of prompts says about the world that only a server would know: <c>slipway.json</c>.</summary>
/// <param name="Models">What the model aliases of its manifests stand for.</param>
/// <param name="Prices">What models cost, by their full name.</param>
/// <param name="Policies">What prompts ask of their evaluations.</param>
internal sealed record CiSettings(
    ImmutableSortedDictionary<string, ModelReference> Models, ImmutableSortedDictionary<string, ModelPrices> Prices, ImmutableSortedDictionary<string, EvaluationPolicy> Policies)
{
    /// <summary>The file's name; it stands in the folder itself.</summary>
    public const string FileName = "slipway.json";

    private const string ModelsKey = "models", PricesKey = "prices", PoliciesKey = "policies";

    /// <summary>Nothing is said.</summary>
    public static CiSettings None { get; } = new(Empty<ModelReference>(), Empty<ModelPrices>(), Empty<EvaluationPolicy>());

    /// <summary>What a prompt asks of its evaluations.</summary>
    public EvaluationPolicy PolicyOf(PromptName prompt) => Policies.GetValueOrDefault(prompt.Value, EvaluationPolicy.Default);

    /// <summary>The catalog that the prices make.</summary>
    public ModelsState Catalog() => ModelsState.Empty with
    {
        Known = Prices.ToImmutableSortedDictionary(price => price.Key, price => new ModelRegistered(Reference(price.Key), null, price.Value, Pinned: false), StringComparer.Ordinal),
    };

    /// <summary>Reads the file of a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="problems">Takes what is wrong with it.</param>
    /// <returns><see cref="None"/> where there is no such file, or nothing in it that can be used.</returns>
    public static CiSettings Read(string folder, List<ManifestProblem> problems)
    {
        var path = Path.Join(folder, FileName);
        if (!File.Exists(path)) return None;
        switch (TextFile.Open(path))
        {
            case TextFile.Unreadable unreadable: problems.Add(new ManifestProblem(path, unreadable.Line, unreadable.Column, unreadable.Why)); return None;
            case TextFile.Read { Text: var text }: return Interpret(new ManifestSource(path, ManifestForm.Json, problems), JsonReader.Read(path, text, problems));
            default: throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>Reads <c>ALIAS=PROVIDER/MODEL</c>.</summary>
    /// <returns>Null where it does not fit.</returns>
    public static KeyValuePair<string, ModelReference>? ReadModel(string text) =>
        text.IndexOf('=', StringComparison.Ordinal) is > 0 and var at && ModelReference.TryParse(text[(at + 1)..], out var model) ? KeyValuePair.Create(text[..at], model) : null;

    private static CiSettings Interpret(ManifestSource source, ManifestNode? root)
    {
        if (ManifestReader.Mapping(source, root) is not { } mapping) return None;
        var fields = new NodeFields(source, mapping, "", SettingsKeys.Settings);
        return new CiSettings(
            Each<ModelReference>(source, fields, ModelsKey, (values, alias, _) => values.Named<ModelReference>(alias)),
            Each(source, fields, PricesKey, (_, model, value) => PricesOf(source, model, value)),
            Each(source, fields, PoliciesKey, (_, prompt, value) => PolicyOf(source, prompt, value)));
    }

    private static ImmutableSortedDictionary<string, T> Each<T>(ManifestSource source, NodeFields fields, string key, Func<NodeFields, string, ManifestNode, T?> read) where T : class
    {
        var found = Empty<T>().ToBuilder();
        if (fields.Mapping(key) is not { } named) return found.ToImmutable();
        var values = new NodeFields(source, named, key, _ => true, "");
        foreach (var (name, value) in named.Entries)
            if (read(values, name.Text, value) is { } one) found[name.Text] = one;
        return found.ToImmutable();
    }

    private static ModelPrices? PricesOf(ManifestSource source, string model, ManifestNode value)
    {
        const string Form = "as in {\"input\": 2, \"output\": 8}, in US dollars per million tokens; \"cached_input\" may be left out";
        if (!ModelReference.TryParse(model, out _)) source.Report(value, $"prices names \"{TextFile.Excerpt(model)}\": it must be {ModelReference.Form}.");
        else if (value is ManifestNode.Mapping mapping && mapping.Entries.All(entry => SettingsKeys.Prices.Keys.Any(key => key.NameInJson == entry.Key.Text)))
        {
            var json = NodeJson.Of(value, source.Path, source.Problems);
            if ((Price("input"), Price("output")) is ({ } input, { } output) && (!json.TryGetProperty("cached_input", out _) || Price("cached_input") is not null)) return new ModelPrices(input, Price("cached_input"), output);
            source.Report(value, $"The prices of {model} cannot be read; write them {Form}.");

            decimal? Price(string key) => json.TryGetProperty(key, out var price) && price.ValueKind == JsonValueKind.Number && price.TryGetDecimal(out var dollars) && dollars >= 0 ? dollars : null;
        }
        else source.Report(value, $"The prices of {model} cannot be read; write them {Form}.");
        return null;
    }

    private static EvaluationPolicy? PolicyOf(ManifestSource source, string prompt, ManifestNode value)
    {
        string? problem = "it is an object with required_kinds, unsafe_tools and judge_bar, each of which may be left out";
        if (Deserialized(source, value, ApiJson.Default.EvaluationPolicyDocument) is { } document && document.Policy(out problem) is { } policy) return policy;
        source.Report(value, $"The policy of {TextFile.Excerpt(prompt)} cannot be read: {problem}");
        return null;
    }

    private static T? Deserialized<T>(ManifestSource source, ManifestNode value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) where T : class
    {
        try
        {
            return value is ManifestNode.Mapping ? NodeJson.Of(value, source.Path, source.Problems).Deserialize(type) : null;
        }
        catch (JsonException)
        {
            return null;     // the caller says what would be right
        }
    }

    private static ModelReference Reference(string name) => ModelReference.TryParse(name, out var model) ? model : throw new InvalidOperationException($"{name} was read before.");

    private static ImmutableSortedDictionary<string, T> Empty<T>() => ImmutableSortedDictionary.Create<string, T>(StringComparer.Ordinal);
}
