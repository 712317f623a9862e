using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Slipway.Cli.Releases;
using Slipway.Client;
using Slipway.Core.Calls;
using Slipway.Core.Prompts;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;

namespace Slipway.Cli.Calls;

/// <summary><c>slipway calls</c>: the records of model calls.</summary>
internal static class CallCommands
{
    private static readonly Option<string?> Prompt = new("--prompt") { Description = "Only of this prompt", HelpName = "PROMPT" };
    private static readonly Option<string?> Version = new("--version") { Description = "Only of this version, as PROMPT:vNUMBER, or its number beside --prompt", HelpName = "VERSION" };
    private static readonly Option<string?> Release = new("--release") { Description = "Only of this release", HelpName = "RELEASE" };
    private static readonly Option<string?> Tenant = new("--tenant") { Description = "Only for this customer of the application", HelpName = "TENANT" };
    private static readonly Option<string?> User = new("--user") { Description = "Only for this user; where callers name none, for this sticky unit", HelpName = "KEY" };
    private static readonly Option<string?> Trace = new("--trace") { Description = "Only of this trace", HelpName = "ID" };
    private static readonly Option<string?> Environment = new("--environment") { Description = "Only there", HelpName = "E" };
    private static readonly Option<string?> Since = new("--since") { Description = "From then on: 24h, or 2026-05-14T12:00Z", HelpName = "TIME" };
    private static readonly Option<int> Limit = new("--limit") { Description = "At most so many, the newest first", DefaultValueFactory = _ => 20, HelpName = "N" };
    private static readonly Argument<string> TraceId = new("TRACE") { Description = "The trace, as the header x-slipway-trace says it" };
    private static readonly Argument<string> OfVersion = new("VERSION") { Description = "The version, as PROMPT:vNUMBER" };

    public static Command Make() => new Command("calls", "Show which version answered which call")
    {
        Prompt, Version, Release, Tenant, User, Trace, Environment, Since, Limit,
        new Command("show", "Show the calls of a trace: all facts, the texts as far as you may read them, and what became known later") { TraceId }.Does(ShowAsync),
        new Command("users", "Show whom a version answered") { OfVersion, Environment }.Does(UsersAsync),
        new Command("unmanaged", "Show the fingerprints of the system prompts of calls that named a plain model: prompts that nobody registered").Does(UnmanagedAsync),
    }.Does(ListAsync);

    private static Task<int> ListAsync(CommandContext context, CancellationToken cancellation)
    {
        var parse = context.Parse;
        var (prompt, number) = VersionId.TryParse(parse.GetValue(Version), out var version) ? (version.Prompt.Value, version.Number.Text) : (parse.GetValue(Prompt), parse.GetValue(Version));
        var query = new CallQuery
        {
            Prompt = prompt,
            Version = number,
            Release = parse.GetValue(Release),
            Tenant = parse.GetValue(Tenant),
            User = parse.GetValue(User),
            Trace = parse.GetValue(Trace),
            Environment = parse.GetValue(Environment),
            Since = parse.GetValue(Since),
            Limit = parse.GetValue(Limit),
        };
        return context.AskAsync(api => api.CallsAsync(query, cancellation), calls =>
        {
            if (context.WantsJson) context.Terminal.Json(calls, ApiJson.Default.ImmutableArrayCallRecord);
            else context.Terminal.Table(["time", "trace", "version", "arm", "model", "user", "ms", "answer"], [.. calls.Select(call => (string[])
            [
                ReleaseText.Time(call.StartedAt), call.TraceId, Named(call), ShadowText.Side(call.Arm), call.Model, call.UserKey ?? call.UnitKey ?? "-", Ms(call.LatencyMs), Answer(call),
            ])]);
            return ExitCode.Done;
        });
    }

    private static Task<int> ShowAsync(CommandContext context, CancellationToken cancellation)
    {
        var terminal = context.Terminal;
        return context.AskAsync(api => api.TraceAsync(context.Parse.GetValue(TraceId)!, cancellation), trace =>
        {
            if (context.WantsJson)
            {
                terminal.Json(trace, ApiJson.Default.TraceDocument);
                return ExitCode.Done;
            }
            foreach (var call in trace.Calls) Write(terminal, call);
            if (trace.Outcome is { } outcome) terminal.Line($"  later     {Later(outcome)}");
            if (trace.Withheld is { } withheld) terminal.Line($"  The texts are kept from you. {withheld}");
            return ExitCode.Done;
        });
    }

