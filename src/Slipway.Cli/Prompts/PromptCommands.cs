using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Client;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Cli.Prompts;

/// <summary><c>slipway push</c>, <c>show</c>, <c>diff</c>, <c>render</c> and <c>resolve</c>.</summary>
internal static class PromptCommands
{
    private static readonly Argument<string> PathOf = new("PATH") { Description = "A manifest, or a folder of manifests" };
    private static readonly Argument<string> Named = new("PROMPT") { Description = "PROMPT:vVERSION, or PROMPT for what is live" };
    private static readonly Argument<string> Before = new("A") { Description = "PROMPT:vVERSION, or PROMPT for what is live" };
    private static readonly Argument<string> After = new("B") { Description = "PROMPT:vVERSION, or PROMPT for what is live" };
    private static readonly Argument<string> Prompt = new("PROMPT") { Description = "The prompt's name" };
    private static readonly Option<string[]> Var = new("--var") { Description = "A variable, may be repeated; true, false and numbers are taken as such, \"quoted\" text never is", HelpName = "NAME=VALUE" };
    private static readonly Option<string?> Unit = new("--unit") { Description = "The sticky unit, usually a conversation id", HelpName = "KEY" };

    public static Command Push(Terminal terminal) => new Command("push", "Submit a manifest, or every manifest of a folder, with golden sets") { PathOf }.Does(terminal, PushAsync);

    public static Command Show(Terminal terminal) => new Command("show", "Show a version and its record") { Named }.Does(terminal, ShowAsync);

    public static Command Diff(Terminal terminal) => new Command("diff", "Show what differs between two versions, by field, line and word") { Before, After }.Does(terminal, DiffAsync);

    public static Command Render(Terminal terminal) => new Command("render", "Print the messages a version sends") { Named, Var }.Does(terminal, RenderAsync);

    public static Command Resolve(Terminal terminal) => new Command("resolve", "Say which version a unit gets, and why") { Prompt, Unit }.Does(terminal, ResolveAsync);

