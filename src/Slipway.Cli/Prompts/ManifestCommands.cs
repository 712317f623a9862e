using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using Slipway.Cli.Ci;
using Slipway.Cli.Evaluations;
using Slipway.Cli.Releases;

namespace Slipway.Cli.Prompts;

/// <summary><c>slipway manifest</c>: what manifests can hold, for editors and for the page of reference.</summary>
internal static class ManifestCommands
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Each file by the word that asks for it; first what is meant where nothing is said.
    private static readonly (string Form, ManifestShape Shape, bool IsJson)[] Files =
    [
        ("yaml", ManifestKeys.Prompt, false), ("json", ManifestKeys.Prompt, true), ("partial", ManifestKeys.Partial, false), ("evaluation", EvaluationKeys.Manifest, true),
        ("plan", PlanKeys.Plan, true), ("settings", SettingsKeys.Settings, true), ("contract", ContractFile.Keys, true),
    ];

    private static readonly Option<string> Form = new("--form")
    {
        Description = "Of which file: yaml (a prompt's manifest, the default), json (the same as programs write it), partial, evaluation, plan (of a release), settings (slipway.json) or contract",
        HelpName = "FORM",
        DefaultValueFactory = _ => Files[0].Form,
    };

    public static Command Make() => new("manifest", "Say what manifests and the files beside them can hold; asks no server")
    {
        new Command("schema", "Print the JSON Schema (draft 2020-12) of a file, for editors") { Form }.Does((context, _) => Task.FromResult(Schema(context))),
        new Command("fields", "Print what each key of a file holds, as tables of Markdown") { Form }.Does((context, _) => Task.FromResult(Fields(context))),
    };

    private static int Schema(CommandContext context)
    {
        if (Document(context) is not var (shape, json)) return ExitCode.Unusable;
        context.Terminal.Line(ManifestSchema.Document(shape, json).ToJsonString(Readable));
        return ExitCode.Done;
    }

    private static int Fields(CommandContext context)
    {
        if (Document(context) is not var (shape, _)) return ExitCode.Unusable;
        context.Terminal.Line(ManifestTables.Of(shape).TrimEnd('\n'));
        return ExitCode.Done;
    }

    private static (ManifestShape Shape, bool Json)? Document(CommandContext context)
    {
        var form = context.Parse.GetValue(Form);
        foreach (var file in Files)
            if (file.Form == form) return (file.Shape, file.IsJson);
        context.Misused($"\"{form}\" is no form: it must be one of {string.Join(", ", Files.Select(file => file.Form))}.");
        return null;
    }
}
