using System.Globalization;
using System.Text.Json;
using Slipway.Core.Access;
using Slipway.Core.Evaluations;
using Slipway.Core.Incidents;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Staging;
using Slipway.Core.Wire;
using Slipway.Server.Access;
using Slipway.Server.Api;
using Slipway.Server.Storage;

namespace Slipway.Server;

/// <summary>The journal over HTTP: as sentences, and whole for checking it elsewhere.</summary>
internal static class LogEndpoints
{
    public static void MapLog(this RouteGroupBuilder api)
    {
        api.MapGet("/log", (string? prompt, HttpContext context, Page page, Caller caller, Ledger ledger, IJournal journal) =>
        {
            PromptName? name = null;
            if (prompt is not null && !PromptName.TryParse(prompt, out name)) return Refusals.Unknown($"\"{prompt}\" is no prompt's name: it must be {PromptName.Form}.");
            if (name is not null && caller.Access.DenyReach(Subject.Of($"read the log of {name}", name)) is Verdict.Refuse denied) return Refusals.Of(denied.Why);
            if (name is not null && ledger.Current.Prompts.Find(name) is null) return Refusals.Unknown(ledger.Current.Prompts.Missing(name));
            var after = 0L;
            if (page.After is not null && !long.TryParse(page.After, NumberStyles.None, CultureInfo.InvariantCulture, out after)) return Refusals.Invalid([$"after is \"{page.After}\": it must be the sequence of an entry."]);
            // Not a line further than the state the lines are explained with: an entry may be in the file a moment before it is believed.
            var registry = ledger.Current;
            return page.OfRest(context, journal.Entries(after).TakeWhile(entry => entry.Sequence <= registry.Head).Select(entry => (Entry: entry, Event: entry.Read()))
                .Where(line => caller.Access.Sees(PromptOf(line.Event, registry), EnvironmentOf(line.Event, registry)))
                .Where(line => prompt is null || PromptOf(line.Event, registry)?.Value == prompt)
                .Select(line => new LogLine(line.Entry.Sequence, line.Entry.Time, line.Entry.Actor, line.Event.Sentence)), line => line.Sequence.ToString(CultureInfo.InvariantCulture));
        }).Reads("read the log", withinReach: true).Gives<LogLine[]>("Read the journal as sentences");
        api.MapGet("/log/checkpoint", (Checkpoints checkpoints) => TypedResults.Ok(checkpoints.SignNow())).Reads("sign the journal").Gives<CheckpointDocument>("Sign the journal as it is now");
        api.MapGet("/log/entries", async (HttpContext context, IJournal journal, Checkpoints checkpoints) =>
        {
            // Signed before the first line is read: where the journal has lost its end by then, the export ends earlier than it says.
            var closing = checkpoints.SignNow();
            var (last, end) = (0L, closing.Checkpoint.Sequence);
            context.Response.ContentType = "application/jsonl";
            foreach (var entry in journal.Entries().TakeWhile(entry => entry.Sequence <= end))
            {
                await JsonSerializer.SerializeAsync(context.Response.Body, entry, JournalJson.Default.JournalEntry, context.RequestAborted);
                await context.Response.WriteAsync("\n", context.RequestAborted);
            }
            await context.Response.WriteAsync(JournalJson.Serialize(closing) + "\n", context.RequestAborted);
        }).Reads("export the journal").Does("Export the journal, one entry a line, signed at the end", StatusCodes.Status200OK);
    }

    private static EnvironmentName? EnvironmentOf(JournalEvent happened, Registry registry) => happened switch
    {
        ReleaseEvent release => registry.Releases.Find(release.Release)!.Environment,
        IncidentEvent incident => registry.Incidents.Find(incident.Incident)!.Environment,
        DrillEvent drill => drill.Environment,
        _ => null,
    };

    private static PromptName? PromptOf(JournalEvent happened, Registry registry) => happened switch
    {
        VersionSubmitted submitted => submitted.Version.Prompt,
        PromptPolicySet policy => policy.Prompt,
        DutiesAssigned assigned => assigned.Prompt,
        ChangeRequestEvent request => request.Prompt,
        EvaluationRecorded recorded => recorded.Candidate.Prompt,
        StagingEvent staged => staged.Version.Prompt,
        ReleaseEvent release => registry.Releases.Find(release.Release)!.Candidate.Prompt,
        IncidentEvent incident => registry.Incidents.Find(incident.Incident)!.Version.Prompt,
        DrillEvent drill => drill.Prompt,
        _ => null,
    };
}
