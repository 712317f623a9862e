using System.Collections.Immutable;

namespace Slipway.Core.Rendering;

/// <summary>What became of a template text.</summary>
public abstract record TemplateParse
{
    private TemplateParse() { }

    /// <summary>The text is a template.</summary>
    /// <param name="Template">Ready to render, any number of times and from any thread.</param>
    public sealed record Parsed(Template Template) : TemplateParse;

    /// <summary>The text is not a template.</summary>
    /// <param name="Errors">Every fault found, in the order of the text; at least one and at most 100.</param>
    public sealed record Refused(ImmutableArray<TemplateError> Errors) : TemplateParse;
}
