using System.Text.Json;
using Slipway.Core.Evaluations;
using Slipway.Core.Wire;
using Slipway.Server.Storage;

namespace Slipway.Server.Evaluations;

/// <summary>The answers that a run may take again, and the place for those it pays for. A database that is away comes back: answers that were paid for wait for it,
/// and as the room for them ends, nothing more is asked.</summary>
/// <param name="store">Where they are; null keeps none.</param>
/// <param name="run">The run as it is stored; null where it is not.</param>
/// <param name="useCache">Whether answers of other runs are taken.</param>
/// <param name="clock">The clock.</param>
internal sealed class AnswerCache(IEvaluationStore? store, StoredRun? run, bool useCache, TimeProvider clock)
{
    private static readonly TimeSpan StoreAgainAfter = TimeSpan.FromSeconds(1);
    private static readonly Dictionary<ContentHash, Answer> None = [];

    /// <summary>Whether answers are kept at all.</summary>
    public bool Keeps => store is not null;

    /// <summary>The answers that are there, by their keys.</summary>
    public async Task<IReadOnlyDictionary<ContentHash, Answer>> FindAsync(IReadOnlyCollection<ContentHash> keys, CancellationToken cancellation)
    {
        // Who wants no answer from the cache still does not pay twice for what this very run was answered before a restart.
        if (store is null || keys.Count == 0 || !useCache && run is null) return None;
        var found = await WhileAwayAsync(() => store.Find(keys, useCache ? null : run!.Number, clock.GetUtcNow()), cancellation);
        if (found.Count == 0) return None;
        var answers = new Dictionary<ContentHash, Answer>(found.Count);
        foreach (var (key, json) in found)
            if (Known(json) is { } answer) answers[key] = answer;
        return answers;
    }

    /// <summary>Stores answers, and how far the run is.</summary>
    /// <returns>False where somebody has asked that the run be cancelled.</returns>
    public Task<bool> AppendAsync(IReadOnlyCollection<StoredAnswer> answers, RunProgress? progress, CancellationToken cancellation) =>
        store is null ? Task.FromResult(true) : WhileAwayAsync(() => store.Append(answers, progress, clock.GetUtcNow()), cancellation);

    /// <summary>An answer as it is stored.</summary>
    public static string Written(Answer answer) => JsonSerializer.Serialize(answer, EvaluationJson.Default.Answer);

    private static Answer? Known(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, EvaluationJson.Default.Answer) is { } answer ? answer with { FromCache = true } : null;
        }
        catch (JsonException)
        {
            return null;        // Of another build's form: it is asked again, and replaced.
        }
    }

    private async Task<T> WhileAwayAsync<T>(Func<T> ask, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return ask();
            }
            catch (StorageUnavailableException) when (!cancellation.IsCancellationRequested)
            {
                await Task.Delay(StoreAgainAfter, clock, CancellationToken.None);
            }
        }
    }
}
