using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Slipway.Core.Journal;
using Slipway.Core.Wire;

namespace Slipway.Cli.Journal;

/// <summary><c>slipway log verify</c>: proves that a journal is what was written, or names what is not.</summary>
internal static class LogVerify
{
    private static readonly Argument<string?> File = new("FILE") { Description = "An exported journal; else the server's is checked", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string?> Data = new("--data") { Description = "Check the journal in this data folder, with no server", HelpName = "DIR" };
    private static readonly Option<string?> Checkpoint = new("--checkpoint") { Description = "Hold the journal against a checkpoint kept elsewhere (see log checkpoint)", HelpName = "FILE" };
    private static readonly Option<string[]> SignedBy = new("--signed-by")
    {
        Description = "Insist on this key, by its fingerprint as the server prints it at its start; once for every server",
        HelpName = "sha256:…",
    };

    public static Command Make() => new Command("verify", "Prove that nothing in the journal was changed, removed, inserted or moved") { File, Data, Checkpoint, SignedBy }
        .Does(RunAsync);

    private static async Task<int> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        var (file, folder) = (context.Parse.GetValue(File), context.Parse.GetValue(Data));
        if (file is not null && folder is not null) return context.Misused("One journal at a time: name a FILE or --data, not both.");
        if (Trusted(context) is not { } trusted || Kept(context) is not { } kept) return ExitCode.Unusable;

        var verification = new Verification(file ?? (folder is null ? "the server's journal" : $"the journal in {folder}"));
        foreach (var witness in kept) verification.Expect(witness);
        if (folder is not null) verification.Look(folder);
        else if (file is not null && !Read(context, file, verification)) return ExitCode.Unusable;
        else if (file is null)
        {
            // The server only hands the entries out; whether they are whole is found out here.
            var exit = await context.AskAsync(api => api.ExportAsync(verification.Line, cancellation), _ => ExitCode.Done);
            if (exit != ExitCode.Done) return exit;
        }
        verification.End(trusted);
        return Report(context, verification, trusted.Count > 0);
    }

    private static bool Read(CommandContext context, string path, Verification verification)
    {
        try
        {
            foreach (var line in System.IO.File.ReadLines(path)) verification.Line(line);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            context.Terminal.Error(System.IO.File.Exists(path) ? $"{path} cannot be read: {exception.Message}" : $"There is no file {path}.");
            return false;
        }
    }

    private static HashSet<ContentHash>? Trusted(CommandContext context)
    {
        var trusted = new HashSet<ContentHash>();
        foreach (var text in context.Parse.GetValue(SignedBy) ?? [])
        {
            if (ContentHash.TryParse(text, out var id) || ContentHash.TryParse($"sha256:{text}", out id)) trusted.Add(id);
            else
            {
                context.Misused($"\"{text}\" is no key's fingerprint: it must be {ContentHash.Form}.");
                return null;
            }
        }
        return trusted;
    }

    private static IReadOnlyList<Witness>? Kept(CommandContext context)
    {
        if (context.Parse.GetValue(Checkpoint) is not { } path) return [];
        if (context.ReadFile(path) is not { } text) return null;
        try
        {
            return [new Witness(JournalJson.ReadCheckpoint(text), path)];
        }
        catch (JsonException)
        {
            context.Misused($"{path} is no checkpoint.", "One is written with: slipway log checkpoint FILE");
            return null;
        }
    }

    private static int Report(CommandContext context, Verification verification, bool keyWasNamed)
    {
        var terminal = context.Terminal;
        var last = verification.Last;
        if (context.WantsJson) terminal.Json(new VerificationDocument(last?.Sequence ?? 0, last?.Hash, last?.Time, verification.Proof, verification.Damage), ApiJson.Default.VerificationDocument);
        if (verification.Damage is { } damage)
        {
            terminal.Error(damage, verification.Hint);
            return ExitCode.Refused;
        }
        if (context.WantsJson) return ExitCode.Done;

        var (proof, entries) = (verification.Proof!.Checkpoint, last!.Sequence);
        terminal.Verdict($"{(entries == 1 ? "The entry" : $"All {entries} entries")} of {verification.What} are as they were written: none was changed, removed, inserted or moved.", good: true);
        terminal.Line($"  last entry   {entries}, written {Time(last.Time)}, {last.Hash}");
        terminal.Line($"  signed       entry {proof.Sequence}, {Time(proof.Time)}, with the key {proof.Key}");
        terminal.Line(proof.Sequence == entries
            ? $"  At {Time(proof.Time)} these were all the entries there were."
            : $"  None is missing up to entry {proof.Sequence}. {(proof.Sequence + 1 == entries ? $"Entry {entries} is" : $"Entries {proof.Sequence + 1} to {entries} are")} newer than the checkpoint.");
        if (!keyWasNamed) terminal.Line("  Whose key it is, the journal cannot prove: compare it with the one the server printed at its start, or name that one with --signed-by.");
        return ExitCode.Done;
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
