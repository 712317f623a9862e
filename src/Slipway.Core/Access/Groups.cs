using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Core.Journal;

namespace Slipway.Core.Access;

/// <summary>A group is these members from now on.</summary>
/// <param name="Group">Its name; no member has it.</param>
/// <param name="Members">Everybody in it, in the order given; at least one.</param>
public sealed record GroupSet(MemberName Group, ImmutableArray<MemberName> Members) : AccessEvent
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => $"made {Group} the group of {string.Join(", ", Members)}";
}

/// <summary>Says who is in a group: a new one, or one there is.</summary>
/// <param name="By">An administrator.</param>
/// <param name="Group">Which.</param>
/// <param name="Members">Everybody in it from now on; members, no groups.</param>
public sealed record SetGroup(MemberName By, MemberName Group, ImmutableArray<MemberName> Members) : Command(By)
{
    /// <inheritdoc/>
    public override Subject About(Registry registry) => Subject.Installation("set groups");

    /// <inheritdoc/>
    public override Verdict Decide(Registry registry, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(registry);
        var access = registry.Access;
        if (access.Deny(By, "set groups", Role.Admin) is { } denied) return denied;
        if (Group == MemberName.System) return Verdict.Invalid("\"system\" is the name of the controllers; choose another.");
        if (access.Members.ContainsKey(Group.Value)) return Verdict.Conflict($"{Group} is the name of a member; choose another for the group.");
        // A list that names an empty group would look like a list of people and let nobody act.
        if (Members.IsEmpty) return Verdict.Invalid($"A group has at least one member; name who is in {Group}.");
        foreach (var member in Members)
        {
            if (access.Groups.ContainsKey(member.Value)) return Verdict.Invalid($"{member} is a group, and a group cannot contain groups; name its members.");
            if (!access.Members.ContainsKey(member.Value)) return Verdict.Unknown($"There is no member {member}; add one with: slipway member add {member} --role ROLE");
        }
        ImmutableArray<MemberName> members = [.. Members.Distinct()];
        return access.Groups.TryGetValue(Group.Value, out var before) && before.Members.SequenceEqual(members) ? Verdict.Of() : Verdict.Of(new GroupSet(Group, members));
    }
}
