using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Core.Evaluations;

/// <summary>Makes a version of a golden set.</summary>
/// <param name="By">An author or reviewer.</param>
/// <param name="Set">Its name.</param>
/// <param name="Content">The hash of its JSON Lines.</param>
/// <param name="Counts">What it holds.</param>
public sealed record PushGoldenSet(MemberName By, GoldenSetId Set, ContentHash Content, GoldenSetCounts Counts) : Command(By)
{
    /// <inheritdoc/>
    /// <remarks>A golden set belongs to the prompts whose versions name it. Pushing the cases that are there already changes nothing, whoever uses them:
    /// a pipeline pushes a set with every version.</remarks>
    public override Subject About(Registry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        return new Subject($"push {Set}", registry.Evaluations.Find(Set)?.Content == Content ? [] : registry.Prompts.Using(Set), null, IsInstallation: false);
    }

    /// <inheritdoc/>
    public override Verdict Decide(Registry registry, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(registry);
        if (Deny(registry, By) is { } denied) return denied;
        return registry.Evaluations.Find(Set) switch
        {
            null => registry.Objects.Deny(Content, "A golden set with these cases") ?? Verdict.Of(new GoldenSetPushed(Set, Content, Counts)),
            // What was pushed before kinds were counted is counted when it is pushed again.
            { } existing when existing.Content == Content => existing.Counts.Kinds is null ? Verdict.Of(new GoldenSetPushed(Set, Content, Counts)) : Verdict.Of(),
            _ => Verdict.Conflict($"{Set} exists with other cases and never changes; push the new cases as {Set.Next()}."),
        };
    }

    /// <summary>Refuses who may not push; asked before anything is stored for them.</summary>
    public static Verdict? Deny(Registry registry, MemberName by)
    {
        ArgumentNullException.ThrowIfNull(registry);
        return registry.Access.Deny(by, "push golden sets", Role.Author, Role.Reviewer);
    }
}

/// <summary>Makes a version of a rubric.</summary>
/// <param name="By">An author or reviewer.</param>
/// <param name="Rubric">The rubric, which was stored.</param>
public sealed record PushRubric(MemberName By, Rubric Rubric) : Command(By)
{
    /// <inheritdoc/>
    /// <remarks>A rubric belongs to no prompt: whoever names it takes it as it is, and it never changes.</remarks>
    public override Subject About(Registry registry) => new($"push {Rubric.Id}", [], null, IsInstallation: false);

    /// <inheritdoc/>
    public override Verdict Decide(Registry registry, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(registry);
        if (Deny(registry, By) is { } denied) return denied;
        if (registry.Evaluations.Find(Rubric.Id) is { } existing)
            return existing.Content == Rubric.Content ? Verdict.Of() : Verdict.Conflict($"{Rubric.Id} exists with other content and never changes; push this as {registry.Evaluations.Rubrics(Rubric.Id.Name)[^1].Rubric.Next()}.");
        if (registry.Models.Resolve(Rubric.Model) is null)
            return Verdict.Invalid($"The rubric's model {Rubric.Model} is neither an alias of the model catalog nor {Models.ModelReference.Form}; see the aliases with: slipway model list");
        return registry.Objects.Deny(Rubric.Content, "A rubric with this content") ?? Verdict.Of(new RubricPushed(Rubric.Id, Rubric.Content, Rubric.Examples.Length));
    }

    /// <summary>Refuses who may not push; asked before anything is stored for them.</summary>
    public static Verdict? Deny(Registry registry, MemberName by)
    {
        ArgumentNullException.ThrowIfNull(registry);
        return registry.Access.Deny(by, "push rubrics", Role.Author, Role.Reviewer);
    }
}

/// <summary>Puts an evaluation that was run on the record.</summary>
/// <param name="By">Who ran it.</param>
/// <param name="Facts">What came out.</param>
public sealed record RecordEvaluation(MemberName By, EvaluationRecorded Facts) : Command(By)
{
    /// <inheritdoc/>
    public override Subject About(Registry registry) => About(Facts.Candidate, Facts.Baseline);

    /// <inheritdoc/>
    public override Verdict Decide(Registry registry, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(registry);
        return Deny(registry, By) ?? registry.Objects.Deny(Facts.Report, "The same report") ?? Verdict.Of(Facts);
    }

    /// <summary>Refuses who may not evaluate; asked before the run, which costs money.</summary>
    public static Verdict? Deny(Registry registry, MemberName by)
    {
        ArgumentNullException.ThrowIfNull(registry);
        return registry.Access.Deny(by, "evaluate", Role.Author, Role.Reviewer, Role.ReleaseOwner);
    }

    /// <summary>What an evaluation touches: it asks both sides, and its report quotes their answers.</summary>
    public static Subject About(VersionId candidate, VersionId? baseline)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        return new Subject(
            $"evaluate {candidate}{(baseline is null ? "" : $" against {baseline}")}", baseline is null ? [candidate.Prompt] : [candidate.Prompt, baseline.Prompt], null, IsInstallation: false);
    }
}
