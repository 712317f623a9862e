using System.Collections.Immutable;

namespace Slipway.Core.Prompts;

/// <summary>What is done to an answer before it is checked and given on.</summary>
internal static class PostProcessing
{
    private const string Fence = "```";

    /// <summary>Takes an answer through all steps, in order.</summary>
    public static string Apply(ImmutableArray<PostProcessingStep> steps, string answer) => steps.Aggregate(answer, static (text, step) => step switch
    {
        PostProcessingStep.TrimMarkdownFence => TrimFence(text),
        PostProcessingStep.TrimWhiteSpace => text.Trim(),
        _ => throw new InvalidOperationException($"There is no step {step}."),
    });

    // Only an answer that is one block as a whole: a fence inside other text belongs to the text.
    private static string TrimFence(string answer)
    {
        var text = answer.AsSpan().Trim();
        if (text.Length < 2 * Fence.Length || !text.StartsWith(Fence) || !text.EndsWith(Fence)) return answer;
        var firstLine = text.IndexOf('\n');
        if (firstLine < 0 || text[Fence.Length..firstLine].Contains('`')) return answer;
        var inside = text[(firstLine + 1)..^Fence.Length];
        if (inside.Length > 0 && inside[^1] is not '\n') return answer;
        // A second fence is one that begins a line; backticks inside a line, of a JSON string say, end no block.
        foreach (var line in inside.EnumerateLines())
            if (line.TrimStart(' ').StartsWith(Fence)) return answer;
        return inside.TrimEnd("\r\n").ToString();
    }
}
