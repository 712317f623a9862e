using System.CommandLine;
using System.Globalization;
using Slipway.Core.Wire;
using Slipway.Server.Backups;
using Slipway.Server.Storage;

namespace Slipway.Cli.Backups;

/// <summary><c>slipway backup</c>: a copy of a server's data that can be trusted.</summary>
internal static class BackupCommands
{
    private static readonly Argument<string> Target = new("FOLDER") { Description = "What the backup is to be: a folder that is not there yet" };
    private static readonly Argument<string> Backup = new("FOLDER") { Description = "A backup" };
    private static readonly Option<string> Data = new("--data") { Description = "The folder of the server's data", DefaultValueFactory = _ => "slipway-data", HelpName = "DIR" };
    private static readonly Option<string?> Postgres = new("--postgres") { Description = "Not for this command: a PostgreSQL database is copied with its own tools", HelpName = "CONN" };

    public static Command Make() => new Command("backup", "Copy a server's data while it runs, and check the copy; needs the data folder, not the server")
    {
        Target, Data, Postgres,
        new Command("verify", "Say whether a backup is whole") { Backup }.Does(VerifyAsync),
    }.Does(MakeAsync);

    private static async Task<int> MakeAsync(CommandContext context, CancellationToken cancellation)
    {
        var (folder, data) = (context.Parse.GetValue(Target)!, context.Parse.GetValue(Data)!);
        // A server that is started with this environment keeps nothing in the folder but its key: a copy of what else lies there would be taken for a backup.
        if ((context.Parse.GetValue(Postgres) ?? Environment.GetEnvironmentVariable("SLIPWAY_POSTGRES")) is { Length: > 0 })
            return context.Misused("Data in PostgreSQL is copied with pg_dump, not with this command.", "The command, and what to copy beside it, are in docs/operations.md; for data in SQLite unset SLIPWAY_POSTGRES");
        try
        {
            var result = await context.Terminal.ProgressAsync($"Copying {data}", tell => Task.Run(() => Server.Backups.Backup.Make(data, folder, tell, context.Clock, cancellation), cancellation));
            if (result is not BackupResult.Made { Backup: var made }) return Refuse(context, ((BackupResult.Refused)result).Reason);
            if (context.WantsJson) context.Terminal.Json(made, ApiJson.Default.BackupDocument);
            else context.Terminal.Line($"{folder}  {Sentence(made)}");
            return ExitCode.Done;
        }
        catch (StorageException exception)
        {
            return context.Misused(exception.Message);
        }
    }

    private static async Task<int> VerifyAsync(CommandContext context, CancellationToken cancellation)
    {
        var folder = context.Parse.GetValue(Backup)!;
        try
        {
            var check = await Task.Run(() => BackupCheck.Of(folder, cancellation), cancellation);
            if (context.WantsJson) context.Terminal.Json(check, ApiJson.Default.BackupCheckDocument);
            foreach (var problem in check.Problems) context.Terminal.Error(problem);
            if (!check.Problems.IsEmpty) return ExitCode.Refused;
            if (!context.WantsJson) context.Terminal.Line($"{folder} is whole: {Sentence(check.Backup!)}");
            return ExitCode.Done;
        }
        catch (StorageException exception)
        {
            return context.Misused(exception.Message);
        }
    }

    private static int Refuse(CommandContext context, string reason)
    {
        context.Terminal.Error(reason);
        return ExitCode.Refused;
    }

    private static string Sentence(BackupDocument backup) => string.Create(CultureInfo.InvariantCulture,
        $"{backup.Time.UtcDateTime:yyyy-MM-dd HH:mm:ss'Z'}, the journal up to entry {backup.Entry}, {backup.Hash}; {backup.Files.Length} files, {backup.Files.Sum(file => file.Bytes) / 1e6:0.0} MB");
}
