using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Wire;
using Slipway.Server.Access;
using Slipway.Server.Storage;

namespace Slipway.Server.Tests.Storage;

public sealed class PostgresJournalTests() : JournalTests(new PostgresTestEngine())
{
    [Theory]
    [InlineData("TRUNCATE journal", "journal entries are never removed")]
    [InlineData("TRUNCATE journal CASCADE", "journal entries are never removed")]
    [InlineData("TRUNCATE objects", "objects are never removed")]
    [InlineData("TRUNCATE commands", "commands are never removed")]
    [InlineData("TRUNCATE erased", "erasures are never removed")]
    [InlineData("SET session_replication_role = replica; DELETE FROM journal", "journal entries are never removed")]
    [InlineData("SET search_path = pg_catalog; SET session_replication_role = replica; RESET search_path; DELETE FROM objects", "objects are never removed")]
    [InlineData("INSERT INTO objects VALUES ('sha256:00', '')", "objects are stored under their hash")]
    [InlineData("INSERT INTO objects SELECT hash, '' FROM objects ON CONFLICT (hash) DO UPDATE SET bytes = ''", "objects")]
    [InlineData("INSERT INTO journal SELECT * FROM journal WHERE sequence = 1 ON CONFLICT (sequence) DO UPDATE SET actor = 'eve'", "journal entries")]
    public void No_way_round_is_left(string sql, string why) => AssertRefused(sql, why);

    [Fact]
    public async Task A_server_makes_its_data_folder_also_where_the_journal_is_elsewhere()
    {
        using var engine = new PostgresTestEngine();
        await using var installation = await TestInstallation.StartAsync(options =>
        {
            Directory.Delete(options.DataFolder);
            return engine.Configure(options);
        });
        Assert.NotEmpty((await installation.Admin.MembersAsync(TestContext.Current.CancellationToken).Ok()));
    }

    [Fact]
    public async Task A_lost_administrator_key_is_replaced_with_the_databases_address_alone()
    {
        using var engine = new PostgresTestEngine();
        Assert.StartsWith("There is no journal in the database", Assert.Throws<StorageException>(() => KeyRecovery.Recover("nowhere", engine.Address)).Message, StringComparison.Ordinal);
        Assert.Equal(true, engine.Ask("SELECT to_regclass('journal') IS NULL"));
        await using var installation = await TestInstallation.StartAsync(engine.Configure);
        var (id, member, secret) = KeyRecovery.Recover("nowhere", engine.Address);
        Assert.Equal(("key-7", "admin"), (id, member.Value));
        using var api = new Client.SlipwayApi(installation.Address, secret);
        await Some.Eventually(async () => await api.MembersAsync(TestContext.Current.CancellationToken) is Client.ApiResult<System.Collections.Immutable.ImmutableArray<MemberDocument>>.Ok, "the running server knows the key");
    }

