using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Core.Journal;

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
