using System.CommandLine;
using Slipway.Core.Wire;

namespace Slipway.Cli.Objects;

/// <summary><c>slipway object</c>: what stands behind the hashes, and erasing what must go.</summary>
internal static class ObjectCommands
{
    private static readonly Argument<string> Hash = new("HASH") { Description = $"The object: {ContentHash.Form}" };
    private static readonly Option<string> Reason = new("--reason") { Description = "Why; it stays in the journal, so do not repeat personal data", Required = true, HelpName = "TEXT" };

    public static Command Make() => new("object", "See packages, golden sets and reports by their hash, and erase personal data")
    {
        new Command("list", "Show every object the journal names").Does(ListAsync),
        new Command("show", "Print what is in an object") { Hash }.Does(ShowAsync),
        new Command("erase", "Erase an object's content for good; its hash and the erasure stay on record") { Hash, Reason }.Does(EraseAsync),
    };

    private static Task<int> ListAsync(CommandContext context, CancellationToken cancellation) => context.AskAsync(api => api.ObjectsAsync(cancellation), objects =>
    {
        if (context.WantsJson) context.Terminal.Json(objects, ApiJson.Default.ImmutableArrayObjectDocument);
        else context.Terminal.Table(["hash", "what it is"], [.. objects.Select(known => (string[])[known.Hash.Value, known.What + (known.ErasedAt is null ? "" : $"  ({Fate(known)})")])]);
        return ExitCode.Done;
    });

    private static async Task<int> ShowAsync(CommandContext context, CancellationToken cancellation)
    {
        if (context.Read<ContentHash>(context.Parse.GetValue(Hash), "object's hash") is not { } hash) return ExitCode.Unusable;
        return await context.AskAsync(api => api.ObjectAsync(hash, cancellation), content =>
        {
            context.Terminal.Line(content.TrimEnd('\n'));
            return ExitCode.Done;
        });
    }

    private static async Task<int> EraseAsync(CommandContext context, CancellationToken cancellation)
    {
        if (context.Read<ContentHash>(context.Parse.GetValue(Hash), "object's hash") is not { } hash) return ExitCode.Unusable;
        return await context.AskAsync(api => api.EraseAsync(hash, context.Parse.GetValue(Reason)!, cancellation), erased =>
        {
            if (context.WantsJson) context.Terminal.Json(erased, ApiJson.Default.ObjectDocument);
            else context.Terminal.Line($"{char.ToUpperInvariant(erased.What[0])}{erased.What[1..]} ({erased.Hash.Abbreviated}): {Fate(erased)}");
            return ExitCode.Done;
        });
    }

    private static string Fate(ObjectDocument erased) => FormattableString.Invariant($"erased on {erased.ErasedAt:yyyy-MM-dd} by {erased.ErasedBy}: {erased.ErasedBecause}");
}