    private static async Task<int> PushAsync(CommandContext context, CancellationToken cancellation)
    {
        var path = context.Parse.GetValue(PathOf)!;
        if (!File.Exists(path) && !Directory.Exists(path)) return context.Misused($"There is no file or folder {path}.");
        var folder = Directory.Exists(path) ? ManifestReader.ReadFolder(path) : ManifestReader.Read(path) switch
        {
            ManifestResult.Parsed parsed => new ManifestFolder.Parsed([parsed.Manifest], []),
            ManifestResult.Refused refused => new ManifestFolder.Refused(refused.Problems),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        if (folder is not ManifestFolder.Parsed { Manifests: var manifests })
        {
            foreach (var problem in ((ManifestFolder.Refused)folder).Problems) context.Terminal.Error(problem.ToString());
            return ExitCode.Refused;
        }
        if (context.Connect() is not { } api) return ExitCode.Unusable;
        using (api)
        {
            foreach (var manifest in manifests)
                if (await PushAsync(context, api, manifest, cancellation) is not ExitCode.Done and var failed) return failed;
        }
        return ExitCode.Done;
    }

    private static async Task<int> PushAsync(CommandContext context, SlipwayApi api, Manifest manifest, CancellationToken cancellation)
    {
        var golden = await api.PushGoldenSetAsync(manifest.Golden.Id, manifest.Golden.JsonLines, cancellation);
        if (golden is ApiResult<GoldenSetDocument>.Failed noGolden) return context.Fail(noGolden.Failure);
        if (golden is ApiResult<GoldenSetDocument>.Ok { Value: { Created: true } set } && !context.WantsJson) context.Terminal.Line($"{set.Set}  {set.Cases} cases");
        switch (await api.SubmitAsync(manifest.Submission, cancellation))
        {
            case ApiResult<VersionDocument>.Failed failed:
                return context.Fail(failed.Failure);
            case ApiResult<VersionDocument>.Ok { Value: var version }:
                if (context.WantsJson) context.Terminal.Json(version, ApiJson.Default.VersionDocument);
                else context.Terminal.Line($"{version.Version}  {version.Package}{(version.Created ? "" : "  (was there already)")}");
                return ExitCode.Done;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static Task<int> ShowAsync(CommandContext context, CancellationToken cancellation) => context.AskAsync(api => api.VersionAsync(context.Parse.GetValue(Named)!, cancellation), version =>
    {
        if (context.WantsJson)
        {
            context.Terminal.Json(version, ApiJson.Default.VersionDocument);
            return ExitCode.Done;
        }
        var (terminal, record) = (context.Terminal, version.Record);
        terminal.Heading(version.Version.ToString());
        terminal.Table(["field", "value"],
        [
            ["package", version.Package.Value],
            ["model", version.Content.GetProperty("model").GetString()!],
            ["author", $"{version.Author}, {Time(version.SubmittedAt)}"],
            ["owner", record.Owner.Value],
            ["reason", record.ChangeReason],
            ["golden set", record.GoldenSet?.ToString() ?? "none"],
            ["rolls back to", record.RollbackTo?.Text ?? "nothing, it is the first"],
            ["live in", version.LiveIn.IsEmpty ? "no environment" : string.Join(", ", version.LiveIn)],
        ]);
        terminal.Line();
        terminal.Line(version.Content.GetProperty("messages")[0].GetProperty("template").GetString()!);
        return ExitCode.Done;
    });

    private static Task<int> DiffAsync(CommandContext context, CancellationToken cancellation) => context.AskAsync(
        api => api.DiffAsync(context.Parse.GetValue(Before)!, context.Parse.GetValue(After)!, cancellation), diff =>
        {
            if (context.WantsJson) context.Terminal.Json(diff, ApiJson.Default.VersionDiffDocument);
            else VersionDiffText.Write(context.Terminal, diff);
            return ExitCode.Done;
        });

    private static async Task<int> RenderAsync(CommandContext context, CancellationToken cancellation)
    {
        var variables = new JsonObject();
        foreach (var pair in context.Parse.GetValue(Var) ?? [])
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1) return context.Misused($"\"{pair}\" is no variable.", "Write it as --var customer_tier=plus");
            variables[pair[..equals]] = Value(pair[(equals + 1)..]);
        }
        var name = context.Parse.GetValue(Named)!;
        if (!VersionId.TryParse(name, out var version))
        {
            // What is live, else the newest: the server's answer to a bare name.
            var exit = await context.AskAsync(api => api.VersionAsync(name, cancellation), found =>
            {
                version = found.Version;
                return ExitCode.Done;
            });
            if (exit != ExitCode.Done) return exit;
        }
        return await context.AskAsync(api => api.RenderAsync(version!, JsonElement.Parse(variables.ToJsonString()), cancellation), rendered =>
        {
            if (context.WantsJson) context.Terminal.Json(rendered, ApiJson.Default.RenderDocument);
            else foreach (var message in rendered.Messages) context.Terminal.Line($"{message.Role}:{Environment.NewLine}{message.Content}");
            return ExitCode.Done;
        });
    }

    private static Task<int> ResolveAsync(CommandContext context, CancellationToken cancellation) => context.AskAsync(
        api => api.ResolveAsync(new ResolveQuery(context.Parse.GetValue(Prompt)!, context.Parse.GetValue(Unit), null), cancellation), resolved =>
        {
            if (context.WantsJson) context.Terminal.Json(resolved, ApiJson.Default.ResolveDocument);
            else context.Terminal.Line($"{resolved.Version} ({resolved.Arm.ToString().ToLowerInvariant()}): {resolved.Reason}");
            return ExitCode.Done;
        });

    private static JsonValue Value(string text)
    {
        if (text is "true" or "false") return JsonValue.Create(text == "true");
        if (text is ['"', .., '"']) return JsonValue.Create(text[1..^1]);
        return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? JsonValue.Create(number) : JsonValue.Create(text);
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + " UTC";
}
