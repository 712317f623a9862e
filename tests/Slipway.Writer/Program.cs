using Slipway.Core.Access;
using Slipway.Core.Wire;
using Slipway.Server;
using Slipway.Server.Api;
using Slipway.Server.Storage;

// Appends from several threads until it is killed, and says of each command that it was done, once it was: the crash tests read it and kill it.
//   Slipway.Writer ENGINE ADDRESS RUN
var (engine, address, run) = (args[0], args[1], args[2]);
var admin = MemberName.TryParse("admin", out var parsed) ? parsed : throw new InvalidOperationException("The name is well-formed.");
// Two ledgers, each with a view of its own, as two servers would have.
var ledgers = new[] { Open(), Open() };
ledgers[0].Execute(new InitializeAccess(ContentHash.Of("key"u8)), CommandId.New());
var gate = new Lock();
Say($"ready {ledgers[0].Current.Head}");
var threads = Enumerable.Range(0, 4).Select(number => new Thread(() => Append(number))).ToList();
foreach (var thread in threads) thread.Start();
foreach (var thread in threads) thread.Join();

Ledger Open() => new(engine == "sqlite" ? new SqliteJournal(address) : new PostgresJournal(address), TimeProvider.System);

void Append(int number)
{
    for (var count = 0; ; count++)
    {
        var id = new CommandId($"{run}-{number}-{count}", ContentHash.Of("request"u8));
        var result = ledgers[number % 2].Execute(new IssueKey(admin, admin, ContentHash.Of(System.Text.Encoding.UTF8.GetBytes(id.Value))), id);
        if (result is LedgerResult.Done { Repeated: false } done) Say($"done {done.Entries.Single().Sequence} {id.Value}");
        else throw new InvalidOperationException($"{id.Value} was not done once: {result}");
    }
}

void Say(string line)
{
    lock (gate) Console.Out.WriteLine(line);
}
