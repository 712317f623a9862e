using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Slipway.Core.Access;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;

namespace Slipway.Cli.Releases;

/// <summary>What is said of a plan on the command line: a file, and options that say single parts otherwise.</summary>
internal static class PlanOptions
{
    private const string Hint = """As in {"steps": ["10%", "100%"], "guardrails": {"error_rate": "<= baseline + 2pp"}}""";

    public static readonly Option<string?> File = new("--plan")
    {
        Description = "The plan or parts of it (JSON): level, steps, guardrails, minimum_units, minimum_time, decide_within, maximum_freeze, observe, rollback_to, watcher, unit, start_at, eligibility, judging, accept_undecided, shadow, staging",
        HelpName = "FILE",
    };

    private static readonly Option<string?> Level = Text("--level", "How carefully it goes; never less than the prompt's risk asks: limited or approval_gated", "LEVEL");
    private static readonly Option<string?> Steps = Text("--steps", "The shares of traffic, as in 1%,10%,100%", "SHARES");
    private static readonly Option<string[]> Guardrail = new("--guardrail") { Description = "A live metric and its threshold, as in \"error_rate <= baseline + 2pp\". May be repeated; all of them are named anew", HelpName = "TEXT" };
    private static readonly Option<int?> MinimumUnits = new("--minimum-units") { Description = "Units the candidate must have answered within a step", HelpName = "N" };
    private static readonly Option<string?> MinimumTime = Text("--minimum-time", "How long a step lasts at least", "TIME");
    private static readonly Option<string?> DecideWithin = Text("--decide-within", "How long a step may stay undecided before the release freezes", "TIME");
    private static readonly Option<string?> MaximumFreeze = Text("--maximum-freeze", "How long a release may stay frozen before it is rolled back", "TIME");
    private static readonly Option<string?> Observe = Text("--observe", "How long it is watched at 100% before it is completed, at most 72h", "TIME");
    private static readonly Option<string?> RollbackTo = Text("--rollback-to", "The version to go back to", "VERSION");
    private static readonly Option<string?> Watcher = Text("--watcher", "Who watches", "MEMBER");
    private static readonly Option<string?> Unit = Text("--unit", "What the keys stand for that keep their version: conversation, request, user or tenant", "UNIT");
    private static readonly Option<string?> StartAt = Text("--start-at", "When it starts by itself once a release owner said yes, as in 2026-05-14T06:00Z", "TIME");

    private static readonly Option<bool> Staging = new("--staging") { Description = "The version must have been tried in staging first; always so where a release is approval-gated" };
    private static readonly Option<string?> ShadowShare = Text("--shadow", "The share of live requests that also go to the candidate before its first step, its answers unseen by users, as in 5%", "SHARE");
    private static readonly Option<long?> ShadowCalls = new("--shadow-calls") { Description = "How many calls the shadow may make; this or --shadow-cost is its budget", HelpName = "N" };
    private static readonly Option<decimal?> ShadowCost = new("--shadow-cost") { Description = "What the shadow may cost, in US dollars", HelpName = "DOLLARS" };
    private static readonly Option<bool> AcceptUndecided = new("--accept-undecided") { Description = "Accept that the traffic may be too little to decide it, so that it may freeze" };

    /// <summary>The same command, with the options of a plan.</summary>
    public static Command WithPlan(this Command command)
    {
        foreach (var option in (Option[])[File, Level, Steps, Guardrail, MinimumUnits, MinimumTime, DecideWithin, MaximumFreeze, Observe, RollbackTo, Watcher, Unit, StartAt, AcceptUndecided, Staging, ShadowShare, ShadowCalls, ShadowCost]) command.Add(option);
        return command;
    }

    /// <summary>Reads what was said.</summary>
    /// <param name="context">What was typed.</param>
    /// <param name="plan">What it comes to; null where nothing was said.</param>
    /// <param name="exit">The exit code where it cannot be read; that has been said then.</param>
    public static bool TryRead(CommandContext context, out ReleasePlanDocument? plan, out int exit)
    {
        (plan, exit) = (null, ExitCode.Unusable);
        if (!TryOptions(context, out var said)) return false;
        if (context.Parse.GetValue(File) is { } path)
        {
            if (!TryFile(context, path, out var written, out exit)) return false;
            said = said.Over(written);
        }
        (plan, exit) = (said == ReleasePlanDocument.Empty ? null : said, ExitCode.Done);
        return true;
    }

    /// <summary>Reads a plan's file.</summary>
    /// <param name="context">Where to speak.</param>
    /// <param name="path">The file.</param>
    /// <param name="plan">What it says.</param>
    /// <param name="exit">The exit code where it cannot be read; that has been said then.</param>
    public static bool TryFile(CommandContext context, string path, out ReleasePlanDocument plan, out int exit)
    {
        (plan, exit) = (ReleasePlanDocument.Empty, ExitCode.Unusable);
        if (context.ReadFile(path) is not { } text) return false;
        exit = ExitCode.Refused;
        JsonDocument json;
        try
        {
            json = JsonDocument.Parse(text);
        }
        catch (JsonException exception)
        {
            context.Terminal.Error($"{path} is not a plan: it is not JSON from line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1} on.", Hint);
            return false;
        }
        using (json)
        {
            try
            {
                if (json.RootElement.Deserialize(ApiJson.Default.ReleasePlanDocument) is { } read)
                {
                    plan = read;
                    return true;
                }
                context.Terminal.Error($"{path} is not a plan: it is null.", Hint);
            }
            catch (JsonException)
            {
                foreach (var mistake in JsonMistakes.In(json.RootElement, ApiJson.Default.ReleasePlanDocument)) context.Terminal.Error($"{path} is not a plan: {mistake}");
            }
            return false;
        }
    }

