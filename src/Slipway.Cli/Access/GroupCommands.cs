using System.CommandLine;
using Slipway.Core.Access;
using Slipway.Core.Wire;

namespace Slipway.Cli.Access;

/// <summary><c>slipway group</c>.</summary>
internal static class GroupCommands
{
    private static readonly Argument<string> Name = new("NAME") { Description = $"{MemberName.Form}; no member's name" };
    private static readonly Argument<string[]> Members = new("MEMBER") { Description = "Everybody who is in it from now on", Arity = ArgumentArity.OneOrMore };

    public static Command Make() => new("group", "Give several members one name, for lists of reviewers, release owners or on-call")
    {
        new Command("set", "Say who is in a group") { Name, Members }.Does(SetAsync),
        new Command("list", "Show every group") { }.Does(ListAsync),
    };

    private static async Task<int> SetAsync(CommandContext context, CancellationToken cancellation)
    {
        if (context.Read<MemberName>(context.Parse.GetValue(Name), "group's name") is not { } name) return ExitCode.Unusable;
        if (context.ReadAll<MemberName>(context.Parse.GetValue(Members)!, "member's name") is not { } members) return ExitCode.Unusable;
        return await context.AskAsync(api => api.SetGroupAsync(new GroupDocument(name, members), cancellation), group =>
        {
            if (context.WantsJson) context.Terminal.Json(group, ApiJson.Default.GroupDocument);
            else context.Terminal.Line($"{group.Group}: {string.Join(", ", group.Members)}");
            return ExitCode.Done;
        });
    }

    private static Task<int> ListAsync(CommandContext context, CancellationToken cancellation) => context.AskAsync(api => api.GroupsAsync(cancellation), groups =>
    {
        if (context.WantsJson) context.Terminal.Json(groups, ApiJson.Default.ImmutableArrayGroupDocument);
        else if (groups.IsEmpty) context.Terminal.Line("There is no group yet; make one with: slipway group set NAME MEMBER");
        else context.Terminal.Table(["group", "members"], [.. groups.Select(group => (string[])[group.Group.Value, string.Join(", ", group.Members)])]);
        return ExitCode.Done;
    });
}
