using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Slipway.Core.Evaluations;
using Slipway.Core.Models;
using Slipway.Core.Partials;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Cli.Prompts;

/// <summary>The values of one manifest. Whatever does not fit becomes a problem with its place, and null.</summary>
internal sealed partial class ManifestFields
{
    private const string Next = "next";

    private readonly ManifestSource source;
    private readonly ManifestNode.Mapping root;
    private readonly NodeFields fields;

    /// <summary>Takes the manifest's mapping and checks its keys.</summary>
    public ManifestFields(ManifestSource source, ManifestNode.Mapping root)
    {
        (this.source, this.root) = (source, root);
        fields = new NodeFields(source, root, "", source.Form.Knows, source.Form.Keys);
        // What a command may say in a key's place is looked at where the command's word is known.
        foreach (var key in source.Form.Needed.Where(key => key.NeedIn(source.Form.IsJson) == Need.Needed))
        {
            if (key.Name == ManifestKeys.Template && fields.Find(ManifestKeys.Messages) is { } messages)
            {
                if (fields.Find(key.Name) is not null) source.Report(messages, "A manifest has either a template or messages, not both.");
            }
            else fields.Require(key);
        }
    }

    /// <summary>The value of a key, for its place; null where it is not there.</summary>
    public ManifestNode? Find(string key) => fields.Find(key);

    /// <summary>A text that may be missing.</summary>
    public string? Text(string key) => fields.Text(key)?.Text;

    /// <summary>A name that has a form.</summary>
    public T? Named<T>(string key) where T : class, ITextValue<T> => fields.Named<T>(key);

    /// <summary>The version's number; null where the server is to find it.</summary>
    public VersionNumber? Version() => fields.Text("version") is { Text: not Next } scalar ? Number("version", scalar) : null;

    /// <summary>The version to go back to, or the one it was made from; null also where the manifest says that there is none.</summary>
    public VersionNumber? Other(string key, VersionNumber? version)
    {
        if (key == "rollback_to" && fields.Find(key) is ManifestNode.Scalar { IsNull: true } none)
        {
            // An empty value is null in YAML, but also what somebody leaves who means to fill it in later.
            if (none.Text.Length == 0) source.Report(none, "rollback_to is empty; for the first version of a prompt write rollback_to: null");
            return null;
        }
        if (fields.Text(key) is not { } scalar || Number(key, scalar) is not { } target) return null;
        if (target == version) source.Report(scalar, $"{key} names {target}, the version itself.");
        return target;
    }

    /// <summary>Refuses everything but a candidate.</summary>
    public void CheckStatus()
    {
        if (source.Form.Knows("status") && fields.Text("status") is { Text: not "candidate" } status)
            source.Report(status, $"status \"{TextFile.Excerpt(status.Text)}\" cannot be pushed, only candidate can: what becomes of a version is for a release to say.");
    }

    /// <summary>Why the version exists.</summary>
    /// <param name="given">The reason that came with the command; null for none.</param>
    public string? ChangeReason(string? given)
    {
        var written = fields.Find("change_reason");
        if (written is null && given is null)
            source.Report(root, "change_reason is missing" + (source.Form.IsJson ? "; add it, or push with --reason TEXT" : "."));
        else if (written is not null && given is not null) source.Report(written, "change_reason stands here already: leave --reason out, or the key.");
        return written is null ? given : Text("change_reason");
    }

