using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Slipway.Server.Providers.Offline;

/// <summary>Reads a prompt once, so that each message only has to be compared with what was understood.</summary>
internal static partial class PromptReader
{
    /// <summary>What the prompt says; a prompt that says nothing the offline model understands gives an empty reading.</summary>
    /// <param name="prompt">The text of all system and developer messages.</param>
    public static PromptReading Read(string prompt)
    {
        prompt = prompt.ReplaceLineEndings("\n");
        var blocks = PromptText.Blocks(OutputReader.WithoutObjects(ExampleReader.Without(prompt)));
        var sentences = blocks.Where(block => block.Kind is BlockKind.Paragraph or BlockKind.Item)
            .SelectMany(block => PromptText.Sentences(block.Text)).ToList();
        var lists = LabelReader.NamedLists(blocks);

        // Fields first: a list about a field or about its values must not be taken for the labels.
        var shown = OutputReader.Fields(prompt, sentences)
            .Select(field => (Field: field, Options: OutputReader.OptionsOf(field, sentences))).ToList();
        var labelField = LabelFieldOf(shown);
        var taken = shown.Where((_, index) => index != labelField).SelectMany(field => field.Options)
            .Concat(shown.Select(field => field.Field.Name)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var ownLists = lists.Where(list => !list.Items.All(item => taken.Contains(item.Name))).ToList();
        var labels = LabelReader.Read(ownLists, blocks, labelField >= 0 ? shown[labelField].Options : []);
        if (labels.Count == 0)
            labels = [.. ArrowTargets().Matches(prompt).Select(arrow => new LabelReading(arrow.Groups["label"].Value, "")).Distinct()];

        var labelItems = labels.Select(label => label.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var about = blocks
            .Where(block => block.Kind == BlockKind.Paragraph || (block.Kind == BlockKind.Item && !Describes(block, labelItems)))
            .SelectMany(block => PromptText.Sentences(block.Text)).ToList();
        ImmutableArray<Field> fields =
            [.. shown.Select((field, index) => Describe(field.Field, field.Options, index == labelField && labels.Count > 0))];

        var instructions = new InstructionReader(labels, fields);
        return new PromptReading(
            [.. labels],
            [.. ExampleReader.Read(prompt, labels)],
            [.. about.Select(instructions.ReadRule).OfType<Rule>()],
            [.. about.SelectMany(instructions.ReadAlways).Distinct()],
            FallbackOf(labels, about, instructions),
            about.Any(InstructionReader.DistrustsMessage),
            new OutputReading(fields, OutputReader.MaxWords(prompt), OutputReader.MaxCharacters(prompt)));

        Field Describe(OutputReader.ShownField field, List<string> options, bool takesLabel) =>
            takesLabel ? new Field.Label(field.Name)
            : options.Count >= 2 ? OutputReader.ReadChoice(field, options, about, lists.SelectMany(list => list.Items))
            : OutputReader.Plain(field);
    }

    // The field that speaks of labels in its placeholder, else the one with such a name, else the first.
    private static int LabelFieldOf(List<(OutputReader.ShownField Field, List<string> Options)> shown)
    {
        var byPlaceholder = shown.FindIndex(field => field.Options.Count == 0 && LabelReader.SpeaksOfLabels(field.Field.Shown));
        if (byPlaceholder >= 0) return byPlaceholder;
        var byName = shown.FindIndex(field => LabelReader.SpeaksOfLabels(field.Field.Name.Replace('_', ' ')));
        return byName >= 0 ? byName : shown.Count > 0 ? 0 : -1;
    }

    private static int FallbackOf(List<LabelReading> labels, List<string> sentences, InstructionReader instructions)
    {
        foreach (var sentence in sentences)
            if (instructions.FallbackIn(sentence) is >= 0 and var named) return named;
        for (var label = 0; label < labels.Count; label++)
            if (Catchall().IsMatch(labels[label].Description)) return label;
        return labels.Count - 1;
    }

    private static bool Describes(Block item, HashSet<string> labels) =>
        ItemName().Match(item.Text) is { Success: true } name && labels.Contains(name.Groups["name"].Value);

    [GeneratedRegex(
        """^(?:\*\*|__|`|"|“)*(?<name>[\p{L}\p{N}][\p{L}\p{N}_/&.-]*(?: [\p{L}\p{N}&][\p{L}\p{N}_/&.-]*){0,2}?)(?:\*\*|__|""" +
        """`|"|”)*\s*(?::|–|—|\s-\s|=|,|;|$)""")]
    private static partial Regex ItemName();

    [GeneratedRegex("""(?:->|=>|→|⇒)\s*["`]?(?<label>[\p{L}_][\p{L}\p{N}_-]*)["`]?\s*$""", RegexOptions.Multiline)]
    private static partial Regex ArrowTargets();

    [GeneratedRegex(@"\b(?:everything|anything) else\b|\bnone of the above\b|\bunsure\b|\bfits? nowhere\b", RegexOptions.IgnoreCase)]
    private static partial Regex Catchall();
}
