using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Slipway.Core.Evaluations;
using Slipway.Core.Evaluations.Forms;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Cli.Evaluations;

/// <summary><c>slipway rubric</c>: what judges and people score answers by.</summary>
internal static partial class RubricCommands
{
    private static readonly JsonWriterOptions Readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly Argument<string> Json = new("FILE") { Description = "NAME_vN.json" };
    private static readonly Argument<string?> Which = new("RUBRIC") { Description = "NAME:vN, NAME for its newest version, or a file; none lists all", Arity = ArgumentArity.ZeroOrOne };

    private static readonly Argument<string> Checked = new("RUBRIC") { Description = "NAME:vN, NAME for its newest version, or a file" };
    private static readonly Option<string?> Prompt = new("--prompt") { Description = "Whose policy says what the judge must reach; default 80% agreement and a kappa of 0.6", HelpName = "PROMPT" };
    private const int MostDisagreements = 20, LongestCell = 70;

    public static Command Make() => new("rubric", "Keep rubrics: what judges and people score answers by")
    {
        new Command("push", "Push a rubric") { Json }.Does(PushAsync),
        new Command("show", "Show a rubric, or list them all") { Which }.Does(ShowAsync),
        new Command("check", "Ask a rubric's judge about its examples, and say how far it agrees with people") { Checked, Prompt }.Does(CheckAsync),
    };

    /// <summary>The rubric that a file's name says: <c>tone_v2.json</c> is <c>tone:v2</c>; null for names of another form.</summary>
    public static RubricId? IdOf(string path) =>
        FileName().Match(path) is { Success: true } match && RubricId.TryParse($"{match.Groups[1].Value}:v{match.Groups[2].Value}", out var id) ? id : null;

    /// <summary>A rubric from a file, with what is wrong said; null where it is none.</summary>
    public static Rubric? ReadFile(CommandContext context, string path)
    {
        if (context.ReadFile(path) is not { } text) return null;
        var id = IdOf(path) ?? (RubricId.TryParse("file:v1", out var any) ? any : throw new InvalidOperationException("The name is well-formed."));
        var parse = Rubric.Parse(id, text);
        if (parse is RubricResult.Parsed { Rubric: var rubric }) return rubric;
        foreach (var error in ((RubricResult.Refused)parse).Errors) context.Terminal.Error($"{path}: {error}");
        return null;
    }

    /// <summary>Whether an argument means a file.</summary>
    public static bool IsFile(string which) => which.EndsWith(".json", StringComparison.Ordinal) || File.Exists(which);

    private static async Task<int> PushAsync(CommandContext context, CancellationToken cancellation)
    {
        var path = context.Parse.GetValue(Json)!;
        if (IdOf(path) is not { } id) return context.Misused($"{path} names no rubric.", "Name the file NAME_vN.json, as in tone_v2.json");
        if (context.ReadFile(path) is not { } text) return ExitCode.Unusable;
        return await context.AskAsync(async api => EvaluationCommands.About(path, await api.PushRubricAsync(id, text, cancellation)), pushed =>
        {
            if (context.WantsJson) context.Terminal.Json(pushed, ApiJson.Default.RubricDocument);
            else
            {
                context.Terminal.Line($"{pushed.Rubric}  {Examples(pushed.Examples)}  {pushed.Content}{(pushed.Created ? "" : "  (was there already)")}");
                foreach (var notice in pushed.Notices) context.Terminal.Line($"  {notice}");
            }
            return ExitCode.Done;
        });
    }

    private static async Task<int> ShowAsync(CommandContext context, CancellationToken cancellation)
    {
        if (context.Parse.GetValue(Which) is not { } which)
        {
            return await context.AskAsync(api => api.RubricsAsync(cancellation), rubrics =>
            {
                if (context.WantsJson) context.Terminal.Json(rubrics, ApiJson.Default.ImmutableArrayRubricListing);
                else List(context.Terminal, rubrics);
                return ExitCode.Done;
            });
        }
        if (IsFile(which))
        {
            if (ReadFile(context, which) is not { } read) return ExitCode.Refused;
            Show(context, new RubricContent(read.Id, read.Content, JsonElement.Parse(read.Json.Span)));
            return ExitCode.Done;
        }
        return await context.AskAsync(api => api.RubricAsync(which, cancellation), rubric =>
        {
            Show(context, rubric);
            return ExitCode.Done;
        });
    }

