using System.Collections.Immutable;

namespace Slipway.Server.Providers.Offline;

/// <summary>Everything the offline model understood in the system messages: the only thing it goes by.</summary>
/// <param name="Labels">The labels to choose from, in the prompt's order; empty when the prompt names none.</param>
/// <param name="Examples">Solved examples in the prompt.</param>
/// <param name="Rules">Rules with quoted phrases, in the prompt's order.</param>
/// <param name="Always">Instructions that hold for every message.</param>
/// <param name="Fallback">The index of the label for a message that fits none.</param>
/// <param name="DistrustsMessage">Whether the prompt says that instructions inside the message are not to be followed.</param>
/// <param name="Output">The form of the answer.</param>
internal sealed record PromptReading(
    ImmutableArray<LabelReading> Labels, ImmutableArray<SolvedExample> Examples, ImmutableArray<Rule> Rules,
    ImmutableArray<Instruction> Always, int Fallback, bool DistrustsMessage, OutputReading Output)
{
    private const double WeightOfExampleWords = 0.5;    // an example holds chance words, a description only chosen ones

    /// <summary>The labels as candidates: names, descriptions and, more weakly, the words of their examples.</summary>
    public WordOverlap LabelWords { get; } = new([.. Labels.Select((label, index) => (IReadOnlyList<(string, double)>)
        [
            (label.Name, 1.0), (label.Description, 1.0),
            .. Examples.Where(example => example.Label == index).Select(example => (example.Text, WeightOfExampleWords)),
        ])]);

    /// <summary>The examples as candidates of their own.</summary>
    public WordOverlap ExampleWords { get; } = OverlapOf(Examples);

    /// <summary>Prepares examples for comparison.</summary>
    public static WordOverlap OverlapOf(IEnumerable<SolvedExample> examples) =>
        new([.. examples.Select(example => (IReadOnlyList<(string, double)>)[(example.Text, 1.0)])]);
}

/// <summary>A label and what the prompt says about it.</summary>
internal sealed record LabelReading(string Name, string Description);

/// <summary>A message the prompt or the conversation already gave the label for.</summary>
/// <param name="Text">The message.</param>
/// <param name="Label">The index of its label.</param>
internal sealed record SolvedExample(string Text, int Label);

/// <summary>"When the message says one of these phrases, do this."</summary>
internal sealed record Rule(ImmutableArray<string> Phrases, ImmutableArray<Instruction> Instructions);

/// <summary>Something the prompt tells the model to do.</summary>
internal abstract record Instruction
{
    private Instruction() { }

    /// <summary>Answers with this label, whatever the words say.</summary>
    public sealed record Choose(int Label) : Instruction;

    /// <summary>Gives a field of the answer this value.</summary>
    public sealed record SetField(string Field, string Value) : Instruction;

    /// <summary>Adds prose to the answer.</summary>
    /// <param name="Kind">What the prose says.</param>
    /// <param name="AtEnd">Whether it follows the answer; else it comes first.</param>
    /// <param name="Literal">The words to say, where the prompt gives them.</param>
    public sealed record AddProse(ProseKind Kind, bool AtEnd, string? Literal = null) : Instruction;

    /// <summary>Puts the answer into a Markdown code fence.</summary>
    public sealed record UseFence : Instruction;

    /// <summary>Writes free text in this language; null for the language of the message.</summary>
    public sealed record UseLanguage(Language? Language) : Instruction;
}

/// <summary>What a sentence around the answer says.</summary>
internal enum ProseKind { Friendly, Greeting, Apology, Explanation }

/// <summary>The languages the offline model has phrases for.</summary>
internal enum Language { English, German, Spanish, French }

/// <summary>The form the prompt asks for.</summary>
/// <param name="Fields">The fields of a JSON answer in order; empty when the answer is not JSON.</param>
/// <param name="MaxWords">The most words of a free text; null without a limit.</param>
/// <param name="MaxCharacters">The most characters of a free text; null without a limit.</param>
internal sealed record OutputReading(ImmutableArray<Field> Fields, int? MaxWords, int? MaxCharacters);

/// <summary>One field of a JSON answer.</summary>
internal abstract record Field(string Name)
{
    /// <summary>Takes the label.</summary>
    public sealed record Label(string Name) : Field(Name);

    /// <summary>Takes one of a few values, by the words the prompt gives for each.</summary>
    /// <param name="Name">The field's name.</param>
    /// <param name="Options">The values in the prompt's order.</param>
    /// <param name="Words">The same values as candidates.</param>
    /// <param name="Default">The index of the value for a message that speaks for none.</param>
    /// <param name="IsLiteral">Whether values stand without quotes: <c>true</c>, <c>false</c>.</param>
    public sealed record Choice(string Name, ImmutableArray<string> Options, WordOverlap Words, int Default, bool IsLiteral) : Field(Name);

    /// <summary>Takes a short sentence.</summary>
    public sealed record Text(string Name) : Field(Name);

    /// <summary>Takes how sure the choice is, from 0 to 1.</summary>
    public sealed record Number(string Name) : Field(Name);

    /// <summary>Takes the words that decided.</summary>
    public sealed record List(string Name) : Field(Name);
}
