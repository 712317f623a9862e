using System.Collections.Immutable;
using Slipway.Core.Journal;
using Slipway.Core.Wire;

namespace Slipway.Core.Access;

/// <summary>The first start: makes the administrator of an empty journal.</summary>
/// <param name="SecretHash">SHA-256 of the one-time key.</param>
public sealed record InitializeAccess(ContentHash SecretHash) : Command(MemberName.System)
{
    private static readonly MemberName Administrator = MemberName.TryParse("admin", out var name) ? name : throw new InvalidOperationException("The name is well-formed.");

    /// <inheritdoc/>
    public override Verdict Decide(Registry registry, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(registry);
        return registry.Access.Members.IsEmpty
            ? Verdict.Of(new MemberAdded(Administrator, [Role.Admin]), new KeyIssued("key-1", Administrator, SecretHash, KeyScope.Everything, Note: null, IssuedWith: null))
            : Verdict.Conflict("This installation has an administrator already.");
    }
}

/// <summary>Adds a member, or gives a member other roles.</summary>
/// <param name="By">An administrator.</param>
/// <param name="Member">Whom.</param>
/// <param name="Roles">All roles from now on.</param>
public sealed record AddMember(MemberName By, MemberName Member, ImmutableArray<Role> Roles) : Command(By)
{
    /// <inheritdoc/>
    public override Subject About(Registry registry) => Subject.Installation("add members");

    /// <inheritdoc/>
    public override Verdict Decide(Registry registry, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(registry);
        if (registry.Access.Deny(By, "add members", Role.Admin) is { } denied) return denied;
        if (Member == MemberName.System) return Verdict.Invalid("\"system\" is the name of the controllers; choose another.");
        if (registry.Access.Groups.ContainsKey(Member.Value)) return Verdict.Conflict($"{Member} is the name of a group; choose another for the member.");
        var before = registry.Access.Members.GetValueOrDefault(Member.Value);
        var roles = Roles.Distinct().ToImmutableArray();
        if (before is not null && before.Roles.SequenceEqual(roles)) return Verdict.Of();
        var lastAdministrator = before is not null && before.Roles.Contains(Role.Admin) && !roles.Contains(Role.Admin)
            && !registry.Access.CanBeAdministered(now, key => key.Member == Member);
        return lastAdministrator
            ? Verdict.Conflict($"{Member} is the only administrator with a key and must stay one until there is another.")
            : Verdict.Of(new MemberAdded(Member, roles));
    }
}
