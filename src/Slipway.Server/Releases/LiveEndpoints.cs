using System.Collections.Immutable;
using System.Globalization;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;
using Slipway.Server.Access;
using Slipway.Server.Api;

namespace Slipway.Server.Releases;

/// <summary>What is live, now or at a moment, over HTTP.</summary>
internal static class LiveEndpoints
{
    public static void MapLive(this RouteGroupBuilder api) => api.MapGet("/live", Live).Reads("read what is live", withinReach: true).Gives<LiveDocument[]>("Say what is live, now or at a moment");

    private static IResult Live(string? prompt, string? environment, string? at, Caller caller, Ledger ledger, TimeProvider clock)
    {
        if (!EnvironmentName.TryParse(environment ?? "production", out var place)) return Refusals.Invalid([$"\"{environment}\" is no environment: it must be {EnvironmentName.Form}."]);
        var moment = default(DateTimeOffset);
        if (at is not null && !DateTimeOffset.TryParse(at, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out moment))
            return Refusals.Invalid([$"\"{at}\" is no time: write it as 2026-05-14T12:00Z."]);
        if (moment > clock.GetUtcNow()) return Refusals.Invalid([$"{at} has not come yet, so nobody knows what is live then."]);
        var registry = at is null ? ledger.Current : ledger.At(moment);
        PromptName? name = null;
        if (prompt is not null && !PromptName.TryParse(prompt, out name)) return Refusals.Unknown($"\"{prompt}\" is no prompt's name: it must be {PromptName.Form}.");
        var subject = new Subject($"read what is live{(name is null ? "" : $" of {name}")} in {place}", name is null ? [] : [name], place, IsInstallation: false);
        if (caller.Access.DenyReach(subject) is Verdict.Refuse denied) return Refusals.Of(denied.Why);
        if (name is not null && registry.Prompts.Find(name) is null) return Refusals.Unknown(Missing(name, at, ledger.Current));
        return TypedResults.Ok(registry.Releases.Live(place).Where(live => name is null ? caller.Access.Sees(live.Version.Prompt, place) : live.Version.Prompt == name)
            .Select(live => LiveDocument.Of(live, registry)).ToImmutableArray());
    }

    private static string Missing(PromptName name, string? at, Registry now) => at is not null && now.Prompts.Find(name) is { } prompt
        ? string.Create(CultureInfo.InvariantCulture, $"{name} was not there at {at}: its first version came at {prompt.Versions[0].SubmittedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC.")
        : now.Prompts.Missing(name);
}
