using System.Collections.Immutable;
using System.CommandLine;
using System.Runtime.InteropServices;
using Slipway.Client;
using Slipway.Core.Journal;
using Slipway.Core.Releases;
using Slipway.Core.Wire;
using Slipway.Server.Storage;

namespace Slipway.Cli.Doctor;

/// <summary><c>slipway doctor</c>: says what is wrong with this installation and how to mend it.</summary>
internal static class DoctorCommand
{
    private static readonly Option<string?> Data = new("--data") { Description = "Look at the journal in this data folder too", HelpName = "DIR" };

    private static readonly Option<string?> Postgres = new("--postgres") { Description = "Look at the journal in this PostgreSQL database too", HelpName = "CONN" };

    public static Command Make() => new Command("doctor", "Say what is wrong with this installation and how to mend it") { Data, Postgres }.Does(RunAsync);

    private static async Task<int> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        var findings = new List<Finding> { Runtime(), Sqlite() };
        if (context.Parse.GetValue(Data) is { } folder) findings.AddRange([Journal($"The journal in {folder}", () => StorageAudit.Read(folder), folder), SigningKey(folder), Rights(folder)]);
        if (context.Parse.GetValue(Postgres) is { } address) findings.Add(Database(address));
        if (context.Connect() is not { } api) return ExitCode.Unusable;
        using (api)
        {
            findings.Add(await ServerAsync(api, cancellation));
            if (await api.DroppedCallsAsync(cancellation) is ApiResult<DroppedDocument>.Ok { Value: var dropped }) findings.AddRange([Calls(dropped), .. Shadows(dropped)]);
            if (await api.DrillsAsync(cancellation) is ApiResult<ImmutableArray<DrillDocument>>.Ok { Value: var drills }) findings.AddRange(drills.Select(Drill));
        }

