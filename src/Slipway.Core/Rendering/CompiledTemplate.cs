using System.Buffers;
using System.Collections.Immutable;
using System.Text.Encodings.Web;

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
    ImmutableArray<Step> Steps, ImmutableArray<byte> Text, ImmutableArray<Origin> Levels, ImmutableArray<TemplateVariable> Variables)
{
    private readonly EscapedText escaped = new(Steps, Text);

    /// <summary>The text of a step as it stands between the quotation marks of a JSON string.</summary>
    public ReadOnlySpan<byte> EscapedTextOf(int step) => escaped[step];

    /// <summary>Escaped once, when the template is compiled.</summary>
    private sealed class EscapedText
    {
        private readonly byte[] bytes;
        private readonly int[] ends;

        public EscapedText(ImmutableArray<Step> steps, ImmutableArray<byte> text)
        {
            var buffer = new ArrayBufferWriter<byte>(text.Length + 64);
            ends = new int[steps.Length];
            foreach (var (index, step) in steps.Index())
            {
                for (var rest = step.Kind is StepKind.Text ? text.AsSpan(step.From, step.To - step.From) : []; !rest.IsEmpty;)
                {
                    // A character becomes six at most.
                    JavaScriptEncoder.UnsafeRelaxedJsonEscaping.EncodeUtf8(rest, buffer.GetSpan(6 * rest.Length), out var read, out var written);
                    buffer.Advance(written);
                    rest = rest[read..];
                }
                ends[index] = buffer.WrittenCount;
            }
            bytes = buffer.WrittenSpan.ToArray();
        }

        public ReadOnlySpan<byte> this[int step] => bytes.AsSpan(step == 0 ? 0 : ends[step - 1], ends[step] - (step == 0 ? 0 : ends[step - 1]));
    }
}
