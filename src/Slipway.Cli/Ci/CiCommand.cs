using System.CommandLine;
using Slipway.Cli.Serve;
using Slipway.Core.Models;
using Slipway.Core.Wire;

namespace Slipway.Cli.Ci;

/// <summary><c>slipway ci</c>: the checks of a pull request on a Git folder, without a server.</summary>
internal static class CiCommand
{
    private static readonly Argument<string> PathOf = new("PATH") { Description = "A folder of manifests" };
    private static readonly Option<string?> Base = new("--base") { Description = "The branch, tag or commit to compare with; default: the default branch of origin, else main. Where this branch left it counts", HelpName = "REF" };
    private static readonly Option<bool> ChecksOnly = new("--checks-only") { Description = "Compare nothing: no model is asked and no history is needed" };
    private static readonly Option<int> Cases = new("--cases") { Description = "How many cases of a golden set are asked at most, chosen over all kinds, always the same", DefaultValueFactory = _ => 100, HelpName = "N" };
    private static readonly Option<decimal?> MaxCost = new("--max-cost") { Description = $"What all comparisons together may cost; models that cost something then need prices, in {CiSettings.FileName} or on the server", HelpName = "USD" };
    private static readonly Option<string?> Cache = new("--cache") { Description = "A file in which answers are kept, so that what was paid for is not asked again", HelpName = "FILE" };
    private static readonly Option<string?> Markdown = new("--markdown") { Description = "Write the result as Markdown, for a comment", HelpName = "FILE" };
    private static readonly Option<string?> JUnit = new("--junit") { Description = "Write the result as JUnit XML, for a build server", HelpName = "FILE" };
    private static readonly Option<string?> Html = new("--html") { Description = "Write the result as a page that opens without a network", HelpName = "FILE" };
    private static readonly Option<string[]> Model = new("--model") { Description = $"What a model alias stands for, before {CiSettings.FileName} and a server's catalog. May be repeated", HelpName = "ALIAS=PROVIDER/MODEL" };
    private static readonly Option<string[]> Provider = new("--provider") { Description = $"A provider of models beside offline, as {Providers.Form}; its key is read from SLIPWAY_PROVIDER_NAME_KEY. May be repeated", HelpName = "NAME=URL" };

    public static Command Make() => new Command("ci", "Check a folder of prompts as a pull request changes it, and compare what it changes; needs no server. With --server, compare with what is live there")
    {
        PathOf, Base, ChecksOnly, Cases, MaxCost, Cache, Model, Provider, Markdown, JUnit, Html,
    }.Does(RunAsync);

    private static async Task<int> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        var (parse, path) = (context.Parse, context.Parse.GetValue(PathOf)!);
        var usesServer = parse.GetValue(CommandContext.Server) is not null;
        if (File.Exists(path)) return context.Misused($"{path} is a file; the checks are those of a folder.", $"Name its folder: slipway ci {(Path.GetDirectoryName(path) is { Length: > 0 } folder ? folder : ".")}");
        if (!Directory.Exists(path)) return context.Misused($"There is no folder {path}.");
        if (parse.GetValue(Cases) < 1) return context.Misused("--cases is at least 1.", "Write --checks-only to compare nothing.");
        if (usesServer && parse.GetValue(Base) is not null) return context.Misused("--base and --server exclude each other.", "Write one of the two.");
        if (parse.GetValue(ChecksOnly) && parse.GetValue(Base) is not null) return context.Misused("--base and --checks-only exclude each other.", "Write one of the two.");
        var models = new Dictionary<string, ModelReference>(StringComparer.Ordinal);
        foreach (var text in parse.GetValue(Model) ?? [])
        {
            if (CiSettings.ReadModel(text) is not var (alias, model)) return context.Misused($"\"{text}\" names no model.", "Write it as --model production-default=openai/gpt-4.1-2025-04-14");
            models[alias] = model;
        }
        if (Providers.Read(parse.GetValue(Provider) ?? [], out var wrong) is not { } providers) return context.Misused(wrong!, $"Write it as --provider {Providers.Form}");

        if (parse.GetValue(MaxCost) is <= 0) return context.Misused("--max-cost must be more than 0.", "Write --checks-only to ask no model.");
        var limits = new CiLimits(parse.GetValue(Cases), parse.GetValue(MaxCost), parse.GetValue(Cache));
        var outcome = await context.Terminal.WatchAsync(path, async told =>
        {
            var run = new CiRun(path, models, limits, providers, told);
            return parse.GetValue(ChecksOnly) ? run.CheckOnly()
                : usesServer ? await AskAsync(context, run, cancellation)
                : await run.CompareAsync(await GitBase.FindAsync(path, parse.GetValue(Base), cancellation), cancellation);
        });
        switch (outcome)
        {
            case CiOutcome.Unusable unusable: return context.Misused(unusable.Message, unusable.Hint);
            case CiOutcome.Refused refused: return context.Fail(refused.Failure);
            case CiOutcome.Done { Result: var result }:
                if (context.WantsJson) context.Terminal.Json(result.ToJson(), ApiJson.Default.JsonElement);
                else CiText.Write(context.Terminal, result);
                return Written(context, result) ? result.Exit : ExitCode.Unusable;
            default: throw new System.Diagnostics.UnreachableException();
        }
    }

    private static bool Written(CommandContext context, CiResult result) =>
        context.WriteFile(Markdown, () => CiMarkdown.Write(result)) & context.WriteFile(JUnit, () => CiJUnit.Write(result)) & context.WriteFile(Html, () => CiHtml.Write(result));

    private static async Task<CiOutcome> AskAsync(CommandContext context, CiRun run, CancellationToken cancellation)
    {
        if (context.Connect() is not { } api) return new CiOutcome.Unusable("No server can be asked.", null);
        using (api)
        {
            var (server, failure) = await ServerBase.AskAsync(api, cancellation);
            return server is null ? new CiOutcome.Refused(failure!) : await run.CompareAsync(server, cancellation);
        }
    }
}