    private static async Task<int> CheckAsync(CommandContext context, CancellationToken cancellation)
    {
        var which = context.Parse.GetValue(Checked)!;
        PromptName? prompt = null;
        if (context.Parse.GetValue(Prompt) is { } named && (prompt = context.Read<PromptName>(named, "prompt's name")) is null) return ExitCode.Unusable;
        if (!IsFile(which)) return await context.AskAsync(api => api.RubricAsync(which, cancellation), (_, rubric) => CheckAsync(context, rubric.Rubric, rubric.Definition.GetRawText(), prompt, cancellation));
        return ReadFile(context, which) is { } read ? await CheckAsync(context, read.Id, Encoding.UTF8.GetString(read.Json.Span), prompt, cancellation) : ExitCode.Refused;
    }

    private static Task<int> CheckAsync(CommandContext context, RubricId id, string json, PromptName? prompt, CancellationToken cancellation) =>
        context.AskAsync(api => api.CheckRubricAsync(id, json, prompt, cancellation), check =>
        {
            if (context.WantsJson) context.Terminal.Json(check, ApiJson.Default.RubricCheckDocument);
            else Check(context.Terminal, check);
            return check.MayGate ? ExitCode.Done : ExitCode.Refused;
        });

    private static void Check(Terminal terminal, RubricCheckDocument check)
    {
        terminal.Line($"{check.Rubric} on {check.Model}: {JudgeWords.Calibration(check.Calibration)}");
        terminal.Line("In brackets: where a figure may lie, as the examples are few; each end is wrong once in twenty.");
        var apart = check.Examples.Where(example => example.Judge != example.People).ToList();
        if (apart.Count > 0)
        {
            terminal.Line();
            terminal.Table(["example", "people", "judge", "input", "answer", "why people", "why the judge"], [.. apart.Take(MostDisagreements).Select(example => (string[])
                [Cut(example.Id), example.People, example.Judge ?? "none", Cut(example.Input), Cut(example.Answer), Cut(example.Why ?? ""), Cut(example.Reason ?? "")])]);
            if (apart.Count > MostDisagreements) terminal.Line(string.Create(CultureInfo.InvariantCulture, $"and {apart.Count - MostDisagreements} more: --json shows all"));
            terminal.Line();
        }
        terminal.Verdict(check.MayGate ? $"It may gate: {JudgeWords.Bar(check.Calibration.Bar)} are asked for" : $"It may inform only: {string.Join("; ", check.Calibration.WhyNot)}", check.MayGate);
    }

    private static string Cut(string text) => ReportWords.Line(text, LongestCell);

    private static void List(Terminal terminal, ImmutableArray<RubricListing> rubrics)
    {
        if (rubrics.IsEmpty) terminal.Line("There is no rubric yet; push one with: slipway rubric push NAME_vN.json");
        else
        {
            terminal.Table(["rubric", "examples", "content"], [.. rubrics.Select(rubric => (string[])
                [rubric.Rubric.ToString(), rubric.Examples.ToString(CultureInfo.InvariantCulture), rubric.Content.Value + (rubric.Erased is null ? "" : $"  ({rubric.Erased})")])]);
        }
    }

    // What is shown is what is pushed: it can be saved, changed and pushed as the next version.
    private static void Show(CommandContext context, RubricContent rubric)
    {
        if (context.WantsJson)
        {
            context.Terminal.Json(rubric, ApiJson.Default.RubricContent);
            return;
        }
        using var output = new MemoryStream();
        using (var writer = new Utf8JsonWriter(output, Readable)) rubric.Definition.WriteTo(writer);
        context.Terminal.Line(Encoding.UTF8.GetString(output.ToArray()));
    }

    private static string Examples(int count) => count == 1 ? "1 example" : string.Create(CultureInfo.InvariantCulture, $"{count} examples");

    [GeneratedRegex(@"(?:^|/)([^/]+)_v([^/]+)\.json\z")] private static partial Regex FileName();
}
