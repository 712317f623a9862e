using System.Collections.Immutable;
using Slipway.Core.Journal;
using Slipway.Core.Wire;

namespace Slipway.Core.Access;

/// <summary>A member and what they may do.</summary>
/// <param name="Name">Who.</param>
/// <param name="Roles">In the order given.</param>
public sealed record Member(MemberName Name, ImmutableArray<Role> Roles);

/// <summary>Members and keys, as the journal has them.</summary>
/// <param name="Members">By name.</param>
/// <param name="Keys">By the hash of their secret.</param>
public sealed partial record AccessState(ImmutableSortedDictionary<string, Member> Members, ImmutableDictionary<ContentHash, ApiKey> Keys)
{
    /// <summary>Nobody.</summary>
    public static AccessState Empty { get; } = new(ImmutableSortedDictionary.Create<string, Member>(StringComparer.Ordinal), ImmutableDictionary<ContentHash, ApiKey>.Empty);

    /// <summary>Whether somebody has at least one of some roles. A controller has every right; Core gives it only what a plan allows.</summary>
    public bool Has(MemberName who, params ReadOnlySpan<Role> anyOf)
    {
        if (who == MemberName.System) return true;
        if (!Members.TryGetValue(who.Value, out var member)) return false;
        foreach (var role in anyOf) if (member.Roles.Contains(role) && LetsThrough(who, role)) return true;
        return false;
    }

    /// <summary>Refuses somebody who has none of some roles, naming the right that is missing and who has it.</summary>
    /// <param name="who">Who asks.</param>
    /// <param name="what">What they want to do, as in "may not …".</param>
    /// <param name="anyOf">One of these is enough.</param>
    /// <returns>Null where they may.</returns>
    public Verdict? Deny(MemberName who, string what, params ReadOnlySpan<Role> anyOf)
    {
        if (Has(who, anyOf)) return null;
        var roles = anyOf.ToArray();
        return Verdict.Forbidden($"{Speaker(who)} may not {what}: it {Limited(who)}needs the role {string.Join(" or ", roles.Select(role => role.Name()))}, which " +
            HaveIt(Members.Values.Where(member => member.Roles.Any(roles.Contains))));
    }

    internal AccessState Apply(AccessEvent happened, JournalEntry entry) => happened switch
    {
        MemberAdded added => this with { Members = Members.SetItem(added.Member.Value, new Member(added.Member, added.Roles)) },
        KeyIssued issued => Issue(issued, entry),
        KeyRevoked revoked => Revoke(revoked, entry),
        _ => throw new InvalidOperationException($"Entry {entry.Sequence}: Access does not fold {happened.GetType().Name}."),
    };
}
