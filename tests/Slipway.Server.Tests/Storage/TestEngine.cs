using Dapper;
using Microsoft.Data.Sqlite;
using Npgsql;
using Slipway.Server.Storage;

namespace Slipway.Server.Tests.Storage;

/// <summary>A real engine with an empty journal of this test's own.</summary>
public abstract class TestEngine : IDisposable
{
    /// <summary>Makes one by name: <c>sqlite</c> or <c>postgres</c>. Skips the test, saying why, where the engine is not here.</summary>
    public static TestEngine Named(string name) => name == "sqlite" ? new SqliteTestEngine() : new PostgresTestEngine();

    /// <summary>Opens the journal; the caller disposes it.</summary>
    internal abstract IJournal Open();

    /// <summary>Opens the call log; the caller disposes it.</summary>
    internal abstract ICallLog OpenCalls();

    /// <summary>Opens the answers and runs of evaluations; the caller disposes it.</summary>
    internal abstract SqlEvaluationStore OpenEvaluations();

    /// <summary>The first value a question to the call log brings.</summary>
    public abstract object? AskCalls(string sql);

    /// <summary>Lets a server keep its journal here.</summary>
    internal abstract ServerOptions Configure(ServerOptions options);

    /// <summary>How another process is told where the journal is.</summary>
    internal abstract string[] Arguments { get; }

    /// <summary>Somebody with a tool for the database runs a statement.</summary>
    public abstract int Run(string sql);

    /// <summary>The first value a question brings.</summary>
    public abstract object? Ask(string sql);

    /// <summary>Drops what protects entries and objects, then runs a statement.</summary>
    public abstract void Force(string sql);

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>A file in a folder of its own.</summary>
public sealed class SqliteTestEngine : TestEngine
{
    /// <summary>The folder.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("slipway-test-").FullName;

    /// <summary>The file.</summary>
    public string File => Path.Combine(Folder, "slipway.db");

    internal override string[] Arguments => ["sqlite", File];

    internal override IJournal Open() => new SqliteJournal(File);

    internal override ICallLog OpenCalls() => new SqliteCallLog(Path.Combine(Folder, "calls.db"));

    internal override SqlEvaluationStore OpenEvaluations() => new SqliteEvaluationStore(Path.Combine(Folder, "evaluations.db"));

    /// <inheritdoc/>
    public override object? AskCalls(string sql) => SqliteFileEditor.Ask(Path.Combine(Folder, "calls.db"), sql);

    internal override ServerOptions Configure(ServerOptions options) => options;

    /// <inheritdoc/>
    public override int Run(string sql) => SqliteFileEditor.Run(File, sql);

    /// <inheritdoc/>
    public override object? Ask(string sql) => SqliteFileEditor.Ask(File, sql);

    /// <inheritdoc/>
    public override void Force(string sql) => SqliteFileEditor.Force(File, sql);

    /// <inheritdoc/>
    public override void Dispose() => Directory.Delete(Folder, recursive: true);
}

/// <summary>A schema of its own in the database that <c>./test.sh</c> started.</summary>
public sealed class PostgresTestEngine : TestEngine
{
    private readonly NpgsqlDataSource source;
    private readonly string schema = $"test_{Guid.NewGuid():N}";

    public PostgresTestEngine()
    {
        var missing = Environment.GetEnvironmentVariable("SLIPWAY_TEST_POSTGRES_MISSING");
        var address = Environment.GetEnvironmentVariable("SLIPWAY_TEST_POSTGRES");
        Assert.SkipWhen(address is null, missing is null ? "This needs a PostgreSQL; ./test.sh starts one." : $"This needs a PostgreSQL, and ./test.sh could not start one: {missing}");
        var builder = new NpgsqlConnectionStringBuilder(address) { SearchPath = schema, MaxPoolSize = 12 };
        Address = builder.ToString();
        source = NpgsqlDataSource.Create(Address);
        using var connection = source.OpenConnection();
        connection.Execute($"CREATE SCHEMA {schema}");
    }

    /// <summary>Its connection string, with the password.</summary>
    public string Address { get; }

    internal override string[] Arguments => ["postgres", Address];

    internal override IJournal Open() => new PostgresJournal(Address);

    internal override ICallLog OpenCalls() => new PostgresCallLog(Address);

    internal override SqlEvaluationStore OpenEvaluations() => new PostgresEvaluationStore(Address);

    /// <inheritdoc/>
    public override object? AskCalls(string sql) => Ask(sql);

    internal override ServerOptions Configure(ServerOptions options) => options with { Postgres = Address };

    /// <inheritdoc/>
    public override int Run(string sql)
    {
        using var connection = source.OpenConnection();
        return connection.Execute(sql);
    }

    /// <inheritdoc/>
    public override object? Ask(string sql)
    {
        using var connection = source.OpenConnection();
        return connection.ExecuteScalar(sql);
    }

    /// <inheritdoc/>
    public override void Force(string sql) => Run($"ALTER TABLE journal DISABLE TRIGGER USER; ALTER TABLE objects DISABLE TRIGGER USER; {sql}");

    /// <inheritdoc/>
    public override void Dispose()
    {
        Run($"DROP SCHEMA {schema} CASCADE");
        source.Dispose();
    }
}
