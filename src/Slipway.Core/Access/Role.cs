using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Core.Wire;

namespace Slipway.Core.Access;

/// <summary>What a member may do. A member may hold several; the duties on the action still hold.</summary>
[JsonConverter(typeof(EnumTextConverter<Role>))]
public enum Role
{
    /// <summary>Adds members, keys and models.</summary>
    [JsonStringEnumMemberName("admin")] Admin,
    /// <summary>Submits versions and golden sets, evaluates, proposes releases.</summary>
    [JsonStringEnumMemberName("author")] Author,
    /// <summary>Approves or declines what somebody else wrote.</summary>
    [JsonStringEnumMemberName("reviewer")] Reviewer,
    /// <summary>Starts, advances, resumes and cancels releases.</summary>
    [JsonStringEnumMemberName("release_owner")] ReleaseOwner,
    /// <summary>Freezes and rolls back, at any moment, with nobody's leave.</summary>
    [JsonStringEnumMemberName("on_call")] OnCall,
    /// <summary>Calls models through the gateway.</summary>
    [JsonStringEnumMemberName("application")] Application,
}

/// <summary>The roles by the names people write.</summary>
public static class Roles
{
    /// <summary>Every role with its written name.</summary>
    public static ImmutableArray<(Role Role, string Name)> All { get; } =
    [
        (Role.Admin, "admin"), (Role.Author, "author"), (Role.Reviewer, "reviewer"),
        (Role.ReleaseOwner, "release_owner"), (Role.OnCall, "on_call"), (Role.Application, "application"),
    ];

    /// <summary>The written name of a role.</summary>
    public static string Name(this Role role) => All.First(known => known.Role == role).Name;

    /// <summary>Reads a role; hyphens count as underscores.</summary>
    public static bool TryParse(string? text, out Role role)
    {
        var name = text?.Replace('-', '_');
        var index = All.FindIndex(known => known.Name == name);
        role = index < 0 ? default : All[index].Role;
        return index >= 0;
    }

    private static int FindIndex(this ImmutableArray<(Role Role, string Name)> all, Predicate<(Role Role, string Name)> match)
    {
        for (var i = 0; i < all.Length; i++) if (match(all[i])) return i;
        return -1;
    }
}
