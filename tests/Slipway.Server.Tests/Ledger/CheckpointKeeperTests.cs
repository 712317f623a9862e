using Microsoft.Extensions.Logging.Abstractions;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Wire;
using Slipway.Server.Api;
using Slipway.Server.Storage;

namespace Slipway.Server.Tests.Ledgers;

public sealed class CheckpointKeeperTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("slipway-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Two_servers_on_one_journal_sign_with_a_key_of_their_own_and_each_border_once()
    {
        using var one = new Node(folder, "one");
        one.Ledger.Execute(new InitializeAccess(ContentHash.Of("key"u8)), new CommandId("first"));
        using var other = new Node(folder, "other");
        Assert.NotEqual(one.Checkpoints.PublicKey, other.Checkpoints.PublicKey);
        for (var i = 0; i < 220; i++)
        {
            var node = i % 3 == 0 ? other : one;
            node.Ledger.Execute(new AddMember(Some.Value<MemberName>("admin"), Some.Value<MemberName>($"m{i}"), []), new CommandId($"c{i}"));
            one.Checkpoints.RecordDue();
            other.Checkpoints.RecordDue();
        }
        foreach (var node in (Node[])[one, other]) node.Checkpoints.Keep(node.Ledger.Current);

        var entries = one.Journal.ReadAfter(0);
        Assert.Equal([100L, 200L], entries.Select(entry => entry.Read()).OfType<CheckpointSigned>().Select(signed => signed.Checkpoint.Sequence));
        foreach (var node in (Node[])[one, other])
        {
            var (chain, closing) = (new ChainVerifier(), node.Checkpoints.SignNow());
            chain.Expect(new Witness(closing, "now"));
            Assert.All(entries, entry => Assert.Null(chain.Next(entry)));
            Assert.Null(chain.End());
            Assert.Equal((entries.Length, node.Checkpoints.PublicKey), (closing.Checkpoint.Sequence, closing.PublicKey));
        }
    }

    [Fact]
    public void A_journal_of_a_build_that_did_not_sign_is_signed_from_the_next_start_on()
    {
        using (var journal = new SqliteJournal(Path.Combine(folder, "slipway.db")))
        {
            var ledger = new Ledger(journal, TimeProvider.System);
            ledger.Execute(new InitializeAccess(ContentHash.Of("key"u8)), new CommandId("first"));
            for (var i = 0; i < 150; i++) ledger.Execute(new AddMember(Some.Value<MemberName>("admin"), Some.Value<MemberName>($"m{i}"), []), new CommandId($"c{i}"));
        }
        using var node = new Node(folder, "one");
        node.Checkpoints.RecordDue();
        Assert.Equal((100, null, 154), (node.Ledger.Current.Checkpoints.Last!.Sequence, node.Ledger.Current.Checkpoints.Due, node.Ledger.Current.Head));
        using var next = new Node(folder, "one");       // reads it all again, and checks it
        Assert.Equal((154, node.Checkpoints.PublicKey), (next.Ledger.Current.Head, next.Checkpoints.PublicKey));
    }

    [Fact]
    public async Task A_keeper_that_is_given_no_time_to_stop_keeps_the_newest_checkpoint_all_the_same()
    {
        var clock = new HeldClock();
        using var node = new Node(folder, "one", clock);
        node.Ledger.Execute(new InitializeAccess(ContentHash.Of("key"u8)), new CommandId("first"));
        clock.Hold();
        using var keeper = new CheckpointKeeper(node.Checkpoints, node.Ledger, clock, NullLogger<CheckpointKeeper>.Instance);
        await keeper.StartAsync(TestContext.Current.CancellationToken);
        await clock.Asked;       // it signs the journal as it is now, and before it is done there is more
        node.Ledger.Execute(new AddMember(Some.Value<MemberName>("admin"), Some.Value<MemberName>("ana"), []), new CommandId("second"));

        var stopping = keeper.StopAsync(new CancellationToken(canceled: true));
        Assert.False(stopping.IsCompleted);
        clock.Release();
        await stopping;

        Assert.Equal(node.Ledger.Current.Head, CheckpointFile.Read(Path.Combine(folder, "one"))!.Document.Checkpoint.Sequence);
    }

    /// <summary>A server's journal and key: many share the journal, the data folder is each one's own.</summary>
    private sealed class Node : IDisposable
    {
        public Node(string shared, string name, TimeProvider? clock = null)
        {
            Journal = new SqliteJournal(Path.Combine(shared, "slipway.db"));
            Ledger = new Ledger(Journal, TimeProvider.System);
            Checkpoints = new Checkpoints(new ServerOptions { DataFolder = Directory.CreateDirectory(Path.Combine(shared, name)).FullName }, Journal, Ledger, clock ?? TimeProvider.System);
        }

        public SqliteJournal Journal { get; }

        public Ledger Ledger { get; }

        public Checkpoints Checkpoints { get; }

        public void Dispose()
        {
            Checkpoints.Dispose();
            Journal.Dispose();
        }
    }

    /// <summary>A clock that keeps whoever asks for the time waiting.</summary>
    private sealed class HeldClock : TimeProvider
    {
        private readonly TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously), released = new();
        private volatile bool held;

        public Task Asked => asked.Task.WaitAsync(TestContext.Current.CancellationToken);

        public void Hold() => held = true;

        public void Release() => released.SetResult();

        public override DateTimeOffset GetUtcNow()
        {
            if (held)
            {
                asked.TrySetResult();
                released.Task.Wait();
            }
            return base.GetUtcNow();
        }
    }
}
