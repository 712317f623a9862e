using System.CommandLine;
using System.Globalization;
using Slipway.Cli.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;

namespace Slipway.Cli.Calls;

/// <summary><c>slipway calls</c>: the records of model calls.</summary>
internal static class CallCommands
{
    private static readonly Option<string?> Prompt = new("--prompt") { Description = "Only of this prompt", HelpName = "PROMPT" };
    private static readonly Option<string?> Release = new("--release") { Description = "Only of this release", HelpName = "RELEASE" };
    private static readonly Option<string?> Trace = new("--trace") { Description = "Only of this trace", HelpName = "ID" };
    private static readonly Option<int> Limit = new("--limit") { Description = "At most so many, the newest first", DefaultValueFactory = _ => 20, HelpName = "N" };

    public static Command Make(Terminal terminal) => new Command("calls", "Show which version answered which call") { Prompt, Release, Trace, Limit }.Does(terminal, RunAsync);

    private static Task<int> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        var parse = context.Parse;
        return context.AskAsync(api => api.CallsAsync(parse.GetValue(Prompt), parse.GetValue(Release), parse.GetValue(Trace), parse.GetValue(Limit), cancellation), calls =>
        {
            if (context.WantsJson) context.Terminal.Json(calls, ApiJson.Default.ImmutableArrayCallRecord);
            else context.Terminal.Table(["time", "trace", "version", "arm", "model", "ms", "answer"], [.. calls.Select(call => (string[])
            [
                ReleaseText.Time(call.StartedAt), call.TraceId, $"{call.Prompt}:v{call.PromptVersion}", call.Arm == Arm.Candidate ? "candidate" : "stable", call.Model,
                call.LatencyMs.ToString("0.0", CultureInfo.InvariantCulture), call.Error ?? (call.Abandoned ? "the caller went away" : call.ContractViolation ?? ((call.SchemaValid ?? call.ToolCallsValid) is null ? "not checked" : "fits")),
            ])]);
            return ExitCode.Done;
        });
    }
}
