using Dapper;
using Microsoft.Data.Sqlite;

namespace Slipway.Server.Tests.Storage;

/// <summary>Somebody with the database file and a tool for it.</summary>
internal static class SqliteFileEditor
{
    /// <summary>Drops what protects entries and objects, then runs a statement.</summary>
    public static void Force(string file, string sql) => Run(file, """
        DROP TRIGGER IF EXISTS journal_keeps_content; DROP TRIGGER IF EXISTS journal_keeps_entries;
        DROP TRIGGER IF EXISTS objects_keep_content; DROP TRIGGER IF EXISTS objects_stay_until_erased;
        """ + sql);

    /// <summary>Runs a statement.</summary>
    public static int Run(string file, string sql)
    {
        using var connection = Open(file);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteNonQuery();
    }

    /// <summary>The first value a question brings.</summary>
    public static object? Ask(string file, string sql)
    {
        using var connection = Open(file);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    /// <summary>How SQLite goes about a question, step by step; what it asks with is left open.</summary>
    public static IReadOnlyList<string> PlanOf(string file, string question)
    {
        using var connection = Open(file);
        return [.. connection.Query<(int, int, int, string Detail)>($"EXPLAIN QUERY PLAN {question}").Select(step => step.Detail)];
    }

    private static SqliteConnection Open(string file)
    {
        Server.Storage.SqliteLibrary.Use();
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }
}
