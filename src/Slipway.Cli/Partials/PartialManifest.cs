using Slipway.Cli.Prompts;
using Slipway.Core.Partials;
using Slipway.Core.Rendering;

namespace Slipway.Cli.Partials;

/// <summary>A partial's manifest with the text it names, ready to be pushed.</summary>
/// <param name="Path">The manifest's file, as it was asked for.</param>
/// <param name="Name">Which partial.</param>
/// <param name="Text">Its template.</param>
/// <param name="ChangeReason">Why.</param>
internal sealed record PartialManifest(string Path, PartialName Name, string Text, string ChangeReason)
{
    /// <summary>The names of the partials it includes.</summary>
    public IEnumerable<PartialName> Includes => TemplateTexts.StandIns(Template.References(Text)).Select(partial => partial.Id.Name).Distinct();

    /// <summary>Whether keys are those of a partial's manifest.</summary>
    public static bool IsMarkedBy(ManifestForm form, Func<string, bool> has) => !form.IsJson && has("partial") && !has(form.Id);

    /// <summary>Reads it.</summary>
    /// <param name="source">Its file.</param>
    /// <param name="root">What it holds; null where it cannot be read to its end.</param>
    /// <param name="reason">The change reason where it holds none.</param>
    public static ManifestResult Read(ManifestSource source, ManifestNode? root, string? reason)
    {
        if (ManifestReader.Mapping(source, root) is not { } mapping) return ManifestReader.Refuse(source);
        var fields = new NodeFields(source, mapping, "", ManifestKeys.Partial);
        var given = fields.Find("change_reason");
        if (given is not null && reason is not null) source.Report(given, "change_reason stands here already: leave --reason out, or the key.");
        if (reason is null) fields.Require(ManifestKeys.Partial.Keys.Single(key => key.InYaml == Need.NeededUnlessGiven));
        var (name, template, why) = (fields.Named<PartialName>("partial"), ManifestMessages.Template(source, fields, "template"), given is null ? reason : fields.Text("change_reason")?.Text);
        if (template is not null) TemplateTexts.Parse(template, source.Problems);
        return source.Problems.Count > 0
            ? ManifestReader.Refuse(source)
            : new ManifestResult.ParsedPartial(new PartialManifest(source.Path, name!, template!.Text, why!));
    }
}
