using System.Collections.Immutable;
using Slipway.Core.Journal;
using Slipway.Core.Wire;

namespace Slipway.Core.Access;

/// <summary>Gives a member one more key.</summary>
/// <param name="By">An administrator, or the member.</param>
/// <param name="Member">Whom.</param>
/// <param name="SecretHash">SHA-256 of the new secret.</param>
/// <param name="Scope">What it may at most do; null for all the member may. A member who issues it gets no more than the key they act with lets through,
/// and where nothing is said just that.</param>
/// <param name="Note">What it is for; null for nothing to say.</param>
public sealed record IssueKey(MemberName By, MemberName Member, ContentHash SecretHash, KeyScope? Scope = null, string? Note = null) : Command(By)
{
    private const int LongestNote = 200;

    /// <inheritdoc/>
    public override Subject About(Registry registry) => By == Member ? Subject.Nothing("issue keys") : Subject.Installation("issue keys for others");

    /// <inheritdoc/>
    public override Verdict Decide(Registry registry, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(registry);
        var access = registry.Access;
        var byAdministrator = access.Administers(By);
        if (!byAdministrator && MayNot(access) is { } denied) return denied;
        if (!access.Members.TryGetValue(Member.Value, out var member)) return Verdict.Unknown($"There is no member {Member}; add one with: slipway member add {Member} --role ROLE");
        if (access.Keys.ContainsKey(SecretHash)) return Verdict.Conflict("This secret is a key's already; draw another one.");
        var parent = byAdministrator ? null : access.Acting;
        var scope = Plain(Scope ?? KeyScope.Everything);
        if (Impossible(scope, member, now) is { } impossible) return impossible;
        if (parent is not null)
        {
            scope = scope.Within(parent.Scope);
            if (TooWide(scope, parent, access) is { } wide) return wide;
        }
        var note = string.IsNullOrWhiteSpace(Note) ? null : Note.Trim();
        return Verdict.Of(new KeyIssued($"key-{access.Keys.Count + 1}", Member, SecretHash, scope, note, parent?.Id));
    }

    private Verdict? MayNot(AccessState access) => By == Member && access.Members.ContainsKey(By.Value)
        ? access.DenyApplication(By, "issue keys")
        : access.Deny(By, "issue keys for others", Role.Admin) ?? access.DenyReach(Subject.Installation("issue keys for others"));

    private Verdict? Impossible(KeyScope scope, Member member, DateTimeOffset now)
    {
        // An empty list could be meant as "none" or as "all", and the wrong guess opens everything.
        if (scope is { Roles: [] } or { Environments: [] } or { Prompts: [] }) return Verdict.Invalid("A list of roles, environments or prompts is empty; leave it out to allow all of them.");
        if (scope.Roles is { } roles && roles.Any(role => !member.Roles.Contains(role)))
            return Verdict.Invalid($"{Member} does not have the role {KeyScope.Names([.. roles.Where(role => !member.Roles.Contains(role))])}, so no key of {Member} can; " +
                $"{Member} has {(member.Roles.IsEmpty ? "no role" : string.Join(" and ", member.Roles.Select(role => role.Name())))}.");
        if (scope.ExpiresAt <= now) return Verdict.Invalid($"The key would have expired at {KeyScope.Time(scope.ExpiresAt.Value)} already.");
        if (Note is { Length: > LongestNote } || Note?.Any(char.IsControl) == true) return Verdict.Invalid($"The note must be one line of at most {LongestNote} characters.");
        return null;
    }

    private static Verdict? TooWide(KeyScope scope, ApiKey parent, AccessState access)
    {
        var beyond = scope.WiderThan(parent.Scope) ?? (scope.ExpiresAt > parent.Scope.ExpiresAt ? $"outlive it (it ends at {KeyScope.Time(parent.Scope.ExpiresAt.Value)})" : null);
        return beyond is null ? null : Verdict.Forbidden($"{parent.Id} of {parent.Member} may not issue a key that is wider than itself: this one would {beyond}. {access.NamesOf(Role.Admin)} can issue it.");
    }

