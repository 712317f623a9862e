using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Logging;
using Npgsql;
using Slipway.Client;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Wire;
using Slipway.Server.Storage;
using Slipway.Server.Tests.Gateway;
using Slipway.Server.Tests.Storage;

namespace Slipway.Server.Tests.Nodes;

/// <summary>Several servers on one journal agree, and one that loses its database says so and comes back.</summary>
public sealed class NodeTests(CapturedLog log)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task What_one_server_does_the_other_knows_and_serves(string engine)
    {
        using var storage = TestEngine.Named(engine);
        await using var installation = await TestInstallation.StartWithRouterAsync(storage.Configure);
        await using var second = await SlipwayServer.StartAsync(installation.Options, cancellation: Cancellation);
        Assert.Null(second.AdministratorKey);
        Assert.Equal(engine == "postgres", second.Database is not null);
        using var there = new SlipwayApi(second.Address, installation.Key("dan"));
        Assert.Single(await there.LiveAsync(null, null, null, Cancellation).Ok());

        // A rollout that is started and rolled back here is started and rolled back there.
        await installation.StartCanaryAsync(Router.Good, Plans.Quick("50%", "100%") with { MinimumUnits = 1_000 });
        await SoonAsync(async () => (await there.ReleasesAsync(Cancellation).Ok()).LastOrDefault() is { State: ReleaseState.Canary }, "the other server sees the canary");
        using var shop = new HttpClient { BaseAddress = second.Address };
        shop.DefaultRequestHeaders.Authorization = new("Bearer", installation.Key("shop"));
        Assert.Equal(2, (await VersionsAsync(shop)).Count);
        await there.RollBackAsync(new RollbackRequest(Some.Value<PromptName>(Router.Prompt), "Readers complain."), Cancellation).Ok();
        await SoonAsync(async () => (await installation.Dan.ReleaseAsync("rel-2", Cancellation).Ok()).State == ReleaseState.RolledBack, "this server sees the rollback");
        Assert.Equal(["1.0.0"], await VersionsAsync(installation.Http("shop")));

        // A key that is revoked here opens nothing there.
        var dan = Assert.Single(await installation.Admin.LogAsync(null, Cancellation).Ok(), line => line.Sentence.EndsWith("to dan", StringComparison.Ordinal)).Sentence.Split(' ')[1];
        await installation.Admin.RevokeKeyAsync(dan, null, Cancellation).Ok();
        await SoonAsync(async () => await there.MembersAsync(Cancellation) is ApiResult<System.Collections.Immutable.ImmutableArray<MemberDocument>>.Failed { Failure.Status: 401 }, "the other server refuses the key");
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task A_release_is_judged_by_the_calls_of_all_servers(string engine)
    {
        const int Each = 25;
        using var storage = TestEngine.Named(engine);
        await using var installation = await TestInstallation.StartWithRouterAsync(storage.Configure);
        await using var second = await SlipwayServer.StartAsync(installation.Options, cancellation: Cancellation);
        using var there = new SlipwayApi(second.Address, installation.Key("dan"));
        await installation.StartCanaryAsync(Router.Good, Plans.Quick("50%", "100%") with { MinimumUnits = 1_000 });
        await SoonAsync(async () => (await there.ReleasesAsync(Cancellation).Ok()).LastOrDefault() is { State: ReleaseState.Canary }, "the other server sees the canary");
        using var shop = new HttpClient { BaseAddress = second.Address };
        shop.DefaultRequestHeaders.Authorization = new("Bearer", installation.Key("shop"));
        for (var unit = 0; unit < Each; unit++)
            foreach (var http in (HttpClient[])[installation.Http("shop"), shop])
                using (await http.ChatAsync(Chat.Body(user: $"{(http == shop ? "there" : "here")}-{unit}"))) { }
        foreach (var api in (SlipwayApi[])[installation.Dan, there])
        {
            await SoonAsync(async () => (await api.ReleaseAsync("rel-2", Cancellation).Ok()) is { Evidence: [var evidence], Arms: var arms }
                && evidence.CandidateUnits + evidence.StableUnits == 2 * Each && arms.Sum(arm => arm.Calls) == 2 * Each, "a server judges by all calls");
            Assert.Equal(2 * Each, (await api.CallsAsync(new CallQuery { Release = "rel-2" }, Cancellation).Ok()).Length);
            Assert.Equal(2 * Each, (await api.MetricsAsync(Router.Prompt, null, "10m", "all", Cancellation).Ok()).Groups[0].Calls);
        }
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Servers_that_are_written_to_at_once_end_with_the_same_state(string engine)
    {
        const int Members = 40;
        using var storage = TestEngine.Named(engine);
        await using var installation = await TestInstallation.StartAsync(storage.Configure);
        await using var second = await SlipwayServer.StartAsync(installation.Options, cancellation: Cancellation);
        using var there = new SlipwayApi(second.Address, installation.Key("admin"));
        await Task.WhenAll(Enumerable.Range(0, Members).Select(number => (number % 2 == 0 ? installation.Admin : there)
            .AddMemberAsync(Some.Value<MemberName>($"m{number}"), [Role.Author], Cancellation).Ok()));
        await SoonAsync(async () => (await installation.Admin.MembersAsync(Cancellation).Ok()).Length == Members + 6 && (await there.MembersAsync(Cancellation).Ok()).Length == Members + 6, "both know everybody");
        // The last line is each server's own signature.
        Assert.Equal((await installation.Admin.ExportAsync(Cancellation).Ok()).Split('\n')[..^2], (await there.ExportAsync(Cancellation).Ok()).Split('\n')[..^2]);
        using var here = installation.Http("admin");
        using var other = new HttpClient { BaseAddress = second.Address };
        await SoonAsync(async () => await here.GetStringAsync("/readyz", Cancellation) == await other.GetStringAsync("/readyz", Cancellation), "both are at the same revision");
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Two_processes_on_one_journal_see_each_other(string engine)
    {
        using var storage = TestEngine.Named(engine);
        var folder = Directory.CreateTempSubdirectory("slipway-test-");
        try
        {
            string[] database = storage is PostgresTestEngine postgres ? ["--postgres", postgres.Address] : [];
            await using var one = await ServeProcess.StartAsync(folder.FullName, isFirst: true, database);
            await using var other = await ServeProcess.StartAsync(folder.FullName, isFirst: false, database);
            Assert.DoesNotContain("Password", one.Greeting, StringComparison.Ordinal);
            using var here = new SlipwayApi(one.Address, one.AdministratorKey);
            using var there = new SlipwayApi(other.Address, one.AdministratorKey);
            await here.AddMemberAsync(Some.Value<MemberName>("eve"), [Role.Author], Cancellation).Ok();
            await SoonAsync(async () => (await there.MembersAsync(Cancellation).Ok()).Length == 2, "the other process knows eve");
            var key = await there.IssueKeyAsync(Some.Value<MemberName>("eve"), Cancellation).Ok();
            using var eve = new SlipwayApi(one.Address, key.Secret);
            await SoonAsync(async () => await eve.MembersAsync(Cancellation) is ApiResult<System.Collections.Immutable.ImmutableArray<MemberDocument>>.Ok, "this process takes eve's key");
            // One dies without a word; the other goes on, and a new one finds all there is.
            one.Kill();
            await there.AddMemberAsync(Some.Value<MemberName>("finn"), [Role.Author], Cancellation).Ok();
            await using var third = await ServeProcess.StartAsync(folder.FullName, isFirst: false, database);
            using var last = new SlipwayApi(third.Address, key.Secret);
            Assert.Equal(3, (await last.MembersAsync(Cancellation).Ok()).Length);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task While_the_database_is_away_commands_say_so_and_reads_and_models_go_on()
    {
        using var storage = new PostgresTestEngine();
        var direct = new NpgsqlConnectionStringBuilder(storage.Address);
        await using var wire = new CutWire(new IPEndPoint(IPAddress.Loopback, direct.Port));
        var through = new NpgsqlConnectionStringBuilder(storage.Address) { Port = wire.Port }.ToString();
        await using var installation = await TestInstallation.StartWithRouterAsync(options => options with { Postgres = through, LogLevel = LogLevel.Trace });
        var told = log.Text.Length;
        await wire.CutAsync();

        var refused = await installation.Admin.AddMemberAsync(Some.Value<MemberName>("eve"), [Role.Author], Cancellation).Refused();
        Assert.Equal(503, refused.Status);
        Assert.StartsWith($"The database postgres on 127.0.0.1:{wire.Port} is away at the moment (", refused.Message, StringComparison.Ordinal);
        Assert.Single(await installation.Dan.LiveAsync(null, null, null, Cancellation).Ok());
        using var shop = installation.Http("shop");
        using var answer = await shop.ChatAsync(Chat.Body());
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var trace = answer.Header("x-slipway-trace");
        await Some.Eventually(() => Task.FromResult(log.Text[told..].Contains("reads are answered from memory and commands are refused", StringComparison.Ordinal)
            && log.Text[told..].Contains("that listens for changes is lost", StringComparison.Ordinal)), "the log says that the database is away");

        wire.Mend();
        await installation.Admin.AddMemberAsync(Some.Value<MemberName>("eve"), [Role.Author], Cancellation).Ok();
        await Some.Eventually(() => Task.FromResult(log.Text[told..].Contains("are listened for again", StringComparison.Ordinal)), "it listens again");
        Assert.Equal(7, (await installation.Admin.MembersAsync(Cancellation).Ok()).Length);
        // What was answered meanwhile is on record, once.
        await Some.Eventually(async () => !(await installation.Dan.CallsAsync(new CallQuery { Trace = trace }, Cancellation).Ok()).IsEmpty, "the call's record is stored");
        Assert.Single(await installation.Dan.CallsAsync(new CallQuery { Trace = trace }, Cancellation).Ok());
        Assert.Equal(0, (await installation.Dan.DroppedCallsAsync(Cancellation).Ok()).Dropped);
        Assert.DoesNotContain(direct.Password!, log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_breaks_is_replaced_without_anybody_noticing()
    {
        using var storage = new PostgresTestEngine();
        await using var installation = await TestInstallation.StartAsync(options => storage.Configure(options) with { Postgres = storage.Address + ";Application Name=" + storage.GetHashCode() });
        for (var round = 0; round < 3; round++)
        {
            storage.Run($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{storage.GetHashCode()}'");
            await installation.Admin.AddMemberAsync(Some.Value<MemberName>($"m{round}"), [Role.Author], Cancellation).Ok();
        }
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task A_server_that_meets_an_event_of_a_newer_build_stops(string engine)
    {
        using var storage = TestEngine.Named(engine);
        await using var installation = await TestInstallation.StartAsync(storage.Configure);
        await using var second = await SlipwayServer.StartAsync(installation.Options, cancellation: Cancellation);
        using (var journal = engine == "postgres" ? storage.Open() : new SqliteJournal(installation.JournalFile))
        {
            var last = journal.ReadAfter(0)[^1];
            var newer = JournalEntry.Next(last.Sequence, last.Hash, last.Time, last.Actor, "c", last.Read());
            newer = newer with { Event = newer.Event.Replace(".v1\"", ".v9\"", StringComparison.Ordinal) };
            Assert.True(journal.Append(last.Sequence, [newer with { Hash = newer.ExpectedHash() }]));
        }
        await second.WaitForShutdownAsync(Cancellation);
        Assert.True(second.GaveUp);
        Assert.Contains("holds an event this build does not know; it was written by a newer one. Start that build.", log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_options_print_without_the_databases_password() => Assert.DoesNotContain(
        "planted", new ServerOptions { DataFolder = "data", Postgres = "Host=db;Password=planted" }.ToString(), StringComparison.Ordinal);

    private static async Task<HashSet<string>> VersionsAsync(HttpClient http)
    {
        var versions = new HashSet<string>(StringComparer.Ordinal);
        for (var unit = 0; unit < 30; unit++)
        {
            using var answer = await http.ChatAsync(Chat.Body(user: $"unit-{unit}"));
            versions.Add(answer.Header("x-slipway-version"));
        }
        return versions;
    }

    private static async Task SoonAsync(Func<Task<bool>> isSo, string what)
    {
        var watch = Stopwatch.StartNew();
        await Some.Eventually(isSo, what);
        TestContext.Current.TestOutputHelper!.WriteLine($"After {watch.ElapsedMilliseconds} ms {what}.");
    }
}
