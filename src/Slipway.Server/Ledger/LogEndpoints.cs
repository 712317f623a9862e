using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Evaluations;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Wire;
using Slipway.Server.Api;
using Slipway.Server.Storage;

namespace Slipway.Server;

/// <summary>The journal over HTTP: as sentences, and whole for checking it elsewhere.</summary>
internal static class LogEndpoints
{
    public static void MapLog(this RouteGroupBuilder api)
    {
        api.MapGet("/log", (string? prompt, Ledger ledger, IJournal journal) =>
        {
            if (prompt is not null && (!PromptName.TryParse(prompt, out var name) || ledger.Current.Prompts.Find(name) is null))
                return Refusals.Unknown(PromptName.TryParse(prompt, out var unknown) ? ledger.Current.Prompts.Missing(unknown) : $"\"{prompt}\" is no prompt's name: it must be {PromptName.Form}.");
            // Not a line further than the state the lines are explained with: an entry may be in the file a moment before it is believed.
            var registry = ledger.Current;
            return (IResult)TypedResults.Ok(journal.Entries().TakeWhile(entry => entry.Sequence <= registry.Head).Select(entry => (Entry: entry, Event: entry.Read()))
                .Where(line => prompt is null || PromptOf(line.Event, registry.Releases)?.Value == prompt)
                .Select(line => new LogLine(line.Entry.Sequence, line.Entry.Time, line.Entry.Actor, line.Event.Sentence)).ToImmutableArray());
        });
        api.MapGet("/log/entries", async (HttpContext context, IJournal journal) =>
        {
            context.Response.ContentType = "application/jsonl";
            foreach (var entry in journal.Entries())
            {
                await JsonSerializer.SerializeAsync(context.Response.Body, entry, JournalJson.Default.JournalEntry, context.RequestAborted);
                await context.Response.WriteAsync("\n", context.RequestAborted);
            }
        });
    }

    private static PromptName? PromptOf(JournalEvent happened, ReleasesState releases) => happened switch
    {
        VersionSubmitted submitted => submitted.Version.Prompt,
        EvaluationRecorded recorded => recorded.Candidate.Prompt,
        ReleaseEvent release => releases.Find(release.Release)!.Candidate.Prompt,
        _ => null,
    };
}
