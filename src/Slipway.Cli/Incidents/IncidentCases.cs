using System.Collections.Immutable;
using System.CommandLine;
using System.Text;
using Slipway.Cli.Evaluations;
using Slipway.Client;
using Slipway.Core.Evaluations;
using Slipway.Core.Incidents;
using Slipway.Core.Wire;

namespace Slipway.Cli.Incidents;

/// <summary>The cases of an incident: what is proposed, and what somebody accepts, edits or drops.</summary>
internal static class IncidentCases
{
    private static readonly Option<string?> Out = new("--out") { Description = "Write the proposed cases to this file, as JSON Lines, to edit what they expect and to drop some", HelpName = "FILE" };
    private static readonly Option<string?> File = new("--file") { Description = "The cases of this file, as JSON Lines", HelpName = "FILE" };
    private static readonly Option<string[]> Case = new("--case") { Description = "A proposed case by its id, as it is. May be repeated", HelpName = "ID" };
    private static readonly Option<bool> All = new("--all") { Description = "Every proposed case that says for certain what is expected" };

    public static Command Propose() => new Command("cases", "Show the calls that failed as golden cases, redacted, with what failed") { IncidentCommands.Id, Out }.Does(ProposeAsync);

    public static Command Add() =>
        new Command("add-case", "Make the next version of the golden set with cases of the incident: proposed ones that you accept, or those of a file") { IncidentCommands.Id, Case, All, File, IncidentCommands.Set }.Does(AddAsync);

    private static async Task<int> ProposeAsync(CommandContext context, CancellationToken cancellation) => IncidentCommands.Read(context) is not { } id ? ExitCode.Unusable
        : await context.AskAsync(api => api.IncidentCasesAsync(id, cancellation), cases =>
        {
            if (context.Parse.GetValue(Out) is not null && cases.Proposed.IsEmpty)
            {
                context.Terminal.Error($"No call of {id} makes a case, so nothing was written.");
                return ExitCode.Refused;
            }
            if (!context.WriteFile(Out, () => LinesOf(cases.Proposed))) return ExitCode.Unusable;
            if (context.WantsJson) context.Terminal.Json(cases, ApiJson.Default.IncidentCasesDocument);
            else IncidentText.Write(context.Terminal, cases, context.Parse.GetValue(Out));
            return ExitCode.Done;
        });

    private static async Task<int> AddAsync(CommandContext context, CancellationToken cancellation)
    {
        var (ids, all, path) = (context.Parse.GetValue(Case) ?? [], context.Parse.GetValue(All), context.Parse.GetValue(File));
        if (IncidentCommands.Read(context) is not { } id) return ExitCode.Unusable;
        if ((ids.Length > 0 ? 1 : 0) + (all ? 1 : 0) + (path is null ? 0 : 1) != 1) return context.Misused("It is not said which cases.", "Write --case ID, --all, or --file FILE");
        ImmutableArray<GoldenCase>? given = null;
        if (path is not null && (given = OfFile(context, path, id)) is null) return ExitCode.Refused;
        return await context.AskAsync(api => api.IncidentAsync(id, cancellation), async (api, incident) =>
        {
            if (given is { } cases) return await PushAsync(context, api, incident, cases, cancellation);
            return await context.AskAsync(again => again.IncidentCasesAsync(id, cancellation), async (again, proposed) =>
                Chosen(context, proposed, ids) is { } chosen ? await PushAsync(context, again, incident, chosen, cancellation) : ExitCode.Refused);
        });
    }

    /// <summary>Proposed cases as somebody accepts them: they wait for nobody any more.</summary>
    public static ImmutableArray<GoldenCase> Accept(IEnumerable<ProposedCase> proposed) => [.. Read(LinesOf([.. proposed])).Cases.Select(one => one with { IsProposed = false })];

