using System.CommandLine;
using System.Text.Json;
using Slipway.Client;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Wire;

namespace Slipway.Cli.Releases;

/// <summary><c>slipway release</c> and the on-call's <c>slipway rollback</c>.</summary>
internal static class ReleaseCommands
{
    private const string PlanHint = """As in {"steps": ["10%", "100%"], "guardrails": {"error_rate": "<= baseline + 2pp"}}""";
    private static readonly Argument<string> Version = new("VERSION") { Description = VersionId.Form };
    private static readonly Argument<string> Id = new("RELEASE") { Description = ReleaseId.Form };
    private static readonly Argument<string?> OptionalId = new("RELEASE") { Description = "Which release; all where left out", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Argument<string> Prompt = new("PROMPT") { Description = "The prompt's name" };
    private static readonly Option<string?> Plan = new("--plan") { Description = "The plan (JSON): steps, guardrails, minimum_units, minimum_time, decide_within, maximum_freeze, rollback_to, watcher, eligibility", HelpName = "FILE" };
    private static readonly Option<string?> Environment = new("--environment") { Description = $"Where: {EnvironmentName.Form}; default production", HelpName = "E" };
    private static readonly Option<string?> Note = new("--note") { Description = "What you want to say to it", HelpName = "TEXT" };
    private static readonly Option<string?> Why = new("--reason") { Description = "Why it is to go live now, where the version's own reason does not say it", HelpName = "TEXT" };
    private static readonly Option<string> Reason = new("--reason") { Description = "Why, as a sentence; it stands in the log", Required = true, HelpName = "TEXT" };

    private static readonly Option<string> Wait = new("--wait")
    {
        Description = "How long to wait at most until every instance is back; 0s for not at all. A program that reads JSON is not kept waiting",
        DefaultValueFactory = _ => "10s",
        HelpName = "TIME",
    };

    public static Command Make(Terminal terminal) => new("release", "Move a version into production under a contract")
    {
        new Command("bootstrap", "Make a prompt's first version live: its owner asks, a second person confirms with the same command") { Version, Reason, Environment }.Does(terminal, BootstrapAsync),
        new Command("propose", "Propose a release under a plan") { Version, Plan, Why, Environment }.Does(terminal, ProposeAsync),
        new Command("approve", "Say yes to somebody else's change") { Id, Note }.Does(terminal, (context, cancellation) => CommandAsync(context, "approve", context.Parse.GetValue(Note), cancellation)),
        Reasoned(terminal, "decline", "Say no"),
        Reasoned(terminal, "cancel", "Give a release up before it carries traffic"),
        new Command("start", "Give the candidate its first share of traffic") { Id }.Does(terminal, (context, cancellation) => CommandAsync(context, "start", null, cancellation)),
        Reasoned(terminal, "advance", "Give the candidate its next share by hand"),
        Reasoned(terminal, "freeze", "Keep the share where it is"),
        Reasoned(terminal, "resume", "Let a frozen release go on"),
        new Command("rollback", "Give everybody the version before") { Id, Reason, Wait }
            .Does(terminal, (context, cancellation) => ProvenAsync(context, api => api.CommandAsync(context.Parse.GetValue(Id)!, "rollback", new ReasonDocument(context.Parse.GetValue(Reason)), cancellation), cancellation)),
        new Command("status", "Show where releases stand, with the evidence so far") { OptionalId }.Does(terminal, StatusAsync),
    };

    public static Command Rollback(Terminal terminal) =>
        new Command("rollback", "The on-call's one action: give everybody the version before, now") { Prompt, Reason, Environment, Wait }.Does(terminal, RollBackAsync);

    private static Command Reasoned(Terminal terminal, string verb, string description) => new Command(verb, description) { Id, Reason }
        .Does(terminal, (context, cancellation) => CommandAsync(context, verb, context.Parse.GetValue(Reason), cancellation));

    private static async Task<int> BootstrapAsync(CommandContext context, CancellationToken cancellation)
    {
        if (context.Read<VersionId>(context.Parse.GetValue(Version), "version") is not { } version) return ExitCode.Unusable;
        if (!TryEnvironment(context, out var environment)) return ExitCode.Unusable;
        var request = new BootstrapRequest(version, context.Parse.GetValue(Reason)!, environment);
        return await context.AskAsync(api => api.BootstrapAsync(request, cancellation), release => Show(context, release));
    }

    private static async Task<int> ProposeAsync(CommandContext context, CancellationToken cancellation)
    {
        if (context.Read<VersionId>(context.Parse.GetValue(Version), "version") is not { } version) return ExitCode.Unusable;
        if (!TryEnvironment(context, out var environment)) return ExitCode.Unusable;
        ReleasePlanDocument? plan = null;
        if (context.Parse.GetValue(Plan) is { } path)
        {
            if (context.ReadFile(path) is not { } text) return ExitCode.Unusable;
            if ((plan = ReadPlan(context, path, text)) is null) return ExitCode.Refused;
        }
        return await context.AskAsync(api => api.ProposeAsync(new ProposalDocument(version, plan, environment, context.Parse.GetValue(Why)), cancellation), release => Show(context, release));
    }

    private static ReleasePlanDocument? ReadPlan(CommandContext context, string path, string text)
    {
        JsonDocument json;
        try
        {
            json = JsonDocument.Parse(text);
        }
        catch (JsonException exception)
        {
            context.Terminal.Error($"{path} is not a plan: it is not JSON from line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1} on.", PlanHint);
            return null;
        }
        using (json)
        {
            try
            {
                if (json.RootElement.Deserialize(ApiJson.Default.ReleasePlanDocument) is { } plan) return plan;
                context.Terminal.Error($"{path} is not a plan: it is null.", PlanHint);
            }
            catch (JsonException)
            {
                foreach (var mistake in JsonMistakes.In(json.RootElement, ApiJson.Default.ReleasePlanDocument)) context.Terminal.Error($"{path} is not a plan: {mistake}");
            }
            return null;
        }
    }

    private static async Task<int> CommandAsync(CommandContext context, string verb, string? reason, CancellationToken cancellation)
    {
        var id = context.Parse.GetValue(Id)!;
        var epoch = 0;
        if (verb == "advance")
        {
            // The epoch that is looked at now: if the release moves in between, the server says so instead of moving it twice.
            var exit = await context.AskAsync(api => api.ReleaseAsync(id, cancellation), release =>
            {
                epoch = release.Epoch;
                return ExitCode.Done;
            });
            if (exit != ExitCode.Done) return exit;
        }
        return await context.AskAsync(api => api.CommandAsync(id, verb, new ReasonDocument(reason, verb == "advance" ? epoch : null), cancellation), release => Show(context, release));
    }

    private static async Task<int> RollBackAsync(CommandContext context, CancellationToken cancellation)
    {
        if (context.Read<PromptName>(context.Parse.GetValue(Prompt), "prompt's name") is not { } prompt) return ExitCode.Unusable;
        if (!TryEnvironment(context, out var environment)) return ExitCode.Unusable;
        var request = new RollbackRequest(prompt, context.Parse.GetValue(Reason)!, environment);
        return await ProvenAsync(context, api => api.RollBackAsync(request, cancellation), cancellation);
    }

    private static async Task<int> ProvenAsync(CommandContext context, Func<SlipwayApi, Task<ApiResult<ReleaseDocument>>> rollBack, CancellationToken cancellation)
    {
        if (context.Read<Duration>(context.Parse.GetValue(Wait), "time to wait") is not { } wait) return ExitCode.Unusable;
        return await context.AskAsync(rollBack, async (api, release) =>
        {
            Show(context, release);
            if (!context.WantsJson) await InstanceText.ProveAsync(api, context.Terminal, release.Candidate.Prompt, release.Environment, wait, cancellation);
            return ExitCode.Done;
        });
    }

    private static async Task<int> StatusAsync(CommandContext context, CancellationToken cancellation)
    {
        if (context.Parse.GetValue(OptionalId) is { } id) return await context.AskAsync(api => api.ReleaseAsync(id, cancellation), release => Show(context, release));
        return await context.AskAsync(api => api.ReleasesAsync(cancellation), releases =>
        {
            if (context.WantsJson) context.Terminal.Json(releases, ApiJson.Default.ImmutableArrayReleaseDocument);
            else context.Terminal.Table(["release", "candidate", "state", "share", "since", "why"], [.. releases.Select(release => (string[])
                [release.Id.ToString(), release.Candidate.ToString(), ReleaseText.State(release), ReleaseText.Share(release), ReleaseText.Time(release.Since), release.Reason])]);
            return ExitCode.Done;
        });
    }

    private static int Show(CommandContext context, ReleaseDocument release)
    {
        if (context.WantsJson) context.Terminal.Json(release, ApiJson.Default.ReleaseDocument);
        else ReleaseText.Write(context.Terminal, release);
        return ExitCode.Done;
    }

    private static bool TryEnvironment(CommandContext context, out EnvironmentName? environment)
    {
        environment = null;
        var text = context.Parse.GetValue(Environment);
        return text is null || (environment = context.Read<EnvironmentName>(text, "environment")) is not null;
    }
}