    /// <summary>What sorts of change it is.</summary>
    public ChangeKinds? Change()
    {
        const string Key = "change_kind";
        var isList = fields.Find(Key) is ManifestNode.List;
        ImmutableArray<ManifestNode.Scalar> written = isList ? fields.Texts(Key) ?? [] : fields.Text(Key) is { } one ? [one] : [];
        var kinds = ImmutableArray.CreateBuilder<ChangeKind>();
        foreach (var scalar in written)
        {
            if (Kind(scalar.Text) is not { } kind) source.Report(scalar, $"{Key} \"{TextFile.Excerpt(scalar.Text)}\" is unknown: it is meaning, tone or format.");
            else if (kinds.Contains(kind)) source.Report(scalar, $"{Key} names {scalar.Text} twice.");
            else kinds.Add(kind);
        }
        if (fields.Find(Key) is ManifestNode.List { Items.IsEmpty: true } empty) source.Report(empty, $"{Key} is an empty list: it names meaning, tone or format, or is left out.");
        return kinds.Count > 0 ? new ChangeKinds(kinds.ToImmutable()) : null;
    }

    /// <summary>The JSON Schemas of the variables by name.</summary>
    public JsonElement? Variables()
    {
        const string Key = "variables";
        var before = source.Problems.Count;
        if (source.Form.IsJson && fields.Find(Key) is ManifestNode.List)
        {
            var named = new JsonObject(Names(Key).Select(name => KeyValuePair.Create<string, JsonNode?>(name, new JsonObject { ["type"] = "string" })));
            return source.Problems.Count == before ? JsonElement.Parse(named.ToJsonString()) : null;
        }
        if (fields.Mapping(Key) is not { } mapping) return null;
        foreach (var (name, schema) in mapping.Entries)
        {
            if (schema is ManifestNode.List || schema is ManifestNode.Scalar scalar && !(scalar.IsPlain && scalar.Text is "true" or "false"))
                source.Report(schema, $"The variable {TextFile.Excerpt(name.Text)} needs a JSON Schema, as in {(source.Form.IsJson ? "{\"type\": \"string\"}" : "{type: string}")}.");
        }
        var schemas = NodeJson.Of(mapping, source.Path, source.Problems);
        return source.Problems.Count == before ? schemas : null;
    }

    /// <summary>What is sent to the model beside the messages.</summary>
    public JsonElement? Parameters() => fields.Mapping("parameters") is { } mapping ? NodeJson.Of(mapping, source.Path, source.Problems) : null;

    /// <summary>The template; null also where messages stand in its place.</summary>
    public PlacedText? Template() => ManifestMessages.Template(source, fields, "template");

    /// <summary>The messages that stand in a template's place.</summary>
    public ManifestMessages? Messages() => fields.Find("messages") is { } value ? ManifestMessages.Read(source, value) : null;

    /// <summary>A JSON value that stands in the manifest, or in a file that it names.</summary>
    public PlacedJson? Json(string key)
    {
        if (fields.Find(key) is { } value and (ManifestNode.Mapping or ManifestNode.List)) return new PlacedJson(source.Path, value, NodeJson.Of(value, source.Path, source.Problems));
        return fields.Text(key) is { } name && source.Open(key, name) is var (file, text) ? PlacedJson.Parse(file, text, source.Problems) : null;
    }

    /// <summary>Where the application looks things up.</summary>
    public RetrievalPolicy? Retrieval()
    {
        if (fields.Mapping("retrieval") is not { } mapping) return null;
        var retrieval = new NodeFields(source, mapping, "retrieval", ManifestKeys.Retrieval);
        var (index, topK) = (retrieval.Text("index")?.Text, retrieval.Whole("top_k"));
        return index is not null && topK is { } most ? new RetrievalPolicy(index, most) : null;
    }

    /// <summary>How much of a conversation the model gets.</summary>
    public MemoryPolicy? Memory()
    {
        if (fields.Mapping("memory") is not { } mapping) return null;
        var memory = new NodeFields(source, mapping, "memory", ManifestKeys.Memory);
        return memory.Whole("turns") is { } turns ? new MemoryPolicy(turns) : null;
    }