        if (context.WantsJson) context.Terminal.Json([.. findings.Select(finding => new FindingDocument(finding.What, finding.Mend is null, finding.Mend))], ApiJson.Default.ImmutableArrayFindingDocument);
        else foreach (var finding in findings)
        {
            context.Terminal.Verdict($"{(finding.Mend is null ? "ok     " : "wrong  ")}{finding.What}", good: finding.Mend is null);
            if (finding.Mend is { } mend) context.Terminal.Line($"       {mend}");
        }
        return findings.TrueForAll(finding => finding.Mend is null) ? ExitCode.Done : ExitCode.Refused;
    }

    private static Finding Runtime() => new($"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.OSDescription}", null);

    private static Finding Sqlite()
    {
        try
        {
            return new Finding($"SQLite {StorageAudit.SqliteVersion()}, the system's library", null);
        }
        catch (StorageException exception)
        {
            return new Finding("SQLite", exception.Message);
        }
    }

    private static Finding Database(string address)
    {
        try
        {
            var entries = StorageAudit.ReadPostgres(address, out var name);
            return Journal($"The journal in {name}", () => entries);
        }
        catch (StorageException exception)
        {
            return new Finding("PostgreSQL", exception.Message);
        }
    }

    // The folder is the server's, where the newest checkpoint is kept; null where it is not known.
    private static Finding Journal(string what, Func<IEnumerable<JournalEntry>> entries, string? folder = null)
    {
        try
        {
            // The checkpoint first: entries that a running server writes meanwhile are newer than it.
            var (chain, witness) = (new ChainVerifier(), folder is null ? null : StorageAudit.Checkpoint(folder));
            if (witness is not null) chain.Expect(witness);
            var damage = entries().Select(chain.Next).FirstOrDefault(damage => damage is not null) ?? chain.End();
            if (damage is not null) return new Finding(what, $"{damage} Restore it from a backup; slipway log verify says the same of a copy.");
            return (folder, witness) switch
            {
                (null, _) => new Finding($"{what}: {chain.Verified} entries, each as it was written", null),
                (_, null) => new Finding($"{what}: {chain.Verified} entries, each as it was written, but no checkpoint.json beside it",
                    "Whether entries were cut off the end cannot be told. The server writes one at its next start."),
                _ => new Finding($"{what}: {chain.Verified} entries, each as it was written, signed up to entry {witness.Document.Checkpoint.Sequence}", null),
            };
        }
        catch (Exception exception) when (exception is StorageException or UnknownEventException)
        {
            return new Finding(what, exception.Message);
        }
    }

    private static Finding SigningKey(string folder)
    {
        try
        {
            return new Finding($"The key that signs checkpoints: {StorageAudit.SigningKey(folder).Id}", null);
        }
        catch (StorageException exception)
        {
            return new Finding("The key that signs checkpoints", exception.Message);
        }
    }

    private static Finding Rights(string folder)
    {
        try
        {
            return StorageAudit.OpenToOthers(folder) is { IsEmpty: false } open
                ? new Finding($"Everybody on this machine can read {string.Join(", ", open)} in {folder}", $"Texts of calls and prompts stand there. Shut the folder with: chmod 700 {folder}")
                : new Finding($"The databases in {folder}: nobody but their owner and group can read them", null);
        }
        catch (StorageException exception)
        {
            return new Finding($"Who can read the databases in {folder}", exception.Message);
        }
    }

    private static Finding Calls(DroppedDocument calls) => (calls.Dropped, calls.Reported) switch
    {
        (0, 0) => new Finding($"Its call log: no record was dropped, {calls.Waiting} wait", null),
        (0, var reported) => new Finding($"Its call log: {reported} records were dropped by applications", "Their SDKs' queues were full: look whether this server was away, or let them report more often."),
        (var dropped, _) => new Finding($"Its call log: {dropped} records were dropped since it started, {calls.Waiting} wait", "More calls came than could be stored, or its database was away for long; its log says which. No request was kept waiting."),
    };

    private static IEnumerable<Finding> Shadows(DroppedDocument calls)
    {
        if (calls.Shadows is { Dropped: > 0 } lost)
            yield return new Finding($"Its shadows: {lost.Dropped} requests were not asked since it started", "More came than could wait: name a smaller share in the plan. Users were answered as ever, and what was asked is compared all the same.");
        if (calls.Shadows is { Limited: > 0 } held)
            yield return new Finding($"Its shadows: {held.Limited} requests were left out because the provider limits the rate", "Users go first: name a smaller share in the plan, or ask the provider for more.");
    }

    private static Finding Drill(DrillDocument drill) => drill.Passed == false
        ? new Finding($"The way back of {drill.Version.Prompt} in {drill.Environment}: {drill.Sentence}",
            $"See which instances are slow with: slipway live {drill.Version.Prompt} --instances. Then practise again with: slipway release drill {drill.Version.Prompt}{(drill.Environment == EnvironmentName.Production ? "" : $" --environment {drill.Environment}")}")
        : new Finding($"The way back of {drill.Version.Prompt} in {drill.Environment}: {drill.Sentence}", null);

    private static async Task<Finding> ServerAsync(SlipwayApi api, CancellationToken cancellation) => await api.LiveAsync(null, null, null, cancellation) switch
    {
        ApiResult<ImmutableArray<LiveDocument>>.Ok { Value: var live } => new Finding($"The server at {api.Server} answers; {(live.Length == 1 ? "1 prompt is" : $"{live.Length} prompts are")} live", null),
        // A key that may not look is told so by a server that is well.
        ApiResult<ImmutableArray<LiveDocument>>.Failed { Failure: { Status: 403 } refused } => new Finding($"The server at {api.Server} answers; {refused.Message}", null),
        ApiResult<ImmutableArray<LiveDocument>>.Failed { Failure: var failure } =>
            new Finding($"The server at {api.Server}", failure.Message + " " + (CommandContext.HintFor(failure) ?? "")),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <param name="What">What was looked at.</param>
    /// <param name="Mend">What is wrong and how to mend it; null where nothing is.</param>
    private sealed record Finding(string What, string? Mend);
}
