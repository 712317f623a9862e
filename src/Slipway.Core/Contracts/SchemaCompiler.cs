using System.Collections.Immutable;
using System.Text.Json;

namespace Slipway.Core.Contracts;

/// <summary>Turns one schema, and what it refers to, into a graph of nodes; or says why not.</summary>
internal sealed class SchemaCompiler
{
    private readonly SchemaIndex index;
    private readonly List<SchemaError> errors = [];
    private readonly Dictionary<(SchemaDocument, string), SchemaNode> nodes = [];
    private readonly Dictionary<SchemaResource, Dialect> dialects = [];
    private readonly PatternTable patterns = new();

    // A queue and not recursion: chains of references may be longer than any stack.
    private readonly Queue<(SchemaNode Node, SchemaPlace Place)> unfilled = new();

    private SchemaCompiler(SchemaIndex index) => this.index = index;

    public static SchemaCompilation Compile(JsonElement schema, IReadOnlyDictionary<Uri, JsonElement> documents)
    {
        if (JsonText.Problem(JsonText.Raw(schema), parsed: true) is { } problem)
        {
            var sentence = problem.Replace("The answer", "The schema", StringComparison.Ordinal);
            return new SchemaCompilation.Refused([new SchemaError("", sentence)]);
        }
        var compiler = new SchemaCompiler(new SchemaIndex(schema, documents));
        var root = compiler.NodeAt(compiler.index.Root);
        compiler.FillAll();
        if (compiler.errors.Count == 0) compiler.RefuseEndlessChains();
        if (compiler.errors.Count > 0) return new SchemaCompilation.Refused([.. compiler.errors]);
        var streams = compiler.nodes.Values.All(node => node.Branches?.DynamicRef is null);
        return new SchemaCompilation.Compiled(new JsonSchema(root, streams));
    }

    private SchemaNode NodeAt(SchemaPlace place)
    {
        if (nodes.TryGetValue((place.Document, place.Pointer), out var node)) return node;
        node = new SchemaNode(place.Path, place.Resource);
        nodes.Add((place.Document, place.Pointer), node);
        unfilled.Enqueue((node, place));
        return node;
    }

    private void FillAll()
    {
        while (unfilled.TryDequeue(out var next))
        {
            if (nodes.Count > SchemaLimits.Nodes)
            {
                errors.Add(new SchemaError("", $"The schema has more than {SchemaLimits.Nodes} subschemas."));
                return;
            }
            Fill(next.Node, next.Place);
        }
    }

    private Dialect DialectOf(SchemaResource resource)
    {
        if (dialects.TryGetValue(resource, out var dialect)) return dialect;
        dialects[resource] = dialect = index.DialectOf(resource, out var problem);
        if (problem is not null)
            errors.Add(new SchemaError(JsonPointer.Append(resource.Document.Label + resource.Pointer, "$schema"), problem));
        // Whoever passes through the resource may be led to its dynamic anchors later, named by nobody here.
        foreach (var (name, pointer) in resource.DynamicAnchors)
            if (SchemaIndex.At(resource, pointer) is { } place) resource.DynamicNodes[name] = NodeAt(place);
        return dialect;
    }