    private static KeyScope Plain(KeyScope scope) => new(
        Distinct(scope.Roles), Distinct(scope.Environments), Distinct(scope.Prompts), scope.ExpiresAt is { } end ? JournalEntry.Milliseconds(end) : null);

    private static ImmutableArray<T>? Distinct<T>(ImmutableArray<T>? values) => values is { IsDefault: false } given ? [.. given.Distinct()] : null;
}

/// <summary>Makes a key open nothing, and with it every key that was issued with it.</summary>
/// <param name="By">An administrator, or the key's member with a key that reaches as far.</param>
/// <param name="KeyId">Which.</param>
/// <param name="Reason">Why; null for nothing to say.</param>
public sealed record RevokeKey(MemberName By, string KeyId, string? Reason = null) : Command(By)
{
    private const int LongestReason = 1_000;

    /// <inheritdoc/>
    public override Subject About(Registry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        return registry.Access.FindKey(KeyId)?.Member == By ? Subject.Nothing("revoke keys") : Subject.Installation("revoke keys of others");
    }

    /// <inheritdoc/>
    public override Verdict Decide(Registry registry, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(registry);
        var access = registry.Access;
        var key = access.FindKey(KeyId);
        if (!access.Administers(By) && MayNot(access, key) is { } denied) return denied;
        if (key is null) return Verdict.Unknown($"There is no key {KeyId}.");
        if (key.Revoked) return Verdict.Of();
        if (Reason is { Length: > LongestReason }) return Verdict.Invalid($"The reason is longer than {LongestReason} characters.");
        var ending = WithThoseIssuedWithIt(access, key);
        if (access.CanBeAdministered(now, _ => false) && !access.CanBeAdministered(now, ending.Contains))
            return Verdict.Conflict($"{KeyId} is the last key of the last administrator; issue another one first.");
        var reason = string.IsNullOrWhiteSpace(Reason) ? null : Reason.Trim();
        return Verdict.Of([.. ending.Select(end => new KeyRevoked(end.Id, end.Member, end == key ? reason : $"it was issued with {end.IssuedWith}"))]);
    }

    private Verdict? MayNot(AccessState access, ApiKey? key)
    {
        if (key?.Member != By) return access.Deny(By, "revoke keys of others", Role.Admin) ?? access.DenyReach(Subject.Installation("revoke keys of others"));
        return access.Acting is not { } acting || acting.Id == key.Id || key.Scope.WiderThan(acting.Scope) is null
            ? null
            : Verdict.Forbidden($"{acting.Id} of {By} may not revoke {KeyId}, which reaches further than itself. {access.NamesOf(Role.Admin)} can.");
    }

    private static ImmutableArray<ApiKey> WithThoseIssuedWithIt(AccessState access, ApiKey key)
    {
        var ending = ImmutableArray.Create(key);
        for (var at = 0; at < ending.Length; at++)
            ending = ending.AddRange(access.Keys.Values.Where(other => other.IssuedWith == ending[at].Id && !other.Revoked).OrderBy(other => other.IssuedAt).ThenBy(other => other.Id, StringComparer.Ordinal));
        return ending;
    }
}

/// <summary>The way back when the last administrator's key is lost: gives an administrator one more key, for who has the installation's files.</summary>
/// <param name="SecretHash">SHA-256 of the new secret.</param>
public sealed record RecoverAccess(ContentHash SecretHash) : Command(MemberName.System)
{
    /// <inheritdoc/>
    public override Verdict Decide(Registry registry, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(registry);
        var access = registry.Access;
        // There always is one: the last administrator cannot give the role up.
        return access.Members.Values.FirstOrDefault(member => member.Roles.Contains(Role.Admin)) is { } administrator
            ? Verdict.Of(new KeyIssued($"key-{access.Keys.Count + 1}", administrator.Name, SecretHash, KeyScope.Everything, "recovered by who can write the installation's journal", IssuedWith: null))
            : Verdict.Conflict("This installation has no administrator yet; its first start makes one: slipway serve");
    }
}