    /// <summary>The partials that come first, as written.</summary>
    public ImmutableArray<string>? Safety()
    {
        const string Key = "safety";
        if (fields.Texts(Key) is not { } written) return null;
        var layers = ImmutableArray.CreateBuilder<string>();
        foreach (var layer in written)
        {
            if (TemplateTexts.StandIns([layer.Text]).Count > 0) layers.Add(layer.Text);
            else source.Report(layer, $"{Key} \"{TextFile.Excerpt(layer.Text)}\" names no partial: it must be {PartialId.Form}, or the name alone for the newest.");
        }
        return layers.Count == 0 ? null : layers.ToImmutable();
    }

    /// <summary>What is done to an answer.</summary>
    public ImmutableArray<PostProcessingStep>? PostProcessing()
    {
        const string Key = "post_processing";
        if (fields.Texts(Key) is not { } written) return null;
        var steps = ImmutableArray.CreateBuilder<PostProcessingStep>();
        foreach (var scalar in written)
        {
            if (Step(scalar.Text) is { } step) steps.Add(step);
            else source.Report(scalar, $"{Key} \"{TextFile.Excerpt(scalar.Text)}\" is unknown: it is trim_markdown_fence or trim_white_space.");
        }
        return steps.Count == 0 ? null : steps.ToImmutable();
    }

    /// <summary>How it is called.</summary>
    public ServingSettings? Serving()
    {
        if (fields.Mapping("serving") is not { } mapping) return null;
        var serving = new NodeFields(source, mapping, "serving", ManifestKeys.Serving);
        var models = serving.Texts("fallback_models") is not { IsEmpty: false } written ? (ImmutableArray<ModelReference>?)null
            : [.. written.Select((name, index) => serving.Named<ModelReference>(name, FormattableString.Invariant($"serving.fallback_models[{index}]"))).OfType<ModelReference>()];
        return new ServingSettings(serving.Named<Duration>("timeout"), serving.Named<Duration>("total_timeout"), serving.Whole("retries"), models);
    }

    /// <summary>The golden set, from its file, whose name says the set's name and version.</summary>
    public GoldenSetFile? GoldenSet()
    {
        const string Key = "golden_set";
        if (fields.Text(Key) is not { } scalar) return null;
        if (GoldenSetFile.IdOf(scalar.Text) is not { } id)
        {
            source.Report(scalar, $"golden_set \"{TextFile.Excerpt(scalar.Text)}\" does not say which version it is: name the file NAME_vN.jsonl, as in support_router_golden_v4.jsonl.");
            return null;
        }
        if (source.Open(Key, scalar) is not var (file, text)) return null;
        if (Core.Evaluations.GoldenSet.Parse(id, text) is GoldenSetResult.Refused refused)
        {
            source.Problems.AddRange(refused.Errors.Select(error => new ManifestProblem(file, error.Line, error.Column, error.Message)));
            return null;
        }
        return new GoldenSetFile(id, file, text);
    }

    private HashSet<string> Names(string key)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in fields.Texts(key) ?? [])
            if (!names.Add(name.Text)) source.Report(name, $"{key} names {TextFile.Excerpt(name.Text)} twice.");
        return names;
    }

    // 1.6, a number to YAML, is read as the text that it is here.
    private VersionNumber? Number(string key, ManifestNode.Scalar scalar)
    {
        if (!ShortVersion().IsMatch(scalar.Text)) return fields.Named<VersionNumber>(scalar, key);
        source.Report(scalar, $"{key} {TextFile.Excerpt(scalar.Text)} is too short: a semantic version has three parts, as in 1.6.0.");
        return null;
    }

    private static ChangeKind? Kind(string text) => text switch
    {
        "meaning" => ChangeKind.Meaning,
        "tone" => ChangeKind.Tone,
        "format" => ChangeKind.Format,
        _ => null,
    };

    private static PostProcessingStep? Step(string text) => text switch
    {
        "trim_markdown_fence" => PostProcessingStep.TrimMarkdownFence,
        "trim_white_space" => PostProcessingStep.TrimWhiteSpace,
        _ => null,
    };

    [GeneratedRegex(@"^v?[0-9]+(\.[0-9]+)?\z")] private static partial Regex ShortVersion();
}
