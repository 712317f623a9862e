using System.CommandLine;
using Slipway.Client;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Wire;

namespace Slipway.Cli.Releases;

/// <summary><c>slipway release drill</c>: practises a prompt's way back on real instances, and fails loudly where it is slow.</summary>
internal static class DrillCommand
{
    private static readonly Argument<string> Prompt = new("PROMPT") { Description = "The prompt's name" };
    private static readonly Option<string?> Environment = new("--environment") { Description = $"Where: {EnvironmentName.Form}; default production", HelpName = "E" };
    private static readonly Option<string?> Limit = new("--limit") { Description = "Within which time 99 of 100 instances must be back; default what the policy says, else 1s", HelpName = "TIME" };

    // Forward and back, each as long as a lease for who is cut off.
    private static readonly Duration Longest = Duration.Seconds(60);

    public static Command Make() =>
        new Command("drill", "Practise the way back: what is live goes to everybody once more, and back; nobody gets another answer by it") { Prompt, Environment, Limit }.Does(RunAsync);

    private static async Task<int> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        if (context.Read<PromptName>(context.Parse.GetValue(Prompt), "prompt's name") is not { } prompt) return ExitCode.Unusable;
        EnvironmentName? environment = null;
        Duration? limit = null;
        if (context.Parse.GetValue(Environment) is { } place && (environment = context.Read<EnvironmentName>(place, "environment")) is null) return ExitCode.Unusable;
        if (context.Parse.GetValue(Limit) is { } time && (limit = context.Read<Duration>(time, "limit")) is null) return ExitCode.Unusable;
        return await context.AskAsync(
            api => context.Terminal.WatchAsync($"Drill of {prompt}", show => DrillAsync(api, new DrillRequest(prompt, environment, limit), show, cancellation)), drill => Show(context, drill));
    }

    private static async Task<ApiResult<DrillDocument>> DrillAsync(SlipwayApi api, DrillRequest request, Action<string> show, CancellationToken cancellation)
    {
        var begun = await api.BeginDrillAsync(request, cancellation);
        if (begun is not ApiResult<DrillDocument>.Ok { Value: var drill }) return begun;
        show($"{drill.Id}: {drill.Version.Number} goes to everybody once more, and back");
        return await api.DrillAsync(drill.Id, Longest, cancellation);
    }

    private static int Show(CommandContext context, DrillDocument drill)
    {
        if (context.WantsJson) context.Terminal.Json(drill, ApiJson.Default.DrillDocument);
        else
        {
            context.Terminal.Heading($"{drill.Id}  {drill.Version}  drill in {drill.Environment}");
            if (drill.Forward is { } forward) context.Terminal.Line($"  forward on {forward.Told()}");
            context.Terminal.Verdict($"  {drill.Sentence}", good: drill.Passed == true);
        }
        return drill.Passed switch { true => ExitCode.Done, false => ExitCode.Refused, null => ExitCode.Inconclusive };
    }
}