    private static Task<int> UsersAsync(CommandContext context, CancellationToken cancellation)
    {
        if (context.Read<VersionId>(context.Parse.GetValue(OfVersion), "version") is not { } version) return Task.FromResult(ExitCode.Unusable);
        return context.AskAsync(api => api.CallUsersAsync(version, context.Parse.GetValue(Environment), cancellation), users =>
        {
            if (context.WantsJson) context.Terminal.Json(users, ApiJson.Default.ImmutableArrayCallUserDocument);
            else context.Terminal.Table(["user", "calls", "first", "last"], [.. users.Select(user => (string[])[user.User, Number(user.Calls), ReleaseText.Time(user.FirstSeen), ReleaseText.Time(user.LastSeen)])]);
            return ExitCode.Done;
        });
    }

    private static Task<int> UnmanagedAsync(CommandContext context, CancellationToken cancellation) => context.AskAsync(api => api.UnmanagedAsync(cancellation), found =>
    {
        if (context.WantsJson) context.Terminal.Json(found, ApiJson.Default.ImmutableArrayUnmanagedDocument);
        else if (found.IsEmpty) context.Terminal.Line("No call has named a plain model.");
        else context.Terminal.Table(["fingerprint", "environment", "calls", "first", "last", "models"],
            [.. found.Select(one => (string[])[one.Fingerprint, one.Environment.Value, Number(one.Calls), ReleaseText.Time(one.FirstSeen), ReleaseText.Time(one.LastSeen), string.Join(", ", one.Models)])]);
        return ExitCode.Done;
    });

    private static void Write(Terminal terminal, CallRecord call)
    {
        terminal.Heading($"{Named(call)} {(call.Arm == Arm.Shadow ? "was asked in its shadow, for nobody to see," : $"answered on {ShadowText.Side(call.Arm)}")} in {call.Environment}, {ReleaseText.Time(call.StartedAt)}");
        Fact("release", call.Release is null ? null : $"{call.Release}, epoch {Number(call.Epoch)}");
        Fact("why", call.Reason is { } reason ? JsonSerializer.Serialize(reason, ApiJson.Default.ResolveReason).Trim('"').Replace('_', ' ') : null);
        Fact("for", string.Join(", ", new[] { ("user", call.UserKey), ("unit", call.UnitKey), ("tenant", call.Tenant), ("workflow", call.Workflow) }.Where(one => one.Item2 is not null).Select(one => $"{one.Item1} {one.Item2}")));
        Fact("model", $"{call.Model} of {call.Provider}{(call.Fallback is { } fallback ? $"; {fallback} answered instead" : "")}");
        Fact("package", call.PackageHash?.Value);
        Fact("drifted", call.Drifted is { } drifted ? $"{drifted}: what was sent is not what the package says" : null);
        Fact("answer", $"{Answer(call)}{(call.FinishReason is { } finish ? $", finished with {finish}" : "")}{(call.ContractAction is { } action ? $", {action.Replace('_', ' ')}" : "")}");
        Fact("route", call.Route);
        Fact("tokens", call.InputTokens is { } sent ? $"{Number(sent)} in{(call.CachedTokens is > 0 and var cached ? $" ({Number(cached)} cached)" : "")}, {(call.OutputTokens is { } answered ? Number(answered) : "unknown")} out" : null);
        Fact("cost", call.Cost is { } cost ? $"${cost.ToString("0.#########", CultureInfo.InvariantCulture)}" : "unknown");
        Fact("time", $"{Ms(call.LatencyMs)} ms{(call.TimeToFirstTokenMs is { } first ? $", the first piece after {Ms(first)} ms" : "")}{(call.Retries > 0 ? $", {Number(call.Retries)} retries" : "")}");
        Fact("sent", call.Input);
        Fact("got", call.Output);

        void Fact(string name, string? value)
        {
            if (value is { Length: > 0 }) terminal.Line($"  {name,-9} {value}");
        }
    }

    private static string Named(CallRecord call) => call.Prompt is null ? $"(unmanaged {call.Fingerprint})" : $"{call.Prompt}:v{call.PromptVersion}";


    private static string Answer(CallRecord call) =>
        call.Error ?? (call.Abandoned ? "the caller went away" : call.ContractViolation ?? ((call.SchemaValid ?? call.ToolCallsValid) is null ? "not checked" : "fits"));

    private static string Later(CallOutcomeDocument outcome) => string.Join(", ", new[]
    {
        outcome.TaskSuccess switch { true => "the task was done", false => "the task failed", null => null },
        Said(outcome.Escalated, "escalated"), Said(outcome.Corrected, "corrected"), outcome.Thumbs is { } thumbs ? $"thumbs {(thumbs == Thumbs.Up ? "up" : "down")}" : null,
        Said(outcome.Complaint, "complained"), Said(outcome.Resolved, "resolved"), outcome.Labels is { } labels ? string.Join(", ", labels.Select(label => $"{label.Key}={label.Value}")) : null,
    }.Where(part => part is not null));

    private static string? Said(bool? flag, string word) => flag switch { true => word, false => $"not {word}", null => null };

    private static string Ms(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
