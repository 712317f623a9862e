using Slipway.Core.Access;
using Slipway.Core.Journal;

namespace Slipway.Core.Prompts;

/// <summary>Asks for a change of a prompt.</summary>
/// <param name="By">Any member who is a person; no right to edit is needed.</param>
/// <param name="Prompt">Which prompt.</param>
/// <param name="Text">What is to be otherwise, and why.</param>
public sealed record RequestChange(MemberName By, PromptName Prompt, string Text) : Command(By)
{
    private const int LongestText = 4_000;

    /// <inheritdoc/>
    public override Subject About(Registry registry) => Subject.Of($"ask for a change of {Prompt}", Prompt);

    /// <inheritdoc/>
    public override Verdict Decide(Registry registry, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(registry);
        if (By == MemberName.System) return Verdict.Forbidden("A controller asks for no change.");
        if (registry.Access.DenyApplication(By, $"ask for a change of {Prompt}") is { } denied) return denied;
        if (registry.Prompts.Find(Prompt) is null) return Verdict.Unknown(registry.Prompts.Missing(Prompt));
        if (string.IsNullOrWhiteSpace(Text)) return Verdict.Invalid("Say what is to be otherwise: the text is empty.");
        if (Text.Length > LongestText) return Verdict.Invalid($"The text is longer than {LongestText} characters.");
        return Verdict.Of(new ChangeRequested(new ChangeRequestId(registry.Prompts.ChangeRequests.Count + 1), Prompt, Text.Trim()));
    }
}

/// <summary>Answers a request for a change.</summary>
/// <param name="By">An author, or the prompt's owner or backup owner.</param>
/// <param name="Request">Which one.</param>
public abstract record AnswerChange(MemberName By, ChangeRequestId Request) : Command(By)
{
    /// <summary>Takes it up, or says which version makes it.</summary>
    /// <param name="By">An author, or the prompt's owner or backup owner.</param>
    /// <param name="Request">Which one.</param>
    /// <param name="Version">The version that makes the change; null before there is one.</param>
    /// <param name="Note">What they want to say; null for nothing.</param>
    public sealed record TakeUp(MemberName By, ChangeRequestId Request, VersionId? Version, string? Note) : AnswerChange(By, Request);

    /// <summary>Turns it down.</summary>
    /// <param name="By">An author, or the prompt's owner or backup owner.</param>
    /// <param name="Request">Which one.</param>
    /// <param name="Reason">Why not; required.</param>
    public sealed record TurnDown(MemberName By, ChangeRequestId Request, string Reason) : AnswerChange(By, Request);

    /// <inheritdoc/>
    public sealed override Subject About(Registry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        return registry.Prompts.Find(Request) is { } request ? Subject.Of($"answer {Request}", request.Prompt) : Subject.Nothing($"answer {Request}");
    }

    /// <inheritdoc/>
    public sealed override Verdict Decide(Registry registry, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(registry);
        if (registry.Prompts.Find(Request) is not { } request) return Verdict.Unknown($"There is no request {Request}; {(registry.Prompts.ChangeRequests.IsEmpty ? "nobody asked for a change yet" : $"the newest is chg-{registry.Prompts.ChangeRequests.Count}")}.");
        if (MayNot(registry, request) is { } denied) return denied;
        if (request.State == ChangeRequestState.TurnedDown)
            return this is TurnDown ? Verdict.Of() : Verdict.Conflict($"{request.AnsweredBy} turned {Request} down on {request.AnsweredAt:yyyy-MM-dd}: {request.Answer} Ask for the change anew.");
        return this switch
        {
            TurnDown { Reason: var reason } when string.IsNullOrWhiteSpace(reason) => Verdict.Invalid("Say why: the reason is empty."),
            TurnDown down when request.State == ChangeRequestState.Open => Verdict.Of(new ChangeTurnedDown(Request, request.Prompt, down.Reason)),
            TurnDown => Verdict.Conflict($"{request.AnsweredBy} took {Request} up already."),
            TakeUp { Version: { } version } when version.Prompt != request.Prompt || registry.Prompts.Find(version) is null =>
                Verdict.Unknown(version.Prompt == request.Prompt ? registry.Prompts.Missing(version) : $"{Request} is about {request.Prompt}, and {version} is no version of it."),
            TakeUp take when request.State == ChangeRequestState.TakenUp && (take.Version is null || take.Version == request.Version) => Verdict.Of(),
            TakeUp take => Verdict.Of(new ChangeTakenUp(Request, request.Prompt, take.Version, string.IsNullOrWhiteSpace(take.Note) ? null : take.Note.Trim())),
            _ => throw new InvalidOperationException($"No rule answers {GetType().Name}."),
        };
    }

    private Verdict? MayNot(Registry registry, ChangeRequest request)
    {
        if (By != MemberName.System && registry.Access.Has(By, Role.Author)) return null;
        var owners = registry.Prompts.DutiesOf(request.Prompt).Owners;
        return owners.Contains(By) ? registry.Access.DenyInPerson(By, $"answer {Request}")
            : Verdict.Forbidden($"{By} may not answer {Request}: it needs the role author, or to be owner or backup owner of {request.Prompt}; {PromptRights.May(PromptRights.Together(owners, registry.Access.Holders(Role.Author)))}.");
    }
}
