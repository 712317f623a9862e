using System.Globalization;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;
using Slipway.Server.Access;
using Slipway.Server.Api;

namespace Slipway.Server.Snapshots;

/// <summary>Instances over HTTP: they say which revision they serve, and people ask who serves what.</summary>
internal static class InstanceEndpoints
{
    private const int LongestName = 100;

    public static void MapInstances(this RouteGroupBuilder api)
    {
        api.MapGet("/instances", ListAsync).Reads("read which instances there are", withinReach: true).Gives<InstancesDocument>("Say which instance serves what, since when, and how soon after the change");
        api.MapPost("/instances", Acknowledge).Does("Say which revision an instance serves", StatusCodes.Status200OK);
    }

    /// <summary>What is wrong with an instance's name, as a sentence; null where nothing is.</summary>
    public static string? WrongName(string name) =>
        name.Length is > 0 and <= LongestName && name.All(c => c is > ' ' and <= '~') ? null : $"instance must be 1 to {LongestName} visible ASCII characters.";

    private static async Task<IResult> ListAsync(string? environment, string? prompt, string? wait, Caller caller, InstanceList instances, CancellationToken cancellation)
    {
        if (!EnvironmentName.TryParse(environment ?? "production", out var place)) return Refusals.Invalid([$"\"{environment}\" is no environment: it must be {EnvironmentName.Form}."]);
        PromptName? name = null;
        if (prompt is not null && !PromptName.TryParse(prompt, out name)) return Refusals.Unknown($"\"{prompt}\" is no prompt's name: it must be {PromptName.Form}.");
        if (!LongPoll.TryRead(wait, out var atMost, out var refused)) return refused;
        var subject = new Subject($"read which instances there are{(name is null ? "" : $" of {name}")} in {place}", name is null ? [] : [name], place, IsInstallation: false);
        if (caller.Access.DenyReach(subject) is Verdict.Refuse denied) return Refusals.Of(denied.Why);
        return TypedResults.Ok(await instances.SettledAsync(place, name, atMost, cancellation));
    }

    private static IResult Acknowledge(Body<AcknowledgementDocument> body, Caller caller, Ledger ledger, SnapshotPublisher publisher, InstanceBook book, TimeProvider clock)
    {
        var said = body.Value;
        if (WrongName(said.Instance) is { } wrong) return Refusals.Invalid([wrong]);
        if (said.Sdk is { } sdk && (sdk.Length > LongestName || !sdk.All(c => c is > ' ' and <= '~'))) return Refusals.Invalid([$"sdk must be at most {LongestName} visible ASCII characters."]);
        if (said.AppliedMsAgo is < 0 or > AcknowledgementDocument.LongestAgo) return Refusals.Invalid([string.Create(CultureInfo.InvariantCulture, $"applied_ms_ago must be from 0 to {AcknowledgementDocument.LongestAgo}.")]);
        if (caller.Access.DenyReach(new Subject($"serve {said.Environment}", [], said.Environment, IsInstallation: false)) is Verdict.Refuse denied) return Refusals.Of(denied.Why);
        // Another server may have told it first.
        if (said.Revision > publisher.EditionOf(said.Environment).Revision) ledger.CatchUp();
        var edition = publisher.EditionOf(said.Environment);
        if (said.Revision < 0 || said.Revision > edition.Revision)
            return Refusals.Invalid([string.Create(CultureInfo.InvariantCulture, $"revision is {said.Revision}: the newest of {said.Environment} is {edition.Revision}.")]);
        if (book.Of(said.Environment, caller.Key, said.Instance) is not { } instance) return Refusals.Invalid(["More instances report here than this server counts; let each keep its name as long as it runs."]);
        instance.Acknowledge(said, edition.Find(said.Revision)?.CommittedAt, clock.GetUtcNow());
        return TypedResults.Ok();
    }
}