    private static bool TryOptions(CommandContext context, out ReleasePlanDocument plan)
    {
        var parse = context.Parse;
        plan = ReleasePlanDocument.Empty;
        if (!TryWord<ReleaseLevel>(context, Level, "level", out var level) || !TryWord<StickyUnit>(context, Unit, "unit", out var unit)) return false;
        if (!TrySteps(context, out var steps) || !TryGuardrails(context, out var guardrails) || !TryTime(context, out var start) || !TryShadow(context, out var shadow)) return false;
        if (!context.TryRead<Duration>(MinimumTime, "time", out var time) || !context.TryRead<Duration>(DecideWithin, "time", out var within)) return false;
        if (!context.TryRead<Duration>(MaximumFreeze, "time", out var freeze) || !context.TryRead<Duration>(Observe, "time", out var observe)) return false;
        if (!context.TryRead<VersionNumber>(RollbackTo, "version", out var back) || !context.TryRead<MemberName>(Watcher, "member's name", out var watcher)) return false;
        plan = new ReleasePlanDocument
        {
            Level = level,
            Steps = steps,
            Guardrails = guardrails,
            MinimumUnits = parse.GetValue(MinimumUnits),
            MinimumTime = time,
            DecideWithin = within,
            MaximumFreeze = freeze,
            Observe = observe,
            RollbackTo = back,
            Watcher = watcher,
            Unit = unit,
            StartAt = start,
            AcceptUndecided = parse.GetValue(AcceptUndecided) ? true : null,
            Shadow = shadow,
            Staging = parse.GetValue(Staging) ? true : null,
        };
        return true;
    }

    private static bool TrySteps(CommandContext context, out ImmutableArray<PlanStep>? steps)
    {
        steps = null;
        if (context.Parse.GetValue(Steps) is not { } text) return true;
        var read = ImmutableArray.CreateBuilder<PlanStep>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!Share.TryParse(part, out var share)) return Misused(context, $"\"{part}\" is no share: it must be {Share.Form}.");
            read.Add(share);
        }
        steps = read.ToImmutable();
        return true;
    }

    private static bool TryGuardrails(CommandContext context, out ImmutableSortedDictionary<string, string>? guardrails)
    {
        guardrails = null;
        if (context.Parse.GetValue(Guardrail) is not { Length: > 0 } texts) return true;
        var read = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            if (text.Split(' ', 2, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is not [var metric, var threshold])
                return Misused(context, $"\"{text}\" is no guardrail.", "As in --guardrail \"error_rate <= baseline + 2pp\"");
            read[metric] = threshold;
        }
        guardrails = read.ToImmutable();
        return true;
    }

    private static bool TryTime(CommandContext context, out DateTimeOffset? time)
    {
        time = null;
        if (context.Parse.GetValue(StartAt) is not { } text) return true;
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var read)) return Misused(context, $"\"{text}\" is no time: write it as 2026-05-14T06:00Z.");
        time = read;
        return true;
    }

    private static bool TryShadow(CommandContext context, out ShadowPlan? shadow)
    {
        shadow = null;
        var (text, calls, cost) = (context.Parse.GetValue(ShadowShare), context.Parse.GetValue(ShadowCalls), context.Parse.GetValue(ShadowCost));
        if (text is null) return calls is null && cost is null || Misused(context, "--shadow-calls and --shadow-cost are the budget of a shadow: name its share too.", "As in --shadow 5% --shadow-calls 500");
        if (!Share.TryParse(text, out var share)) return Misused(context, $"\"{text}\" is no share: it must be {Share.Form}.");
        shadow = new ShadowPlan(share, calls is null && cost is null ? null : new ShadowBudget(cost, calls));
        return true;
    }

    private static bool TryWord<T>(CommandContext context, Option<string?> option, string what, out T? value) where T : struct, Enum
    {
        value = null;
        if (context.Parse.GetValue(option) is not { } text) return true;
        foreach (var known in Enum.GetValues<T>())
            if (JsonNamingPolicy.SnakeCaseLower.ConvertName(known.ToString()) == text.Replace('-', '_')) value = known;
        return value is not null || Misused(context, $"\"{text}\" is no {what}: it must be one of {string.Join(", ", Enum.GetNames<T>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName))}.");
    }

    private static bool Misused(CommandContext context, string message, string? hint = null)
    {
        _ = context.Misused(message, hint);
        return false;
    }

    private static Option<string?> Text(string name, string description, string help) => new(name) { Description = description, HelpName = help };
}
