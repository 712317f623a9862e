using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Server.Api;
using Slipway.Server.Storage;

namespace Slipway.Server;

/// <summary>The one door for writes: lets Core decide, appends, and only then believes it.</summary>
internal sealed class Ledger
{
    private readonly IJournal journal;
    private readonly TimeProvider clock;
    private readonly ChainVerifier chain = new();
    private readonly Lock gate = new();
    private Registry current = Registry.Empty;
    private Exception? broken;
    private long seenAt;

    /// <summary>Reads the journal to its end and checks its chain.</summary>
    /// <exception cref="StorageException">The journal is damaged.</exception>
    /// <exception cref="UnknownEventException">A newer build wrote it.</exception>
    public Ledger(IJournal journal, TimeProvider clock)
    {
        (this.journal, this.clock) = (journal, clock);
        var asked = clock.GetTimestamp();
        foreach (var entry in journal.Entries()) current = Follow(current, entry);
        seenAt = asked;
    }

    /// <summary>Called after state changed, in the order of the journal, before the command's caller is answered. Must be quick and must not throw.</summary>
    public event Action<Registry>? Changed;

    /// <summary>As <see cref="Changed"/>, just before it, with the entries that did it; for who need not look at all state to see what changed.</summary>
    public event Action<Registry, ImmutableArray<JournalEntry>>? Appended;

    /// <summary>How long ago this process last saw the journal's end: a fraction of a second, but while the journal is away.</summary>
    public TimeSpan Age => clock.GetElapsedTime(Volatile.Read(ref seenAt));

    /// <summary>All state, up to date with every command this process has answered.</summary>
    public Registry Current => Volatile.Read(ref current);

    /// <summary>Decides and appends a command. One that was accepted before under the same id is not done again: its first result is told.</summary>
    /// <param name="command">What is asked.</param>
    /// <param name="id">Its id; it stands in the entries.</param>
    /// <param name="actingWith">The key its giver acts with; its limits hold, and it must still be good now. Null for what the server does by itself.</param>
    /// <exception cref="StorageUnavailableException">The journal is away. Whether the command was done is told to whoever repeats it under its id.</exception>
    public LedgerResult Execute(Command command, CommandId id, ApiKey? actingWith = null)
    {
        if (KeySecretForm.StandsIn(id.Value)) return new LedgerResult.Refused(new Refusal(RefusalKind.Invalid, "The command's id holds an API key, and would stand in the journal for ever."));
        // Decisions of one process are made one after the other; the expected head is for other processes on the same journal.
        lock (gate)
        {
            while (true)
            {
                if (FirstResult(id) is { } first) return first;
                var state = Current;
                var now = Later(clock.GetUtcNow(), state.Time);
                switch (KeyGate.Decide(state, command, actingWith, now))
                {
                    // What was decided without an append was decided on what this process knows: another one may know more.
                    case Verdict.Refuse or Verdict.Accept { Events.IsEmpty: true } when TakeIn(): break;
                    case Verdict.Refuse refuse: return new LedgerResult.Refused(refuse.Why);
                    case Verdict.Accept accept:
                        var entries = Chain(state, accept.Events, command, id.Value, now);
                        if (entries.IsEmpty && id.Request is null) return new LedgerResult.Done(state, []);
                        if (journal.Append(state.Head, entries, id.Request is null ? null : new AcceptedCommand(id.Value, id.Request, state.Head + entries.Length, entries.Length)))
                        {
                            if (!entries.IsEmpty) Believe(entries);
                            return new LedgerResult.Done(Current, entries);
                        }
                        // Somebody was faster: look again, and perhaps decide otherwise.
                        if (!TakeIn() && FirstResult(id) is null) throw journal.Damaged($"It ends before entry {state.Head}, which was written: entries are missing from the end.");
                        break;
                }
            }
        }
    }

    /// <summary>What a command's first request under its id came to; null where the id is new, or where nobody can repeat it.</summary>
    /// <remarks>For endpoints with costly work before the command: they ask this first.</remarks>
    public LedgerResult? FirstResultOf(CommandId id)
    {
        lock (gate) return FirstResult(id);
    }

