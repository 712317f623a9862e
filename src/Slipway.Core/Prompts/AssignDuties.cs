using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Core.Access;
using Slipway.Core.Journal;

namespace Slipway.Core.Prompts;

/// <summary>The duties of a prompt are these from now on.</summary>
/// <param name="Prompt">Which prompt; it may have no version yet.</param>
/// <param name="Duties">All of them, after the change.</param>
/// <param name="Changed">What is not as it was before.</param>
public sealed record DutiesAssigned(PromptName Prompt, PromptDuties Duties, ImmutableArray<Duty> Changed) : PromptEvent
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => $"assigned the duties of {Prompt}: {string.Join("; ", Changed.Select(Told))}";

    private string Told(Duty duty) => duty switch
    {
        Duty.Risk => $"risk {Duties.Risk.Word()}",
        _ when Duties.Named(duty) is { IsEmpty: false } named => $"{duty.Word()} {string.Join(", ", named)}",
        Duty.Reviewers or Duty.ReleaseOwners => $"{duty.Word()} everybody with the role",
        _ => $"{duty.Word()} nobody in particular",
    };
}

/// <summary>What is to be assigned otherwise; what is left out stays as it is.</summary>
public sealed record DutiesChange
{
    /// <summary>Who answers for the prompt.</summary>
    public MemberName? Owner { get; init; }

    /// <summary>Who answers when the owner cannot.</summary>
    public MemberName? BackupOwner { get; init; }

    /// <summary>Who answers for what it is for.</summary>
    public MemberName? BusinessOwner { get; init; }

    /// <summary>Who answers for what calls it.</summary>
    public MemberName? TechnicalOwner { get; init; }

    /// <summary>Members and groups who review meaning and risk; an empty list for everybody with the role.</summary>
    public ImmutableArray<MemberName>? Reviewers { get; init; }

    /// <summary>Members and groups who review security or compliance.</summary>
    public ImmutableArray<MemberName>? SecurityReviewers { get; init; }

    /// <summary>Members and groups who have the final yes; an empty list for everybody with the role.</summary>
    public ImmutableArray<MemberName>? ReleaseOwners { get; init; }

    /// <summary>Members and groups who stop and roll back, beside everybody with the role.</summary>
    public ImmutableArray<MemberName>? OnCall { get; init; }

    /// <summary>How much a mistake would cost.</summary>
    public RiskLevel? Risk { get; init; }

    /// <summary>What nobody in particular is to have any more; an owner and a backup owner can only be replaced.</summary>
    public ImmutableArray<Duty>? Clear { get; init; }

    internal PromptDuties Of(PromptDuties before) => new(
        Owner ?? before.Owner, BackupOwner ?? before.BackupOwner,
        BusinessOwner ?? Kept(Duty.BusinessOwner, before.BusinessOwner), TechnicalOwner ?? Kept(Duty.TechnicalOwner, before.TechnicalOwner),
        List(Duty.Reviewers, Reviewers, before.Reviewers), List(Duty.SecurityReviewers, SecurityReviewers, before.SecurityReviewers),
        List(Duty.ReleaseOwners, ReleaseOwners, before.ReleaseOwners), List(Duty.OnCall, OnCall, before.OnCall),
        Risk ?? (Clears(Duty.Risk) ? RiskLevel.Standard : before.Risk));

    internal bool Clears(Duty duty) => Clear is { } clear && clear.Contains(duty);

    internal bool Sets(Duty duty) => duty switch
    {
        Duty.Owner => Owner is not null,
        Duty.BackupOwner => BackupOwner is not null,
        Duty.BusinessOwner => BusinessOwner is not null,
        Duty.TechnicalOwner => TechnicalOwner is not null,
        Duty.Reviewers => Reviewers is not null,
        Duty.SecurityReviewers => SecurityReviewers is not null,
        Duty.ReleaseOwners => ReleaseOwners is not null,
        Duty.OnCall => OnCall is not null,
        _ => Risk is not null,
    };