    private static ImmutableArray<GoldenCase>? Chosen(CommandContext context, IncidentCasesDocument proposed, string[] ids)
    {
        if (ids.FirstOrDefault(id => !proposed.Proposed.Any(one => one.Id == id)) is { } unknown)
        {
            context.Terminal.Error($"{proposed.Incident} proposes no case {unknown}.", $"See them with: slipway incident cases {proposed.Incident}");
            return null;
        }
        ImmutableArray<ProposedCase> chosen = [.. proposed.Proposed.Where(one => ids.Length == 0 ? one.IsCertain : ids.Contains(one.Id))];
        if (!chosen.IsEmpty) return Accept(chosen);
        context.Terminal.Error($"{proposed.Incident} proposes no case that says for certain what is expected.", $"Write them to a file, say what is right there, and add that: slipway incident cases {proposed.Incident} --out FILE");
        return null;
    }

    private static ImmutableArray<GoldenCase>? OfFile(CommandContext context, string path, IncidentId id)
    {
        if (GoldenCommands.ReadFile(context, path) is not { } set) return null;
        if (set.Cases.FirstOrDefault(one => one.Source is not null && !id.IsSource(one.Source)) is not { } other) return [.. set.Cases.Select(one => one with { Source = one.Source ?? id.Source })];
        context.Terminal.Error($"{path}: {other.Id} has the source {other.Source}, and is no case of {id}.");
        return null;
    }

    private static async Task<int> PushAsync(CommandContext context, SlipwayApi api, IncidentDocument incident, ImmutableArray<GoldenCase> cases, CancellationToken cancellation)
    {
        var name = context.Parse.GetValue(IncidentCommands.Set);
        if (name is null)
        {
            switch (await api.VersionAsync(incident.Version.ToString(), cancellation))
            {
                case ApiResult<VersionDocument>.Ok version: name = version.Value.Record.GoldenSet?.Name; break;
                case ApiResult<VersionDocument>.Failed failed: return context.Fail(failed.Failure);
            }
        }
        if (name is null) return context.Misused($"{incident.Version} names no golden set.", "Name one with --set");
        GoldenSet? there = null;
        switch (await api.GoldenSetAsync(name, cancellation))
        {
            case ApiResult<GoldenSetContent>.Ok found: there = GoldenCommands.Parse(found.Value); break;
            case ApiResult<GoldenSetContent>.Failed { Failure: { Status: not 404 } failure }: return context.Fail(failure);
        }
        if (!GoldenSetId.TryParse($"{name}:v1", out var first)) return context.Misused($"\"{name}\" is no golden set's name.");
        var leftOut = new List<string>();
        var (result, added) = GoldenSet.Grow(there, there?.Id.Next() ?? first, cases, leftOut);
        foreach (var left in leftOut) context.Terminal.Remark(left);
        if (added.IsEmpty || result is not GoldenSetResult.Parsed { Set: var made })
        {
            context.Terminal.Error($"{name} stays as it is: there is nothing to add.");
            return ExitCode.Refused;
        }
        switch (await api.PushGoldenSetAsync(made.Id, made.ToJsonLines(), cancellation))
        {
            case ApiResult<GoldenSetDocument>.Failed failed: return context.Fail(failed.Failure);
            case ApiResult<GoldenSetDocument>.Ok pushed:
                GoldenCommands.Pushed(context, pushed.Value);
                if (context.WantsJson) break;
                context.Terminal.Line($"Try whether they would find it now, and close it, with: slipway incident close {incident.Id}");
                context.Terminal.Line($"Name {made.Id} in the next version's manifest, so that its release is held against them.");
                break;
        }
        return ExitCode.Done;
    }

    private static GoldenSet Read(string lines) => GoldenSetId.TryParse("proposed:v1", out var id) && GoldenSet.Parse(id, lines) is GoldenSetResult.Parsed { Set: var set }
        ? set : throw new InvalidOperationException("The server proposes what this build of slipway does not know; take the server's.");

    private static string LinesOf(ImmutableArray<ProposedCase> cases)
    {
        var lines = new StringBuilder();
        foreach (var one in cases) lines.Append(one.Case.GetRawText()).Append('\n');
        return lines.ToString();
    }
}
