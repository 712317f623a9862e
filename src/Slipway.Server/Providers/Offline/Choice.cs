using System.Collections.Immutable;

namespace Slipway.Server.Providers.Offline;

/// <summary>The label chosen for a message, and what spoke for it.</summary>
/// <param name="Label">The label's name; empty for a prompt without labels.</param>
/// <param name="Words">The words of the message that decided, as the customer wrote them, in their order.</param>
/// <param name="Certainty">The label's part of all that spoke for any label, from 0 to 1.</param>
internal sealed record Choice(string Label, ImmutableArray<string> Words, double Certainty)
{
    private const double ExampleWeight = 3;     // an example that says the same outweighs two or three rare words

    /// <summary>Chooses a label: by a rule, else by words and examples, else the prompt's fallback.</summary>
    public static Choice Make(
        PromptReading prompt, UserText message, ImmutableArray<Instruction> instructions,
        IReadOnlyList<SolvedExample> conversation, int mostWords)
    {
        var scores = new double[prompt.Labels.Length];
        var hits = new List<(Word Word, double[] Row)>();
        prompt.LabelWords.Score(message.Words, scores, hits);
        AddExamples(prompt.ExampleWords, prompt.Examples);
        if (conversation.Count > 0) AddExamples(PromptReading.OverlapOf(conversation), conversation);

        var best = scores.AsSpan().IndexOf(scores.Max());       // the first of equals: the prompt's order decides
        var ruled = instructions.OfType<Instruction.Choose>().FirstOrDefault();
        var label = ruled?.Label ?? (scores[best] > 0 ? best : prompt.Fallback);
        var words = hits.Where(hit => hit.Row[label] > 0).OrderByDescending(hit => hit.Row[label]).Take(mostWords)
            .OrderBy(hit => hit.Word.Start).Select(hit => hit.Word.Text);
        var certainty = ruled is not null ? 1 : scores.Sum() is > 0 and var all ? scores[label] / all : 0;
        return new Choice(prompt.Labels[label].Name, [.. words], certainty);

        void AddExamples(WordOverlap overlap, IReadOnlyList<SolvedExample> examples)
        {
            var closest = new double[scores.Length];
            overlap.Likeness(message.Words, [.. examples.Select(example => example.Label)], closest);
            for (var at = 0; at < scores.Length; at++) scores[at] += ExampleWeight * closest[at];
        }
    }

    /// <summary>For a prompt without labels: only the first words that say something.</summary>
    public static Choice None(UserText message, int mostWords) =>
        new("", [.. message.Words.Where(word => !word.Word.IsCommon).Select(word => word.Word.Text).Distinct().Take(mostWords)], 0);
}
