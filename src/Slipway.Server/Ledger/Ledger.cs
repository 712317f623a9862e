using System.Collections.Immutable;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Server.Storage;

namespace Slipway.Server;

/// <summary>The one door for writes: lets Core decide, appends, and only then believes it.</summary>
internal sealed class Ledger
{
    private readonly SqliteJournal journal;
    private readonly TimeProvider clock;
    private readonly Lock gate = new();
    private Registry current;

    /// <summary>Reads the journal to its end and checks its chain.</summary>
    /// <exception cref="StorageException">The journal is damaged.</exception>
    /// <exception cref="UnknownEventException">A newer build wrote it.</exception>
    public Ledger(SqliteJournal journal, TimeProvider clock)
    {
        (this.journal, this.clock) = (journal, clock);
        current = Load(journal);
    }

    /// <summary>Called after state changed, in the order of the journal, before the command's caller is answered. Must be quick and must not throw.</summary>
    public event Action<Registry>? Changed;

    /// <summary>All state, up to date with every command this process has answered.</summary>
    public Registry Current => Volatile.Read(ref current);

    /// <summary>Decides and appends a command.</summary>
    /// <param name="command">What is asked.</param>
    /// <param name="commandId">The caller's id of it, 1 to 100 visible ASCII characters; stands in the entries.</param>
    /// <param name="actingWith">The key its giver acts with; its limits hold, and it must still be good now. Null for what the server does by itself.</param>
    public LedgerResult Execute(Command command, string commandId, ApiKey? actingWith = null)
    {
        if (KeySecretForm.StandsIn(commandId)) return new LedgerResult.Refused(new Refusal(RefusalKind.Invalid, "The command's id holds an API key, and would stand in the journal for ever."));
        // Decisions of one process are made one after the other; the expected head is for other processes on the same file.
        lock (gate)
        {
            while (true)
            {
                var state = Current;
                var now = Later(clock.GetUtcNow(), state.Time);
                switch (KeyGate.Decide(state, command, actingWith, now))
                {
                    // What was decided without an append was decided on what this process knows: another one may know more.
                    case Verdict.Refuse refuse when !CatchUp(): return new LedgerResult.Refused(refuse.Why);
                    case Verdict.Accept { Events.IsEmpty: true } when !CatchUp(): return new LedgerResult.Done(state, []);
                    case Verdict.Refuse or Verdict.Accept { Events.IsEmpty: true }: break;
                    case Verdict.Accept accept:
                        var entries = Chain(state, accept.Events, command, commandId, now);
                        if (journal.Append(state.Head, entries))
                        {
                            Believe(entries);
                            return new LedgerResult.Done(Current, entries);
                        }
                        // Somebody was faster: look again, and perhaps decide otherwise.
                        if (!CatchUp()) throw journal.Damaged($"It ends before entry {state.Head}, which was written: entries are missing from the end.");
                        break;
                }
            }
        }
    }

    /// <summary>The state as it was at a moment, by folding the journal up to it.</summary>
    public Registry At(DateTimeOffset moment) => Registry.Empty.Apply(journal.ReadAfter(0).TakeWhile(entry => entry.Time <= moment));

    /// <summary>Reads what other processes appended to the journal.</summary>
    /// <returns>Whether there was anything.</returns>
    public bool ReadOn()
    {
        lock (gate) return CatchUp();
    }

    private bool CatchUp()
    {
        var missed = journal.ReadAfter(Current.Head);
        if (!missed.IsEmpty) Believe(missed);
        return !missed.IsEmpty;
    }

    private void Believe(ImmutableArray<JournalEntry> entries)
    {
        Volatile.Write(ref current, Current.Apply(entries));
        Changed?.Invoke(Current);
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

    private static Registry Load(SqliteJournal journal)
    {
        var (state, chain) = (Registry.Empty, new ChainVerifier());
        foreach (var entry in journal.ReadAfter(0))
        {
            if (chain.Next(entry) is { } damage) throw journal.Damaged(damage);
            state = state.Apply(entry);
        }
        return state;
    }

    // A clock that was set back must not put an entry before the one it follows.
    private static DateTimeOffset Later(DateTimeOffset now, DateTimeOffset last) => now > last ? now : last;
}

/// <summary>What became of a command.</summary>
internal abstract record LedgerResult
{
    private LedgerResult() { }

    /// <summary>It is so now; no entries means that it was so before.</summary>
    public sealed record Done(Registry State, ImmutableArray<JournalEntry> Entries) : LedgerResult;

    /// <summary>Core refused it and nothing changed.</summary>
    public sealed record Refused(Refusal Why) : LedgerResult;
}
