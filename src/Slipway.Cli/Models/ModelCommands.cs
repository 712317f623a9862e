using System.CommandLine;
using Slipway.Core.Models;
using Slipway.Core.Wire;

namespace Slipway.Cli.Models;

/// <summary><c>slipway model</c>: the catalog of aliases.</summary>
internal static class ModelCommands
{
    private static readonly Argument<string> Alias = new("ALIAS") { Description = "The name manifests use, as in production-default" };
    private static readonly Argument<string> Model = new("MODEL") { Description = ModelReference.Form };

    public static Command Make(Terminal terminal) => new("model", "Say which dated model an alias stands for")
    {
        new Command("set", "Let an alias stand for a model; versions submitted before keep theirs") { Alias, Model }.Does(terminal, SetAsync),
        new Command("list", "Show the aliases").Does(terminal, ListAsync),
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

    private static Task<int> ListAsync(CommandContext context, CancellationToken cancellation) => context.AskAsync(api => api.ModelsAsync(cancellation), aliases =>
    {
        if (context.WantsJson) context.Terminal.Json(aliases, ApiJson.Default.ImmutableSortedDictionaryStringModelReference);
        else context.Terminal.Table(["alias", "model"], [.. aliases.Select(alias => (string[])[alias.Key, alias.Value.ToString()])]);
        return ExitCode.Done;
    });
}
