using System.Collections.Immutable;
using System.Globalization;
using Slipway.Core.Access;
using Slipway.Core.Calls;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Server.Access;
using Slipway.Server.Api;
using Slipway.Server.Storage;

namespace Slipway.Server.Calls;

/// <summary>The call log over HTTP.</summary>
internal static class CallEndpoints
{
    private const int Most = 1_000, DefaultMost = 100;

    public static void MapCalls(this RouteGroupBuilder api) =>
        api.MapGet("/calls", (string? prompt, string? release, string? trace, string? limit, Caller caller, Ledger ledger, SqliteCallLog calls) =>
        {
            ReleaseId? id = null;
            if (release is not null && !ReleaseId.TryParse(release, out id)) return Refusals.Invalid([$"\"{release}\" names no release: it must be {ReleaseId.Form}."]);
            var most = DefaultMost;
            if (limit is not null && !(int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out most) && most is >= 1 and <= Most)) return Refusals.Invalid([$"limit must be from 1 to {Most}."]);
            if (Beyond(caller, ledger, prompt, id, trace) is Verdict.Refuse beyond) return Refusals.Of(beyond.Why);
            return (IResult)TypedResults.Ok(calls.Newest(prompt, id, trace, most)
                .Where(call => !PromptName.TryParse(call.Prompt, out var name) || caller.Access.Sees(name, call.Environment)).ToImmutableArray());
        }).Reads("read calls", withinReach: true).Gives<CallRecord[]>("Read the newest calls");

    // A key that is limited to some prompts names one of them: the newest calls of all with most of them taken out would look like few calls.
    private static Verdict? Beyond(Caller caller, Ledger ledger, string? prompt, ReleaseId? release, string? trace) =>
        prompt is not null ? caller.Access.DenyReach(PromptName.TryParse(prompt, out var name) ? Subject.Of($"read the calls of {prompt}", name) : Subject.Installation($"read the calls of {prompt}"))
        : release is not null && ledger.Current.Releases.Find(release) is { } found ? caller.Access.DenyReach(Subject.Of($"read the calls of {release}", found.Candidate.Prompt, found.Environment))
        : trace is not null ? null
        : caller.Access.DenyReach(Subject.Installation("read the calls of all prompts (name one)"));
}
