using System.CommandLine;
using Slipway.Client;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Wire;

namespace Slipway.Cli.Releases;

/// <summary><c>slipway release</c> and the on-call's <c>slipway rollback</c>.</summary>
internal static class ReleaseCommands
{
    private static readonly Argument<string> Version = new("VERSION") { Description = VersionId.Form };
    private static readonly Argument<string> Id = new("RELEASE") { Description = ReleaseId.Form };
    private static readonly Argument<string?> OptionalId = new("RELEASE") { Description = "Which release; all where left out", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Argument<string> Prompt = new("PROMPT") { Description = "The prompt's name" };
    private static readonly Option<string?> Environment = new("--environment") { Description = $"Where: {EnvironmentName.Form}; default production", HelpName = "E" };
    private static readonly Option<string?> Note = new("--note") { Description = "What you want to say to it", HelpName = "TEXT" };
    private static readonly Option<string?> Why = new("--reason") { Description = "Why it is to go live now, where the version's own reason does not say it", HelpName = "TEXT" };
    private static readonly Argument<string> Part = new("PART") { Description = "What is signed: meaning, then numbers; security where the risk asks for it" };
    private static readonly Option<string> Expires = new("--expires") { Description = "How long two people's word carries it, at most 1h", DefaultValueFactory = _ => "1h", HelpName = "TIME" };
    private static readonly Option<string> Reason = new("--reason") { Description = "Why, as a sentence; it stands in the log", Required = true, HelpName = "TEXT" };

    private static readonly Option<string> Wait = new("--wait")
    {
        Description = "How long to watch at most until every instance is back; 0s for not at all",
        DefaultValueFactory = _ => "30s",
        HelpName = "TIME",
    };

    public static Command Make() => new("release", "Move a version into production under a contract")
    {
        new Command("bootstrap", "Make a prompt's first version live: its owner asks, a second person confirms with the same command") { Version, Reason, Environment }.Does(BootstrapAsync),
        new Command("check", "Show what proposing a version would come to: its plan, and what is missing") { Version, Environment }.WithPlan().Does(CheckAsync),
        new Command("propose", "Propose a release; its plan is as the prompt's policy and risk say, where nothing else is said") { Version, Why, Environment }.WithPlan().Does(ProposeAsync),
        new Command("plan", "Change the plan before it starts, which voids what was signed") { Id, Reason }.WithPlan().Does(PlanAsync),
        new Command("review", "Sign one part of the review of somebody else's change") { Id, Part, Note }.Does(ReviewAsync),
        new Command("approve", "Sign every open part of the review that is yours to sign") { Id, Note }.Does((context, cancellation) => CommandAsync(context, "approve", context.Parse.GetValue(Note), cancellation)),
        Reasoned("decline", "Say no"),
        Reasoned("cancel", "Give a release up before it carries traffic"),
        new Command("start", "Give the candidate its first share of traffic, now or at the time of its plan") { Id }.Does((context, cancellation) => CommandAsync(context, "start", null, cancellation)),
        Reasoned("advance", "Give the candidate its next share by hand"),
        Reasoned("complete", "End the observation at 100% when it is over"),
        Reasoned("freeze", "Keep the share where it is"),
        Reasoned("resume", "Let a frozen release go on"),
        new Command("rollback", "Give everybody the version before") { Id, Reason, Wait }
            .Does((context, cancellation) => ProvenAsync(context, api => api.CommandAsync(context.Parse.GetValue(Id)!, "rollback", new ReasonDocument(context.Parse.GetValue(Reason)), cancellation), cancellation)),
        DrillCommand.Make(),
        new Command("break-glass", "Start a version without gates and reviews: an administrator asks, a second person confirms with the same command") { Version, Reason, Expires, Environment, PlanOptions.File }.Does(BreakGlassAsync),
        new Command("show", "Show a release: its plan, what was signed, and what is missing") { Id }.Does(ShowAsync),
        new Command("status", "Show where releases stand, with the evidence so far") { OptionalId }.Does(StatusAsync),
    };

    public static Command Rollback() =>
        new Command("rollback", "The on-call's one action: give everybody the version before, now") { Prompt, Reason, Environment, Wait }.Does(RollBackAsync);

    private static Command Reasoned(string verb, string description) => new Command(verb, description) { Id, Reason }
        .Does((context, cancellation) => CommandAsync(context, verb, context.Parse.GetValue(Reason), cancellation));

    private static async Task<int> BootstrapAsync(CommandContext context, CancellationToken cancellation)
    {
        if (context.Read<VersionId>(context.Parse.GetValue(Version), "version") is not { } version) return ExitCode.Unusable;
        if (!TryEnvironment(context, out var environment)) return ExitCode.Unusable;
        var request = new BootstrapRequest(version, context.Parse.GetValue(Reason)!, environment);
        return await context.AskAsync(api => api.BootstrapAsync(request, cancellation), release => Show(context, release));
    }

    private static async Task<int> CheckAsync(CommandContext context, CancellationToken cancellation)
    {
        if (!TryProposal(context, why: null, out var proposal, out var exit)) return exit;
        return await context.AskAsync(api => api.CheckReleaseAsync(proposal!, cancellation), check =>
        {
            if (context.WantsJson) context.Terminal.Json(check, ApiJson.Default.ReleaseCheckDocument);
            else ReleasePage.Write(context.Terminal, check);
            return check.Ready ? ExitCode.Done : ExitCode.Refused;
        });
    }

    private static async Task<int> ProposeAsync(CommandContext context, CancellationToken cancellation) =>
        TryProposal(context, context.Parse.GetValue(Why), out var proposal, out var exit)
            ? await context.AskAsync(api => api.ProposeAsync(proposal!, cancellation), release => Show(context, release))
            : exit;

    private static bool TryProposal(CommandContext context, string? why, out ProposalDocument? proposal, out int exit)
    {
        (proposal, exit) = (null, ExitCode.Unusable);
        if (context.Read<VersionId>(context.Parse.GetValue(Version), "version") is not { } version || !TryEnvironment(context, out var environment)) return false;
        if (!PlanOptions.TryRead(context, out var plan, out exit)) return false;
        proposal = new ProposalDocument(version, plan, environment, why);
        return true;
    }

    private static async Task<int> PlanAsync(CommandContext context, CancellationToken cancellation)
    {
        if (!PlanOptions.TryRead(context, out var plan, out var exit)) return exit;
        if (plan is null) return context.Misused("It is not said what is to be otherwise.", "Name a file with --plan, or single parts, as in --observe 48h");
        return await context.AskAsync(
            api => api.ChangePlanAsync(context.Parse.GetValue(Id)!, new PlanChangeRequest(plan, context.Parse.GetValue(Reason)!), cancellation), release => Show(context, release));
    }

    private static async Task<int> ReviewAsync(CommandContext context, CancellationToken cancellation)
    {
        var text = context.Parse.GetValue(Part);
        if (!Enum.TryParse<SignOff>(text, ignoreCase: true, out var part) || !Enum.IsDefined(part) || int.TryParse(text, out _))
            return context.Misused($"\"{text}\" is no part of a review.", "It is meaning, numbers or security");
        var reason = new ReasonDocument(context.Parse.GetValue(Note), Part: part);
        return await context.AskAsync(api => api.CommandAsync(context.Parse.GetValue(Id)!, "review", reason, cancellation), release => Show(context, release));
    }

    private static async Task<int> BreakGlassAsync(CommandContext context, CancellationToken cancellation)
    {
        if (context.Read<VersionId>(context.Parse.GetValue(Version), "version") is not { } version || !TryEnvironment(context, out var environment)) return ExitCode.Unusable;
        if (context.Read<Duration>(context.Parse.GetValue(Expires), "time") is not { } expires) return ExitCode.Unusable;
        ReleasePlanDocument? plan = null;
        if (context.Parse.GetValue(PlanOptions.File) is { } path)
        {
            if (!PlanOptions.TryFile(context, path, out var written, out var exit)) return exit;
            plan = written;
        }
        var request = new BreakGlassRequest(version, context.Parse.GetValue(Reason)!, environment, expires, plan);
        return await context.AskAsync(api => api.BreakGlassAsync(request, cancellation), release => Show(context, release));
    }

    private static Task<int> ShowAsync(CommandContext context, CancellationToken cancellation) => context.AskAsync(api => api.ReleaseAsync(context.Parse.GetValue(Id)!, cancellation), release =>
    {
        if (context.WantsJson) return Show(context, release);
        ReleasePage.Write(context.Terminal, release);
        return ExitCode.Done;
    });

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
        return await context.AskAsync(rollBack, (api, release) => RollbackWatching.RunAsync(context, api, release, wait.Value, cancellation));
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
