using System.CommandLine;
using System.Globalization;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Wire;

namespace Slipway.Cli.Releases;

/// <summary><c>slipway live</c>: what is live, since when, who approved it, what rolls it back and to which version, in one screen.</summary>
internal static class LiveCommand
{
    private static readonly Argument<string?> Prompt = new("PROMPT") { Description = "Only this prompt, with all there is to say of it", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string?> Environment = new("--environment") { Description = $"Where: {EnvironmentName.Form}; default production", HelpName = "E" };
    private static readonly Option<string?> At = new("--at") { Description = "At a moment, as in 2026-05-14T12:00Z; default now", HelpName = "TIME" };
    private static readonly Option<bool> Instances = new("--instances") { Description = "Say which instance of which application serves it, since when, and how soon after the change" };

    public static Command Make() => new Command("live", "Say what is live, since when, who approved it, what rolls it back") { Prompt, Environment, At, Instances }.Does(RunAsync);

    private static async Task<int> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        var (parse, terminal) = (context.Parse, context.Terminal);
        var (prompt, environment, at) = (parse.GetValue(Prompt), parse.GetValue(Environment), parse.GetValue(At));
        if (environment is not null && context.Read<EnvironmentName>(environment, "environment") is null) return ExitCode.Unusable;
        if (parse.GetValue(Instances)) return at is null ? await ListInstancesAsync(context, prompt, environment, cancellation) : context.Misused("What instances served at another time is not known.", "Leave --at out");
        var moment = context.Clock.GetUtcNow();
        if (at is not null && !DateTimeOffset.TryParse(at, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out moment))
            return context.Misused($"\"{at}\" is no time.", "Write it as --at 2026-05-14T12:00Z");
        var nothing = false;
        var exit = await context.AskAsync(api => api.LiveAsync(prompt, environment, at, cancellation), live =>
        {
            nothing = live.IsEmpty && !context.WantsJson;
            if (context.WantsJson) terminal.Json(live, ApiJson.Default.ImmutableArrayLiveDocument);
            else if (nothing) terminal.Line($"Nothing{(prompt is null ? "" : $" of {prompt}")} {(at is null ? "is" : "was")} live in {environment ?? "production"}{(at is null ? "" : $" at {at}")}.");
            else if (prompt is null) LiveText.Table(terminal, live);
            else LiveText.Write(terminal, live[0], moment);
            return ExitCode.Done;
        });
        return nothing && exit == ExitCode.Done && at is null && PromptName.TryParse(prompt, out var name)
            ? await HowToBeginAsync(context, name, environment ?? "production", cancellation) : exit;
    }

    private static async Task<int> ListInstancesAsync(CommandContext context, string? prompt, string? environment, CancellationToken cancellation)
    {
        var place = environment is null ? null : context.Read<EnvironmentName>(environment, "environment");
        PromptName? name = null;
        if (prompt is not null && (name = context.Read<PromptName>(prompt, "prompt's name")) is null) return ExitCode.Unusable;
        return await context.AskAsync(api => api.InstancesAsync(place, name, wait: null, cancellation), instances =>
        {
            if (context.WantsJson) context.Terminal.Json(instances, ApiJson.Default.InstancesDocument);
            else InstanceText.Write(context.Terminal, instances);
            return ExitCode.Done;
        });
    }

    // What is missing between here and a first version that is live: a second person, an owner, or only somebody who asks.
    private static async Task<int> HowToBeginAsync(CommandContext context, PromptName prompt, string environment, CancellationToken cancellation)
    {
        string? next = null, missing = null;
        var exit = await context.AskAsync(api => api.ReleasesAsync(cancellation), releases =>
        {
            next = releases.LastOrDefault(release => release.Next is not null && release.Candidate.Prompt == prompt && release.Environment.Value == environment) is { } waiting
                ? $"{waiting.Id} would bring {waiting.Candidate.Number}: {waiting.Next}" : null;
            return ExitCode.Done;
        });
        if (exit != ExitCode.Done || next is not null) return Say(context, next, exit);
        exit = await context.AskAsync(api => api.DutiesAsync(prompt, cancellation), duties =>
        {
            missing = environment == EnvironmentName.Production.Value ? duties.Missing : null;
            next = $"Its owner{(duties.Duties.Owners.IsEmpty ? "" : $" ({string.Join(" or ", duties.Duties.Owners)})")} asks for its first version";
            return ExitCode.Done;
        });
        if (exit != ExitCode.Done || missing is not null) return Say(context, missing, exit);
        return await context.AskAsync(api => api.VersionAsync(prompt.Value, cancellation), newest =>
            Say(context, $"{next}, with: slipway release bootstrap {newest.Version}{(environment == EnvironmentName.Production.Value ? "" : $" --environment {environment}")} --reason TEXT", ExitCode.Done));
    }

    private static int Say(CommandContext context, string? what, int exit)
    {
        if (what is not null) context.Terminal.Line($"  {what}");
        return exit;
    }
}
