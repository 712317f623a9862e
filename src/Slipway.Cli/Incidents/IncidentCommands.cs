using System.CommandLine;
using Slipway.Client;
using Slipway.Core.Incidents;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Wire;

namespace Slipway.Cli.Incidents;

/// <summary><c>slipway incident</c>: what went wrong for users, and the case that would find it now.</summary>
internal static class IncidentCommands
{
    /// <summary>Which incident.</summary>
    public static readonly Argument<string> Id = new("INCIDENT") { Description = IncidentId.Form };
    private static readonly Argument<string?> Prompt = new("PROMPT") { Description = "Which prompt; all where left out", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Argument<string> Version = new("VERSION") { Description = $"What went wrong: {VersionId.Form}" };
    private static readonly Option<bool> All = new("--all") { Description = "Those that are over too" };
    private static readonly Option<string> Reason = new("--reason") { Description = "Why, as a sentence; it stands in the log", Required = true, HelpName = "TEXT" };
    private static readonly Option<string?> Environment = new("--environment") { Description = $"Where: {EnvironmentName.Form}; default production", HelpName = "E" };
    private static readonly Option<string?> Since = new("--since") { Description = "From when on, as a time or as how long ago; default when users first got the version", HelpName = "TIME" };
    private static readonly Option<string?> Until = new("--until") { Description = "Until when, as a time or as how long ago; default until it is rolled back", HelpName = "TIME" };
    private static readonly Option<string> Cause = new("--cause") { Description = "Why it happened; it stands in the log", Required = true, HelpName = "TEXT" };
    private static readonly Option<string?> Note = new("--note") { Description = "What you want to say of it; it stands in the log", HelpName = "TEXT" };
    /// <summary>Which golden set.</summary>
    public static readonly Option<string?> Set = new("--set") { Description = "The golden set that holds its cases, by its name; default whichever of the prompt's holds most", HelpName = "NAME" };
    private static readonly Option<int?> Repeats = new("--repeats") { Description = "How often each case is asked, 1 to 100; default 1", HelpName = "N" };
    private static readonly Option<decimal?> MaxCost = new("--max-cost") { Description = "What the test may cost at most, in US dollars", HelpName = "USD" };

    public static Command Make() => new("incident", "Keep what went wrong for users until a case would find it")
    {
        new Command("list", "List the incidents that are open") { Prompt, All }.Does(ListAsync),
        new Command("show", "Show an incident: whom it touched, how fast it was stopped, what failed, and its story") { Id }.Does(ShowAsync),
        new Command("open", "Open an incident by hand; a rollback in production opens one by itself") { Version, Reason, Environment, Since, Until }.Does(OpenAsync),
        new Command("explain", "Say why it happened; what was said before stays on record") { Id, Cause }.Does((context, cancellation) =>
            ChangeAsync(context, (api, id) => api.ExplainIncidentAsync(id, context.Parse.GetValue(Cause)!, cancellation))),
        IncidentCases.Propose(),
        IncidentCases.Add(),
        new Command("close", "Test its cases on the version that went wrong and on what users get now, and close it where they prove that it would be found") { Id, Note, Set, Repeats, MaxCost }.Does((context, cancellation) =>
            ChangeAsync(context, (api, id) => api.CloseIncidentAsync(id, new IncidentCloseRequest(
                context.Parse.GetValue(Note), context.Parse.GetValue(Set), context.Parse.GetValue(Repeats), context.Parse.GetValue(MaxCost)), cancellation))),
        new Command("waive", "Close it without a case, as the prompt's owner") { Id, Reason }.Does((context, cancellation) =>
            ChangeAsync(context, (api, id) => api.WaiveIncidentAsync(id, context.Parse.GetValue(Reason)!, cancellation))),
    };

    /// <summary>Reads which incident is meant.</summary>
    /// <returns>Null, after saying so, where it is none.</returns>
    public static IncidentId? Read(CommandContext context) => context.Read<IncidentId>(context.Parse.GetValue(Id), "incident");

    private static async Task<int> ListAsync(CommandContext context, CancellationToken cancellation)
    {
        PromptName? prompt = null;
        if (context.Parse.GetValue(Prompt) is { } text && (prompt = context.Read<PromptName>(text, "prompt's name")) is null) return ExitCode.Unusable;
        return await context.AskAsync(api => api.IncidentsAsync(prompt, context.Parse.GetValue(All) ? null : true, cancellation), incidents =>
        {
            if (context.WantsJson) context.Terminal.Json(incidents, ApiJson.Default.ImmutableArrayIncidentDocument);
            else IncidentText.List(context.Terminal, incidents);
            return ExitCode.Done;
        });
    }

    private static async Task<int> ShowAsync(CommandContext context, CancellationToken cancellation) => Read(context) is not { } id ? ExitCode.Unusable
        : await context.AskAsync(api => api.IncidentAsync(id, cancellation), incident => Show(context, incident));

    private static async Task<int> OpenAsync(CommandContext context, CancellationToken cancellation)
    {
        var parse = context.Parse;
        if (context.Read<VersionId>(parse.GetValue(Version), "version") is not { } version) return ExitCode.Unusable;
        EnvironmentName? environment = null;
        if (parse.GetValue(Environment) is { } place && (environment = context.Read<EnvironmentName>(place, "environment")) is null) return ExitCode.Unusable;
        var request = new IncidentRequest(version, parse.GetValue(Reason)!, environment, parse.GetValue(Since), parse.GetValue(Until));
        return await context.AskAsync(api => api.OpenIncidentAsync(request, cancellation), incident => Show(context, incident));
    }

    private static async Task<int> ChangeAsync(CommandContext context, Func<SlipwayApi, IncidentId, Task<ApiResult<IncidentDocument>>> change) =>
        Read(context) is { } id ? await context.AskAsync(api => change(api, id), incident => Show(context, incident)) : ExitCode.Unusable;

    private static int Show(CommandContext context, IncidentDocument incident)
    {
        if (context.WantsJson) context.Terminal.Json(incident, ApiJson.Default.IncidentDocument);
        else IncidentText.Write(context.Terminal, incident);
        return ExitCode.Done;
    }
}
