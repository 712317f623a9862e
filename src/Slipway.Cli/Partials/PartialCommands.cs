using System.CommandLine;
using System.Globalization;
using Slipway.Cli.Prompts;
using Slipway.Client;
using Slipway.Core.Partials;
using Slipway.Core.Wire;

namespace Slipway.Cli.Partials;

/// <summary><c>slipway partial</c>: snippets that prompts share.</summary>
internal static class PartialCommands
{
    private static readonly Argument<string> Name = new("NAME") { Description = "The partial's name, as in global/privacy" };
    private static readonly Argument<string> FileOf = new("FILE") { Description = "Its template" };
    private static readonly Argument<string> Named = new("PARTIAL") { Description = "PARTIAL@VERSION, or PARTIAL for the newest" };
    private static readonly Option<string> Reason = new("--reason") { Description = "Why, as a sentence; it stands in the log", Required = true, HelpName = "TEXT" };

    public static Command Make() => new("partial", "Keep snippets that prompts share; each prompt holds an exact version")
    {
        new Command("push", "Submit the next version of a partial; the same text again makes none") { Name, FileOf, Reason }.Does(PushAsync),
        new Command("list", "Show the newest version of each").Does(ListAsync),
        new Command("show", "Show a version, its text, and who holds it") { Named }.Does(ShowAsync),
    };

    private static async Task<int> PushAsync(CommandContext context, CancellationToken cancellation)
    {
        if (context.Read<PartialName>(context.Parse.GetValue(Name), "partial's name") is not { } name) return ExitCode.Unusable;
        var (path, reason) = (context.Parse.GetValue(FileOf)!, context.Parse.GetValue(Reason)!);
        switch (TextFile.Open(path))
        {
            case TextFile.Read { Text: var text }:
                var problems = new List<ManifestProblem>();
                TemplateTexts.Parse(new PlacedText("template", text, path, null), problems);
                foreach (var problem in problems) context.Terminal.Error(problem.ToString());
                return problems.Count > 0 ? ExitCode.Refused : await context.AskAsync(api => api.SubmitPartialAsync(name, new PartialRequest(text, reason), cancellation), async (api, partial) =>
                {
                    if (context.WantsJson) context.Terminal.Json(partial, ApiJson.Default.PartialDocument);
                    else await PartialText.WritePushedAsync(context.Terminal, api, partial, cancellation);
                    return ExitCode.Done;
                });
            case TextFile.Unreadable unreadable: return context.Misused(new ManifestProblem(path, unreadable.Line, unreadable.Column, unreadable.Why).ToString());
            default: throw new System.Diagnostics.UnreachableException();
        }
    }

    private static Task<int> ListAsync(CommandContext context, CancellationToken cancellation) => context.AskAsync(api => api.PartialsAsync(cancellation), partials =>
    {
        if (context.WantsJson) context.Terminal.Json(partials, ApiJson.Default.ImmutableArrayPartialDocument);
        else if (partials.IsEmpty) context.Terminal.Line("There is no partial yet; push one with: slipway partial push NAME FILE --reason TEXT");
        else context.Terminal.Table(["partial", "author", "held by", "could be taken by", "why"], [.. partials.Select(partial => (string[])
            [partial.Partial.ToString(), partial.Author.Value, Names(partial.UsedBy), Names(partial.CouldTakeIt), partial.ChangeReason])]);
        return ExitCode.Done;

        static string Names(IEnumerable<Core.Prompts.VersionId> versions) => string.Join(", ", versions) is { Length: > 0 } names ? names : "none";
    });

    private static Task<int> ShowAsync(CommandContext context, CancellationToken cancellation) =>
        context.AskAsync(api => api.PartialAsync(context.Parse.GetValue(Named)!, cancellation), async (api, partial) =>
        {
            if (context.WantsJson) context.Terminal.Json(partial, ApiJson.Default.PartialDocument);
            else await WriteAsync(context.Terminal, api, partial, cancellation);
            return ExitCode.Done;
        });

    private static async Task WriteAsync(Terminal terminal, SlipwayApi api, PartialDocument partial, CancellationToken cancellation)
    {
        terminal.Heading(partial.Partial.ToString());
        terminal.Table(["field", "value"],
        [
            ["content", partial.Content.Value],
            ["author", $"{partial.Author}, {partial.SubmittedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC"],
            ["reason", partial.ChangeReason],
            ["includes", partial.Pins.IsEmpty ? "nothing" : string.Join(", ", partial.Pins)],
        ]);
        foreach (var line in await PartialText.HoldersAsync(api, partial, cancellation)) terminal.Line(line);
        terminal.Line();
        terminal.Line(partial.Text);
    }
}
