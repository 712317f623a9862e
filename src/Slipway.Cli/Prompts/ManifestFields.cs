using System.Text.Json;
using System.Text.RegularExpressions;
using Slipway.Core.Evaluations;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Cli.Prompts;

/// <summary>The values of one manifest by their keys. Whatever does not fit becomes a problem with its place, and null.</summary>
internal sealed partial class ManifestFields
{
    private static readonly string[] Required =
        ["id", "version", "owner", "status", "model", "template", "schema", "golden_set", "rollback_to", "change_reason"];
    private static readonly string[] Optional = ["expected_effect", "check_after_release", "change_kind", "linked", "variables", "parameters"];
    private static readonly string[] NotYet = ["tools", "retrieval", "memory", "safety", "post_processing"];

    private readonly string path;
    private readonly List<ManifestProblem> problems;
    private readonly Dictionary<string, YamlNode> values;

    /// <summary>Takes the manifest's mapping and checks its keys.</summary>
    public ManifestFields(string path, YamlNode.Mapping root, List<ManifestProblem> problems)
    {
        (this.path, this.problems) = (path, problems);
        values = root.Entries.ToDictionary(entry => entry.Key.Text, entry => entry.Value, StringComparer.Ordinal);
        foreach (var (key, _) in root.Entries)
        {
            if (NotYet.Contains(key.Text))
                Report(key, $"{key.Text} belongs to the format, but this version of Slipway does not act on it yet. Leave it out: kept, it would promise what does not happen.");
            else if (!Required.Contains(key.Text) && !Optional.Contains(key.Text))
                Report(key, $"Unknown key \"{TextFile.Excerpt(key.Text)}\": a manifest needs {string.Join(", ", Required)}, and may have {string.Join(", ", Optional)}.");
        }
        foreach (var key in Required.Where(key => !values.ContainsKey(key)))
            Report(root, key == "rollback_to" ? "rollback_to is missing; for the first version of a prompt write rollback_to: null" : $"{key} is missing.");
    }

    /// <summary>The text of a key, as written: an owner <c>007</c> is no number.</summary>
    /// <returns>Null where the key is not there, or its value is a problem.</returns>
    public YamlNode.Scalar? Text(string key)
    {
        var value = values.GetValueOrDefault(key);
        if (value is YamlNode.Scalar { IsNull: false } scalar && !string.IsNullOrWhiteSpace(scalar.Text)) return scalar;
        if (value is YamlNode.Scalar { IsNull: true }) Report(value, $"{key} has no value.");
        else if (value is YamlNode.Scalar) Report(value, $"{key} is blank.");
        else if (value is YamlNode.List or YamlNode.Mapping) Report(value, $"{key} must be a text, not {Kind(value)}.");
        return null;
    }

    /// <summary>A name that has a form.</summary>
    public T? Name<T>(string key) where T : class, ITextValue<T>
    {
        if (Text(key) is not { } scalar) return null;
        if (T.TryParse(scalar.Text, out var value)) return value;
        Report(scalar, $"{key} \"{TextFile.Excerpt(scalar.Text)}\" does not fit: it must be {T.Form}.");
        return null;
    }

    /// <summary>A version's number. <c>1.6</c>, a number to YAML, is read as the text that it is here.</summary>
    public VersionNumber? Version(string key)
    {
        if (Text(key) is not { } scalar) return null;
        if (VersionNumber.TryParse(scalar.Text, out var number)) return number;
        Report(scalar, ShortVersion().IsMatch(scalar.Text)
            ? $"{key} {TextFile.Excerpt(scalar.Text)} is too short: a semantic version has three parts, as in 1.6.0."
            : $"{key} \"{TextFile.Excerpt(scalar.Text)}\" does not fit: it must be {VersionNumber.Form}.");
        return null;
    }

    /// <summary>The version to go back to; null also where the manifest says that there is none.</summary>
    public VersionNumber? RollbackTo(VersionNumber? version)
    {
        const string Key = "rollback_to";
        if (values.GetValueOrDefault(Key) is YamlNode.Scalar { IsNull: true } none)
        {
            // An empty value is null in YAML, but also what somebody leaves who means to fill it in later.
            if (none.Text.Length == 0) Report(none, "rollback_to is empty; for the first version of a prompt write rollback_to: null");
            return null;
        }
        var target = Version(Key);
        if (target is not null && target == version) Report(values[Key], $"rollback_to names {target}, the version itself.");
        return target;
    }

