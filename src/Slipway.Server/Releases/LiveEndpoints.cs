using System.Collections.Immutable;
using System.Globalization;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;
using Slipway.Server.Api;

namespace Slipway.Server.Releases;

/// <summary>What is live, now or at a moment, over HTTP.</summary>
internal static class LiveEndpoints
{
    public static void MapLive(this RouteGroupBuilder api) => api.MapGet("/live", Live);

    private static IResult Live(string? prompt, string? environment, string? at, Ledger ledger)
    {
        if (!EnvironmentName.TryParse(environment ?? "production", out var place)) return Refusals.Invalid([$"\"{environment}\" is no environment: it must be {EnvironmentName.Form}."]);
        var moment = default(DateTimeOffset);
        if (at is not null && !DateTimeOffset.TryParse(at, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out moment))
            return Refusals.Invalid([$"\"{at}\" is no time: write it as 2026-05-14T12:00Z."]);
        var registry = at is null ? ledger.Current : ledger.At(moment);
        if (prompt is not null && (!PromptName.TryParse(prompt, out var name) || registry.Prompts.Find(name) is null))
            return Refusals.Unknown(PromptName.TryParse(prompt, out var unknown) ? registry.Prompts.Missing(unknown) : $"\"{prompt}\" is no prompt's name: it must be {PromptName.Form}.");
        return TypedResults.Ok(registry.Releases.Live(place).Where(live => prompt is null || live.Version.Prompt.Value == prompt)
            .Select(live => LiveDocument.Of(live, registry)).ToImmutableArray());
    }
}
