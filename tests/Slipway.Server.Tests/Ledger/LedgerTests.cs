using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Wire;
using Slipway.Server.Api;
using Slipway.Server.Storage;
using Slipway.Server.Tests.Storage;

namespace Slipway.Server.Tests.Ledgers;

public sealed class SqliteLedgerTests() : LedgerTests(new SqliteTestEngine());

public sealed class PostgresLedgerTests() : LedgerTests(new PostgresTestEngine());

/// <summary>What the ledger does on every engine.</summary>
public abstract class LedgerTests(TestEngine engine) : IDisposable
{
    private static readonly MemberName Admin = Some.Value<MemberName>("admin");
    private readonly List<IJournal> journals = [];

    public void Dispose()
    {
        foreach (var journal in journals) journal.Dispose();
        engine.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Two_ledgers_on_one_file_lose_and_double_nothing()
    {
        const int Writers = 4, Commands = 25;
        var ledgers = (Ledger[])[Open(), Open()];
        Assert.IsType<LedgerResult.Done>(ledgers[0].Execute(new InitializeAccess(ContentHash.Of("key"u8)), Id("first")));
        using var start = new Barrier(Writers);
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Factory.StartNew(() =>
        {
            start.SignalAndWait(TestContext.Current.CancellationToken);
            for (var command = 0; command < Commands; command++)
            {
                var result = ledgers[writer % 2].Execute(new AddMember(Admin, Name(writer, command), [Role.Author]), Id($"{writer}-{command}"));
                Assert.Single(Assert.IsType<LedgerResult.Done>(result).Entries);
            }
        }, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        var entries = Open().Current;
        Assert.Equal(2 + Writers * Commands, entries.Head);
        Assert.Equal(1 + Writers * Commands, entries.Access.Members.Count);
        var written = journals[0].ReadAfter(0);
        var chain = new ChainVerifier();
        Assert.All(written, entry => Assert.Null(chain.Next(entry)));
        Assert.Equal(1 + Writers * Commands, written.Select(entry => entry.Command).Distinct().Count());
    }

    [Fact]
    public void The_slower_of_two_who_want_the_same_finds_the_work_done()
    {
        var (one, other) = (Open(), Open());
        one.Execute(new InitializeAccess(ContentHash.Of("key"u8)), Id("first"));
        var same = new AddMember(Admin, Name(1, 1), [Role.Author]);
        Assert.Single(Assert.IsType<LedgerResult.Done>(one.Execute(same, Id("a"))).Entries);
        // The other one opened an empty journal and has not looked since, so it would refuse: there is no administrator.
        Assert.Equal(0, other.Current.Head);
        Assert.Empty(Assert.IsType<LedgerResult.Done>(other.Execute(same, Id("b"))).Entries);
        Assert.IsType<LedgerResult.Refused>(other.Execute(new InitializeAccess(ContentHash.Of("other"u8)), Id("c")));
        Assert.Equal(3, journals[0].ReadAfter(0).Length);
    }

    [Fact]
    public void A_clock_that_is_set_back_never_puts_an_entry_before_the_one_it_follows()
    {
        var clock = new SettableClock { Now = new DateTimeOffset(2026, 5, 14, 12, 0, 0, TimeSpan.Zero) };
        var ledger = Open(clock);
        ledger.Execute(new InitializeAccess(ContentHash.Of("key"u8)), Id("first"));
        foreach (var hours in (int[])[1, -5, -3, 2, 0])
        {
            clock.Now = new DateTimeOffset(2026, 5, 14, 12, 0, 0, TimeSpan.Zero).AddHours(hours);
            ledger.Execute(new AddMember(Admin, Name(0, hours + 10), [Role.Author]), Id($"at {hours}"));
        }
        var times = journals[0].ReadAfter(0).Select(entry => entry.Time.Hour).ToList();
        Assert.Equal([12, 12, 13, 13, 13, 14, 14], times);
        Assert.Equal(7, Open().Current.Head);
    }

    [Fact]
    public void The_state_of_any_moment_can_be_asked_for()
    {
        var clock = new SettableClock { Now = new DateTimeOffset(2026, 5, 14, 12, 0, 0, TimeSpan.Zero) };
        var ledger = Open(clock);
        ledger.Execute(new InitializeAccess(ContentHash.Of("key"u8)), Id("first"));
        clock.Now += TimeSpan.FromHours(1);
        ledger.Execute(new AddMember(Admin, Name(1, 1), [Role.Author]), Id("second"));
        Assert.Empty(ledger.At(clock.Now.AddHours(-2)).Access.Members);
        Assert.Single(ledger.At(clock.Now.AddMinutes(-1)).Access.Members);
        Assert.Equal(2, ledger.At(clock.Now).Access.Members.Count);
    }

    [Fact]
    public void A_refused_command_writes_nothing_and_tells_nobody()
    {
        var ledger = Open();
        ledger.Execute(new InitializeAccess(ContentHash.Of("key"u8)), Id("first"));
        var changes = 0;
        ledger.Changed += _ => changes++;
        Assert.IsType<LedgerResult.Refused>(ledger.Execute(new AddMember(Name(9, 9), Name(1, 1), [Role.Admin]), Id("second")));
        Assert.Equal((0, 2), (changes, journals[0].ReadAfter(0).Length));
        ledger.Execute(new AddMember(Admin, Name(1, 1), [Role.Author]), Id("third"));
        Assert.Equal(1, changes);
    }

    [Fact]
    public void A_command_under_an_id_of_its_own_is_done_once()
    {
        var (one, other) = (Open(), Open());
        one.Execute(new InitializeAccess(ContentHash.Of("key"u8)), Id("first"));
        var id = Id("mine") with { Request = ContentHash.Of("add m1"u8) };
        var first = Assert.IsType<LedgerResult.Done>(one.Execute(new AddMember(Admin, Name(1, 1), [Role.Author]), id));
        one.Execute(new AddMember(Admin, Name(2, 2), [Role.Author]), Id("between"));
        one.Execute(new AddMember(Admin, Name(1, 1), [Role.Reviewer]), Id("after"));
        foreach (var ledger in (Ledger[])[one, other, Open()])
        {
            var again = Assert.IsType<LedgerResult.Done>(ledger.Execute(new AddMember(Admin, Name(1, 1), [Role.Author]), id));
            Assert.Equal((true, first.Entries.Single(), first.State.Head), (again.Repeated, again.Entries.Single(), again.State.Head));
            Assert.Equal(first.State.Access.Members.Count, again.State.Access.Members.Count);
            Assert.Equal(5, ledger.Current.Head);
        }
        var refused = Assert.IsType<LedgerResult.Refused>(one.Execute(new AddMember(Admin, Name(3, 3), [Role.Author]), id with { Request = ContentHash.Of("add m3"u8) }));
        Assert.Equal(new Refusal(RefusalKind.Conflict, "The Idempotency-Key mine was used for another request; use a new one."), refused.Why);
        Assert.Equal("The Idempotency-Key between stands in the journal already (entry 4), and what was asked then is not known; use a new one.",
            Assert.IsType<LedgerResult.Refused>(one.FirstResultOf(Id("between") with { Request = ContentHash.Of("x"u8) })).Why.Reason);
    }

    [Fact]
    public void A_command_that_changed_nothing_is_remembered_and_a_refused_one_is_not()
    {
        var ledger = Open();
        ledger.Execute(new InitializeAccess(ContentHash.Of("key"u8)), Id("first"));
        ledger.Execute(new AddMember(Admin, Name(1, 1), [Role.Author]), Id("second"));
        var nothing = Id("nothing") with { Request = ContentHash.Of("add m1 as author"u8) };
        Assert.Empty(Assert.IsType<LedgerResult.Done>(ledger.Execute(new AddMember(Admin, Name(1, 1), [Role.Author]), nothing)).Entries);
        ledger.Execute(new AddMember(Admin, Name(1, 1), [Role.Reviewer]), Id("third"));
        // Asked anew it would make them author again; but it was done when it changed nothing.
        var again = Assert.IsType<LedgerResult.Done>(Open().Execute(new AddMember(Admin, Name(1, 1), [Role.Author]), nothing));
        Assert.Equal((true, 0, 3L), (again.Repeated, again.Entries.Length, again.State.Head));

        var early = Id("early") with { Request = ContentHash.Of("revoke key-2"u8) };
        Assert.IsType<LedgerResult.Refused>(ledger.Execute(new RevokeKey(Admin, "key-2"), early));
        ledger.Execute(new IssueKey(Admin, Name(1, 1), ContentHash.Of("key-2"u8)), Id("fourth"));
        Assert.Single(Assert.IsType<LedgerResult.Done>(ledger.Execute(new RevokeKey(Admin, "key-2"), early)).Entries);
    }

    [Fact]
    public async Task Of_many_who_repeat_one_command_at_once_one_does_it()
    {
        const int Callers = 8;
        var ledgers = (Ledger[])[Open(), Open()];
        ledgers[0].Execute(new InitializeAccess(ContentHash.Of("key"u8)), Id("first"));
        using var start = new Barrier(Callers);
        var results = await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Factory.StartNew(() =>
        {
            start.SignalAndWait(TestContext.Current.CancellationToken);
            // Issuing is never the same twice: a second key would be seen.
            return ledgers[caller % 2].Execute(new IssueKey(Admin, Admin, ContentHash.Of([(byte)caller])), Id("same") with { Request = ContentHash.Of("issue"u8) });
        }, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        var done = results.Cast<LedgerResult.Done>().ToList();
        Assert.Single(done, result => !result.Repeated);
        Assert.Single(done.Select(result => result.Entries.Single()).Distinct());
        Assert.Equal(3, Open().Current.Head);
    }

    [Fact]
    public void An_entry_of_another_process_that_was_changed_is_not_believed()
    {
        var (one, other) = (Open(), Open());
        one.Execute(new InitializeAccess(ContentHash.Of("key"u8)), Id("first"));
        engine.Force("UPDATE journal SET event = replace(event, 'admin', 'eve') WHERE sequence = 1");
        foreach (var _ in (int[])[1, 2])
            Assert.Contains("Entry 1 was changed after it was written", Assert.Throws<StorageException>(() => other.CatchUp()).Message, StringComparison.Ordinal);
        Assert.Equal(0, other.Current.Head);
    }

    private static CommandId Id(string value) => new(value);

    private static MemberName Name(int writer, int command) => Some.Value<MemberName>($"m{writer}-{command}");

    private Ledger Open(TimeProvider? clock = null)
    {
        journals.Add(engine.Open());
        return new Ledger(journals[^1], clock ?? TimeProvider.System);
    }
}