    /// <summary>Refuses everything but a candidate.</summary>
    public void CheckStatus()
    {
        if (Text("status") is { Text: not "candidate" } status)
            Report(status, $"status \"{TextFile.Excerpt(status.Text)}\" cannot be pushed, only candidate can: what becomes of a version is for a release to say.");
    }

    /// <summary>What sort of change it is.</summary>
    public ChangeKind? Change()
    {
        const string Key = "change_kind";
        if (values.GetValueOrDefault(Key) is YamlNode.List list)
        {
            Report(list, "change_kind is a list, but a version makes one kind of change: meaning, tone or format. Split it into several versions.");
            return null;
        }
        if (Text(Key) is not { } scalar) return null;
        ChangeKind? kind = scalar.Text switch
        {
            "meaning" => ChangeKind.Meaning,
            "tone" => ChangeKind.Tone,
            "format" => ChangeKind.Format,
            _ => null,
        };
        if (kind is null) Report(scalar, $"change_kind \"{TextFile.Excerpt(scalar.Text)}\" is unknown: it is meaning, tone or format.");
        return kind;
    }

    /// <summary>The JSON Schemas of the variables by name.</summary>
    public JsonElement? Variables()
    {
        const string Key = "variables";
        if (Mapping(Key) is not { } mapping) return null;
        foreach (var (name, schema) in mapping.Entries)
        {
            if (schema is YamlNode.List || schema is YamlNode.Scalar scalar && !(scalar.IsPlain && scalar.Text is "true" or "false"))
                Report(schema, $"The variable {TextFile.Excerpt(name.Text)} needs a JSON Schema, as in {{type: string}}.");
        }
        return YamlJson.Of(mapping, path, problems);
    }

    /// <summary>What is sent to the model beside the messages.</summary>
    public JsonElement? Parameters() => Mapping("parameters") is { } mapping ? YamlJson.Of(mapping, path, problems) : null;

    /// <summary>The text of a file that a key names.</summary>
    public (string Path, string Text)? File(string key)
    {
        if (Text(key) is not { } scalar) return null;
        if (!ManifestFiles.TryLocate(Path.GetDirectoryName(path) ?? "", scalar.Text, out var file, out var refusal))
        {
            Report(scalar, $"{key} \"{TextFile.Excerpt(scalar.Text)}\" {refusal}.");
            return null;
        }
        switch (TextFile.Open(file))
        {
            case TextFile.Read read: return (file, read.Text);
            case TextFile.Unreadable { Line: null } unreadable: Report(scalar, $"{key} names {TextFile.Excerpt(scalar.Text)}: {unreadable.Why}"); break;
            case TextFile.Unreadable unreadable: problems.Add(new ManifestProblem(file, unreadable.Line, unreadable.Column, unreadable.Why)); break;
        }
        return null;
    }

    /// <summary>The output schema, from its file.</summary>
    public JsonElement? Schema() => File("schema") is var (file, text) ? JsonFile.Parse(file, text, problems) : null;

    /// <summary>The golden set, from its file, whose name says the set's name and version.</summary>
    public GoldenSetFile? GoldenSet()
    {
        const string Key = "golden_set";
        if (Text(Key) is not { } scalar) return null;
        if (GoldenSetFile.IdOf(scalar.Text) is not { } id)
        {
            Report(scalar, $"golden_set \"{TextFile.Excerpt(scalar.Text)}\" does not say which version it is: name the file NAME_vN.jsonl, as in support_router_golden_v4.jsonl.");
            return null;
        }
        if (File(Key) is not var (file, text)) return null;
        if (Core.Evaluations.GoldenSet.Parse(id, text) is GoldenSetResult.Refused refused)
        {
            problems.AddRange(refused.Errors.Select(error => new ManifestProblem(file, error.Line, error.Column, error.Message)));
            return null;
        }
        return new GoldenSetFile(id, file, text);
    }

    private YamlNode.Mapping? Mapping(string key)
    {
        var value = values.GetValueOrDefault(key);
        if (value is YamlNode.Scalar or YamlNode.List) Report(value, $"{key} must be a mapping, not {Kind(value)}.");
        return value as YamlNode.Mapping;
    }

    private void Report(YamlNode place, string message) => problems.Add(new ManifestProblem(path, place.Line, place.Column, message));

    private static string Kind(YamlNode node) => node switch
    {
        YamlNode.List => "a list",
        YamlNode.Mapping => "a mapping",
        _ => "a single value",
    };

    [GeneratedRegex(@"^v?[0-9]+(\.[0-9]+)?\z")] private static partial Regex ShortVersion();
}
