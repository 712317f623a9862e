using System.CommandLine;
using Slipway.Client;
using Slipway.Core.Prompts;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;

namespace Slipway.Cli.Prompts;

/// <summary><c>slipway policy</c>: what the versions of a prompt must follow, and what is done with its answers and calls.</summary>
internal static class PolicyCommands
{
    private static readonly Argument<string> Prompt = new("PROMPT") { Description = "The prompt's name; it need not exist yet" };
    private static readonly Option<bool> SeveralKinds = new("--several-kinds") { Description = "A version may change meaning, tone and format at once" };
    private static readonly Option<bool> OneKind = new("--one-kind") { Description = "A version changes one of them, so that what it does can be told apart" };
    private static readonly Option<ContractPolicy?> Contract = Choice("--contract", "What is done with an answer that breaks its contract", ("observe", ContractPolicy.Observe), ("retry", ContractPolicy.Retry), ("fallback", ContractPolicy.Fallback), ("reject", ContractPolicy.Reject));
    private static readonly Option<CapturePolicy?> Capture = Choice("--capture", "What call records keep of texts", ("none", CapturePolicy.None), ("redacted", CapturePolicy.Redacted), ("full", CapturePolicy.Full));
    private static readonly Option<string[]> Redact = new("--redact") { Description = "A regular expression for what is taken out of texts that are kept, beside what always is. May be repeated; all of them are named anew", HelpName = "PATTERN" };
    private static readonly Option<bool> NoRedact = new("--no-redact") { Description = "Take the prompt's own patterns away; what is always taken out still is" };

    public static Command Make(Terminal terminal) => new("policy", "Say what the versions of a prompt must follow, and what is done with its answers and calls")
    {
        new Command("show", "Show a prompt's policy") { Prompt }.Does(terminal, ShowAsync),
        new Command("set", "Change a prompt's policy; what is not named stays as it is") { Prompt, SeveralKinds, OneKind, Contract, Capture, Redact, NoRedact }.Does(terminal, SetAsync),
    };

    private static async Task<int> ShowAsync(CommandContext context, CancellationToken cancellation) =>
        context.Read<PromptName>(context.Parse.GetValue(Prompt), "prompt's name") is not { } prompt
            ? ExitCode.Unusable
            : await context.AskAsync(api => api.PolicyAsync(prompt, cancellation), (api, policy) => WriteAsync(context, api, prompt, policy, cancellation));

    private static async Task<int> SetAsync(CommandContext context, CancellationToken cancellation)
    {
        if (context.Read<PromptName>(context.Parse.GetValue(Prompt), "prompt's name") is not { } prompt) return ExitCode.Unusable;
        var (several, one, redact, none) = (context.Parse.GetValue(SeveralKinds), context.Parse.GetValue(OneKind), context.Parse.GetValue(Redact) ?? [], context.Parse.GetValue(NoRedact));
        var (contract, capture) = (context.Parse.GetValue(Contract), context.Parse.GetValue(Capture));
        if (several && one) return context.Misused("--several-kinds and --one-kind exclude each other.", "Write one of the two.");
        if (none && redact.Length > 0) return context.Misused("--redact and --no-redact exclude each other.", "Write one of the two.");
        if (!several && !one && !none && redact.Length == 0 && contract is null && capture is null)
            return context.Misused("It is not said what to set.", "Write --several-kinds, --one-kind, --contract, --capture or --redact.");
        return await context.AskAsync(
            api => api.ChangePolicyAsync(prompt, policy => policy with
            {
                SeveralKindsOfChange = several || (!one && policy.SeveralKindsOfChange),
                Contract = contract ?? policy.Contract,
                Capture = capture ?? policy.Capture,
                Redact = none ? [] : redact.Length > 0 ? [.. redact] : policy.Redact,
            }, cancellation),
            (api, policy) => WriteAsync(context, api, prompt, policy, cancellation));
    }

    private static async Task<int> WriteAsync(CommandContext context, SlipwayApi api, PromptName prompt, PolicyDocument policy, CancellationToken cancellation)
    {
        if (context.WantsJson)
        {
            context.Terminal.Json(policy, ApiJson.Default.PolicyDocument);
            return ExitCode.Done;
        }
        if (await api.VersionsAsync(prompt, cancellation) is ApiResult<System.Collections.Immutable.ImmutableArray<VersionSummary>>.Failed { Failure.Status: 404 })
            context.Terminal.Line($"There is no prompt {prompt} yet; this is for its first version.");
        context.Terminal.Line($"{prompt}: a version {(policy.SeveralKindsOfChange ? "may change meaning, tone and format at once" : "makes one kind of change: meaning, tone or format")}");
        context.Terminal.Line($"{prompt}: {policy.Serving()}");
        if (policy.Redact is { IsDefaultOrEmpty: false } patterns) context.Terminal.Line($"{prompt}: what is taken out besides: {string.Join(", ", patterns)}");
        return ExitCode.Done;
    }

    private static Option<T?> Choice<T>(string name, string description, params (string Word, T Value)[] choices) where T : struct
    {
        var words = string.Join('|', choices.Select(choice => choice.Word));
        return new Option<T?>(name)
        {
            Description = description,
            HelpName = words,
            CustomParser = result =>
            {
                var word = result.Tokens[0].Value;
                foreach (var choice in choices)
                    if (choice.Word == word) return choice.Value;
                result.AddError($"\"{word}\" is none of {words.Replace("|", ", ", StringComparison.Ordinal)}.");
                return null;
            },
        };
    }
}
