using System.Collections.Immutable;
using System.CommandLine;
using Slipway.Core.Access;
using Slipway.Core.Wire;

namespace Slipway.Cli.Access;

/// <summary><c>slipway member</c>.</summary>
internal static class AccessCommands
{
    private static readonly Argument<string> Name = new("NAME") { Description = MemberName.Form };
    private static readonly Option<string[]> Role = new("--role")
    {
        Description = $"What they may do, may be repeated: {string.Join(", ", Roles.All.Select(role => role.Name))}",
        AllowMultipleArgumentsPerToken = true,
        HelpName = "ROLE",
    };
    // Said by a word of its own: a role that was forgotten must not take away those a member has.
    private static readonly Option<bool> NoRole = new("--no-role") { Description = "They read and nothing else, as support, product or legal do" };

    public static Command Member() => new("member", "Say who there is and what they may do")
    {
        new Command("add", "Add a member, or give a member other roles") { Name, Role, NoRole }.Does(AddAsync),
        new Command("list", "Show everybody") { }.Does(ListAsync),
    };

    private static async Task<int> AddAsync(CommandContext context, CancellationToken cancellation)
    {
        if (context.Read<MemberName>(context.Parse.GetValue(Name), "member's name") is not { } name) return ExitCode.Unusable;
        if (ReadRoles(context, context.Parse.GetValue(Role) ?? []) is not { } roles) return ExitCode.Unusable;
        if (roles.IsEmpty != context.Parse.GetValue(NoRole))
            return context.Misused(roles.IsEmpty ? $"It is not said what {name} may do." : "--role and --no-role exclude each other.", "Write --role ROLE, or --no-role for somebody who only reads.");
        return await context.AskAsync(api => api.AddMemberAsync(name, roles, cancellation), member =>
        {
            if (context.WantsJson) context.Terminal.Json(member, ApiJson.Default.MemberDocument);
            else context.Terminal.Line($"{member.Member}: {Words(member.Roles)}");
            return ExitCode.Done;
        });
    }

    /// <summary>Reads roles from what was typed.</summary>
    /// <returns>Null, after saying so, where one does not fit.</returns>
    public static ImmutableArray<Role>? ReadRoles(CommandContext context, IEnumerable<string> texts)
    {
        var roles = ImmutableArray.CreateBuilder<Role>();
        foreach (var text in texts)
        {
            if (!Roles.TryParse(text, out var role))
            {
                context.Terminal.Error($"\"{text}\" is no role: it must be one of {string.Join(", ", Roles.All.Select(known => known.Name))}.");
                return null;
            }
            roles.Add(role);
        }
        return roles.ToImmutable();
    }

    private static string Words(ImmutableArray<Role> roles) => roles.IsEmpty ? "none, only reads" : string.Join(", ", roles.Select(role => role.Name()));

    private static Task<int> ListAsync(CommandContext context, CancellationToken cancellation) => context.AskAsync(api => api.MembersAsync(cancellation), members =>
    {
        if (context.WantsJson) context.Terminal.Json(members, ApiJson.Default.ImmutableArrayMemberDocument);
        else context.Terminal.Table(["member", "roles"], [.. members.Select(member => (string[])[member.Member.Value, Words(member.Roles)])]);
        return ExitCode.Done;
    });
}
