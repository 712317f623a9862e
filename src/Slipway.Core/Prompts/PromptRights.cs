using System.Collections.Immutable;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Releases;

namespace Slipway.Core.Prompts;

/// <summary>Who may do what for one prompt: those who have the role and, where the prompt names people for the duty, are among them.</summary>
/// <remarks>A right is always a member's own: a group in a list stands for its members, and what forbids somebody a duty forbids it to them in any group.</remarks>
/// <param name="Prompt">Which prompt.</param>
/// <param name="Duties">Whom it names now.</param>
/// <param name="Access">Who has which role, and who is in which group.</param>
public sealed record PromptRights(PromptName Prompt, PromptDuties Duties, AccessState Access)
{
    /// <summary>Who may approve a release: sign a part of its review.</summary>
    public ImmutableArray<MemberName> Approvers => Reviewers;

    /// <summary>Who may decline a release: everybody named to review it in one way or the other.</summary>
    public ImmutableArray<MemberName> Reviewers => Holding(Role.Reviewer, ReviewersNamed);

    /// <summary>Who may start, advance and resume a release.</summary>
    public ImmutableArray<MemberName> ReleaseOwners => Holding(Role.ReleaseOwner, Duties.ReleaseOwners);

    /// <summary>Who is called when something is wrong: who was named, else everybody whose role it is.</summary>
    public ImmutableArray<MemberName> OnCall => Duties.OnCall.IsEmpty ? Access.Holders(Role.OnCall) : Access.Meant(Duties.OnCall);

    /// <summary>Who may freeze and roll back: whoever could be awake.</summary>
    public ImmutableArray<MemberName> Stoppers => Together(Duties.Owners, Access.Meant(Duties.OnCall), Access.Holders(Role.OnCall, Role.ReleaseOwner));

    /// <summary>Who may name the people who answer for it.</summary>
    public ImmutableArray<MemberName> Assigners => Together(Duties.Owners, Access.Holders(Role.Admin));

    /// <summary>Why no version may be brought into production, and what mends it; null where an owner and a backup owner are named.</summary>
    public string? Missing
    {
        get
        {
            if (Duties is { Owner: not null, BackupOwner: not null }) return null;
            var (what, set) = Duties switch
            {
                { Owner: not null } => ("backup owner", "--backup NAME"),
                { BackupOwner: not null } => ("owner", "--owner NAME"),
                _ => ("owner and no backup owner", "--owner NAME --backup NAME"),
            };
            return $"{Prompt} has no {what}, and a prompt in production has both; {Or(Assigners)} can run: slipway owner set {Prompt} {set}";
        }
    }

    /// <summary>Whether a mistake would cost the most, so that somebody reviews security or compliance too.</summary>
    internal bool IsGrave => Duties.Risk is RiskLevel.Regulated or RiskLevel.ActionTaking;

    private ImmutableArray<MemberName> ReviewersNamed => Duties.Reviewers.IsEmpty ? [] : [.. Duties.Reviewers.Union(Duties.SecurityReviewers)];

    /// <summary>The rights for a prompt as things stand.</summary>
    public static PromptRights Of(Registry registry, PromptName prompt)
    {
        ArgumentNullException.ThrowIfNull(registry);
        return new PromptRights(prompt, registry.Prompts.DutiesOf(prompt), registry.Access);
    }

    /// <summary>Refuses the texts of its calls, which may be of users: they are for administrators, and for whoever may stop a release and so must see what is wrong.</summary>
    /// <returns>Null where somebody may read them.</returns>
    public Verdict? DenyTexts(MemberName who) => Access.Has(who, Role.Admin) ? null : DenyStop(who, $"read the texts of calls of {Prompt}");

    /// <summary>Who may sign a part of a review. Security is reviewed by those who are named for it and by nobody else.</summary>
    internal ImmutableArray<MemberName> SignersOf(SignOff part) =>
        part != SignOff.Security ? Reviewers : Duties.SecurityReviewers.IsEmpty ? [] : Holding(Role.Reviewer, Duties.SecurityReviewers);