    private MemberName? Kept(Duty duty, MemberName? before) => Clears(duty) ? null : before;

    private ImmutableArray<MemberName> List(Duty duty, ImmutableArray<MemberName>? named, ImmutableArray<MemberName> before) =>
        Clears(duty) ? [] : named is { } list ? [.. list.Distinct()] : before;
}

/// <summary>Names the people who answer for a prompt.</summary>
/// <param name="By">An administrator, or the prompt's owner or backup owner.</param>
/// <param name="Prompt">Which prompt; it may have no version yet.</param>
/// <param name="Change">What is to be otherwise.</param>
public sealed record AssignDuties(MemberName By, PromptName Prompt, DutiesChange Change) : Command(By)
{
    private static readonly ImmutableArray<Duty> Persons = [Duty.Owner, Duty.BackupOwner, Duty.BusinessOwner, Duty.TechnicalOwner];
    private static readonly ImmutableArray<Duty> Lists = [Duty.Reviewers, Duty.SecurityReviewers, Duty.ReleaseOwners, Duty.OnCall];

    /// <inheritdoc/>
    public override Subject About(Registry registry) => Subject.Of($"assign the duties of {Prompt}", Prompt);

    /// <inheritdoc/>
    public override Verdict Decide(Registry registry, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(registry);
        var rights = PromptRights.Of(registry, Prompt);
        if (rights.DenyAssigning(By) is { } denied) return denied;
        var (before, after) = (rights.Duties, Change.Of(rights.Duties));
        if (Impossible(after, registry.Access) is { } impossible) return impossible;
        var changed = after.ChangesSince(before);
        if (changed.FirstOrDefault(duty => NobodyCould(duty, after, registry.Access), Duty.Risk) is not Duty.Risk and var idle)
            return Verdict.Conflict($"Nobody of {string.Join(", ", after.Named(idle))} has the role {RoleOf(idle).Name()}, so nobody could do it for {Prompt}; give it to one of them first.");
        return changed.IsEmpty ? Verdict.Of() : Verdict.Of(new DutiesAssigned(Prompt, after, changed));
    }

    private Verdict? Impossible(PromptDuties after, AccessState access)
    {
        foreach (var duty in Enum.GetValues<Duty>().Where(Change.Clears))
        {
            if (Change.Sets(duty)) return Verdict.Invalid($"{duty.Word()} cannot be set and cleared at once.");
            if (duty is Duty.Owner or Duty.BackupOwner) return Verdict.Invalid($"Somebody always answers for a prompt: name another {duty.Word()} of {Prompt} instead of none.");
        }
        foreach (var duty in Persons.Where(Change.Sets))
        {
            var name = after.Named(duty)[0];
            if (access.Groups.ContainsKey(name.Value)) return Verdict.Invalid($"{name} is a group, and the {duty.Word()} is one person; name a member.");
            if (!access.Members.ContainsKey(name.Value)) return Verdict.Unknown($"There is no member {name}; add one with: slipway member add {name} --role ROLE");
        }
        if (after.Owner is { } owner && owner == after.BackupOwner)
            return Verdict.Conflict($"{owner} cannot be both owner and backup owner of {Prompt}: name two people.");
        foreach (var name in Lists.Where(Change.Sets).SelectMany(duty => after.Named(duty)))
        {
            if (!access.Members.ContainsKey(name.Value) && !access.Groups.ContainsKey(name.Value))
                return Verdict.Unknown($"There is no member or group {name}; add one with: slipway member add {name} --role ROLE, or: slipway group set {name} MEMBER");
        }
        return null;
    }

    private static bool NobodyCould(Duty duty, PromptDuties after, AccessState access) =>
        duty is Duty.Reviewers or Duty.SecurityReviewers or Duty.ReleaseOwners && after.Named(duty) is { IsEmpty: false } named
        && !access.Meant(named).Any(who => access.Has(who, RoleOf(duty)));

    private static Role RoleOf(Duty duty) => duty == Duty.ReleaseOwners ? Role.ReleaseOwner : Role.Reviewer;
}
