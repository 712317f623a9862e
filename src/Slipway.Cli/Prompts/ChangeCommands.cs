using System.CommandLine;
using Slipway.Cli.Releases;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Cli.Prompts;

/// <summary><c>slipway change</c>: changes that people ask for who need not be able to make them.</summary>
internal static class ChangeCommands
{
    private static readonly Argument<string> Prompt = new("PROMPT") { Description = "The prompt's name" };
    private static readonly Argument<string?> OptionalPrompt = new("PROMPT") { Description = "Which prompt; all where left out", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Argument<string> Id = new("REQUEST") { Description = ChangeRequestId.Form };
    private static readonly Option<string> Text = new("--text") { Description = "What is to be otherwise, and why", Required = true, HelpName = "TEXT" };
    private static readonly Option<string?> Version = new("--version") { Description = "The version that makes the change", HelpName = "VERSION" };
    private static readonly Option<string?> Note = new("--note") { Description = "What you want to say to it", HelpName = "TEXT" };
    private static readonly Option<string> Reason = new("--reason") { Description = "Why not, as a sentence; it stands in the log", Required = true, HelpName = "TEXT" };

    public static Command Make() => new("change", "Ask for a change of a prompt, and answer what others ask for")
    {
        new Command("request", "Ask for a change; no right to edit is needed") { Prompt, Text }.Does(RequestAsync),
        new Command("list", "Show what was asked for, and what came of it") { OptionalPrompt }.Does(ListAsync),
        new Command("take", "Take up what was asked for, or say which version makes it") { Id, Version, Note }.Does(TakeAsync),
        new Command("decline", "Say why what was asked for is not done") { Id, Reason }.Does(DeclineAsync),
    };

    private static async Task<int> RequestAsync(CommandContext context, CancellationToken cancellation) =>
        context.Read<PromptName>(context.Parse.GetValue(Prompt), "prompt's name") is not { } prompt ? ExitCode.Unusable
        : await context.AskAsync(api => api.RequestChangeAsync(new ChangeRequestRequest(prompt, context.Parse.GetValue(Text)!), cancellation), request => Show(context, request));

    private static async Task<int> TakeAsync(CommandContext context, CancellationToken cancellation)
    {
        if (context.Read<ChangeRequestId>(context.Parse.GetValue(Id), "request") is not { } id) return ExitCode.Unusable;
        VersionId? version = null;
        if (context.Parse.GetValue(Version) is { } text && (version = context.Read<VersionId>(text, "version")) is null) return ExitCode.Unusable;
        return await context.AskAsync(api => api.TakeUpChangeAsync(id, new ChangeAnswer(context.Parse.GetValue(Note), version), cancellation), request => Show(context, request));
    }

    private static async Task<int> DeclineAsync(CommandContext context, CancellationToken cancellation) =>
        context.Read<ChangeRequestId>(context.Parse.GetValue(Id), "request") is not { } id ? ExitCode.Unusable
        : await context.AskAsync(api => api.TurnDownChangeAsync(id, new ChangeAnswer(context.Parse.GetValue(Reason)), cancellation), request => Show(context, request));

    private static async Task<int> ListAsync(CommandContext context, CancellationToken cancellation)
    {
        PromptName? prompt = null;
        if (context.Parse.GetValue(OptionalPrompt) is { } text && (prompt = context.Read<PromptName>(text, "prompt's name")) is null) return ExitCode.Unusable;
        return await context.AskAsync(api => api.ChangeRequestsAsync(prompt, cancellation), requests =>
        {
            if (context.WantsJson) context.Terminal.Json(requests, ApiJson.Default.ImmutableArrayChangeRequest);
            else if (requests.IsEmpty) context.Terminal.Line("Nobody asked for a change; anybody may with: slipway change request PROMPT --text TEXT");
            else context.Terminal.Table(["request", "prompt", "asked by", "since", "state", "text"], [.. requests.Select(request => (string[])
                [request.Id.ToString(), request.Prompt.Value, request.By.Value, ReleaseText.Time(request.At), State(request), request.Text])]);
            return ExitCode.Done;
        });
    }

    private static int Show(CommandContext context, ChangeRequest request)
    {
        if (context.WantsJson) context.Terminal.Json(request, ApiJson.Default.ChangeRequest);
        else
        {
            context.Terminal.Heading($"{request.Id}  {request.Prompt}  {State(request)}");
            context.Terminal.Line($"  {request.By}: {request.Text}");
            if (request.AnsweredBy is { } author && request.Answer is { } answer) context.Terminal.Line($"  {author}: {answer}");
        }
        return ExitCode.Done;
    }

    private static string State(ChangeRequest request) => request.State switch
    {
        ChangeRequestState.Open => "open",
        ChangeRequestState.TakenUp => $"taken up by {request.AnsweredBy}{(request.Version is { } version ? $" with {version.Number}" : "")}",
        _ => $"turned down by {request.AnsweredBy}",
    };
}