    internal Verdict? DenySigning(MemberName who, SignOff part, string what) => part switch
    {
        not SignOff.Security => DenyReview(who, what),
        _ when Duties.SecurityReviewers.IsEmpty => Verdict.Forbidden($"{who} may not {what}: nobody is named to review the security of {Prompt}; {Or(Assigners)} can run: slipway owner set {Prompt} --security NAME"),
        _ => Deny(who, what, Role.Reviewer, Duties.SecurityReviewers, $"security reviewers of {Prompt}"),
    };

    internal Verdict? DenyReview(MemberName who, string what) => Deny(who, what, Role.Reviewer, ReviewersNamed, $"reviewers of {Prompt}");

    internal Verdict? DenyRelease(MemberName who, string what) => Deny(who, what, Role.ReleaseOwner, Duties.ReleaseOwners, $"release owners of {Prompt}");

    internal Verdict? DenyStop(MemberName who, string what) => Access.Has(who, Role.OnCall, Role.ReleaseOwner) ? null
        : Stoppers.Contains(who) ? Access.DenyInPerson(who, what)
        : Verdict.Forbidden($"{who} may not {what}: it needs the role on_call or release_owner, or to be owner, backup owner or on call of {Prompt}; {May(Stoppers)}.");

    internal Verdict? DenyCancel(MemberName who, string what, MemberName author)
    {
        var may = Together([author], Duties.Owners, ReleaseOwners);
        return ReleaseOwners.Contains(who) && Access.Has(who, Role.ReleaseOwner) ? null
            : may.Contains(who) ? Access.DenyInPerson(who, what)
            : Verdict.Forbidden($"{who} may not {what}: it needs the role release_owner for {Prompt}, or to be its author, owner or backup owner; {May(may)}.");
    }

    internal Verdict? DenyAssigning(MemberName who) => who != MemberName.System && Access.Has(who, Role.Admin) ? null
        : Assigners.Contains(who) ? Access.DenyInPerson(who, $"assign the duties of {Prompt}")
        : Verdict.Forbidden($"{who} may not assign the duties of {Prompt}: it needs the role admin, or to be its owner or backup owner; {May(Assigners)}.");

    /// <summary>Everybody in some lists, once, by name.</summary>
    internal static ImmutableArray<MemberName> Together(params ReadOnlySpan<ImmutableArray<MemberName>> lists)
    {
        var all = new SortedDictionary<string, MemberName>(StringComparer.Ordinal);
        foreach (var list in lists) foreach (var name in list) all[name.Value] = name;
        return [.. all.Values];
    }

    /// <summary>Names as a choice: <c>ana, ben or cleo</c>.</summary>
    internal static string Or(ImmutableArray<MemberName> names) => names.Length switch
    {
        0 => "nobody",
        1 => names[0].Value,
        _ => $"{string.Join(", ", names.Take(names.Length - 1))} or {names[^1]}",
    };

    /// <summary>Who may, as the end of a refusal.</summary>
    internal static string May(ImmutableArray<MemberName> names) => names.IsEmpty ? "nobody may yet" : $"{string.Join(", ", names)} may";

    private ImmutableArray<MemberName> Holding(Role role, ImmutableArray<MemberName> named) =>
        named.IsEmpty ? Access.Holders(role) : [.. Access.Meant(named).Where(who => Access.Has(who, role))];

    private Verdict? Deny(MemberName who, string what, Role role, ImmutableArray<MemberName> named, string list)
    {
        if (named.IsEmpty) return Access.Deny(who, what, role);
        var holders = Holding(role, named);
        if (who == MemberName.System || holders.Contains(who)) return null;
        var needed = Access.Has(who, role) ? "" : $"the role {role.Name()} and ";
        return Verdict.Forbidden($"{who} may not {what}: it needs {needed}to be among the {list}; {May(holders)}.");
    }
}
