using Slipway.Core.Partials;
using Slipway.Core.Prompts;
using Slipway.Core.Rendering;

namespace Slipway.Cli.Prompts;

/// <summary>Parses templates where they are written, before the server does.</summary>
internal static class TemplateTexts
{
    private static readonly PartialId Unknown = PartialId.TryParse("unknown@1", out var id) ? id : throw new InvalidOperationException("The name is well-formed.");

    /// <summary>Parses a template. What partials hold only the server knows; here they are empty.</summary>
    /// <param name="text">The template.</param>
    /// <param name="problems">Takes what is wrong with it.</param>
    /// <returns>Null where something is.</returns>
    public static Template? Parse(PlacedText text, List<ManifestProblem> problems)
    {
        var partials = StandIns(Template.References(text.Text)).SelectMany(partial => (string[])[partial.Id.ToString(), partial.Id.Name.Value]).Distinct();
        switch (Template.Parse(text.Text, partials.ToDictionary(name => name, _ => "", StringComparer.Ordinal)))
        {
            case TemplateParse.Parsed parsed: return parsed.Template;
            case TemplateParse.Refused refused: problems.AddRange(refused.Errors.Select(error => text.Problem(error.Line, error.Column, error.Message))); break;
        }
        return null;
    }

    /// <summary>Empty partials in the place of those that a text names.</summary>
    public static IReadOnlyCollection<PinnedPartial> StandIns(IEnumerable<string> references) =>
        [.. references.Distinct(StringComparer.Ordinal).Select(Id).OfType<PartialId>().Distinct().Select(id => new PinnedPartial(id, ""))];

    private static PartialId? Id(string reference) =>
        PartialId.TryParse(reference, out var id) ? id : PartialName.TryParse(reference, out var name) ? Unknown with { Name = name } : null;
}
