using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Wire;
using Slipway.Server.Storage;

namespace Slipway.Server.Tests.Ledgers;

public sealed class LedgerTests : IDisposable
{
    private static readonly MemberName Admin = Some.Value<MemberName>("admin");
    private readonly string folder = Directory.CreateTempSubdirectory("slipway-test-").FullName;
    private readonly List<SqliteJournal> journals = [];

    public void Dispose()
    {
        foreach (var journal in journals) journal.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Two_ledgers_on_one_file_lose_and_double_nothing()
    {
        const int Writers = 4, Commands = 25;
        var ledgers = (Ledger[])[Open(), Open()];
        Assert.IsType<LedgerResult.Done>(ledgers[0].Execute(new InitializeAccess(ContentHash.Of("key"u8)), "first"));
        using var start = new Barrier(Writers);
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Factory.StartNew(() =>
        {
            start.SignalAndWait(TestContext.Current.CancellationToken);
            for (var command = 0; command < Commands; command++)
            {
                var result = ledgers[writer % 2].Execute(new AddMember(Admin, Name(writer, command), [Role.Author]), $"{writer}-{command}");
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
        one.Execute(new InitializeAccess(ContentHash.Of("key"u8)), "first");
        var same = new AddMember(Admin, Name(1, 1), [Role.Author]);
        Assert.Single(Assert.IsType<LedgerResult.Done>(one.Execute(same, "a")).Entries);
        // The other one opened an empty journal and has not looked since, so it would refuse: there is no administrator.
        Assert.Equal(0, other.Current.Head);
        Assert.Empty(Assert.IsType<LedgerResult.Done>(other.Execute(same, "b")).Entries);
        Assert.IsType<LedgerResult.Refused>(other.Execute(new InitializeAccess(ContentHash.Of("other"u8)), "c"));
        Assert.Equal(3, journals[0].ReadAfter(0).Length);
    }

    [Fact]
    public void A_clock_that_is_set_back_never_puts_an_entry_before_the_one_it_follows()
    {
        var clock = new SettableClock { Now = new DateTimeOffset(2026, 5, 14, 12, 0, 0, TimeSpan.Zero) };
        var ledger = Open(clock);
        ledger.Execute(new InitializeAccess(ContentHash.Of("key"u8)), "first");
        foreach (var hours in (int[])[1, -5, -3, 2, 0])
        {
            clock.Now = new DateTimeOffset(2026, 5, 14, 12, 0, 0, TimeSpan.Zero).AddHours(hours);
            ledger.Execute(new AddMember(Admin, Name(0, hours + 10), [Role.Author]), $"at {hours}");
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
        ledger.Execute(new InitializeAccess(ContentHash.Of("key"u8)), "first");
        clock.Now += TimeSpan.FromHours(1);
        ledger.Execute(new AddMember(Admin, Name(1, 1), [Role.Author]), "second");
        Assert.Empty(ledger.At(clock.Now.AddHours(-2)).Access.Members);
        Assert.Single(ledger.At(clock.Now.AddMinutes(-1)).Access.Members);
        Assert.Equal(2, ledger.At(clock.Now).Access.Members.Count);
    }

    [Fact]
    public void A_refused_command_writes_nothing_and_tells_nobody()
    {
        var ledger = Open();
        ledger.Execute(new InitializeAccess(ContentHash.Of("key"u8)), "first");
        var changes = 0;
        ledger.Changed += _ => changes++;
        Assert.IsType<LedgerResult.Refused>(ledger.Execute(new AddMember(Name(9, 9), Name(1, 1), [Role.Admin]), "second"));
        Assert.Equal((0, 2), (changes, journals[0].ReadAfter(0).Length));
        ledger.Execute(new AddMember(Admin, Name(1, 1), [Role.Author]), "third");
        Assert.Equal(1, changes);
    }

    private static MemberName Name(int writer, int command) => Some.Value<MemberName>($"m{writer}-{command}");

    private Ledger Open(TimeProvider? clock = null)
    {
        journals.Add(new SqliteJournal(Path.Combine(folder, "slipway.db")));
        return new Ledger(journals[^1], clock ?? TimeProvider.System);
    }
}
