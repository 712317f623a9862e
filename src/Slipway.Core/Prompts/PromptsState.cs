using System.Collections.Immutable;
using Slipway.Core.Access;
using Slipway.Core.Evaluations;
using Slipway.Core.Journal;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;

namespace Slipway.Core.Prompts;

/// <summary>A version's record: what it is, who made it, when and why.</summary>
/// <param name="Author">Who submitted it; never its approver.</param>
/// <param name="SubmittedAt">When.</param>
/// <param name="Sequence">1 for the first version of its prompt, then without gaps, whatever the numbers say.</param>
/// <param name="Facts">What the journal says of it.</param>
public sealed record PromptVersion(MemberName Author, DateTimeOffset SubmittedAt, int Sequence, VersionSubmitted Facts)
{
    /// <summary>Its name.</summary>
    public VersionId Id => Facts.Version;

    /// <summary>The hash of its package.</summary>
    public ContentHash Package => Facts.Package;
}

/// <summary>A prompt and its versions.</summary>
/// <param name="Name">Which.</param>
/// <param name="Owner">Whom its newest manifest names as owner, a person or a team; who has the duty stands in <see cref="PromptDuties"/>.</param>
/// <param name="Versions">In the order in which they were submitted.</param>
public sealed record Prompt(PromptName Name, MemberName Owner, ImmutableArray<PromptVersion> Versions)
{
    /// <summary>One of its versions; null where there is none of that number.</summary>
    public PromptVersion? Find(VersionNumber number) => Versions.FirstOrDefault(version => version.Id.Number == number);
}

/// <summary>All prompts, as the journal has them.</summary>
/// <param name="All">By name.</param>
/// <param name="Policies">By the prompt's name; a prompt may have one before its first version.</param>
public sealed record PromptsState(ImmutableSortedDictionary<string, Prompt> All, ImmutableSortedDictionary<string, PromptPolicySet> Policies)
{
    /// <summary>No prompt.</summary>
    public static PromptsState Empty { get; } = new(
        ImmutableSortedDictionary.Create<string, Prompt>(StringComparer.Ordinal), ImmutableSortedDictionary.Create<string, PromptPolicySet>(StringComparer.Ordinal));

    /// <summary>The entry that set each prompt's policy.</summary>
    private ImmutableDictionary<string, long> PolicyEntries { get; init; } = ImmutableDictionary.Create<string, long>(StringComparer.Ordinal);

    /// <summary>The entry that set a prompt's policy last; 0 where nothing was set.</summary>
    public long PolicyRevision(PromptName prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return PolicyEntries.GetValueOrDefault(prompt.Value);
    }

    /// <summary>What a prompt's versions must follow; where nothing was set, one kind of change a version.</summary>
    public PromptPolicySet Policy(PromptName prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return Policies.GetValueOrDefault(prompt.Value) ?? new PromptPolicySet(prompt, SeveralKindsOfChange: false, ServingPolicy.Default, EvaluationPolicy.Default, ReleasePlanDocument.Empty, IncidentsBlock: false);
    }

    /// <summary>The duties that were assigned, by prompt; also of prompts that have no version yet.</summary>
    public ImmutableSortedDictionary<string, PromptDuties> Duties { get; init; } = ImmutableSortedDictionary.Create<string, PromptDuties>(StringComparer.Ordinal);

    /// <summary>Who answers for a prompt; <see cref="PromptDuties.Open"/> where nobody was named.</summary>
    public PromptDuties DutiesOf(PromptName prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return Duties.GetValueOrDefault(prompt.Value, PromptDuties.Open);
    }

    /// <summary>The changes that were asked for, by number.</summary>
    public ImmutableSortedDictionary<int, ChangeRequest> ChangeRequests { get; init; } = ImmutableSortedDictionary<int, ChangeRequest>.Empty;

