using System.Collections.Immutable;

namespace Slipway.Core.Rendering;

internal enum StepKind : byte
{
    Text,
    Value,
    Section,
    Inverted,

    /// <summary>The end of a section: the next item, or out. An inverted section needs none.</summary>
    End,
}

/// <summary>One step of a compiled template.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="From">Text: the first byte of <see cref="CompiledTemplate.Text"/>. End: the section it ends.</param>
/// <param name="To">Text: behind its last byte. Section and inverted section: the step behind the body.</param>
/// <param name="Path">The name of a value or section.</param>
/// <param name="Origin">The tag, or the place where the text begins.</param>
internal readonly record struct Step(StepKind Kind, int From, int To, NamePath? Path, Origin Origin);

/// <summary>A template as it is rendered: one flat list of steps, partials in their places, all text encoded.</summary>
/// <param name="Steps">In the order of the text.</param>
/// <param name="Text">The bytes of every text step, UTF-8, one after the other.</param>
/// <param name="Levels">The first section tag of each nesting depth; its length is the greatest depth.</param>
/// <param name="Variables">The top-level names.</param>
internal sealed record CompiledTemplate(
    ImmutableArray<Step> Steps, ImmutableArray<byte> Text, ImmutableArray<Origin> Levels, ImmutableArray<TemplateVariable> Variables);
