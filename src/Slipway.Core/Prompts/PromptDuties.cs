using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Core.Access;
using Slipway.Core.Wire;

namespace Slipway.Core.Prompts;

/// <summary>Who answers for a prompt. One person each for what only one can answer for; lists of members and groups for the rest.</summary>
/// <param name="Owner">Who answers for it; null while nobody was named.</param>
/// <param name="BackupOwner">Who answers when the owner cannot, somebody else; null while nobody was named.</param>
/// <param name="BusinessOwner">Who answers for what it is for; null where nobody was named.</param>
/// <param name="TechnicalOwner">Who answers for what calls it; null where nobody was named.</param>
/// <param name="Reviewers">Who of the reviewers reviews its meaning and risk; empty for all of them.</param>
/// <param name="SecurityReviewers">Who of the reviewers reviews security or compliance; empty where nobody in particular does.</param>
/// <param name="ReleaseOwners">Who of the release owners has the final yes; empty for all of them.</param>
/// <param name="OnCall">Who stops and rolls back, beside everybody whose role is to be on call.</param>
/// <param name="Risk">How much a mistake would cost.</param>
public sealed record PromptDuties(
    MemberName? Owner, MemberName? BackupOwner, MemberName? BusinessOwner, MemberName? TechnicalOwner,
    ImmutableArray<MemberName> Reviewers, ImmutableArray<MemberName> SecurityReviewers, ImmutableArray<MemberName> ReleaseOwners, ImmutableArray<MemberName> OnCall,
    RiskLevel Risk)
{
    /// <summary>Nobody was named for anything.</summary>
    public static PromptDuties Open { get; } = new(null, null, null, null, [], [], [], [], RiskLevel.Standard);

    /// <summary>Owner and backup owner, those there are.</summary>
    [JsonIgnore] public ImmutableArray<MemberName> Owners => [.. Named(Duty.Owner), .. Named(Duty.BackupOwner)];

    /// <summary>Who was named for a duty; empty for <see cref="Duty.Risk"/>, which is no person's.</summary>
    public ImmutableArray<MemberName> Named(Duty duty) => duty switch
    {
        Duty.Owner => One(Owner),
        Duty.BackupOwner => One(BackupOwner),
        Duty.BusinessOwner => One(BusinessOwner),
        Duty.TechnicalOwner => One(TechnicalOwner),
        Duty.Reviewers => Reviewers,
        Duty.SecurityReviewers => SecurityReviewers,
        Duty.ReleaseOwners => ReleaseOwners,
        Duty.OnCall => OnCall,
        _ => [],
    };

    /// <summary>The duties after a prompt's first version was submitted: a manifest that names a member names the owner, unless one was assigned before.</summary>
    internal PromptDuties FirstOwnedBy(MemberName named, AccessState access) =>
        Owner is null && BackupOwner != named && access.Members.ContainsKey(named.Value) ? this with { Owner = named } : this;

    /// <summary>What is not as it was, in the order of <see cref="Duty"/>.</summary>
    internal ImmutableArray<Duty> ChangesSince(PromptDuties before) =>
        [.. Enum.GetValues<Duty>().Where(duty => duty == Duty.Risk ? Risk != before.Risk : !Named(duty).SequenceEqual(before.Named(duty)))];

    private static ImmutableArray<MemberName> One(MemberName? name) => name is null ? [] : [name];
}

/// <summary>What is assigned for a prompt.</summary>
[JsonConverter(typeof(EnumTextConverter<Duty>))]
public enum Duty
{
    /// <summary>Answers for the prompt.</summary>
    [JsonStringEnumMemberName("owner")] Owner,
    /// <summary>Answers when the owner cannot.</summary>
    [JsonStringEnumMemberName("backup_owner")] BackupOwner,
    /// <summary>Answers for what it is for.</summary>
    [JsonStringEnumMemberName("business_owner")] BusinessOwner,
    /// <summary>Answers for what calls it.</summary>
    [JsonStringEnumMemberName("technical_owner")] TechnicalOwner,
    /// <summary>Review meaning and risk.</summary>
    [JsonStringEnumMemberName("reviewers")] Reviewers,
    /// <summary>Review security or compliance.</summary>
    [JsonStringEnumMemberName("security_reviewers")] SecurityReviewers,
    /// <summary>Have the final yes.</summary>
    [JsonStringEnumMemberName("release_owners")] ReleaseOwners,
    /// <summary>Stop and roll back.</summary>
    [JsonStringEnumMemberName("on_call")] OnCall,
    /// <summary>How much a mistake would cost; no person's duty, but assigned with them.</summary>
    [JsonStringEnumMemberName("risk")] Risk,
}

/// <summary>How much a mistake of a prompt would cost.</summary>
[JsonConverter(typeof(EnumTextConverter<RiskLevel>))]
public enum RiskLevel
{
    /// <summary>Nobody would notice.</summary>
    [JsonStringEnumMemberName("low")] Low,
    /// <summary>The usual.</summary>
    [JsonStringEnumMemberName("standard")] Standard,
    /// <summary>Users read what it answers.</summary>
    [JsonStringEnumMemberName("user_facing")] UserFacing,
    /// <summary>A law or a contract says what it may answer.</summary>
    [JsonStringEnumMemberName("regulated")] Regulated,
    /// <summary>What it answers is done without anybody looking.</summary>
    [JsonStringEnumMemberName("action_taking")] ActionTaking,
}

/// <summary>Duties and risk levels by the names people write; hyphens count as underscores.</summary>
public static class DutyNames
{
    /// <summary>Every risk level with its written name, the least first.</summary>
    public static ImmutableArray<(RiskLevel Risk, string Name)> Risks { get; } =
    [
        (RiskLevel.Low, "low"), (RiskLevel.Standard, "standard"), (RiskLevel.UserFacing, "user_facing"), (RiskLevel.Regulated, "regulated"),
        (RiskLevel.ActionTaking, "action_taking"),
    ];

    /// <summary>Every duty with its written name.</summary>
    public static ImmutableArray<(Duty Duty, string Name)> Duties { get; } =
    [
        (Duty.Owner, "owner"), (Duty.BackupOwner, "backup_owner"), (Duty.BusinessOwner, "business_owner"), (Duty.TechnicalOwner, "technical_owner"),
        (Duty.Reviewers, "reviewers"), (Duty.SecurityReviewers, "security_reviewers"), (Duty.ReleaseOwners, "release_owners"), (Duty.OnCall, "on_call"),
        (Duty.Risk, "risk"),
    ];

    /// <summary>A risk level as a word of a sentence, as in <c>user-facing</c>.</summary>
    public static string Word(this RiskLevel risk) => Risks.First(known => known.Risk == risk).Name.Replace('_', '-');

    /// <summary>A duty as a word of a sentence, as in <c>backup owner</c>.</summary>
    public static string Word(this Duty duty) => Duties.First(known => known.Duty == duty).Name.Replace('_', ' ');

    /// <summary>Reads a risk level.</summary>
    public static bool TryParse(string? text, out RiskLevel risk)
    {
        var found = Risks.Where(known => known.Name == text?.Replace('-', '_')).ToList();
        risk = found.Count == 0 ? default : found[0].Risk;
        return found.Count > 0;
    }

    /// <summary>Reads a duty.</summary>
    public static bool TryParse(string? text, out Duty duty)
    {
        var found = Duties.Where(known => known.Name == text?.Replace('-', '_')).ToList();
        duty = found.Count == 0 ? default : found[0].Duty;
        return found.Count > 0;
    }
}
