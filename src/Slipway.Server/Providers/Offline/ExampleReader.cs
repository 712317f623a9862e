using System.Text.RegularExpressions;
using Slipway.Core.Rendering;

namespace Slipway.Server.Providers.Offline;

/// <summary>Finds solved examples in a prompt and in the conversation before the message.</summary>
internal static partial class ExampleReader
{
    /// <summary>The examples in a prompt: <c>"text" -> label</c>, or a line with the message and a line with the answer.</summary>
    public static List<SolvedExample> Read(string prompt, IReadOnlyList<LabelReading> labels)
    {
        var examples = new List<SolvedExample>();
        var message = "";
        foreach (var line in prompt.Split('\n').Select(line => line.Trim()))
        {
            if (Arrow().Match(line) is { Success: true } arrow)
            {
                Add(arrow.Groups["message"].Value, arrow.Groups["answer"].Value);
            }
            else if (Speaker().Match(line) is { Success: true } said && labels.All(label => label.Name != said.Groups["who"].Value))
            {
                // What follows a message line is its answer when it names a label; else it is the message.
                if (message.Length > 0 && LabelOf(said.Groups["text"].Value, labels) >= 0) Add(message, said.Groups["text"].Value);
                else message = said.Groups["text"].Value;
                continue;
            }
            if (line.Length > 0) message = "";
        }
        return examples;

        void Add(string text, string answer)
        {
            if (LabelOf(answer, labels) is >= 0 and var label) examples.Add(new SolvedExample(text.Trim(' ', '"', '“', '”'), label));
        }
    }

    /// <summary>The prompt with lines such as <c>"text" -> label</c> left empty: what a customer says there is no instruction.</summary>
    public static string Without(string prompt) =>
        string.Join('\n', prompt.Split('\n').Select(line => Arrow().IsMatch(line.Trim()) ? "" : line));

    /// <summary>The pairs of user and assistant messages before the last user message whose answer names a label.</summary>
    public static List<SolvedExample> FromConversation(IReadOnlyList<ChatMessage> messages, IReadOnlyList<LabelReading> labels)
    {
        var examples = new List<SolvedExample>();
        for (var at = 1; at < messages.Count; at++)
            if ((messages[at - 1].Role, messages[at].Role) == ("user", "assistant")
                && LabelOf(messages[at].Content, labels) is >= 0 and var label)
                examples.Add(new SolvedExample(messages[at - 1].Content, label));
        return examples;
    }

    // The answer is the label itself, or JSON with the label as one of its values.
    private static int LabelOf(string answer, IReadOnlyList<LabelReading> labels)
    {
        var bare = answer.Trim().Trim('"', '`', '*', '.', '“', '”', ' ');
        for (var label = 0; label < labels.Count; label++)
            if (bare.Equals(labels[label].Name, StringComparison.OrdinalIgnoreCase)
                || (bare.Contains('{') && answer.Contains($"\"{labels[label].Name}\"", StringComparison.OrdinalIgnoreCase))) return label;
        return -1;
    }

    [GeneratedRegex(
        """^(?:[-*•+]\s+|\d{1,2}[.)]\s+)?(?:Example\s*\d*\s*:\s*)?(?<message>.+?)\s*(?:->|=>|→|⇒)\s*(?<answer>[^→]+)$""",
        RegexOptions.IgnoreCase)]
    private static partial Regex Arrow();

    [GeneratedRegex("""^(?:[-*•+]\s+)?(?:\*\*)?(?<who>[\p{L}_]+(?: [\p{L}_]+)?)(?:\*\*)?:(?:\*\*)?\s*(?<text>\S.*)$""")]
    private static partial Regex Speaker();
}
