using System.Collections.Immutable;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Wire;

namespace Slipway.Core.Access;

public sealed partial record AccessState
{
    /// <summary>The key that somebody acts with: what they may is held against it. Null in the state itself, which belongs to nobody.</summary>
    public ApiKey? Acting { get; private init; }

    /// <summary>What a secret opens.</summary>
    /// <param name="secretHash">SHA-256 of the secret presented.</param>
    /// <param name="now">The time.</param>
    public KeyCheck Authenticate(ContentHash secretHash, DateTimeOffset now)
    {
        if (!Keys.TryGetValue(secretHash, out var key) || !Members.TryGetValue(key.Member.Value, out var member)) return new KeyCheck.Unknown();
        return key.Closed(now) is { } closed ? new KeyCheck.Closed(closed) : new KeyCheck.Open(member, key);
    }

    /// <summary>A key by its public name; null where there is none.</summary>
    public ApiKey? FindKey(string id) => Keys.Values.FirstOrDefault(key => key.Id == id);

    /// <summary>The same members and keys, as somebody sees them who acts with a key: its member may no more than the key lets through.</summary>
    public AccessState ActingWith(ApiKey key) => this with { Acting = key };

    /// <summary>Whether somebody may do what comes with the person, as an owner or author: a key that is limited to roles has only what those give.</summary>
    public bool InPerson(MemberName who) => Acting is null || Acting.Member != who || Acting.Scope.Roles is null;

    /// <summary>Refuses a key that is limited to roles what takes the person: an owner's and an author's rights come with no role.</summary>
    /// <returns>Null where somebody acts in person.</returns>
    internal Verdict? DenyInPerson(MemberName who, string what) => InPerson(who) ? null : Verdict.Forbidden(
        $"{Speaker(who)} may not {what}: it is limited to the role {KeyScope.Names(Acting!.Scope.Roles!.Value)}, and this takes the person. {NamesOf(Role.Admin)} can issue a key that is not limited.");

    /// <summary>Refuses the key somebody acts with where something is beyond its prompts or environments.</summary>
    /// <returns>Null where it is within, or where nobody acts with a key.</returns>
    public Verdict? DenyReach(Subject subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        if (Acting is not { Scope: var scope } key) return null;
        var isWithin = subject.IsInstallation ? !scope.IsPartial()
            : subject.Prompts.All(scope.Covers) && (subject.Environment is not { } environment || scope.Covers(environment));
        return isWithin ? null : Verdict.Forbidden(
            $"{key.Id} of {key.Member} may not {subject.What}: it is limited to {(scope with { Roles = null }).Limits()}. {NamesOf(Role.Admin)} can issue a key that may.");
    }

    /// <summary>Refuses applications: they call, resolve and render prompts; what people do and say is not for them.</summary>
    /// <param name="who">Who asks.</param>
    /// <param name="what">What they want to do, as in "may not …".</param>
    /// <returns>Null where they may.</returns>
    public Verdict? DenyApplication(MemberName who, string what) => IsPerson(who) && (Acting is null || Acting.Member != who || Acting.Scope.Roles is not [Role.Application])
        ? null
        : Verdict.Forbidden($"{Speaker(who)} may not {what}: it needs a role other than application, which {HaveIt([.. Members.Values.Select(member => member.Name).Where(IsPerson)])}");

    /// <summary>Whether a list that somebody reads shows them something of a prompt or an environment.</summary>
    /// <param name="prompt">Null for what concerns no single prompt.</param>
    /// <param name="environment">Null for what concerns none.</param>
    public bool Sees(PromptName? prompt, EnvironmentName? environment) => Acting is not { Scope: var scope }
        || (prompt is null ? !scope.IsPartial() : scope.Covers(prompt) && (environment is null || scope.Covers(environment)));

    /// <summary>Whether somebody handles everybody's keys: an administrator, and not with a key that is limited to a part of the installation.</summary>
    internal bool Administers(MemberName who) => Has(who, Role.Admin) && (Acting is null || Acting.Member != who || !Acting.Scope.IsPartial());

    /// <summary>Whether somebody could still administer this installation if some keys opened nothing.</summary>
    /// <param name="now">The time.</param>
    /// <param name="without">The keys to leave out.</param>
    internal bool CanBeAdministered(DateTimeOffset now, Func<ApiKey, bool> without) => Keys.Values.Any(key =>
        key.StateAt(now) == KeyState.Active && !without(key) && key.Scope.Covers(Role.Admin) && !key.Scope.IsPartial() && Has(key.Member, Role.Admin));

    private bool LetsThrough(MemberName who, Role role) => Acting is null || Acting.Member != who || Acting.Scope.Covers(role);

    // A member without any role is a person too: somebody from support or legal who reads, or who owns a prompt.
    private bool IsPerson(MemberName who) =>
        who == MemberName.System || Members.TryGetValue(who.Value, out var member) && (member.Roles.IsEmpty || member.Roles.Any(role => role != Role.Application));

    private string Speaker(MemberName who) => Acting is { Scope.Roles: not null } key && key.Member == who ? $"{key.Id} of {who}" : who.Value;

    private string Limited(MemberName who) => Acting is { Scope.Roles: { } roles } key && key.Member == who ? $"is limited to the role {KeyScope.Names(roles)} and " : "";

    internal string NamesOf(Role role) => string.Join(" or ", Members.Values.Where(member => member.Roles.Contains(role)).Select(member => member.Name.Value));

    private static string HaveIt(ImmutableArray<MemberName> holders) =>
        holders.IsEmpty ? "nobody has yet." : $"{string.Join(", ", holders)} {(holders.Length == 1 ? "has" : "have")}.";

    private AccessState Issue(KeyIssued issued, JournalEntry entry) => this with
    {
        Keys = Keys.SetItem(issued.SecretHash, new ApiKey(issued.KeyId, issued.Member, issued.Scope, issued.Note, entry.Actor, entry.Time, issued.IssuedWith, RevokedAt: null)),
    };

    private AccessState Revoke(KeyRevoked revoked, JournalEntry entry) => this with
    {
        Keys = Keys.SetItems(Keys.Where(key => key.Value.Id == revoked.KeyId).Select(key => KeyValuePair.Create(key.Key, key.Value with { RevokedAt = entry.Time }))),
    };
}
