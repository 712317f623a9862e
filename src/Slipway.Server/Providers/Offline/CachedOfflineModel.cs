using System.Collections.Concurrent;
using Slipway.Core.Rendering;

namespace Slipway.Server.Providers.Offline;

/// <summary>The offline model with a memory for prompts it has read, because reading one costs far more than answering.</summary>
/// <remarks>
/// Safe for many threads. Two generations bound it: when the young one is full it becomes the old one, and the old one is forgotten.
/// </remarks>
/// <param name="capacity">How many readings a generation holds; at most twice as many are kept.</param>
internal sealed class CachedOfflineModel(int capacity = 64)
{
    private ConcurrentDictionary<string, PromptReading> young = new(StringComparer.Ordinal);
    private ConcurrentDictionary<string, PromptReading> old = new(StringComparer.Ordinal);

    /// <summary>As <see cref="OfflineModel.Answer(IReadOnlyList{ChatMessage}, OfflineSettings)"/>, and the same answer.</summary>
    public OfflineAnswer Answer(IReadOnlyList<ChatMessage> messages, OfflineSettings settings) =>
        OfflineModel.Answer(ReadingOf(OfflineModel.PromptOf(messages)), messages, settings);

    private PromptReading ReadingOf(string prompt)
    {
        var current = young;
        if (current.TryGetValue(prompt, out var reading)) return reading;
        if (!old.TryGetValue(prompt, out reading)) reading = PromptReader.Read(prompt);
        if (current.Count >= capacity)
        {
            // Of several threads that find it full, one moves it; the others' readings go with it, which costs a reading at most.
            var empty = new ConcurrentDictionary<string, PromptReading>(StringComparer.Ordinal);
            if (Interlocked.CompareExchange(ref young, empty, current) == current) (old, current) = (current, empty);
        }
        current.TryAdd(prompt, reading);
        return reading;
    }
}
