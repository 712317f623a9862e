using System.Collections.Immutable;

namespace Slipway.Core.Rendering;

/// <summary>What became of one rendering.</summary>
public abstract record RenderResult
{
    private RenderResult() { }

    /// <summary>Every tag had its value.</summary>
    /// <param name="Text">The whole output.</param>
    public sealed record Done(string Text) : RenderResult;

    /// <summary>Something is missing, of the wrong kind or too large; no output exists.</summary>
    /// <param name="Errors">Every fault found, in the order of rendering, one per tag; at least one and at most 100. A limit that is
    /// passed ends the search.</param>
    public sealed record Refused(ImmutableArray<TemplateError> Errors) : RenderResult;
}
