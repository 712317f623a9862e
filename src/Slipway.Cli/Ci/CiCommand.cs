using System.Collections.Immutable;
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
    private static readonly Option<string[]> Model = new("--model") { Description = $"What a model alias stands for, before {CiSettings.FileName} and a server's catalog. May be repeated", HelpName = "ALIAS=PROVIDER/MODEL" };
    private static readonly Option<string[]> Provider = new("--provider") { Description = $"A provider of models beside offline, as {Providers.Form}; its key is read from SLIPWAY_PROVIDER_NAME_KEY. May be repeated", HelpName = "NAME=URL" };

    public static Command Make(Terminal terminal) => new Command("ci", "Check a folder of prompts as a pull request changes it, and compare what it changes; needs no server. With --server, compare with what is live there")
    {
        PathOf, Base, ChecksOnly, Cases, Model, Provider,
    }.Does(terminal, RunAsync);

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

        var run = new CiRun(path, models, parse.GetValue(Cases));
        var outcome = parse.GetValue(ChecksOnly) ? run.CheckOnly()
            : usesServer ? await AskAsync(context, run, providers, cancellation)
            : await run.CompareAsync(await GitBase.FindAsync(path, parse.GetValue(Base), cancellation), providers, cancellation);
        switch (outcome)
        {
            case CiOutcome.Unusable unusable: return context.Misused(unusable.Message, unusable.Hint);
            case CiOutcome.Refused refused: return context.Fail(refused.Failure);
            case CiOutcome.Done { Result: var result }:
                if (context.WantsJson) context.Terminal.Json(result.ToJson(), ApiJson.Default.JsonElement);
                else CiText.Write(context.Terminal, result);
                return result.Exit;
            default: throw new System.Diagnostics.UnreachableException();
        }
    }

    private static async Task<CiOutcome> AskAsync(CommandContext context, CiRun run, ImmutableArray<Server.ProviderOptions> providers, CancellationToken cancellation)
    {
        if (context.Connect() is not { } api) return new CiOutcome.Unusable("No server can be asked.", null);
        using (api)
        {
            var (server, failure) = await ServerBase.AskAsync(api, cancellation);
            return server is null ? new CiOutcome.Refused(failure!) : await run.CompareAsync(server, providers, cancellation);
        }
    }
}
