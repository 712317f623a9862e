using System.Collections.Immutable;
using System.CommandLine;
using Slipway.Core.Access;
using Slipway.Core.Wire;

namespace Slipway.Cli.Access;

/// <summary><c>slipway member</c> and <c>slipway key</c>.</summary>
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
    private static readonly Argument<string> KeyId = new("KEY") { Description = "The key's public name, as in key-3" };

    public static Command Member(Terminal terminal) => new("member", "Say who there is and what they may do")
    {
        new Command("add", "Add a member, or give a member other roles") { Name, Role }.Does(terminal, AddAsync),
        new Command("list", "Show everybody") { }.Does(terminal, ListAsync),
    };

    public static Command Key(Terminal terminal) => new("key", "Give and take API keys")
    {
        new Command("issue", "Issue a key to a member; its secret is shown this once") { Name }.Does(terminal, IssueAsync),
        new Command("revoke", "Make a key open nothing") { KeyId }.Does(terminal, RevokeAsync),
    };

    private static async Task<int> AddAsync(CommandContext context, CancellationToken cancellation)
    {
        if (context.Read<MemberName>(context.Parse.GetValue(Name), "member's name") is not { } name) return ExitCode.Unusable;
        var roles = ImmutableArray.CreateBuilder<Role>();
        foreach (var text in context.Parse.GetValue(Role) ?? [])
        {
            if (!Roles.TryParse(text, out var role)) return context.Misused($"\"{text}\" is no role: it must be one of {string.Join(", ", Roles.All.Select(known => known.Name))}.");
            roles.Add(role);
        }
        return await context.AskAsync(api => api.AddMemberAsync(name, roles.ToImmutable(), cancellation), member =>
        {
            if (context.WantsJson) context.Terminal.Json(member, ApiJson.Default.MemberDocument);
            else context.Terminal.Line($"{member.Member}: {string.Join(", ", member.Roles.Select(role => role.Name()))}");
            return ExitCode.Done;
        });
    }

    private static Task<int> ListAsync(CommandContext context, CancellationToken cancellation) => context.AskAsync(api => api.MembersAsync(cancellation), members =>
    {
        if (context.WantsJson) context.Terminal.Json(members, ApiJson.Default.ImmutableArrayMemberDocument);
        else context.Terminal.Table(["member", "roles"], [.. members.Select(member => (string[])[member.Member.Value, string.Join(", ", member.Roles.Select(role => role.Name()))])]);
        return ExitCode.Done;
    });

    private static async Task<int> IssueAsync(CommandContext context, CancellationToken cancellation) =>
        context.Read<MemberName>(context.Parse.GetValue(Name), "member's name") is not { } name
            ? ExitCode.Unusable
            : await context.AskAsync(api => api.IssueKeyAsync(name, cancellation), key =>
            {
                if (context.WantsJson) context.Terminal.Json(key, ApiJson.Default.KeyDocument);
                else
                {
                    // The secret alone on standard output, so that a script can keep it: ana=$(slipway key issue ana)
                    context.Terminal.Remark($"{key.KeyId} of {key.Member}; its secret is shown this once:");
                    context.Terminal.Line(key.Secret);
                }
                return ExitCode.Done;
            });

    private static Task<int> RevokeAsync(CommandContext context, CancellationToken cancellation) =>
        context.AskAsync(api => api.RevokeKeyAsync(context.Parse.GetValue(KeyId)!, cancellation), key =>
        {
            if (!context.WantsJson) context.Terminal.Line($"{key} opens nothing any more.");
            return ExitCode.Done;
        });
}
