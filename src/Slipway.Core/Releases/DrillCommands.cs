using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Core.Releases;

/// <summary>Practises the way back of a prompt: what is live goes to everybody once more, and is taken back as soon as everybody has it. Nobody is given another answer by it.</summary>
/// <param name="By">Who may roll the prompt back, or an administrator; a controller where the prompt's policy says so and it is time.</param>
/// <param name="Prompt">Which prompt.</param>
/// <param name="Environment">Where.</param>
/// <param name="Limit">Within which time 99 of 100 instances must be back; null for what the policy says, else a second.</param>
/// <param name="Salt">Random text, drawn at the edge.</param>
public sealed record StartDrill(MemberName By, PromptName Prompt, EnvironmentName Environment, Duration? Limit, string Salt) : Command(By)
{
    /// <inheritdoc/>
    public override Subject About(Registry registry) => Subject.Of($"drill a rollback of {Prompt} in {Environment}", Prompt, Environment);

    /// <inheritdoc/>
    public override Verdict Decide(Registry registry, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(registry);
        if (registry.Prompts.Find(Prompt) is null) return Verdict.Unknown(registry.Prompts.Missing(Prompt));
        if (MayNot(registry, now) is { } denied) return denied;
        if (string.IsNullOrEmpty(Salt)) return Verdict.Invalid("A drill needs a salt.");
        var limit = Limit ?? registry.Prompts.Policy(Prompt).Drill?.Limit ?? DrillPolicy.DefaultLimit;
        if (DrillPolicy.ProblemOf(limit) is { } wrong) return Verdict.Invalid(wrong);
        var releases = registry.Releases;
        if (releases.Live(Prompt, Environment) is not { } live) return Verdict.Conflict($"Nothing of {Prompt} is live in {Environment}.");
        if (releases.Active(Prompt, Environment) is { CarriesTraffic: true } active)
            return Verdict.Conflict($"{active.Id} ({active.Candidate}, {ReleaseRules.Word(active.State)}) has traffic in {Environment}; a drill would stand in its way. Wait until it is completed or rolled back.");
        if (releases.Drill(Prompt, Environment) is { IsUnderWay: true } other) return Verdict.Conflict($"{other.Id} is a drill of {Prompt} in {Environment} that is under way.");
        return Verdict.Of(new DrillStarted(releases.NextId, Environment, Prompt, live.Version, Salt, limit));
    }

    /// <summary>Whether the prompt's policy asks for a drill in production now.</summary>
    public static bool IsDue(Registry registry, PromptName prompt, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(registry);
        return registry.Prompts.Policy(prompt).Drill is { } policy && (registry.Releases.Drill(prompt, EnvironmentName.Production)?.StartedAt ?? DateTimeOffset.MinValue) is var last
            && (last == DateTimeOffset.MinValue || now - last >= policy.Every.Value);
    }

    private Verdict? MayNot(Registry registry, DateTimeOffset now) => By == MemberName.System
        ? Environment == EnvironmentName.Production && IsDue(registry, Prompt, now) ? null : Verdict.Conflict($"No drill of {Prompt} is due in {Environment}.")
        : registry.Access.Has(By, Role.Admin) ? null : PromptRights.Of(registry, Prompt).DenyStop(By, $"drill a rollback of {Prompt}");
}

/// <summary>What a controller says of a drill that is under way; what was said before is not said again.</summary>
/// <param name="Prompt">Of which prompt.</param>
/// <param name="Environment">Where.</param>
/// <param name="Drill">Which one.</param>
public abstract record DrillCommand(PromptName Prompt, EnvironmentName Environment, ReleaseId Drill) : Command(MemberName.System)
{
    /// <summary>Takes it back.</summary>
    /// <param name="Prompt">Of which prompt.</param>
    /// <param name="Environment">Where.</param>
    /// <param name="Drill">Which one.</param>
    /// <param name="Forward">How soon it was everywhere.</param>
    public sealed record Return(PromptName Prompt, EnvironmentName Environment, ReleaseId Drill, RollbackProof Forward) : DrillCommand(Prompt, Environment, Drill);

    /// <summary>Ends it, and holds it against its limit.</summary>
    /// <param name="Prompt">Of which prompt.</param>
    /// <param name="Environment">Where.</param>
    /// <param name="Drill">Which one.</param>
    /// <param name="Back">How soon everybody was back.</param>
    public sealed record Finish(PromptName Prompt, EnvironmentName Environment, ReleaseId Drill, RollbackProof Back) : DrillCommand(Prompt, Environment, Drill);

    /// <summary>Breaks it off; it has neither passed nor failed.</summary>
    /// <param name="Prompt">Of which prompt.</param>
    /// <param name="Environment">Where.</param>
    /// <param name="Drill">Which one.</param>
    /// <param name="Problem">Why, as a sentence without its full stop.</param>
    public sealed record BreakOff(PromptName Prompt, EnvironmentName Environment, ReleaseId Drill, string Problem) : DrillCommand(Prompt, Environment, Drill);

    /// <inheritdoc/>
    public sealed override Subject About(Registry registry) => Subject.Of($"conduct the drill {Drill}", Prompt, Environment);

    /// <inheritdoc/>
    public sealed override Verdict Decide(Registry registry, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(registry);
        if (registry.Releases.Drill(Prompt, Environment) is not { IsUnderWay: true } drill || drill.Id != Drill) return Verdict.Of();
        return (this, drill.IsForward) switch
        {
            (Return back, true) => Verdict.Of(new DrillReturned(Drill, Environment, Prompt, back.Forward)),
            (Finish finish, false) => Verdict.Of(new DrillDone(Drill, Environment, Prompt, drill.Limit, finish.Back, finish.Back.IsComplete && finish.Back.MostMs <= drill.Limit.Value.TotalMilliseconds, Problem: null)),
            (BreakOff off, true) => Verdict.Of(new DrillReturned(Drill, Environment, Prompt, Forward: null), Done(off, drill)),
            (BreakOff off, false) => Verdict.Of(Done(off, drill)),
            _ => Verdict.Of(),
        };
    }

    private DrillDone Done(BreakOff off, Drill drill) => new(Drill, Environment, Prompt, drill.Limit, Back: null, Passed: null, off.Problem);
}
