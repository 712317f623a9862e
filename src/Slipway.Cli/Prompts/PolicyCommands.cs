using System.CommandLine;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Cli.Prompts;

/// <summary><c>slipway policy</c>: what the versions of a prompt must follow.</summary>
internal static class PolicyCommands
{
    private static readonly Argument<string> Prompt = new("PROMPT") { Description = "The prompt's name; it need not exist yet" };
    private static readonly Option<bool> SeveralKinds = new("--several-kinds") { Description = "A version may change meaning, tone and format at once" };
    private static readonly Option<bool> OneKind = new("--one-kind") { Description = "A version changes one of them, so that what it does can be told apart" };

    public static Command Make(Terminal terminal) => new("policy", "Say what the versions of a prompt must follow")
    {
        new Command("show", "Show what a prompt's versions must follow") { Prompt }.Does(terminal, ShowAsync),
        new Command("set", "Set what a prompt's versions must follow from now on") { Prompt, SeveralKinds, OneKind }.Does(terminal, SetAsync),
    };

    private static async Task<int> ShowAsync(CommandContext context, CancellationToken cancellation) =>
        context.Read<PromptName>(context.Parse.GetValue(Prompt), "prompt's name") is not { } prompt
            ? ExitCode.Unusable
            : await context.AskAsync(api => api.PolicyAsync(prompt, cancellation), policy => Write(context, prompt, policy));

    private static async Task<int> SetAsync(CommandContext context, CancellationToken cancellation)
    {
        if (context.Read<PromptName>(context.Parse.GetValue(Prompt), "prompt's name") is not { } prompt) return ExitCode.Unusable;
        var (several, one) = (context.Parse.GetValue(SeveralKinds), context.Parse.GetValue(OneKind));
        return several == one
            ? context.Misused(several ? "--several-kinds and --one-kind exclude each other." : "It is not said what to set.", "Write --several-kinds or --one-kind.")
            : await context.AskAsync(api => api.SetPolicyAsync(prompt, new PolicyDocument(several), cancellation), policy => Write(context, prompt, policy));
    }

    private static int Write(CommandContext context, PromptName prompt, PolicyDocument policy)
    {
        if (context.WantsJson) context.Terminal.Json(policy, ApiJson.Default.PolicyDocument);
        else context.Terminal.Line($"{prompt}: a version {(policy.SeveralKindsOfChange ? "may change meaning, tone and format at once" : "makes one kind of change: meaning, tone or format")}");
        return ExitCode.Done;
    }
}
