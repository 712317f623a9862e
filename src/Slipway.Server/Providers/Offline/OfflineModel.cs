using System.Collections.Immutable;
using Slipway.Core.Rendering;

namespace Slipway.Server.Providers.Offline;

/// <summary>A stand-in for a model, so that Slipway can be tried without a key: it reads the prompt and compares words.</summary>
/// <remarks>Pure: the same messages and settings give the same answer, on every machine, as long as <see cref="Name"/> stays.</remarks>
internal static class OfflineModel
{
    /// <summary>The dated name under which the catalog lists it; a change of behaviour needs a new one.</summary>
    public const string Name = "offline-2026-11";

    /// <summary>What it is, for people who meet it in a list of models.</summary>
    public const string Description =
        "A deterministic stand-in that matches a message's words with the labels, examples and rules of the prompt, calls no tools and sees no pictures; not a language model.";

    private const int MostWordsNamed = 3;

    /// <summary>Answers the last user message by what the system and developer messages say.</summary>
    public static OfflineAnswer Answer(IReadOnlyList<ChatMessage> messages, OfflineSettings settings) =>
        Answer(PromptReader.Read(PromptOf(messages)), messages, settings);

    /// <summary>Answers with a prompt that was read before.</summary>
    /// <param name="prompt">The reading of <see cref="PromptOf"/> the same messages.</param>
    /// <param name="messages">The whole conversation.</param>
    /// <param name="settings">The caller's limits.</param>
    public static OfflineAnswer Answer(PromptReading prompt, IReadOnlyList<ChatMessage> messages, OfflineSettings settings)
    {
        if (settings.MaxTokens is < 1)
            throw new ArgumentOutOfRangeException(nameof(settings), settings.MaxTokens, "A token limit is at least 1.");
        var last = LastUserMessage(messages);
        var message = new UserText(last < 0 ? UserText.InPrompt(PromptOf(messages)) : messages[last].Content, prompt);
        var conversation = last > 1 ? ExampleReader.FromConversation([.. messages.Take(last)], prompt.Labels) : [];
        ImmutableArray<Instruction> instructions =
            [.. prompt.Rules.Where(rule => rule.Phrases.Any(message.Contains)).SelectMany(rule => rule.Instructions), .. prompt.Always];
        var choice = prompt.Labels.IsEmpty
            ? Choice.None(message, MostWordsNamed)
            : Choice.Make(prompt, message, instructions, conversation, MostWordsNamed);

        var whole = new AnswerWriter(prompt, message, instructions, choice).Write();
        var text = settings.MaxTokens is { } limit ? Tokens.Take(whole, limit) : whole;
        return new OfflineAnswer(text, text.Length < whole.Length ? "length" : "stop",
            messages.Sum(m => Tokens.Count(m.Content) + Tokens.PerMessage), Tokens.Count(text));
    }

    /// <summary>The instructions of a conversation: all its system and developer messages.</summary>
    public static string PromptOf(IReadOnlyList<ChatMessage> messages)
    {
        var prompts = messages.Where(message => message.Role is "system" or "developer").Select(message => message.Content).ToList();
        return prompts.Count == 1 ? prompts[0] : string.Join("\n\n", prompts);
    }

    /// <summary>An answer in pieces, as a model streams it; joined again they are the text.</summary>
    public static IEnumerable<string> Chunks(string text) => Tokens.Split(text);

    private static int LastUserMessage(IReadOnlyList<ChatMessage> messages)
    {
        for (var at = messages.Count - 1; at >= 0; at--)
            if (messages[at].Role == "user") return at;
        return -1;
    }
}