    /// <summary>Takes in what other processes appended.</summary>
    /// <returns>Whether there was anything.</returns>
    public bool CatchUp()
    {
        lock (gate) return TakeIn();
    }

    /// <summary>The state as it was at a moment, by folding the journal up to it.</summary>
    public Registry At(DateTimeOffset moment) => Registry.Empty.Apply(journal.Entries().TakeWhile(entry => entry.Time <= moment));

    private LedgerResult? FirstResult(CommandId id)
    {
        if (id.Request is not { } request || journal.FindCommand(id.Value) is not { } first) return null;
        if (first.Request is null) return Used($"The Idempotency-Key {id.Value} stands in the journal already (entry {first.Head}), and what was asked then is not known; use a new one.");
        if (first.Request != request) return Used($"The Idempotency-Key {id.Value} was used for another request; use a new one.");
        if (Current.Head < first.Head) TakeIn();
        if (Current.Head < first.Head) throw journal.Damaged($"The command {id.Value} ended at entry {first.Head}, which is missing.");
        var state = Current.Head == first.Head ? Current : Registry.Empty.Apply(journal.Entries().TakeWhile(entry => entry.Sequence <= first.Head));
        return new LedgerResult.Done(state, journal.ReadAfter(first.Head - first.Entries, first.Entries)) { Repeated = true };

        static LedgerResult Used(string reason) => new LedgerResult.Refused(new Refusal(RefusalKind.Conflict, reason));
    }

    private bool TakeIn()
    {
        var (before, asked) = (Current.Head, clock.GetTimestamp());
        while (journal.ReadAfter(Current.Head, 1_000) is { IsEmpty: false } missed) Believe(missed);
        Volatile.Write(ref seenAt, asked);
        return Current.Head > before;
    }

    private void Believe(ImmutableArray<JournalEntry> entries)
    {
        Volatile.Write(ref current, entries.Aggregate(Current, Follow));
        Appended?.Invoke(Current, entries);
        Changed?.Invoke(Current);
    }

    // After something that cannot be believed there is nothing to go on from: whoever asks later hears the same.
    private Registry Follow(Registry state, JournalEntry entry)
    {
        if (broken is not null) ExceptionDispatchInfo.Throw(broken);
        try
        {
            return chain.Next(entry) is { } damage ? throw journal.Damaged(damage) : state.Apply(entry);
        }
        catch (Exception exception) when (exception is StorageException or UnknownEventException)
        {
            broken = exception;
            throw;
        }
    }

    private static ImmutableArray<JournalEntry> Chain(Registry state, ImmutableArray<JournalEvent> events, Command command, string commandId, DateTimeOffset now)
    {
        var entries = ImmutableArray.CreateBuilder<JournalEntry>(events.Length);
        var (head, hash) = (state.Head, state.HeadHash);
        foreach (var happened in events)
        {
            var entry = JournalEntry.Next(head, hash, now, command.By, commandId, happened);
            entries.Add(entry);
            (head, hash) = (entry.Sequence, entry.Hash);
        }
        return entries.MoveToImmutable();
    }

    // A clock that was set back must not put an entry before the one it follows.
    private static DateTimeOffset Later(DateTimeOffset now, DateTimeOffset last) => now > last ? now : last;
}

/// <summary>What became of a command.</summary>
internal abstract record LedgerResult
{
    private LedgerResult() { }

    /// <summary>It is so now; no entries means that it was so before.</summary>
    /// <param name="State">The state as the command left it.</param>
    /// <param name="Entries">What it caused.</param>
    public sealed record Done(Registry State, ImmutableArray<JournalEntry> Entries) : LedgerResult
    {
        /// <summary>Whether this was done before and is only told again.</summary>
        public bool Repeated { get; init; }
    }

    /// <summary>Core refused it and nothing changed.</summary>
    public sealed record Refused(Refusal Why) : LedgerResult;
}
