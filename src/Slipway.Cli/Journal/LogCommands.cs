using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Slipway.Core.Journal;
using Slipway.Core.Wire;

namespace Slipway.Cli.Journal;

/// <summary><c>slipway log</c>: the journal in sentences, and the proof that nobody edited it.</summary>
internal static class LogCommands
{
    private static readonly Argument<string?> Prompt = new("PROMPT") { Description = "Only of this prompt", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Argument<string> Target = new("FILE") { Description = "Where to write: one entry a line, then a signed checkpoint of the last one" };
    private static readonly Argument<string?> CheckpointTarget = new("FILE") { Description = "Where to write it; else it is printed", Arity = ArgumentArity.ZeroOrOne };

    public static Command Make() => new Command("log", "Tell who did what, when and why")
    {
        Prompt,
        LogVerify.Make(),
        new Command("export", "Write the whole journal to a file, signed") { Target }.Does(ExportAsync),
        new Command("checkpoint", "Have the server sign what the journal is now, to be kept elsewhere") { CheckpointTarget }.Does(CheckpointAsync),
    }.Does(ShowAsync);

    private static Task<int> ShowAsync(CommandContext context, CancellationToken cancellation) => context.AskAsync(api => api.LogAsync(context.Parse.GetValue(Prompt), cancellation), lines =>
    {
        if (context.WantsJson) context.Terminal.Json(lines, ApiJson.Default.ImmutableArrayLogLine);
        else foreach (var line in lines) context.Terminal.Line(Sentence(line));
        return ExitCode.Done;
    });

    private static async Task<int> ExportAsync(CommandContext context, CancellationToken cancellation)
    {
        var path = context.Parse.GetValue(Target)!;
        StreamWriter? file = null;      // opened with the first line: a server that refuses must not empty an earlier export
        try
        {
            string? last = null;
            return await context.AskAsync(api => api.ExportAsync(line => (file ??= new StreamWriter(path) { NewLine = "\n" }).WriteLine(last = line), cancellation), lines =>
            {
                file?.Dispose();
                if (!context.WantsJson) context.Terminal.Line($"{path}  {Closing(last, lines)}");
                return ExitCode.Done;
            });
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return context.Misused($"{path} cannot be written: {exception.Message}");
        }
        finally
        {
            if (file is not null) await file.DisposeAsync();
        }
    }

    private static Task<int> CheckpointAsync(CommandContext context, CancellationToken cancellation) => context.AskAsync(api => api.CheckpointAsync(cancellation), document =>
    {
        if (context.Parse.GetValue(CheckpointTarget) is not { } path || context.WantsJson)
            context.Terminal.Json(document, ApiJson.Default.CheckpointDocument);
        if (context.Parse.GetValue(CheckpointTarget) is not { } target) return ExitCode.Done;
        if (!context.WriteFile(target, JournalJson.Serialize(document) + "\n")) return ExitCode.Unusable;
        if (!context.WantsJson) context.Terminal.Line($"{target}  entry {document.Checkpoint.Sequence}, signed with the key {document.Checkpoint.Key}");
        return ExitCode.Done;
    });

    private static string Closing(string? line, long lines)
    {
        try
        {
            var checkpoint = JournalJson.ReadCheckpoint(line ?? "").Checkpoint;
            return $"{lines - 1} entries, signed with the key {checkpoint.Key}";
        }
        catch (JsonException)
        {
            return $"{lines} entries, not signed: the server is of a build that does not sign";
        }
    }

    private static string Sentence(LogLine line) => string.Create(CultureInfo.InvariantCulture, $"{line.Sequence,4}  {line.Time.UtcDateTime:yyyy-MM-dd HH:mm:ss}  {line.Actor} {line.Sentence}");
}
