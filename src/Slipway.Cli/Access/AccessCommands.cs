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
        Required = true,
        AllowMultipleArgumentsPerToken = true,
        HelpName = "ROLE",
    };
    public static Command Member(Terminal terminal) => new("member", "Say who there is and what they may do")
    {
        new Command("add", "Add a member, or give a member other roles") { Name, Role }.Does(terminal, AddAsync),
        new Command("list", "Show everybody") { }.Does(terminal, ListAsync),
    };

    private static async Task<int> AddAsync(CommandContext context, CancellationToken cancellation)
    {
        if (context.Read<MemberName>(context.Parse.GetValue(Name), "member's name") is not { } name) return ExitCode.Unusable;
        if (ReadRoles(context, context.Parse.GetValue(Role) ?? []) is not { } roles) return ExitCode.Unusable;
        return await context.AskAsync(api => api.AddMemberAsync(name, roles, cancellation), member =>
        {
            if (context.WantsJson) context.Terminal.Json(member, ApiJson.Default.MemberDocument);
            else context.Terminal.Line($"{member.Member}: {string.Join(", ", member.Roles.Select(role => role.Name()))}");
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

    private static Task<int> ListAsync(CommandContext context, CancellationToken cancellation) => context.AskAsync(api => api.MembersAsync(cancellation), members =>
    {
        if (context.WantsJson) context.Terminal.Json(members, ApiJson.Default.ImmutableArrayMemberDocument);
        else context.Terminal.Table(["member", "roles"], [.. members.Select(member => (string[])[member.Member.Value, string.Join(", ", member.Roles.Select(role => role.Name()))])]);
        return ExitCode.Done;
    });
}
