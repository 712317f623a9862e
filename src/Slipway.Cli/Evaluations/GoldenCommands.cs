using System.Collections.Immutable;
using System.CommandLine;
using System.Text;
using Slipway.Cli.Prompts;
using Slipway.Client;
using Slipway.Core.Evaluations;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Wire;

namespace Slipway.Cli.Evaluations;

/// <summary><c>slipway golden</c>: the sets of cases that versions are tested on.</summary>
internal static class GoldenCommands
{
    private static readonly Argument<string> JsonLines = new("FILE") { Description = "NAME_vN.jsonl" };
    private static readonly Argument<string?> Which = new("SET") { Description = "NAME:vN, NAME for its newest version, or a file; none lists all", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Argument<string> Before = new("A") { Description = "NAME:vN, NAME for its newest version, or a file" };
    private static readonly Argument<string> After = new("B") { Description = "The same of what it is compared with" };
    private static readonly Argument<string> Name = new("SET") { Description = "The golden set's name; its next version is made" };
    private static readonly Option<bool> Lines = new("--lines") { Description = "Print the cases as JSON Lines, as they are pushed" };
    private static readonly Option<string?> FromTrace = new("--from-trace") { Description = "The call of this trace", HelpName = "ID" };
    private static readonly Option<string?> From = new("--from") { Description = "Calls that something happened to", HelpName = "schema-failures|corrections|escalations|costly|abandoned" };
    private static readonly Option<string?> Prompt = new("--prompt") { Description = "Whose calls; needed with --from", HelpName = "PROMPT" };
    private static readonly Option<string?> Place = new("--environment") { Description = "Where; default production", HelpName = "E" };
    private static readonly Option<string?> Since = new("--since") { Description = "From when, as a time or as how long ago; default 24h", HelpName = "TIME" };
    private static readonly Option<int?> Limit = new("--limit") { Description = "How many cases at most, 1 to 200; default 20", HelpName = "N" };
    private static readonly Option<string?> Kind = new("--kind") { Description = "What the cases try out; default normal", HelpName = "KIND" };
    private static readonly Option<string[]> Case = new("--case") { Description = "A case by its id. May be repeated", HelpName = "ID" };
    private static readonly Option<bool> All = new("--all") { Description = "Every case that waits to be confirmed" };
    private static readonly Option<string?> Trace = new("--trace") { Description = "The cases that were made of this trace", HelpName = "ID" };

    public static Command Make() => new("golden", "Keep golden sets: the cases that versions are tested on")
    {
        new Command("push", "Push a golden set in JSON Lines") { JsonLines }.Does(PushAsync),
        new Command("show", "Say what a golden set is made of, or list them all") { Which, Lines }.Does(ShowAsync),
        new Command("diff", "Say which cases were added, removed and changed") { Before, After }.Does(DiffAsync),
        new Command("add", "Make the next version of a set with cases of recorded calls, each to be confirmed") { Name, FromTrace, From, Prompt, Place, Since, Limit, Kind }.Does(AddAsync),
        new Command("confirm", "Make the next version of a set in which cases expect what was proposed") { Name, Case, All }.Does(ConfirmAsync),
        new Command("remove", "Make the next version of a set without some cases, and say how the older ones are erased") { Name, Case, Trace }.Does(RemoveAsync),
        GoldenImport.Make(),
    };

    /// <summary>Pushes lines that came from a file.</summary>
    public static Task<int> PushAsync(CommandContext context, string path, GoldenSetId id, string jsonLines, CancellationToken cancellation) =>
        context.AskAsync(async api => EvaluationCommands.About(path, await api.PushGoldenSetAsync(id, jsonLines, cancellation)), set => Pushed(context, set));

    /// <summary>Says what became of a push.</summary>
    public static int Pushed(CommandContext context, GoldenSetDocument set)
    {
        if (context.WantsJson) context.Terminal.Json(set, ApiJson.Default.GoldenSetDocument);
        else
        {
            context.Terminal.Line($"{set.Set}  {ReportText.Cases(set.Cases)}  {set.Content}{(set.Created ? "" : "  (was there already)")}");
            foreach (var notice in set.Notices) context.Terminal.Line($"  {notice}");
            GoldenText.Missing(context.Terminal, set.Missing);
        }
        return ExitCode.Done;
    }

    private static async Task<int> PushAsync(CommandContext context, CancellationToken cancellation)
    {
        var path = context.Parse.GetValue(JsonLines)!;
        if (GoldenSetFile.IdOf(path) is not { } id) return context.Misused($"{path} names no golden set.", "Name the file NAME_vN.jsonl, as in support_router_golden_v4.jsonl");
        return context.ReadFile(path) is { } text ? await PushAsync(context, path, id, text, cancellation) : ExitCode.Unusable;
    }

    private static async Task<int> ShowAsync(CommandContext context, CancellationToken cancellation)
    {
        if (context.Parse.GetValue(Which) is not { } which)
        {
            return await context.AskAsync(api => api.GoldenSetsAsync(cancellation), sets =>
            {
                if (context.WantsJson) context.Terminal.Json(sets, ApiJson.Default.ImmutableArrayGoldenSetListing);
                else GoldenText.List(context.Terminal, sets);
                return ExitCode.Done;
            });
        }
        if (IsFile(which))
        {
            if (ReadFile(context, which) is not { } set) return ExitCode.Refused;
            if (context.Parse.GetValue(Lines)) context.Terminal.Line(set.ToJsonLines().TrimEnd('\n'));
            else if (context.WantsJson) context.Terminal.Json(GoldenSetSummary.Of(set), ApiJson.Default.GoldenSetSummary);
            else GoldenText.Summary(context.Terminal, which, GoldenSetSummary.Of(set), []);
            return ExitCode.Done;
        }
        return await context.AskAsync(api => api.GoldenSetAsync(which, cancellation), set =>
        {
            if (context.Parse.GetValue(Lines)) context.Terminal.Line(LinesOf(set).TrimEnd('\n'));
            else if (context.WantsJson) context.Terminal.Json(set, ApiJson.Default.GoldenSetContent);
            else GoldenText.Summary(context.Terminal, $"{set.Set}  {set.Content}", set.Summary, set.Missing);
            return ExitCode.Done;
        });
    }

    private static async Task<int> DiffAsync(CommandContext context, CancellationToken cancellation)
    {
        var (first, second) = (context.Parse.GetValue(Before)!, context.Parse.GetValue(After)!);
        var sets = new List<GoldenSet>();
        foreach (var which in (string[])[first, second])
        {
            if (IsFile(which))
            {
                if (ReadFile(context, which) is not { } set) return ExitCode.Refused;
                sets.Add(set);
                continue;
            }
            var code = await context.AskAsync(api => api.GoldenSetAsync(which, cancellation), set =>
            {
                sets.Add(Parse(set));
                return ExitCode.Done;
            });
            if (code != ExitCode.Done) return code;
        }
        var diff = GoldenSetDiff.Between(sets[0], sets[1]);
        if (context.WantsJson) context.Terminal.Json(diff, ApiJson.Default.GoldenSetDiff);
        else GoldenText.Diff(context.Terminal, first, second, diff);
        return ExitCode.Done;
    }

    private static async Task<int> AddAsync(CommandContext context, CancellationToken cancellation)
    {
        var parse = context.Parse;
        if (parse.GetValue(FromTrace) is null == parse.GetValue(From) is null) return context.Misused("It is not said which calls.", "Write --from-trace ID, or --from escalations --prompt PROMPT");
        PromptName? prompt = null;
        if (parse.GetValue(Prompt) is { } name && (prompt = context.Read<PromptName>(name, "prompt's name")) is null) return ExitCode.Unusable;
        EnvironmentName? environment = null;
        if (parse.GetValue(Place) is { } place && (environment = context.Read<EnvironmentName>(place, "environment")) is null) return ExitCode.Unusable;
        CaseKind? kind = null;
        if (parse.GetValue(Kind) is { } word && (kind = GoldenText.KindOf(word)) is null) return context.Misused($"\"{word}\" is no kind of case.", $"The kinds are {GoldenText.Kinds}");
        var request = new GoldenCasesRequest(parse.GetValue(FromTrace), parse.GetValue(From), prompt, environment, parse.GetValue(Since), parse.GetValue(Limit), kind);
        return await context.AskAsync(api => api.AddCasesAsync(parse.GetValue(Name)!, request, cancellation), made =>
        {
            if (context.WantsJson) context.Terminal.Json(made, ApiJson.Default.GoldenCasesDocument);
            else GoldenText.Added(context.Terminal, made);
            return made.Created ? ExitCode.Done : ExitCode.Refused;
        });
    }

    private static Task<int> ConfirmAsync(CommandContext context, CancellationToken cancellation)
    {
        var (ids, all) = (context.Parse.GetValue(Case) ?? [], context.Parse.GetValue(All));
        if (all == ids.Length > 0) return Task.FromResult(context.Misused("It is not said which cases.", "Write --case ID or --all"));
        return ChangeAsync(context, set =>
        {
            var wrong = ids.FirstOrDefault(id => !set.Cases.Any(one => one.Id == id && one.IsProposed));
            return wrong is not null ? (null, $"{set.Id} has no case {wrong} that waits to be confirmed.")
                : set.Cases.All(one => !one.IsProposed) ? (null, $"No case of {set.Id} waits to be confirmed.")
                : ([.. set.Cases.Select(one => all || ids.Contains(one.Id) ? one with { IsProposed = false } : one)], null);
        }, cancellation);
    }

    private static async Task<int> RemoveAsync(CommandContext context, CancellationToken cancellation)
    {
        var (ids, trace) = (context.Parse.GetValue(Case) ?? [], context.Parse.GetValue(Trace));
        if (trace is null && ids.Length == 0) return context.Misused("It is not said which cases.", "Write --case ID or --trace ID");
        var removed = new HashSet<string>(StringComparer.Ordinal);
        var code = await ChangeAsync(context, set =>
        {
            var gone = set.Cases.Where(one => ids.Contains(one.Id) || (trace is not null && one.Source?.EndsWith($":{trace}", StringComparison.Ordinal) == true)).Select(one => one.Id).ToHashSet(StringComparer.Ordinal);
            removed.UnionWith(gone);
            return ids.FirstOrDefault(id => !gone.Contains(id)) is { } unknown ? (null, $"{set.Id} has no case {unknown}.")
                : gone.Count == 0 ? (null, $"{set.Id} has no case of the trace {trace}.")
                : gone.Count == set.Cases.Length ? (null, $"{set.Id} holds nothing else; a golden set has at least one case.")
                : ([.. set.Cases.Where(one => !gone.Contains(one.Id))], null);
        }, cancellation);
        return code == ExitCode.Done && !context.WantsJson ? await SayWhereTheyAreAsync(context, removed, cancellation) : code;
    }

    // A version never changes: what must be gone for good is erased where it still stands.
    private static Task<int> SayWhereTheyAreAsync(CommandContext context, HashSet<string> removed, CancellationToken cancellation) => context.AskAsync(api => api.GoldenSetsAsync(cancellation), async (api, sets) =>
    {
        var name = context.Parse.GetValue(Name)!;
        var holding = new List<GoldenSetListing>();
        foreach (var set in sets.Where(set => set.Set.Name == name && set.Erased is null))
        {
            if (await api.GoldenSetAsync(set.Set.ToString(), cancellation) is ApiResult<GoldenSetContent>.Ok { Value.Cases: var cases } && cases.Any(one => removed.Contains(one.GetProperty("id").GetString()!))) holding.Add(set);
        }
        if (holding.Count == 0) return ExitCode.Done;
        context.Terminal.Line($"Older versions hold {(removed.Count == 1 ? "the case" : "them")} still. Where a person asked for that, an administrator erases them:");
        foreach (var set in holding) context.Terminal.Line($"  slipway object erase {set.Content} --reason \"…\"     ({set.Set})");
        return ExitCode.Done;
    });

    // Reads the newest version of a set, changes its cases and pushes them as the next.
    private static Task<int> ChangeAsync(CommandContext context, Func<GoldenSet, (ImmutableArray<GoldenCase>? Cases, string? Why)> change, CancellationToken cancellation) =>
        context.AskAsync(api => api.GoldenSetAsync(context.Parse.GetValue(Name)!, cancellation), async (api, found) =>
        {
            var (cases, why) = change(Parse(found));
            if (cases is not { } kept)
            {
                context.Terminal.Error(why!);
                return ExitCode.Refused;
            }
            var next = found.Set.Next();
            if (GoldenSet.Of(next, kept) is not GoldenSetResult.Parsed { Set: var made }) throw new InvalidOperationException($"{found.Set} was right, and is not with other cases.");
            return await api.PushGoldenSetAsync(next, made.ToJsonLines(), cancellation) switch
            {
                ApiResult<GoldenSetDocument>.Ok ok => Pushed(context, ok.Value),
                ApiResult<GoldenSetDocument>.Failed failed => context.Fail(failed.Failure),
                _ => throw new System.Diagnostics.UnreachableException(),
            };
        });

    private static bool IsFile(string which) => which.EndsWith(".jsonl", StringComparison.Ordinal) || File.Exists(which);

    /// <summary>Reads cases from a file.</summary>
    /// <returns>Null, after saying so, where it cannot be read or is no golden set.</returns>
    public static GoldenSet? ReadFile(CommandContext context, string path)
    {
        if (context.ReadFile(path) is not { } text) return null;
        var id = GoldenSetFile.IdOf(path) ?? (GoldenSetId.TryParse("file:v1", out var any) ? any : throw new InvalidOperationException());
        var parse = GoldenSet.Parse(id, text);
        if (parse is GoldenSetResult.Parsed { Set: var set }) return set;
        foreach (var error in ((GoldenSetResult.Refused)parse).Errors) context.Terminal.Error($"{path}: {error}");
        return null;
    }

    /// <summary>A set as the server shows it.</summary>
    public static GoldenSet Parse(GoldenSetContent content) => GoldenSet.Parse(content.Set, LinesOf(content)) is GoldenSetResult.Parsed parsed
        ? parsed.Set
        : throw new InvalidOperationException($"{content.Set} holds what this build of slipway does not know; take the server's.");

    private static string LinesOf(GoldenSetContent content)
    {
        var lines = new StringBuilder();
        foreach (var one in content.Cases) lines.Append(one.GetRawText()).Append('\n');
        return lines.ToString();
    }
}
