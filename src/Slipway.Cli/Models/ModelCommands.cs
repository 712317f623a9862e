using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Slipway.Client;
using Slipway.Core.Models;
using Slipway.Core.Wire;

namespace Slipway.Cli.Models;

/// <summary><c>slipway model</c>: the catalog of models and of the aliases that stand for them.</summary>
internal static class ModelCommands
{
    private static readonly Argument<string> Alias = new("ALIAS") { Description = "The name manifests use, as in production-default" };
    private static readonly Argument<string> Model = new("MODEL") { Description = ModelReference.Form };

    private static readonly Option<int?> Context = new("--context") { Description = "How many tokens question and answer may have together", HelpName = "TOKENS" };
    private static readonly Option<decimal?> Input = new("--input") { Description = "US dollars per million tokens sent", HelpName = "PRICE" };
    private static readonly Option<decimal?> Cached = new("--cached") { Description = "US dollars per million tokens sent that were in the provider's cache; default as --input", HelpName = "PRICE" };
    private static readonly Option<decimal?> Output = new("--output") { Description = "US dollars per million tokens answered", HelpName = "PRICE" };
    private static readonly Option<bool?> Pinned = new("--pinned") { Description = "The name means one model for ever though it holds no date; --pinned false takes it back", Arity = ArgumentArity.ZeroOrOne };

    public static Command Make() => new("model", "Say what is known of models, and which one an alias stands for")
    {
        new Command("add", "Describe a model; of one that is described, what you do not name stays") { Model, Context, Input, Cached, Output, Pinned }.Does(AddAsync),
        new Command("set", "Let an alias stand for a model; versions submitted before keep theirs") { Alias, Model }.Does(SetAsync),
        new Command("list", "Show the catalog").Does(ListAsync),
    };

    private static async Task<int> SetAsync(CommandContext context, CancellationToken cancellation)
    {
        if (context.Read<ModelReference>(context.Parse.GetValue(Model), "model") is not { } model) return ExitCode.Unusable;
        var alias = context.Parse.GetValue(Alias)!;
        return await context.AskAsync(api => api.SetModelAsync(alias, model, cancellation), set =>
        {
            if (context.WantsJson) context.Terminal.Json(set, ApiJson.Default.ModelAliasRequest);
            else context.Terminal.Line($"{alias} stands for {set.Model}");
            return ExitCode.Done;
        });
    }

    private static async Task<int> AddAsync(CommandContext context, CancellationToken cancellation)
    {
        if (context.Read<ModelReference>(context.Parse.GetValue(Model), "model") is not { } model) return ExitCode.Unusable;
        return await context.AskAsync(api => api.ModelsAsync(cancellation), async (api, models) =>
        {
            if (Facts(context.Parse, models.FirstOrDefault(known => known.Model == model)) is not { } facts)
                return context.Misused("A price is missing.", "Write --input and --output, in US dollars per million tokens; --cached beside them where it differs.");
            switch (await api.RegisterModelAsync(model, facts, cancellation))
            {
                case ApiResult<ModelDocument>.Ok { Value: var added }:
                    if (context.WantsJson) context.Terminal.Json(added, ApiJson.Default.ModelDocument);
                    else Write(context.Terminal, [added]);
                    return ExitCode.Done;
                case ApiResult<ModelDocument>.Failed failed: return context.Fail(failed.Failure);
                default: throw new System.Diagnostics.UnreachableException();
            }
        });
    }

    private static ModelFactsRequest? Facts(ParseResult parse, ModelDocument? known)
    {
        var (input, cached, output) = (parse.GetValue(Input) ?? known?.Prices?.Input, parse.GetValue(Cached) ?? known?.Prices?.CachedInput, parse.GetValue(Output) ?? known?.Prices?.Output);
        if (input is null != output is null || input is null && cached is not null) return null;
        // Of a model with a date the catalog need not say that it is pinned.
        var pinned = parse.GetResult(Pinned) is not null ? parse.GetValue(Pinned) ?? true : known is { Pinned: true, Model.IsDated: false };
        return new ModelFactsRequest(parse.GetValue(Context) ?? known?.ContextTokens, input is null ? null : new ModelPrices(input.Value, cached, output!.Value), pinned);
    }

    private static Task<int> ListAsync(CommandContext context, CancellationToken cancellation) => context.AskAsync(api => api.ModelsAsync(cancellation), models =>
    {
        if (context.WantsJson) context.Terminal.Json(models, ApiJson.Default.ImmutableArrayModelDocument);
        else if (models.IsEmpty) context.Terminal.Line("The catalog is empty; add a model with: slipway model set production-default PROVIDER/MODEL");
        else Write(context.Terminal, models);
        return ExitCode.Done;
    });

    private static void Write(Terminal terminal, ImmutableArray<ModelDocument> models)
    {
        terminal.Table(["model", "aliases", "context", "input", "cached", "output", "for production"], [.. models.Select(model => (string[])
        [
            model.Model.ToString(), model.Aliases.IsEmpty ? "none" : string.Join(", ", model.Aliases), model.ContextTokens?.ToString("N0", CultureInfo.InvariantCulture) ?? "unknown",
            Price(model.Prices?.Input), Price(model.Prices?.CachedInput ?? model.Prices?.Input), Price(model.Prices?.Output), model.Pinned ? "yes" : "no, it is neither dated nor pinned",
        ])]);
        if (models.Any(model => model.Prices is not null)) terminal.Line("Prices are US dollars per million tokens.");
    }

    private static string Price(decimal? price) => price?.ToString("$0.00####", CultureInfo.InvariantCulture) ?? "unknown";
}
