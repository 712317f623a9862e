using Slipway.Core.Access;
using Slipway.Core.Evaluations;
using Slipway.Core.Incidents;
using Slipway.Core.Models;
using Slipway.Core.Objects;
using Slipway.Core.Partials;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Staging;
using Slipway.Core.Wire;

namespace Slipway.Core.Journal;

/// <summary>All state there is, at one entry of the journal: the fold of every event up to it. Immutable.</summary>
public sealed record Registry
{
    /// <summary>The state before the first entry.</summary>
    public static Registry Empty { get; } = new();

    /// <summary>The sequence of the last entry folded in; 0 for none.</summary>
    public long Head { get; private init; }

    /// <summary>The hash of that entry.</summary>
    public ContentHash HeadHash { get; private init; } = JournalEntry.Genesis;

    /// <summary>The time of that entry.</summary>
    public DateTimeOffset Time { get; private init; } = DateTimeOffset.MinValue;

    /// <summary>The keys that sign the journal, and what they signed.</summary>
    public CheckpointsState Checkpoints { get; private init; } = CheckpointsState.Empty;

    /// <summary>Members, groups and keys.</summary>
    public AccessState Access { get; init; } = AccessState.Empty;

    /// <summary>The model catalog.</summary>
    public ModelsState Models { get; private init; } = ModelsState.Empty;

    /// <summary>Shared snippets and their versions.</summary>
    public PartialsState Partials { get; private init; } = PartialsState.Empty;

    /// <summary>Prompts, their versions and duties.</summary>
    public PromptsState Prompts { get; private init; } = PromptsState.Empty;

    /// <summary>Golden sets and evaluations.</summary>
    public EvaluationsState Evaluations { get; private init; } = EvaluationsState.Empty;

    /// <summary>Releases, and what is live.</summary>
    public ReleasesState Releases { get; private init; } = ReleasesState.Empty;

    /// <summary>What went wrong, and what was learnt.</summary>
    public IncidentsState Incidents { get; private init; } = IncidentsState.Empty;

    /// <summary>What is known of staged versions.</summary>
    public StagingState Staging { get; private init; } = StagingState.Empty;

    /// <summary>What was erased.</summary>
    public ObjectsState Objects { get; private init; } = ObjectsState.Empty;

    private Registry() { }

    /// <summary>The state after one more entry.</summary>
    /// <exception cref="ArgumentException">The entry is not the one that follows <see cref="Head"/>.</exception>
    /// <exception cref="UnknownEventException">A newer build wrote it.</exception>
    public Registry Apply(JournalEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (entry.Sequence != Head + 1 || entry.Previous != HeadHash) throw new ArgumentException($"Entry {entry.Sequence} cannot follow entry {Head}.", nameof(entry));
        var read = entry.Read();
        var next = this with { Head = entry.Sequence, HeadHash = entry.Hash, Time = entry.Time, Checkpoints = Checkpoints.Apply(read as CheckpointEvent, entry) };
        return read switch
        {
            CheckpointEvent => next,
            AccessEvent happened => next with { Access = Access.Apply(happened, entry) },
            ModelEvent happened => next with { Models = Models.Apply(happened, entry) },
            PartialEvent happened => next with { Partials = Partials.Apply(happened, entry) },
            PromptEvent happened => next with { Prompts = Prompts.Apply(happened, entry, Access) },
            EvaluationEvent happened => next with { Evaluations = Evaluations.Apply(happened, entry) },
            ReleaseEvent happened => next with { Releases = Releases.Apply(happened, entry) },
            IncidentEvent happened => next with { Incidents = Incidents.Apply(happened, entry) },
            DrillEvent happened => next with { Releases = Releases.Apply(happened, entry) },
            StagingEvent happened => next with { Staging = Staging.Apply(happened, entry) },
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

    /// <summary>The same state as somebody sees it who acts with a key: every right is held against the key's limits.</summary>
    public Registry ActingWith(ApiKey key) => this with { Access = Access.ActingWith(key) };
}
