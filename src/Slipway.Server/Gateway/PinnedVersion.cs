using System.Globalization;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Route = Slipway.Core.Resolution.Route;

namespace Slipway.Server.Gateway;

/// <summary>Finds the version that a caller asks for by its number, its place in the sequence, or what it is at the moment.</summary>
internal static class PinnedVersion
{
    /// <summary>Finds a version that may be served here: what is stable, in a canary or rolled back to, and what was live once.</summary>
    /// <param name="registry">Says what was live.</param>
    /// <param name="environment">Where.</param>
    /// <param name="route">Of the prompt.</param>
    /// <param name="asked">How the caller names it.</param>
    /// <param name="isCutOff">Whether this server has not seen the journal's end for as long as a candidate may be served unheard.</param>
    /// <param name="wrong">Why there is none; null where there is one.</param>
    public static Decision.Serve? Find(Registry registry, EnvironmentName environment, Route route, PromptNaming asked, bool isCutOff, out OpenAiError? wrong)
    {
        wrong = null;
        var (prompt, text) = (registry.Prompts.Find(route.Prompt)!, asked.Version!);
        switch (text)
        {
            case "production" or "live": return Pinned(route, route.Stable);
            case "canary" when route.Candidate is not null && isCutOff: return Missing($"This server cannot see its journal, so it does not know whether {route.Candidate.Served.Version} was rolled back, and serves no canary.", asked, out wrong);
            case "canary" when route.Candidate is { } candidate: return Pinned(route, candidate.Served);
            case "canary": return Missing($"No release of {route.Prompt} has traffic in {environment}, so nothing is its canary.", asked, out wrong);
        }
        var found = VersionNumber.TryParse(text, out var number) ? prompt.Find(number)
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var place) ? prompt.Versions.ElementAtOrDefault(place - 1)
            : null;
        if (found is null && number is null && !text.All(char.IsAsciiDigit))
        {
            wrong = OpenAiError.Invalid(asked.VersionField, $"\"{text}\" names no version: it is {VersionNumber.Form}, its place in the sequence, production, live or canary.");
            return null;
        }
        if (found is null) return Missing($"{route.Prompt} has no version {text}; {route.Stable.Version.Number} is live in {environment}.", asked, out wrong);
        var brought = registry.Releases.BroughtBy(found.Id, environment);
        var mayBeServed = found.Id == route.Stable.Version || found.Id == route.Candidate?.Served.Version && !isCutOff || found.Id == route.RollbackTo?.Version
            || brought is { State: not ReleaseState.RolledBack };
        return mayBeServed ? Pinned(route, new ServedVersion(found.Id, found.Package))
            // Who named it before it was found bad must not go on getting it for having named it.
            : brought is not null ? Missing($"{found.Id} was rolled back in {environment} ({brought.Id}) and is not served any more; {route.Stable.Version.Number} is live.", asked, out wrong)
            : Missing($"{found.Id} was never released to {environment}, so nobody approved it there; {route.Stable.Version.Number} is live.", asked, out wrong);
    }

    // Without its release: what a caller chose says nothing of how a release does with those who got it by lot.
    private static Decision.Serve Pinned(Route route, ServedVersion served) =>
        new(served, served.Version == route.Candidate?.Served.Version ? Arm.Candidate : Arm.Stable, null, 0, route.Revision, ResolveReason.Pinned);

    private static Decision.Serve? Missing(string why, PromptNaming asked, out OpenAiError? wrong)
    {
        wrong = new OpenAiError(StatusCodes.Status404NotFound, "invalid_request_error", "version_not_found", asked.VersionField, why);
        return null;
    }
}
