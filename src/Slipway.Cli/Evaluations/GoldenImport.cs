using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using Slipway.Cli.Prompts;
using Slipway.Core.Evaluations;

namespace Slipway.Cli.Evaluations;

/// <summary><c>slipway golden import</c>: cases out of files that other programs write.</summary>
internal static class GoldenImport
{
    private static readonly Argument<string> Source = new("FILE") { Description = "CSV with a heading row, JSON Lines, a promptfoo configuration, or a GitHub Models .prompt.yml" };
    private static readonly Option<string?> Text = new("--text") { Description = "The column or field of the messages; for CSV and JSON Lines", HelpName = "COLUMN" };
    private static readonly Option<string?> Label = new("--label") { Description = "The column or field of the labels; for CSV and JSON Lines", HelpName = "COLUMN" };
    private static readonly Option<string?> As = new("--as") { Description = $"The golden set's name: {GoldenSetId.Form}; default: the file's name, v1", HelpName = "NAME:vN" };
    private static readonly Option<string?> Field = new("--field") { Description = "The field of the answer that must hold the label; default: the label's column", HelpName = "FIELD" };
    private static readonly Option<string?> Variables = new("--variables") { Description = "A JSON object of variables every case has; for CSV and JSON Lines", HelpName = "JSON" };
    private static readonly Option<string?> Out = new("--out") { Description = "Write JSON Lines to this file instead of pushing it", HelpName = "FILE" };

    public static Command Make() => new Command("import", "Make a golden set of labelled messages, or of another tool's tests") { Source, Text, Label, As, Field, Variables, Out }.Does(ImportAsync);

    /// <summary>Reads a promptfoo configuration or a GitHub Models prompt file, YAML or JSON; which of the two its keys say.</summary>
    public static ImportResult Read(GoldenSetId id, string path)
    {
        var file = TextFile.Open(path);
        if (file is not TextFile.Read { Text: var text }) return new ImportResult.Refused([$"{path}: {((TextFile.Unreadable)file).Why}"]);
        var problems = new List<ManifestProblem>();
        var node = Path.GetExtension(path) == ".json" ? JsonReader.Read(path, text, problems) : YamlReader.Read(path, text, problems);
        if (node is null || problems.Count > 0) return new ImportResult.Refused([.. problems.Select(problem => problem.ToString())]);
        var json = NodeJson.Of(node, path, problems);
        if (problems.Count > 0) return new ImportResult.Refused([.. problems.Select(problem => problem.ToString())]);
        var result = json.ValueKind == JsonValueKind.Object && json.TryGetProperty("testData", out _) ? PromptYmlImport.Read(id, json)
            : json.ValueKind == JsonValueKind.Object && json.TryGetProperty("tests", out _) ? PromptfooImport.Read(id, json)
            : new ImportResult.Refused(["This is neither a promptfoo configuration, which has tests, nor a GitHub Models prompt file, which has testData."]);
        return result is ImportResult.Refused refused ? new ImportResult.Refused([.. refused.Errors.Select(error => $"{path}: {error}")]) : result;
    }

    private static async Task<int> ImportAsync(CommandContext context, CancellationToken cancellation)
    {
        var (parse, source) = (context.Parse, context.Parse.GetValue(Source)!);
        if (context.Read<GoldenSetId>(parse.GetValue(As) ?? NameOf(source), "golden set's name") is not { } id) return ExitCode.Unusable;
        if (Path.GetExtension(source) is ".yml" or ".yaml" or ".json")
        {
            var result = Read(id, source);
            if (result is not ImportResult.Made { Set: var made, LeftOut: var leftOut }) return Refuse(context, ((ImportResult.Refused)result).Errors);
            foreach (var left in leftOut) context.Terminal.Remark($"{source}: {left}");
            if (made.Cases.Length > made.Asked.Length) context.Terminal.Remark($"{source}: {ReportText.Cases(made.Cases.Length - made.Asked.Length)} must be confirmed before a run asks {(made.Cases.Length - made.Asked.Length == 1 ? "it" : "them")}.");
            return await KeepAsync(context, source, made, cancellation);
        }
        if (parse.GetValue(Text) is not { } text || parse.GetValue(Label) is not { } label) return context.Misused("--text and --label are needed: the columns of the messages and of their labels.", "As in --text message --label team");
        if (!TryObject(parse.GetValue(Variables), out var variables)) return context.Misused("--variables must be a JSON object.", "As in --variables '{\"customer_tier\": \"plus\"}'");
        if (Rows(source, text, label, out var problems) is not { } rows) return Refuse(context, problems);
        var labelled = GoldenSet.FromLabelled(id, parse.GetValue(Field) ?? label, rows, variables);
        return labelled is GoldenSetResult.Parsed { Set: var set } ? await KeepAsync(context, source, set, cancellation) : Refuse(context, ((GoldenSetResult.Refused)labelled).Errors.Select(error => error.ToString()));
    }

    private static ImmutableArray<(string Text, string Label)>? Rows(string path, string text, string label, out IEnumerable<string> problems)
    {
        if (Path.GetExtension(path) is not (".jsonl" or ".ndjson"))
        {
            var csv = LabelledCsv.Read(path, text, label);
            problems = csv is LabelledCsvResult.Refused refused ? refused.Problems.Select(problem => problem.ToString()) : [];
            return (csv as LabelledCsvResult.Parsed)?.Rows;
        }
        switch (TextFile.Open(path))
        {
            case TextFile.Read { Text: var lines }:
                var rows = LabelledLines.Read(lines, text, label, out var errors);
                problems = errors.Select(error => $"{path}: {error}");
                return errors.IsEmpty ? rows : null;
            case TextFile.Unreadable unreadable:
                problems = [$"{path}: {unreadable.Why}"];
                return null;
            default: throw new System.Diagnostics.UnreachableException();
        }
    }

    private static async Task<int> KeepAsync(CommandContext context, string source, GoldenSet set, CancellationToken cancellation)
    {
        if (context.Parse.GetValue(Out) is not { } path) return await GoldenCommands.PushAsync(context, source, set.Id, set.ToJsonLines(), cancellation);
        if (!context.WriteFile(path, set.ToJsonLines())) return ExitCode.Unusable;
        if (!context.WantsJson) context.Terminal.Line($"{path}  {ReportText.Cases(set.Cases.Length)}");
        return ExitCode.Done;
    }

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