    [Fact]
    public void A_database_that_is_somebody_elses_is_left_alone()
    {
        using var engine = new PostgresTestEngine();
        engine.Run("CREATE TABLE journal (id int)");
        Assert.Contains("is not Slipway's; give Slipway a database or a schema of its own", Assert.Throws<StorageException>(engine.Open).Message, StringComparison.Ordinal);
        engine.Run("COMMENT ON TABLE journal IS 'slipway 9'");
        Assert.Contains("was made by a newer build (slipway 9)", Assert.Throws<StorageException>(engine.Open).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Password=planted-secret;Host=127.0.0.1;Port=1;Username=u;Database=d", "The database d on 127.0.0.1:1 cannot be used: Connection refused.")]
    [InlineData("postgres://u:planted-secret@127.0.0.1:1/d", "The database d on 127.0.0.1:1 cannot be used: Connection refused.")]
    [InlineData("postgres://u:planted-secret@127.0.0.1:99999/d", "The PostgreSQL address is not understood.")]
    [InlineData("postgres://u:planted-secret@127.0.0.1/d?sslmode", "The PostgreSQL address is not understood.")]
    [InlineData("Host=127.0.0.1;Pasword=planted-secret", "The PostgreSQL address is not understood.")]
    [InlineData("Host=127.0.0.1;Port=planted-secret", "The PostgreSQL address is not understood.")]
    [InlineData("planted-secret", "The PostgreSQL address is not understood.")]
    [InlineData("", "The PostgreSQL address is not understood.")]
    public void A_database_that_cannot_be_used_is_named_without_its_password(string address, string sentence)
    {
        var refused = Assert.Throws<StorageException>(() => new PostgresJournal(address));
        Assert.StartsWith(sentence, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("planted-secret", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_listens_is_told_at_once_that_another_server_appended()
    {
        using var listening = Engine.Open();
        using var writing = Engine.Open();
        await listening.WaitForOthersAsync(TimeSpan.FromHours(1), TestContext.Current.CancellationToken);      // From here on it listens.
        var told = listening.WaitForOthersAsync(TimeSpan.FromHours(1), TestContext.Current.CancellationToken);
        var entry = JournalEntry.Next(0, JournalEntry.Genesis, DateTimeOffset.UnixEpoch, MemberName.System, "c", new MemberAdded(Some.Value<MemberName>("eve"), []));
        Assert.True(writing.Append(0, [entry]));
        await told.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal([entry], listening.ReadAfter(0));
    }

    [Fact]
    public void An_address_says_all_that_a_connection_string_says()
    {
        var read = PostgresAddress.Read("postgresql://ana%40home:p%40ss%3Aword@[::1]:6543/slip%20way?sslmode=require&search_path=prompts&connect_timeout=3&application_name=node-1");
        Assert.Equal(("::1", 6543, "slip way", "ana@home", "p@ss:word"), (read.Host, read.Port, read.Database, read.Username, read.Password));
        Assert.Equal((Npgsql.SslMode.Require, "prompts", 3, "node-1"), (read.SslMode, read.SearchPath, read.Timeout, read.ApplicationName));
        var plain = PostgresAddress.Read("Host=db;Database=slipway");
        Assert.Equal((5432, 5, "slipway"), (plain.Port, plain.Timeout, plain.ApplicationName));
    }

    [Theory]
    [InlineData("disable", Npgsql.SslMode.Disable)]
    [InlineData("allow", Npgsql.SslMode.Allow)]
    [InlineData("prefer", Npgsql.SslMode.Prefer)]
    [InlineData("require", Npgsql.SslMode.Require)]
    [InlineData("verify-ca", Npgsql.SslMode.VerifyCA)]
    [InlineData("verify-full", Npgsql.SslMode.VerifyFull)]
    [InlineData("VerifyFull", Npgsql.SslMode.VerifyFull)]
    public void An_address_says_how_it_is_encrypted_in_the_words_of_libpq_and_of_Npgsql(string mode, Npgsql.SslMode read) =>
        Assert.Equal(read, PostgresAddress.Read($"postgres://ana@db/slipway?sslmode={mode}").SslMode);

    [Fact]
    public void An_address_names_certificates_as_libpq_does()
    {
        var read = PostgresAddress.Read("postgres://ana@db/slipway?sslrootcert=%2Fetc%2Fca.pem&sslcert=a.pem&sslkey=a.key&sslpassword=p&sslnegotiation=direct&channel_binding=require&gssencmode=prefer");
        Assert.Equal(("/etc/ca.pem", "a.pem", "a.key", "p"), (read.RootCertificate, read.SslCertificate, read.SslKey, read.SslPassword));
        Assert.Equal((Npgsql.SslNegotiation.Direct, Npgsql.ChannelBinding.Require, Npgsql.GssEncryptionMode.Prefer), (read.SslNegotiation, read.ChannelBinding, read.GssEncryptionMode));
    }
}
