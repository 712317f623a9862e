using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Slipway.Core.Contracts;
using Slipway.Core.Models;
using Slipway.Core.Prompts;

namespace Slipway.Cli.Prompts;

/// <summary>Finds, by Core's own rules and before anything is sent, what the server would refuse in the parts of a manifest, and says where it stands.</summary>
/// <param name="source">Takes the problems.</param>
/// <param name="placeOf">The value of a key.</param>
/// <param name="root">The manifest as a whole.</param>
internal sealed partial class ManifestCheck(ManifestSource source, Func<string, ManifestNode?> placeOf, ManifestNode root)
{
    // Which model an alias stands for only the server knows; that changes nothing about the other parts.
    private static readonly ModelReference AnyModel = ModelReference.TryParse("any/model", out var model) ? model : throw new InvalidOperationException("The name is well-formed.");

    /// <summary>Checks the parts; those that are missing because they were wrong already are not wrong twice.</summary>
    public void Check(Submission submission, PlacedText? template, ManifestMessages? messages, PlacedJson? schema, PlacedJson? tools)
    {
        ImmutableArray<PlacedText> texts = messages is not null ? messages.Texts : template is not null ? [template] : [];
        var undeclared = new List<string>();
        var areTemplates = messages is not null || template is not null;
        foreach (var text in texts)
        {
            if (TemplateTexts.Parse(text, source.Problems) is not { } parsed) areTemplates = false;
            else if (submission.Variables is { ValueKind: JsonValueKind.Object } declared) undeclared.AddRange(Undeclared(text, parsed, declared));
        }
        var isSchema = schema is null || IsSchema(schema);
        var references = submission.PartialReferences().ToList();
        var probe = submission with
        {
            Template = !areTemplates ? "" : messages is null ? submission.Template : null,
            Messages = areTemplates ? submission.Messages : null,
            Schema = isSchema ? submission.Schema : null,
            // What partials use only the server knows, so what is declared may be theirs.
            Variables = areTemplates && references.Count == 0 ? Declared(submission.Variables, undeclared) : null,
        };
        if (Package.Build(probe, AnyModel, TemplateTexts.StandIns(references)) is not PackageBuild.Refused refused) return;
        source.Problems.AddRange(refused.Errors.Select(error => At(error, messages, schema, tools)));
    }

    private IEnumerable<string> Undeclared(PlacedText text, Core.Rendering.Template template, JsonElement declared)
    {
        foreach (var variable in template.Variables.Where(variable => !variable.OnlyInSections && !declared.TryGetProperty(variable.Name, out _)))
        {
            source.Problems.Add(text.Problem(variable.Line, variable.Column, $"The template uses {{{{{variable.Name}}}}}, which variables does not declare."));
            yield return variable.Name;
        }
    }

    private bool IsSchema(PlacedJson schema)
    {
        if (JsonSchema.Compile(schema.Value) is not SchemaCompilation.Refused refused) return true;
        source.Problems.AddRange(refused.Errors.Select(error => schema.Problem(error.SchemaPath, $"The output schema is wrong: {error.Message}")));
        return false;
    }

    private static JsonElement? Declared(JsonElement? variables, List<string> more)
    {
        if (variables is not { ValueKind: JsonValueKind.Object } declared) return variables;
        var all = JsonObject.Create(declared)!;
        foreach (var name in more) all[name] = new JsonObject();
        return JsonElement.Parse(all.ToJsonString());
    }

    // Core's sentences begin with the part they are about, named as the manifest names it.
    private ManifestProblem At(string error, ManifestMessages? messages, PlacedJson? schema, PlacedJson? tools)
    {
        var (key, index) = Part().Match(error) is { Success: true } match ? (match.Groups[1].Value, match.Groups[2].Value) : ("", "");
        if (key == "tools" && tools is not null) return tools.Problem($"/{index}", error);
        if (error.StartsWith("The output schema", StringComparison.Ordinal) && schema is not null) return schema.Problem("", error);
        var place = key == "messages" && int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out var at) ? messages?.Node.Items[at] : placeOf(key);
        place ??= error.StartsWith("The template", StringComparison.Ordinal) ? messages?.Node.Items[0] ?? placeOf("template") : null;
        return new ManifestProblem(source.Path, (place ?? root).Line, (place ?? root).Column, error);
    }

    [GeneratedRegex(@"^([a-z_]+)(?:\[([0-9]+)\])?")] private static partial Regex Part();
}