    private void Fill(SchemaNode node, SchemaPlace place)
    {
        var dialect = DialectOf(place.Resource);
        if (place.Element.ValueKind != JsonValueKind.Object)
        {
            node.Forbids = place.Element.ValueKind == JsonValueKind.False;
            node.Seal();
            if (place.Element.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
                errors.Add(new SchemaError(place.Path, "A schema must be an object, true or false."));
            return;
        }
        var keywords = new KeywordReader(place, dialect, patterns, errors);
        if (keywords.Text("$id") is { } id && !SchemaIndex.TryParseId(id, place.Resource.BaseUri, out _))
            keywords.Refuse("$id", $"\"$id\" must be a URI without a fragment, not {id}.");

        node.Types = keywords.Types();
        node.Enum = keywords.Enum();
        node.Const = keywords.Const();
        node.Numbers = keywords.Numbers();
        var strings = new StringRules(keywords.Count("minLength"), keywords.Count("maxLength"), keywords.Pattern("pattern"));
        node.Strings = strings is { BoundsLength: false, Pattern: null } ? null : strings;
        var arrays = Arrays(keywords, place);
        node.Arrays = arrays.IsEmpty ? null : arrays;
        var objects = Objects(keywords, place);
        node.Objects = objects.IsEmpty ? null : objects;
        node.All = [.. References(keywords, place, out var dynamic), .. List(keywords, place, "allOf")];
        var branches = Branches(keywords, place) with { DynamicRef = dynamic };
        node.Branches = branches.IsEmpty ? null : branches;
        node.Seal();

        // Definitions nobody refers to are compiled too: their mistakes are mistakes, and somebody will refer to them one day.
        foreach (var (pointer, schema) in Subschemas.Of(place.Element, place.Pointer)) NodeBelow(place, pointer, schema);
    }

    private ArrayRules Arrays(KeywordReader keywords, SchemaPlace place) => new()
    {
        Prefix = List(keywords, place, "prefixItems"),
        Items = One(keywords, place, "items"),
        Contains = One(keywords, place, "contains"),
        MinContains = keywords.Count("minContains") ?? 1,
        MaxContains = keywords.Count("maxContains"),
        Unevaluated = One(keywords, place, "unevaluatedItems"),
        Unique = keywords.Flag("uniqueItems"),
        MinItems = keywords.Count("minItems"),
        MaxItems = keywords.Count("maxItems"),
    };

    private ObjectRules Objects(KeywordReader keywords, SchemaPlace place) => new()
    {
        Named = NamedProperties.From([.. Map(keywords, place, "properties")], keywords.Names("required")),
        Patterned = [.. Map(keywords, place, "patternProperties")
            .Select(one => (Pattern: keywords.Pattern("patternProperties", one.Name), one.Node)).Where(one => one.Pattern is not null)!],
        Additional = One(keywords, place, "additionalProperties"),
        Names = One(keywords, place, "propertyNames"),
        Unevaluated = One(keywords, place, "unevaluatedProperties"),
        DependentRequired = [.. keywords.Map("dependentRequired")
            .Select(one => (one.Name, keywords.Names("dependentRequired", one.Value).ToImmutableArray()))],
        DependentSchemas = [.. Map(keywords, place, "dependentSchemas")],
        MinProperties = keywords.Count("minProperties"),
        MaxProperties = keywords.Count("maxProperties"),
    };

    private BranchRules Branches(KeywordReader keywords, SchemaPlace place) => new()
    {
        AnyOf = List(keywords, place, "anyOf"),
        OneOf = List(keywords, place, "oneOf"),
        Not = One(keywords, place, "not"),
        If = One(keywords, place, "if"),
        Then = One(keywords, place, "then"),
        Else = One(keywords, place, "else"),
    };

    private List<SchemaNode> References(KeywordReader keywords, SchemaPlace place, out DynamicReference? dynamic)
    {
        var always = new List<SchemaNode>();
        dynamic = null;
        foreach (var keyword in (string[])["$ref", "$dynamicRef"])
        {
            if (keywords.Text(keyword) is not { } reference) continue;
            if (index.Resolve(place.Resource, reference, out var anchor) is not { } target)
            {
                keywords.Refuse(keyword, $"\"{reference}\" is not among the schemas at hand; references are never fetched.");
                continue;
            }
            var node = NodeAt(target);
            if (keyword == "$dynamicRef" && anchor is not null) dynamic = new DynamicReference(anchor, node);
            else always.Add(node);
        }
        return always;
    }

    private SchemaNode? One(KeywordReader keywords, SchemaPlace place, string keyword) =>
        keywords.TryGet(keyword, out var schema) ? NodeBelow(place, JsonPointer.Append(place.Pointer, keyword), schema) : null;

    private ImmutableArray<SchemaNode> List(KeywordReader keywords, SchemaPlace place, string keyword) =>
    [
        .. keywords.List(keyword).Select((schema, at) =>
            NodeBelow(place, JsonPointer.Append(JsonPointer.Append(place.Pointer, keyword), at), schema)),
    ];

    private IEnumerable<(string Name, SchemaNode Node)> Map(KeywordReader keywords, SchemaPlace place, string keyword) =>
        keywords.Map(keyword).Select(one =>
            (one.Name, NodeBelow(place, JsonPointer.Append(JsonPointer.Append(place.Pointer, keyword), one.Name), one.Value)));

    private SchemaNode NodeBelow(SchemaPlace place, string pointer, JsonElement schema) =>
        NodeAt(place.Document.Places.GetValueOrDefault(pointer, new SchemaPlace(place.Resource, pointer, schema)));

    /// <summary>
    /// Refuses schemas that pass a value from one to the next in a circle, or nearly so: no answer could make an evaluation of them end.
    /// Takes away, again and again, every node that passes its value on to none that is left; what stays forms circles.
    /// </summary>
    private void RefuseEndlessChains()
    {
        var edges = nodes.Values.SelectMany(node => node.InPlace().Distinct().Select(next => (Asker: node, Asked: next))).ToList();
        var askedBy = edges.ToLookup(edge => edge.Asked, edge => edge.Asker);
        var waitsFor = nodes.Values.ToDictionary(node => node, _ => 0);
        foreach (var (asker, _) in edges) waitsFor[asker]++;
        var length = nodes.Values.ToDictionary(node => node, _ => 1);
        var ready = new Queue<SchemaNode>(nodes.Values.Where(node => waitsFor[node] == 0));
        while (ready.TryDequeue(out var node))
        {
            waitsFor.Remove(node);
            if (length[node] > SchemaLimits.Chain)
            {
                errors.Add(new SchemaError(
                    node.Path, $"More than {SchemaLimits.Chain} schemas refer to one another here without looking into the value."));
                return;
            }
            foreach (var asker in askedBy[node])
            {
                length[asker] = Math.Max(length[asker], length[node] + 1);
                if (--waitsFor[asker] == 0) ready.Enqueue(asker);
            }
        }
        // Of what is left, name one that is on a circle rather than one that merely leads there.
        if (waitsFor.Count == 0) return;
        var walked = new HashSet<SchemaNode>();
        var current = waitsFor.Keys.First();
        while (walked.Add(current)) current = current.InPlace().First(waitsFor.ContainsKey);
        errors.Add(new SchemaError(
            current.Path, "The schema refers back to itself without looking into the value, so checking it would never end."));
    }
}
