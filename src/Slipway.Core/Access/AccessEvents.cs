using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Core.Journal;
using Slipway.Core.Wire;

namespace Slipway.Core.Access;

/// <summary>Something that happened to members and keys.</summary>
public abstract record AccessEvent : JournalEvent;

/// <summary>A member exists from now on, or has other roles.</summary>
/// <param name="Member">Whom.</param>
/// <param name="Roles">All roles the member has from now on.</param>
public sealed record MemberAdded(MemberName Member, ImmutableArray<Role> Roles) : AccessEvent
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => $"made {Member} {(Roles.IsEmpty ? "a member without roles" : string.Join(" and ", Roles.Select(role => role.Name())))}";
}

/// <summary>A member can authenticate with one more key.</summary>
/// <param name="KeyId">The key's public name, e.g. <c>key-3</c>.</param>
/// <param name="Member">Whose it is.</param>
/// <param name="SecretHash">SHA-256 of the secret; the secret itself is shown once and stored nowhere.</param>
public sealed record KeyIssued(string KeyId, MemberName Member, ContentHash SecretHash) : AccessEvent
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => $"issued {KeyId} to {Member}";
}

/// <summary>A key opens nothing from now on.</summary>
/// <param name="KeyId">Which.</param>
/// <param name="Member">Whose it was.</param>
public sealed record KeyRevoked(string KeyId, MemberName Member) : AccessEvent
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => $"revoked {KeyId} of {Member}";
}