    /// <summary>A request for a change; null where there is none of that name.</summary>
    public ChangeRequest? Find(ChangeRequestId id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return ChangeRequests.GetValueOrDefault(id.Number);
    }

    /// <summary>A prompt by name; null where there is none.</summary>
    public Prompt? Find(PromptName name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return All.GetValueOrDefault(name.Value);
    }

    /// <summary>A version by its name; null where there is none.</summary>
    public PromptVersion? Find(VersionId id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return Find(id.Prompt)?.Find(id.Number);
    }

    /// <summary>The prompts that were ever evaluated on some version of a golden set, by what their versions say.</summary>
    public ImmutableArray<PromptName> Using(GoldenSetId set)
    {
        ArgumentNullException.ThrowIfNull(set);
        return [.. All.Values.Where(prompt => prompt.Versions.Any(version => version.Facts.GoldenSet?.Name == set.Name)).Select(prompt => prompt.Name)];
    }

    /// <summary>The sentence that says that a version does not exist, and what does.</summary>
    public string Missing(VersionId id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return Find(id.Prompt) is { } prompt
            ? $"{id.Prompt} has no version {id.Number}; it has {string.Join(", ", prompt.Versions.Select(version => version.Id.Number.Text))}."
            : Missing(id.Prompt);
    }

    /// <summary>The sentence that says that a prompt does not exist, and which do.</summary>
    public string Missing(PromptName name) => $"There is no prompt {name}; " +
        (All.IsEmpty ? "none has been pushed yet." : $"there {(All.Count == 1 ? "is" : "are")} {string.Join(", ", All.Keys)}.");

    internal PromptsState Apply(PromptEvent happened, JournalEntry entry, AccessState access) => happened switch
    {
        VersionSubmitted submitted => Add(submitted, entry, access),
        PromptPolicySet policy => this with { Policies = Policies.SetItem(policy.Prompt.Value, policy), PolicyEntries = PolicyEntries.SetItem(policy.Prompt.Value, entry.Sequence) },
        ChangeRequestEvent request => this with { ChangeRequests = ChangeRequests.SetItem(request.Request.Number, Answered(request, entry)) },
        DutiesAssigned assigned => this with { Duties = Duties.SetItem(assigned.Prompt.Value, assigned.Duties) },
        _ => throw new InvalidOperationException($"Entry {entry.Sequence}: Prompts does not fold {happened.GetType().Name}."),
    };

    private ChangeRequest Answered(ChangeRequestEvent happened, JournalEntry entry) => happened switch
    {
        ChangeRequested asked => new ChangeRequest(asked.Request, asked.Prompt, asked.Text, entry.Actor, entry.Time, ChangeRequestState.Open, null, null, null, null),
        ChangeTakenUp taken => ChangeRequests[taken.Request.Number] with { State = ChangeRequestState.TakenUp, AnsweredBy = entry.Actor, AnsweredAt = entry.Time, Answer = taken.Note, Version = taken.Version },
        ChangeTurnedDown down => ChangeRequests[down.Request.Number] with { State = ChangeRequestState.TurnedDown, AnsweredBy = entry.Actor, AnsweredAt = entry.Time, Answer = down.Reason },
        _ => throw new InvalidOperationException($"Entry {entry.Sequence}: Prompts does not fold {happened.GetType().Name}."),
    };

    private PromptsState Add(VersionSubmitted submitted, JournalEntry entry, AccessState access)
    {
        var name = submitted.Version.Prompt;
        var prompt = Find(name) ?? new Prompt(name, submitted.Owner, []);
        var version = new PromptVersion(entry.Actor, entry.Time, prompt.Versions.Length + 1, submitted);
        return this with
        {
            All = All.SetItem(name.Value, prompt with { Owner = submitted.Owner, Versions = prompt.Versions.Add(version) }),
            Duties = prompt.Versions.IsEmpty ? Duties.SetItem(name.Value, DutiesOf(name).FirstOwnedBy(submitted.Owner, access)) : Duties,
        };
    }
}
