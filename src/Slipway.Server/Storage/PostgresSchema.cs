using Dapper;
using Npgsql;

namespace Slipway.Server.Storage;

/// <summary>The tables of journal and objects in a PostgreSQL database, and what protects them.</summary>
internal static class PostgresSchema
{
    /// <summary>Whoever makes the tables holds this advisory lock: two servers may start at once.</summary>
    private const long MakingTables = 0x736C6970776179;

    private const string Mark = "slipway 1";

    // Functions look where the tables are, whatever search path a session has; ALWAYS keeps the triggers awake in a session that replicates.
    private const string Tables = """
        CREATE FUNCTION slipway_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation'; END $$;

        CREATE TABLE journal (
            sequence bigint PRIMARY KEY, time text NOT NULL, actor text NOT NULL, command text NOT NULL,
            event text NOT NULL, previous text NOT NULL, hash text NOT NULL UNIQUE);
        CREATE INDEX journal_by_command ON journal (command);
        CREATE FUNCTION slipway_journal_only_grows() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
            BEGIN
                IF NEW.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM journal) THEN
                    RAISE EXCEPTION 'journal entries are only appended' USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NEW;
            END $$;
        CREATE TRIGGER keeps_content BEFORE UPDATE ON journal FOR EACH STATEMENT EXECUTE FUNCTION slipway_refuse('journal entries never change');
        CREATE TRIGGER keeps_entries BEFORE DELETE OR TRUNCATE ON journal FOR EACH STATEMENT EXECUTE FUNCTION slipway_refuse('journal entries are never removed');
        CREATE TRIGGER only_grows BEFORE INSERT ON journal FOR EACH ROW EXECUTE FUNCTION slipway_journal_only_grows();

        CREATE TABLE commands (id text PRIMARY KEY, request text NOT NULL, head bigint NOT NULL, entries bigint NOT NULL);
        CREATE TRIGGER keeps_content BEFORE UPDATE ON commands FOR EACH STATEMENT EXECUTE FUNCTION slipway_refuse('commands never change');
        CREATE TRIGGER keeps_rows BEFORE DELETE OR TRUNCATE ON commands FOR EACH STATEMENT EXECUTE FUNCTION slipway_refuse('commands are never removed');

        CREATE TABLE erased (hash text PRIMARY KEY, entry bigint NOT NULL);
        CREATE FUNCTION slipway_erased_is_on_record() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
            BEGIN
                IF NOT EXISTS (SELECT 1 FROM journal WHERE sequence = NEW.entry AND starts_with(event, '{"event":"object_erased.v1","hash":"' || NEW.hash || '"')) THEN
                    RAISE EXCEPTION 'objects are erased only when the journal says so' USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NEW;
            END $$;
        CREATE TRIGGER keeps_content BEFORE UPDATE ON erased FOR EACH STATEMENT EXECUTE FUNCTION slipway_refuse('erasures never change');
        CREATE TRIGGER keeps_rows BEFORE DELETE OR TRUNCATE ON erased FOR EACH STATEMENT EXECUTE FUNCTION slipway_refuse('erasures are never removed');
        CREATE TRIGGER is_on_record BEFORE INSERT ON erased FOR EACH ROW EXECUTE FUNCTION slipway_erased_is_on_record();

        CREATE TABLE objects (hash text PRIMARY KEY, bytes bytea NOT NULL);
        CREATE FUNCTION slipway_objects_stay_until_erased() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
            BEGIN
                IF NOT EXISTS (SELECT 1 FROM erased WHERE hash = OLD.hash) THEN
                    RAISE EXCEPTION 'objects are never removed' USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN OLD;
            END $$;
        CREATE FUNCTION slipway_objects_do_not_come_back() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
            BEGIN
                IF EXISTS (SELECT 1 FROM erased WHERE hash = NEW.hash) THEN
                    RAISE EXCEPTION 'erased objects do not come back' USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                IF 'sha256:' || encode(sha256(NEW.bytes), 'hex') <> NEW.hash THEN
                    RAISE EXCEPTION 'objects are stored under their hash' USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NEW;
            END $$;
        CREATE TRIGGER keep_content BEFORE UPDATE ON objects FOR EACH STATEMENT EXECUTE FUNCTION slipway_refuse('objects never change');
        CREATE TRIGGER stay_whole BEFORE TRUNCATE ON objects FOR EACH STATEMENT EXECUTE FUNCTION slipway_refuse('objects are never removed');
        CREATE TRIGGER stay_until_erased BEFORE DELETE ON objects FOR EACH ROW EXECUTE FUNCTION slipway_objects_stay_until_erased();
        CREATE TRIGGER do_not_come_back BEFORE INSERT ON objects FOR EACH ROW EXECUTE FUNCTION slipway_objects_do_not_come_back();
        """;

    /// <summary>Makes the tables where they are missing.</summary>
    /// <exception cref="StorageException">The database has other tables of these names, or cannot hold every text.</exception>
    public static void Prepare(NpgsqlConnection connection, string name)
    {
        var encoding = connection.ExecuteScalar<string>("SHOW server_encoding");
        if (encoding != "UTF8") throw new StorageException($"The database {name} has the encoding {encoding}; Slipway needs one with UTF8.");
        using var transaction = connection.BeginTransaction();
        connection.Execute("SELECT pg_advisory_xact_lock(@key)", new { key = MakingTables }, transaction);
        if (!connection.ExecuteScalar<bool>("SELECT to_regclass('journal') IS NOT NULL OR to_regclass('objects') IS NOT NULL", transaction: transaction))
        {
            connection.Execute(Tables, transaction: transaction);
            connection.Execute(AlwaysOn("journal", "keeps_content", "keeps_entries", "only_grows") + AlwaysOn("commands", "keeps_content", "keeps_rows")
                + AlwaysOn("erased", "keeps_content", "keeps_rows", "is_on_record") + AlwaysOn("objects", "keep_content", "stay_whole", "stay_until_erased", "do_not_come_back")
                + $"COMMENT ON TABLE journal IS '{Mark}'", transaction: transaction);
        }
        else if (connection.ExecuteScalar<string?>("SELECT obj_description(to_regclass('journal'))", transaction: transaction) is var mark && mark != Mark)
        {
            throw new StorageException(mark?.StartsWith("slipway ", StringComparison.Ordinal) == true
                ? $"The database {name} was made by a newer build ({mark}); start that one."
                : $"The database {name} has a table journal or objects that is not Slipway's; give Slipway a database or a schema of its own.");
        }
        transaction.Commit();
    }

    /// <summary>As <see cref="Prepare"/>, but makes no journal.</summary>
    /// <exception cref="StorageException">There is no journal, or it is not Slipway's.</exception>
    public static void Find(NpgsqlConnection connection, string name)
    {
        if (!connection.ExecuteScalar<bool>("SELECT to_regclass('journal') IS NOT NULL")) throw new StorageException($"There is no journal in the database {name}.");
        Prepare(connection, name);
    }

    private static string AlwaysOn(string table, params ReadOnlySpan<string> triggers)
    {
        var statements = "";
        foreach (var trigger in triggers) statements += $"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}; ";
        return statements;
    }
}
