using System.CommandLine;
using Slipway.Core.Wire;

namespace Slipway.Cli.Releases;

/// <summary><c>slipway live</c>: what is live, since when, who approved it, what rolls it back.</summary>
internal static class LiveCommand
{
    private static readonly Argument<string?> Prompt = new("PROMPT") { Description = "Only this prompt", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string?> Environment = new("--environment") { Description = "Where; default production", HelpName = "E" };
    private static readonly Option<string?> At = new("--at") { Description = "At a moment, as in 2026-05-14T12:00Z; default now", HelpName = "TIME" };

    public static Command Make(Terminal terminal) => new Command("live", "Say what is live, since when, who approved it, what rolls it back") { Prompt, Environment, At }.Does(terminal, RunAsync);

    private static Task<int> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        var parse = context.Parse;
        return context.AskAsync(api => api.LiveAsync(parse.GetValue(Prompt), parse.GetValue(Environment), parse.GetValue(At), cancellation), live =>
        {
            if (context.WantsJson) context.Terminal.Json(live, ApiJson.Default.ImmutableArrayLiveDocument);
            else if (live.IsEmpty) context.Terminal.Line("Nothing is live there.");
            else context.Terminal.Table(["prompt", "version", "since", "release", "approved by", "back to", "under way"], [.. live.Select(one => (string[])
            [
                one.Prompt.Value, one.Version.Number.Text, ReleaseText.Time(one.Since), one.Release.ToString(), one.ApprovedBy.Value, one.RollbackTo?.Number.Text ?? "nothing",
                one.Candidate is { } candidate ? $"{one.Active}: {candidate.Number} at {one.Weight}" : "nothing",
            ])]);
            return ExitCode.Done;
        });
    }
}
