using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Slipway.Cli.Prompts;

/// <summary><c>slipway manifest</c>: what manifests can hold, for editors and for the page of reference.</summary>
internal static class ManifestCommands
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly Option<string> Form = new("--form")
    {
        Description = "Of which file: yaml (a prompt's manifest, the default), json (the same as programs write it) or partial",
        HelpName = "FORM",
        DefaultValueFactory = _ => "yaml",
    };

    public static Command Make(Terminal terminal) => new("manifest", "Say what manifests can hold; asks no server")
    {
        new Command("schema", "Print the JSON Schema (draft 2020-12) of a manifest, for editors") { Form }.Does(terminal, (context, _) => Task.FromResult(Schema(context))),
        new Command("fields", "Print what each key of a manifest holds, as tables of Markdown") { Form }.Does(terminal, (context, _) => Task.FromResult(Fields(context))),
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
        switch (context.Parse.GetValue(Form))
        {
            case "yaml": return (ManifestKeys.Prompt, false);
            case "json": return (ManifestKeys.Prompt, true);
            case "partial": return (ManifestKeys.Partial, false);
            case var other:
                context.Misused($"\"{other}\" is no form: it must be yaml, json or partial.");
                return null;
        }
    }
}
