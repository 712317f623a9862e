using System.Collections.Immutable;
using Slipway.Core.Evaluations;
using Slipway.Core.Wire;

namespace Slipway.Server.Storage;

/// <summary>Answers of evaluations that were paid for, and the runs that asked for them, on one engine. All of it may be lost without harm but for its cost:
/// what an evaluation came to stands in the journal and the objects. The same engine is an <see cref="IReviewStore"/>.</summary>
internal interface IEvaluationStore : IDisposable
{
    /// <summary>What people call it: a file, or a database and its server; never a password.</summary>
    string Name { get; }

    /// <summary>Whether several servers use it, each of which goes on with what another left.</summary>
    bool IsShared { get; }

    /// <summary>The answers that are there, by their keys; what is used is kept longer.</summary>
    /// <param name="keys">Which.</param>
    /// <param name="ofRun">Only what this run asked for itself; null for all.</param>
    /// <param name="now">When they are used.</param>
    /// <exception cref="StorageUnavailableException">The engine is away.</exception>
    IReadOnlyDictionary<ContentHash, string> Find(IReadOnlyCollection<ContentHash> keys, long? ofRun, DateTimeOffset now);

    /// <summary>Stores answers, durably, and counts them for their run, all or nothing. An answer that is there under the same key gives way.</summary>
    /// <param name="answers">With different keys; may be empty.</param>
    /// <param name="run">For which run, and how far it is; null for none.</param>
    /// <param name="now">When.</param>
    /// <returns>False where somebody has asked that the run be cancelled.</returns>
    /// <exception cref="StorageUnavailableException">The engine is away; the same batch may be tried again.</exception>
    bool Append(IReadOnlyCollection<StoredAnswer> answers, RunProgress? run, DateTimeOffset now);

    /// <summary>Removes the answers that came of objects that were erased, with what else is named, and what people wrote about them; doing it again changes nothing.</summary>
    /// <param name="objects">Packages and golden sets.</param>
    /// <param name="cases">The inputs of golden sets that were erased, by <see cref="StoredAnswer.Case"/>.</param>
    void Erase(IReadOnlyCollection<ContentHash> objects, IReadOnlyCollection<ContentHash> cases);

    /// <summary>Removes answers that were last used before a moment, and of the rest those used least recently beyond a number; also runs that ended and reviews that were closed before it.</summary>
    /// <returns>False where there may be more to remove: a little at a time keeps nobody waiting.</returns>
    bool Remove(DateTimeOffset before, long mostAnswers);

    /// <summary>Writes a run down that begins.</summary>
    /// <returns>The run with its number; the one that was there where its command was given before.</returns>
    StoredRun Begin(NewRun run, DateTimeOffset now);

    /// <summary>A run; null where there is none of that number.</summary>
    StoredRun? Find(long number);

    /// <summary>The run that a command began; null where there is none.</summary>
    StoredRun? FindByCommand(string command);

    /// <summary>Runs, newest first.</summary>
    /// <param name="before">Only older ones than this; null for all.</param>
    /// <param name="most">At most so many.</param>
    ImmutableArray<StoredRun> Newest(long? before, int most);

    /// <summary>The runs that have not ended, oldest first.</summary>
    ImmutableArray<StoredRun> Unfinished();

    /// <summary>Asks whoever runs it to stop; a run that has ended stays as it is.</summary>
    void AskToCancel(long number);

    /// <summary>Writes down how a run ended; one that has ended before stays as it is.</summary>
    /// <param name="number">Which.</param>
    /// <param name="state">How.</param>
    /// <param name="outcome">What there is to say of it, as JSON.</param>
    /// <param name="progress">How far it came, as JSON; null leaves what was written last.</param>
    /// <param name="now">When.</param>
    void End(long number, EvaluationRunState state, string outcome, string? progress, DateTimeOffset now);

    /// <summary>Makes a run this process's to go on with, until what is returned is disposed or the process ends in whatever way.</summary>
    /// <returns>Null where another process has it.</returns>
    IRunHold? Hold(long number);
}

/// <summary>That a run is this process's.</summary>
internal interface IRunHold : IDisposable
{
    /// <summary>Whether it still is: a lost connection to the database may have given it to somebody else.</summary>
    bool IsKept { get; }
}

/// <summary>An answer as it is stored.</summary>
/// <param name="Key">Of package, case, model, parameters and repeat.</param>
/// <param name="Package">Whose answer.</param>
/// <param name="GoldenSet">The content of the set that the case was in when it was asked.</param>
/// <param name="Case">The hash of the case's input.</param>
/// <param name="Json">The answer.</param>
internal sealed record StoredAnswer(ContentHash Key, ContentHash Package, ContentHash GoldenSet, ContentHash Case, string Json);

/// <summary>How far a run is.</summary>
/// <param name="Run">Which.</param>
/// <param name="Spent">What is added to its cost, in US dollars.</param>
/// <param name="Json">All of its progress, as JSON; null where it was written a moment ago.</param>
internal sealed record RunProgress(long Run, decimal Spent, string? Json);

/// <summary>A run that begins.</summary>
/// <param name="Command">The id of the command that began it; it stands in the journal when the run has ended.</param>
/// <param name="Request">The digest of what was asked.</param>
/// <param name="Member">Who asked.</param>
/// <param name="Key">With which key, by its public name.</param>
/// <param name="Plan">What is run, as JSON.</param>
internal sealed record NewRun(string Command, ContentHash Request, string Member, string Key, string Plan);

/// <summary>A run as it is stored.</summary>
internal sealed record StoredRun
{
    public required long Number { get; init; }
    public required string Command { get; init; }
    public required ContentHash Request { get; init; }
    public required string Member { get; init; }
    public required string Key { get; init; }
    public required string Plan { get; init; }
    public required EvaluationRunState State { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required DateTimeOffset? EndedAt { get; init; }

    /// <summary>What it has spent so far, over all processes that ran it, in US dollars.</summary>
    public required decimal Spent { get; init; }

    /// <summary>Whether somebody asked that it be cancelled.</summary>
    public required bool ToBeCancelled { get; init; }

    /// <summary>How far it was a moment ago, as JSON; null where it has only begun.</summary>
    public required string? Progress { get; init; }

    /// <summary>What there is to say of its end, as JSON; null where it has not ended.</summary>
    public required string? Outcome { get; init; }
}
