using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Slipway.Core.Journal;
using Slipway.Core.Wire;
using Slipway.Server.Storage;

namespace Slipway.Cli.Journal;

/// <summary><c>slipway log</c>: the journal in sentences, and the proof that nobody edited it.</summary>
internal static class LogCommands
{
    private static readonly Argument<string?> Prompt = new("PROMPT") { Description = "Only of this prompt", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Argument<string?> File = new("FILE") { Description = "An exported journal; else the server's is checked", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Argument<string> Target = new("FILE") { Description = "Where to write, one entry a line" };
    private static readonly Option<string?> Data = new("--data") { Description = "Check the journal in this data folder, with no server", HelpName = "DIR" };

    public static Command Make(Terminal terminal) => new Command("log", "Tell who did what, when and why")
    {
        Prompt,
        new Command("verify", "Check that nothing in the journal was changed, removed or reordered") { File, Data }.Does(terminal, VerifyAsync),
        new Command("export", "Write the whole journal to a file") { Target }.Does(terminal, ExportAsync),
    }.Does(terminal, ShowAsync);

    private static Task<int> ShowAsync(CommandContext context, CancellationToken cancellation) => context.AskAsync(api => api.LogAsync(context.Parse.GetValue(Prompt), cancellation), lines =>
    {
        if (context.WantsJson) context.Terminal.Json(lines, ApiJson.Default.ImmutableArrayLogLine);
        else foreach (var line in lines) context.Terminal.Line(Sentence(line));
        return ExitCode.Done;
    });

    private static async Task<int> VerifyAsync(CommandContext context, CancellationToken cancellation)
    {
        if (context.Parse.GetValue(Data) is { } folder) return Report(context, () => StorageAudit.Read(folder), $"the journal in {folder}");
        if (context.Parse.GetValue(File) is { } path)
            return context.ReadFile(path) is { } text ? Report(context, () => Entries(text), path) : ExitCode.Unusable;
        // The server only hands the entries out; whether they are whole is found out here.
        return await context.AskAsync(api => api.ExportAsync(cancellation), text => Report(context, () => Entries(text), "the server's journal"));
    }

    private static async Task<int> ExportAsync(CommandContext context, CancellationToken cancellation)
    {
        var path = context.Parse.GetValue(Target)!;
        return await context.AskAsync(api => api.ExportAsync(cancellation), text =>
        {
            try
            {
                System.IO.File.WriteAllText(path, text);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return context.Misused($"{path} cannot be written: {exception.Message}");
            }
            if (!context.WantsJson) context.Terminal.Line($"{path}  {text.Count(c => c == '\n')} entries");
            return ExitCode.Done;
        });
    }

    private static int Report(CommandContext context, Func<IEnumerable<JournalEntry>> entries, string what)
    {
        try
        {
            var chain = new ChainVerifier();
            JournalEntry? last = null;
            foreach (var entry in entries())
            {
                if (chain.Next(entry) is { } damage) return Damaged(context, what, damage);
                last = entry;
            }
            context.Terminal.Verdict($"{chain.Verified} entries of {what} are as they were written{(last is null ? "" : $"; the last one is {last.Hash}")}", good: true);
            return ExitCode.Done;
        }
        catch (Exception exception) when (exception is StorageException or JsonException)
        {
            return Damaged(context, what, exception.Message);
        }
    }

    private static int Damaged(CommandContext context, string what, string damage)
    {
        context.Terminal.Error($"{char.ToUpperInvariant(what[0])}{what[1..]} is damaged: {damage}");
        return ExitCode.Refused;
    }

    private static IEnumerable<JournalEntry> Entries(string jsonLines)
    {
        var number = 0;
        foreach (var line in jsonLines.Split('\n').Where(line => line.Length > 0))
        {
            number++;
            yield return Entry(line, number);
        }
    }

    private static JournalEntry Entry(string line, int number)
    {
        try
        {
            return JsonSerializer.Deserialize(line, JournalJson.Default.JournalEntry) ?? throw new JsonException("It is null.");
        }
        catch (JsonException exception)
        {
            throw new JsonException($"Entry {number} has lost the form of an entry.", exception);
        }
    }

    private static string Sentence(LogLine line) => string.Create(CultureInfo.InvariantCulture, $"{line.Sequence,4}  {line.Time.UtcDateTime:yyyy-MM-dd HH:mm:ss}  {line.Actor} {line.Sentence}");
}
