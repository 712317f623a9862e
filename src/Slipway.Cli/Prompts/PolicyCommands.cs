using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Slipway.Cli.Releases;
using Slipway.Client;
using Slipway.Core.Evaluations;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
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

    private static readonly Option<string[]> Require = new("--require") { Description = "How many cases of a kind the golden set must hold at least. May be repeated; all of them are named anew", HelpName = "KIND=N" };
    private static readonly Option<bool> NoRequire = new("--no-require") { Description = "Ask for no kinds" };
    private static readonly Option<string[]> UnsafeTool = new("--unsafe-tool") { Description = "A tool that no answer may call. May be repeated; all of them are named anew", HelpName = "NAME" };
    private static readonly Option<bool> NoUnsafeTools = new("--no-unsafe-tools") { Description = "List no tools as unsafe" };
    private static readonly Option<double?> JudgeAgreement = new("--judge-agreement") { Description = "The share of labelled examples on which a judge must agree with people before it may gate, 0 to 1", HelpName = "SHARE" };
    private static readonly Option<double?> JudgeKappa = new("--judge-kappa") { Description = "The Cohen's kappa that a judge must reach before it may gate, -1 to 1", HelpName = "KAPPA" };

    private static readonly Option<string?> Plan = new("--plan") { Description = "What the plans of its releases to production begin with (JSON), as for release propose", HelpName = "FILE" };
    private static readonly Option<bool> IncidentsBlock = new("--incidents-block") { Description = "Release nothing while an incident of the prompt is open" };
    private static readonly Option<bool> IncidentsWarn = new("--incidents-warn") { Description = "Only say that one is open: what mends it is a release" };
    private static readonly Option<bool> NoPlan = new("--no-plan") { Description = "Let the plans of its releases begin as its risk asks" };

    private static readonly Option<string?> DrillEvery = new("--drill-every") { Description = "Practise its way back in production so often, as in 7d", HelpName = "TIME" };
    private static readonly Option<string?> DrillLimit = new("--drill-limit") { Description = "Within which time 99 of 100 instances must be back; 1s where it is not said", HelpName = "TIME" };
    private static readonly Option<bool> NoDrill = new("--no-drill") { Description = "Practise it only when somebody asks" };

    public static Command Make() => new("policy", "Say what the versions of a prompt must follow, and what is done with its answers and calls")
    {
        new Command("show", "Show a prompt's policy") { Prompt }.Does(ShowAsync),
        new Command("set", "Change a prompt's policy; what is not named stays as it is") { Prompt, SeveralKinds, OneKind, Contract, Capture, Redact, NoRedact, Require, NoRequire, UnsafeTool, NoUnsafeTools, JudgeAgreement, JudgeKappa, Plan, NoPlan, IncidentsBlock, IncidentsWarn, DrillEvery, DrillLimit, NoDrill }.Does(SetAsync),
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
        if (!TryEvaluation(context, out var evaluation, out var misused)) return misused;
        if (context.Parse.GetValue(Plan) is not null && context.Parse.GetValue(NoPlan)) return context.Misused("--plan and --no-plan exclude each other.", "Write one of the two.");
        var releases = context.Parse.GetValue(NoPlan) ? ReleasePlanDocument.Empty : null;
        if (context.Parse.GetValue(Plan) is { } path)
        {
            if (!PlanOptions.TryFile(context, path, out var written, out var exit)) return exit;
            releases = written;
        }
        var (block, warn) = (context.Parse.GetValue(IncidentsBlock), context.Parse.GetValue(IncidentsWarn));
        if (block && warn) return context.Misused("--incidents-block and --incidents-warn exclude each other.", "Write one of the two.");
        if (!TryDrill(context, out var drill, out misused)) return misused;
        if (!several && !one && !none && redact.Length == 0 && contract is null && capture is null && evaluation is null && releases is null && !block && !warn && drill is null)
            return context.Misused("It is not said what to set.", "Write --several-kinds, --one-kind, --contract, --capture, --redact, --require, --unsafe-tool, --judge-agreement, --judge-kappa, --plan, --incidents-block, --incidents-warn or --drill-every.");
        return await context.AskAsync(
            api => api.ChangePolicyAsync(prompt, policy => policy with
            {
                SeveralKindsOfChange = several || (!one && policy.SeveralKindsOfChange),
                Contract = contract ?? policy.Contract,
                Capture = capture ?? policy.Capture,
                Redact = none ? [] : redact.Length > 0 ? [.. redact] : policy.Redact,
                Evaluation = evaluation?.Invoke(policy.Evaluation ?? new EvaluationPolicyDocument()),
                Releases = releases,
                Drill = drill?.Invoke(policy.Drill),
                IncidentsBlock = block ? true : warn ? false : null,
            }, cancellation),
            (api, policy) => WriteAsync(context, api, prompt, policy, cancellation));
    }

    // What is named of evaluations, as a change of what there is; null where nothing is named.
    private static bool TryEvaluation(CommandContext context, out Func<EvaluationPolicyDocument, EvaluationPolicyDocument>? change, out int misused)
    {
        var (require, noRequire, tools, noTools) = (context.Parse.GetValue(Require) ?? [], context.Parse.GetValue(NoRequire), context.Parse.GetValue(UnsafeTool) ?? [], context.Parse.GetValue(NoUnsafeTools));
        var (agreement, kappa) = (context.Parse.GetValue(JudgeAgreement), context.Parse.GetValue(JudgeKappa));
        (change, misused) = (null, ExitCode.Done);
        if (noRequire && require.Length > 0) misused = context.Misused("--require and --no-require exclude each other.", "Write one of the two.");
        else if (noTools && tools.Length > 0) misused = context.Misused("--unsafe-tool and --no-unsafe-tools exclude each other.", "Write one of the two.");
        var kinds = ImmutableSortedDictionary.CreateBuilder<string, int>(StringComparer.Ordinal);
        foreach (var one in require)
        {
            if (one.Split('=') is [var kind, var number] && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var least)) kinds[kind] = least;
            else misused = context.Misused($"--require takes KIND=N, not {one}.", "As in --require bypass=10");
        }
        if (misused != ExitCode.Done) return false;
        if (noRequire || noTools || require.Length + tools.Length > 0 || (agreement ?? kappa) is not null)
        {
            change = evaluation => new EvaluationPolicyDocument(
                noRequire || kinds.Count > 0 ? kinds.ToImmutable() : evaluation.RequiredKinds,
                noTools ? [] : tools.Length > 0 ? [.. tools] : evaluation.UnsafeTools,
                new JudgeBar(agreement ?? evaluation.JudgeBar?.Agreement ?? JudgeBar.Default.Agreement, kappa ?? evaluation.JudgeBar?.Kappa ?? JudgeBar.Default.Kappa));
        }
        return true;
    }

    // What is named of drills, as a change of what there is; null where nothing is named.
    private static bool TryDrill(CommandContext context, out Func<DrillPolicy?, DrillPolicy>? change, out int misused)
    {
        var (every, limit, never) = (context.Parse.GetValue(DrillEvery), context.Parse.GetValue(DrillLimit), context.Parse.GetValue(NoDrill));
        Duration? often = null, within = null;
        (change, misused) = (null, ExitCode.Done);
        if (never && (every ?? limit) is not null) misused = context.Misused("--no-drill excludes --drill-every and --drill-limit.", "Write one of them.");
        else if (every is not null && (often = context.Read<Duration>(every, "time between drills")) is null) misused = ExitCode.Unusable;
        else if (limit is not null && (within = context.Read<Duration>(limit, "limit of a drill")) is null) misused = ExitCode.Unusable;
        else if (never) change = _ => new DrillPolicy(Duration.Zero);
        else if ((often ?? within) is not null) change = now => new DrillPolicy(often ?? now?.Every ?? Duration.Hours(7 * 24), within ?? now?.Limit);
        return misused == ExitCode.Done;
    }

    private static async Task<int> WriteAsync(CommandContext context, SlipwayApi api, PromptName prompt, PolicyDocument policy, CancellationToken cancellation)
    {
        if (context.WantsJson)
        {
            context.Terminal.Json(policy, ApiJson.Default.PolicyDocument);
            return ExitCode.Done;
        }
        if (await api.VersionsAsync(prompt, cancellation) is ApiResult<ImmutableArray<VersionSummary>>.Failed { Failure.Status: 404 })
            context.Terminal.Line($"There is no prompt {prompt} yet; this is for its first version.");
        context.Terminal.Line($"{prompt}: a version {(policy.SeveralKindsOfChange ? "may change meaning, tone and format at once" : "makes one kind of change: meaning, tone or format")}");
        context.Terminal.Line($"{prompt}: {policy.Serving()}");
        if (policy.Evaluation?.Policy(out _) is { } evaluation) context.Terminal.Line($"{prompt}: {evaluation}");
        if (policy.Releases is { } releases) context.Terminal.Line($"{prompt}: {releases.Told()}");
        if (policy.IncidentsBlock == true) context.Terminal.Line($"{prompt}: nothing of it is released while an incident of it is open");
        if (policy.Drill is { } drill) context.Terminal.Line($"{prompt}: {drill}");
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
