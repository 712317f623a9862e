using Slipway.Core.Access;
using Slipway.Core.Evaluations;
using Slipway.Core.Models;
using Slipway.Core.Objects;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Wire;

namespace Slipway.Core.Journal;

/// <summary>All state there is, at one entry of the journal: the fold of every event up to it. Immutable.</summary>
/// <param name="Head">The sequence of the last entry folded in; 0 for none.</param>
/// <param name="HeadHash">The hash of that entry.</param>
/// <param name="Time">The time of that entry.</param>
/// <param name="Access">Members and keys.</param>
/// <param name="Models">The model catalog.</param>
/// <param name="Prompts">Prompts and their versions.</param>
/// <param name="Evaluations">Golden sets and evaluations.</param>
/// <param name="Releases">Releases, and what is live.</param>
/// <param name="Objects">What was erased.</param>
public sealed record Registry(
    long Head, ContentHash HeadHash, DateTimeOffset Time,
    AccessState Access, ModelsState Models, PromptsState Prompts, EvaluationsState Evaluations, ReleasesState Releases, ObjectsState Objects)
{
    /// <summary>The state before the first entry.</summary>
    public static Registry Empty { get; } = new(
        0, JournalEntry.Genesis, DateTimeOffset.MinValue, AccessState.Empty, ModelsState.Empty, PromptsState.Empty, EvaluationsState.Empty, ReleasesState.Empty, ObjectsState.Empty);

    /// <summary>The state after one more entry.</summary>
    /// <exception cref="ArgumentException">The entry is not the one that follows <see cref="Head"/>.</exception>
    /// <exception cref="UnknownEventException">A newer build wrote it.</exception>
    public Registry Apply(JournalEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (entry.Sequence != Head + 1 || entry.Previous != HeadHash) throw new ArgumentException($"Entry {entry.Sequence} cannot follow entry {Head}.", nameof(entry));
        var next = this with { Head = entry.Sequence, HeadHash = entry.Hash, Time = entry.Time };
        return entry.Read() switch
        {
            AccessEvent happened => next with { Access = Access.Apply(happened, entry) },
            ModelEvent happened => next with { Models = Models.Apply(happened, entry) },
            PromptEvent happened => next with { Prompts = Prompts.Apply(happened, entry) },
            EvaluationEvent happened => next with { Evaluations = Evaluations.Apply(happened, entry) },
            ReleaseEvent happened => next with { Releases = Releases.Apply(happened, entry) },
            ObjectEvent happened => next with { Objects = Objects.Apply(happened, entry) },
            var other => throw new InvalidOperationException($"No feature folds {other.GetType().Name}."),
        };
    }

    /// <summary>The state after some more entries, in order.</summary>
    public Registry Apply(IEnumerable<JournalEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        return entries.Aggregate(this, static (state, entry) => state.Apply(entry));
    }

}
