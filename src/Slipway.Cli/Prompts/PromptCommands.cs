using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Wire;

namespace Slipway.Cli.Prompts;

/// <summary><c>slipway show</c>, <c>diff</c>, <c>render</c> and <c>resolve</c>.</summary>
internal static class PromptCommands
{
    private static readonly Argument<string> Named = new("PROMPT") { Description = "PROMPT:vVERSION, or PROMPT for what is live, else for the newest" };
    private static readonly Argument<string> Before = new("A") { Description = "PROMPT:vVERSION, or PROMPT for what is live, else for the newest" };
    private static readonly Argument<string> After = new("B") { Description = "PROMPT:vVERSION, or PROMPT for what is live, else for the newest" };
    private static readonly Argument<string> Prompt = new("PROMPT") { Description = "The prompt's name" };
    private static readonly Argument<string?> Shown = new("PROMPT") { Description = "PROMPT:vVERSION, or PROMPT for what is live", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<bool> Versions = new("--versions") { Description = "List the versions of PROMPT instead, oldest first" };
    private static readonly Option<string[]> Var = new("--var") { Description = "A variable, may be repeated; true, false and numbers are taken as such, \"quoted\" text never is", HelpName = "NAME=VALUE" };
    private static readonly Option<string?> Unit = new("--unit") { Description = "The sticky unit, usually a conversation id", HelpName = "KEY" };

    private static readonly Option<string[]> Attribute = new("--attr") { Description = "What else is known of the request, may be repeated; a release's conditions look at it", HelpName = "NAME=VALUE" };
    private static readonly Option<string?> Tenant = new("--tenant") { Description = "The application's customer", HelpName = "NAME" };
    private static readonly Option<string?> Model = new("--model") { Description = "The model the caller asks for", HelpName = "NAME" };
    private static readonly Option<string?> Environment = new("--environment") { Description = $"Where: {EnvironmentName.Form}; default production", HelpName = "E" };

    public static Command Show() => new Command("show", "Show a version and its record; without a name, the prompts there are") { Shown, Versions }.Does(ShowAsync);

    public static Command Diff() => new Command("diff", "Show what differs between two versions, by field, line and word") { Before, After }.Does(DiffAsync);

    public static Command Render() => new Command("render", "Print the messages a version sends") { Named, Var }.Does(RenderAsync);

    public static Command Resolve() => new Command("resolve", "Say which version a unit gets, and why") { Prompt, Unit, Attribute, Tenant, Model, Environment }.Does(ResolveAsync);

    private static Task<int> ShowAsync(CommandContext context, CancellationToken cancellation)
    {
        var name = context.Parse.GetValue(Shown);
        if (context.Parse.GetValue(Versions))
        {
            return name is null ? Task.FromResult(context.Misused("Whose versions?", "Name the prompt, as in: slipway show support_router --versions"))
                : context.Read<PromptName>(name, "prompt's name") is { } prompt ? ListVersionsAsync(context, prompt, cancellation)
                : Task.FromResult(ExitCode.Unusable);
        }
        return name is null ? ListAsync(context, cancellation) : context.AskAsync(api => api.VersionAsync(name, cancellation), version =>
        {
            if (context.WantsJson) context.Terminal.Json(version, ApiJson.Default.VersionDocument);
            else VersionText.Write(context.Terminal, version);
            return ExitCode.Done;
        });
    }

    private static Task<int> ListAsync(CommandContext context, CancellationToken cancellation) => context.AskAsync(api => api.PromptsAsync(cancellation), prompts =>
    {
        if (context.WantsJson) context.Terminal.Json(prompts, ApiJson.Default.ImmutableArrayPromptDocument);
        else if (prompts.IsEmpty) context.Terminal.Line("There is no prompt yet; push one with: slipway push PATH");
        else context.Terminal.Table(["prompt", "live", "newest", "versions", "owner", "backup", "risk"], [.. prompts.Select(prompt => (string[])
        [
            prompt.Prompt.Value, prompt.Live?.Number.Text ?? "nothing", prompt.Newest.Number.Text, prompt.Versions.ToString(CultureInfo.InvariantCulture),
            prompt.Owner?.Value ?? "nobody", prompt.BackupOwner?.Value ?? "nobody", prompt.Risk.Word(),
        ])]);
        return ExitCode.Done;
    });

    private static Task<int> ListVersionsAsync(CommandContext context, PromptName prompt, CancellationToken cancellation) => context.AskAsync(api => api.VersionsAsync(prompt, cancellation), versions =>
    {
        if (context.WantsJson) context.Terminal.Json(versions, ApiJson.Default.ImmutableArrayVersionSummary);
        else context.Terminal.Table(["no.", "version", "author", "submitted", "live in", "reason"], [.. versions.Select(version => (string[])
        [
            version.Sequence.ToString(CultureInfo.InvariantCulture), version.Version.Number.Text, version.Author.Value, version.SubmittedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
            version.LiveIn.IsEmpty ? "nowhere" : string.Join(", ", version.LiveIn), version.ChangeReason,
        ])]);
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
            else foreach (var message in rendered.Messages) context.Terminal.Line(MessageText.Of(message));
            return ExitCode.Done;
        });
    }

    private static Task<int> ResolveAsync(CommandContext context, CancellationToken cancellation)
    {
        var attributes = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var pair in context.Parse.GetValue(Attribute) ?? [])
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1) return Task.FromResult(context.Misused($"\"{pair}\" is no attribute.", "Write it as --attr plan=pro"));
            attributes[pair[..equals]] = pair[(equals + 1)..];
        }
        EnvironmentName? environment = null;
        if (context.Parse.GetValue(Environment) is { } named && (environment = context.Read<EnvironmentName>(named, "environment")) is null) return Task.FromResult(ExitCode.Unusable);
        var query = new ResolveQuery(
            context.Parse.GetValue(Prompt)!, context.Parse.GetValue(Unit), environment, context.Parse.GetValue(Tenant), context.Parse.GetValue(Model), attributes.Count == 0 ? null : attributes.ToImmutable());
        return context.AskAsync(api => api.ResolveAsync(query, cancellation), resolved =>
        {
            if (context.WantsJson) context.Terminal.Json(resolved, ApiJson.Default.ResolveDocument);
            else context.Terminal.Line($"{resolved.Version} ({resolved.Arm.ToString().ToLowerInvariant()}): {resolved.Explanation}");
            return ExitCode.Done;
        });
    }

    private static JsonValue Value(string text)
    {
        if (text is "true" or "false") return JsonValue.Create(text == "true");
        if (text is ['"', .., '"']) return JsonValue.Create(text[1..^1]);
        return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? JsonValue.Create(number) : JsonValue.Create(text);
    }
}
