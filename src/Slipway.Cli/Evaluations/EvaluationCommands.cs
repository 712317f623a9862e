using System.CommandLine;
using System.Text.Json;
using Slipway.Cli.Prompts;
using Slipway.Client;
using Slipway.Core.Evaluations;
using Slipway.Core.Wire;

namespace Slipway.Cli.Evaluations;

/// <summary><c>slipway eval</c> and <c>slipway golden</c>.</summary>
internal static class EvaluationCommands
{
    private static readonly Argument<string> Manifest = new("MANIFEST") { Description = "An evaluation manifest (JSON)" };
    private static readonly Argument<string> JsonLines = new("FILE") { Description = "NAME_vN.jsonl" };
    private static readonly Argument<string> Csv = new("FILE") { Description = "A CSV file with a heading row" };
    private static readonly Option<string> Text = new("--text") { Description = "The column of the messages", Required = true, HelpName = "COLUMN" };
    private static readonly Option<string> Label = new("--label") { Description = "The column of the labels", Required = true, HelpName = "COLUMN" };
    private static readonly Option<string?> As = new("--as") { Description = $"The golden set's name: {GoldenSetId.Form}; default: the file's name, v1", HelpName = "NAME:vN" };
    private static readonly Option<string?> Field = new("--field") { Description = "The field of the answer that must hold the label; default: the label's column", HelpName = "FIELD" };
    private static readonly Option<string?> Variables = new("--variables") { Description = "A JSON object of variables every case has", HelpName = "JSON" };
    private static readonly Option<string?> Out = new("--out") { Description = "Write JSON Lines to this file instead of pushing it", HelpName = "FILE" };

    public static Command Eval(Terminal terminal) => new Command("eval", "Run a candidate and what is live on the same cases, and judge the gates")
    {
        Manifest, EvaluationWatch.Repeats, EvaluationWatch.Concurrency, EvaluationWatch.MaxCost, EvaluationWatch.NoCache,
        ReportFiles.Markdown, ReportFiles.JUnit, ReportFiles.Html, ReportFiles.Show(terminal),
    }.Does(terminal, EvalAsync);

    public static Command Golden(Terminal terminal) => new("golden", "Keep golden sets")
    {
        new Command("push", "Push a golden set in JSON Lines") { JsonLines }.Does(terminal, PushAsync),
        new Command("import", "Make a golden set from labelled messages") { Csv, Text, Label, As, Field, Variables, Out }.Does(terminal, ImportAsync),
    };

    private static async Task<int> EvalAsync(CommandContext context, CancellationToken cancellation)
    {
        var path = context.Parse.GetValue(Manifest)!;
        if (context.ReadFile(path) is not { } manifest) return ExitCode.Unusable;
        return await context.AskAsync(async api => About(path, await EvaluationWatch.RunAsync(context, api, manifest, cancellation)), evaluation =>
        {
            if (context.WantsJson) context.Terminal.Json(evaluation, ApiJson.Default.EvaluationDocument);
            else ReportText.Write(context.Terminal, evaluation.Report, ReportText.More);
            return ReportFiles.Write(context, evaluation.Report) ? ReportFiles.ExitCodeOf(evaluation.Report) : ExitCode.Unusable;
        });
    }

    private static async Task<int> PushAsync(CommandContext context, CancellationToken cancellation)
    {
        var path = context.Parse.GetValue(JsonLines)!;
        if (GoldenSetFile.IdOf(path) is not { } id) return context.Misused($"{path} names no golden set.", "Name the file NAME_vN.jsonl, as in support_router_golden_v4.jsonl");
        return context.ReadFile(path) is { } text ? await PushAsync(context, path, id, text, cancellation) : ExitCode.Unusable;
    }

    private static async Task<int> ImportAsync(CommandContext context, CancellationToken cancellation)
    {
        var parse = context.Parse;
        if (context.Read<GoldenSetId>(parse.GetValue(As) ?? NameOf(parse.GetValue(Csv)!), "golden set's name") is not { } id) return ExitCode.Unusable;
        if (!TryObject(parse.GetValue(Variables), out var variables)) return context.Misused("--variables must be a JSON object.", "As in --variables '{\"customer_tier\": \"plus\"}'");
        var csv = LabelledCsv.Read(parse.GetValue(Csv)!, parse.GetValue(Text)!, parse.GetValue(Label)!);
        if (csv is not LabelledCsvResult.Parsed { Rows: var rows }) return Refuse(context, ((LabelledCsvResult.Refused)csv).Problems.Select(problem => problem.ToString()));
        var made = GoldenSet.FromLabelled(id, parse.GetValue(Field) ?? parse.GetValue(Label)!, rows, variables);
        if (made is not GoldenSetResult.Parsed { Set: var set }) return Refuse(context, ((GoldenSetResult.Refused)made).Errors.Select(error => error.ToString()));
        if (parse.GetValue(Out) is not { } path) return await PushAsync(context, parse.GetValue(Csv)!, id, set.ToJsonLines(), cancellation);
        try
        {
            await File.WriteAllTextAsync(path, set.ToJsonLines(), cancellation);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return context.Misused($"{path} cannot be written: {exception.Message}");
        }
        if (!context.WantsJson) context.Terminal.Line($"{path}  {ReportText.Cases(set.Cases.Length)}");
        return ExitCode.Done;
    }

    private static Task<int> PushAsync(CommandContext context, string path, GoldenSetId id, string jsonLines, CancellationToken cancellation) =>
        context.AskAsync(async api => About(path, await api.PushGoldenSetAsync(id, jsonLines, cancellation)), set =>
        {
            if (context.WantsJson) context.Terminal.Json(set, ApiJson.Default.GoldenSetDocument);
            else
            {
                context.Terminal.Line($"{set.Set}  {ReportText.Cases(set.Cases)}  {set.Content}{(set.Created ? "" : "  (was there already)")}");
                foreach (var notice in set.Notices) context.Terminal.Line($"  {notice}");
            }
            return ExitCode.Done;
        });

    private static ApiResult<T> About<T>(string path, ApiResult<T> result) =>
        result is ApiResult<T>.Failed failed ? new ApiResult<T>.Failed(CommandContext.About(path, failed.Failure)) : result;

    private static int Refuse(CommandContext context, IEnumerable<string> problems)
    {
        foreach (var problem in problems) context.Terminal.Error(problem);
        return ExitCode.Refused;
    }

    // support-tickets 2026.csv becomes support-tickets_2026:v1; what cannot be a name is refused afterwards, with the form.
    private static string NameOf(string path) =>
        string.Concat(Path.GetFileNameWithoutExtension(path).ToLowerInvariant().Select(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.' ? c : '_')) + ":v1";

    private static bool TryObject(string? json, out JsonElement? value)
    {
        value = null;
        if (json is null) return true;
        try
        {
            value = JsonElement.Parse(json);
            return value.Value.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
