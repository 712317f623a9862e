using System.Collections.Immutable;
using Slipway.Core.Journal;
using Slipway.Core.Wire;

namespace Slipway.Core.Access;

/// <summary>A member and what they may do.</summary>
/// <param name="Name">Who.</param>
/// <param name="Roles">In the order given.</param>
public sealed record Member(MemberName Name, ImmutableArray<Role> Roles);

/// <summary>Several members under one name.</summary>
/// <param name="Name">Its name; no member has it.</param>
/// <param name="Members">Everybody in it; at least one.</param>
public sealed record Group(MemberName Name, ImmutableArray<MemberName> Members);

/// <summary>Members, groups and keys, as the journal has them.</summary>
/// <param name="Members">By name.</param>
/// <param name="Keys">By the hash of their secret.</param>
public sealed partial record AccessState(ImmutableSortedDictionary<string, Member> Members, ImmutableDictionary<ContentHash, ApiKey> Keys)
{
    /// <summary>Nobody.</summary>
    public static AccessState Empty { get; } = new(ImmutableSortedDictionary.Create<string, Member>(StringComparer.Ordinal), ImmutableDictionary<ContentHash, ApiKey>.Empty);

    /// <summary>Groups by name; groups and members share one name space.</summary>
    public ImmutableSortedDictionary<string, Group> Groups { get; init; } = ImmutableSortedDictionary.Create<string, Group>(StringComparer.Ordinal);

    /// <summary>Whether somebody has at least one of some roles. A controller has every right; Core gives it only what a plan allows.</summary>
    public bool Has(MemberName who, params ReadOnlySpan<Role> anyOf)
    {
        if (who == MemberName.System) return true;
        if (!Members.TryGetValue(who.Value, out var member)) return false;
        foreach (var role in anyOf) if (member.Roles.Contains(role) && LetsThrough(who, role)) return true;
        return false;
    }

    /// <summary>Everybody who has at least one of some roles, by name.</summary>
    public ImmutableArray<MemberName> Holders(params ReadOnlySpan<Role> anyOf)
    {
        var roles = anyOf.ToArray();
        return [.. Members.Values.Where(member => member.Roles.Any(roles.Contains)).Select(member => member.Name)];
    }

    /// <summary>Everybody whom a list of names means, by name: the members in it and the members of the groups in it.</summary>
    public ImmutableArray<MemberName> Meant(ImmutableArray<MemberName> names) =>
        [.. names.SelectMany(name => Groups.TryGetValue(name.Value, out var group) ? group.Members : [name]).Distinct().OrderBy(name => name.Value, StringComparer.Ordinal)];

    /// <summary>Refuses somebody who has none of some roles, naming the right that is missing and who has it.</summary>
    /// <param name="who">Who asks.</param>
    /// <param name="what">What they want to do, as in "may not …".</param>
    /// <param name="anyOf">One of these is enough.</param>
    /// <returns>Null where they may.</returns>
    public Verdict? Deny(MemberName who, string what, params ReadOnlySpan<Role> anyOf)
    {
        if (Has(who, anyOf)) return null;
        return Verdict.Forbidden($"{Speaker(who)} may not {what}: it {Limited(who)}needs the role {string.Join(" or ", anyOf.ToArray().Select(role => role.Name()))}, which {HaveIt(Holders(anyOf))}");
    }

    internal AccessState Apply(AccessEvent happened, JournalEntry entry) => happened switch
    {
        MemberAdded added => this with { Members = Members.SetItem(added.Member.Value, new Member(added.Member, added.Roles)) },
        GroupSet group => this with { Groups = Groups.SetItem(group.Group.Value, new Group(group.Group, group.Members)) },
        KeyIssued issued => Issue(issued, entry),
        KeyRevoked revoked => Revoke(revoked, entry),
        _ => throw new InvalidOperationException($"Entry {entry.Sequence}: Access does not fold {happened.GetType().Name}."),
    };
}
