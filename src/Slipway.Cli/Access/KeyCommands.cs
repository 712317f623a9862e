using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Releases;
using Slipway.Core.Wire;
using Slipway.Server.Access;
using Slipway.Server.Storage;

namespace Slipway.Cli.Access;

/// <summary><c>slipway key</c>.</summary>
internal static class KeyCommands
{
    // No other spelling: 1/2/2027 is a day in January to some and in February to others.
    private static readonly string[] Dates = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK"];
    private static readonly Argument<string> Name = new("NAME") { Description = "Whose key it is to be" };
    private static readonly Argument<string?> OptionalName = new("NAME") { Description = "Only this member's; all that you may see where left out", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Argument<string> KeyId = new("KEY") { Description = "The key's public name, as in key-3" };
    private static readonly Option<string[]> Role = Many("--role", "ROLE", $"Only these of the member's roles: {string.Join(", ", Roles.All.Select(role => role.Name))}");
    private static readonly Option<string[]> Environment = Many("--environment", "E", $"Only there: {EnvironmentName.Form}");
    private static readonly Option<string[]> Prompt = Many("--prompt", "PROMPT", "Only these prompts: names, or beginnings of names as in support_* or support/");
    private static readonly Option<string?> Expires = new("--expires") { Description = "When it ends: after a time as in 12h or 90d, or at a date as in 2027-01-31 or 2027-01-31T18:00Z", HelpName = "TIME" };
    private static readonly Option<string?> Note = new("--note") { Description = "What it is for", HelpName = "TEXT" };
    private static readonly Option<string?> Reason = new("--reason") { Description = "Why, as a sentence; it stands in the log", HelpName = "TEXT" };
    private static readonly Option<string> Data = new("--data") { Description = "The folder of the server's data", DefaultValueFactory = _ => "slipway-data", HelpName = "DIR" };
    private static readonly Option<string?> Postgres = new("--postgres") { Description = "The PostgreSQL database its journal is in; default SLIPWAY_POSTGRES, else SQLite in the data folder", HelpName = "CONN" };

    public static Command Make() => new("key", "Give and take API keys")
    {
        new Command("issue", "Issue a key to a member; its secret is shown this once") { Name, Role, Environment, Prompt, Expires, Note }.Does(IssueAsync),
        new Command("list", "Show keys, what they may and whether they open anything") { OptionalName }.Does(ListAsync),
        new Command("revoke", "Make a key open nothing, and those that were issued with it") { KeyId, Reason }.Does(RevokeAsync),
        new Command("recover", "Issue a key to the administrator when theirs is lost; needs the data folder or the database, not the server") { Data, Postgres }.Does(RecoverAsync),
    };

    private static async Task<int> IssueAsync(CommandContext context, CancellationToken cancellation)
    {
        var parse = context.Parse;
        if (context.Read<MemberName>(parse.GetValue(Name), "member's name") is not { } name) return ExitCode.Unusable;
        if (AccessCommands.ReadRoles(context, parse.GetValue(Role) ?? []) is not { } roles) return ExitCode.Unusable;
        if (context.ReadAll<EnvironmentName>(parse.GetValue(Environment) ?? [], "environment") is not { } environments) return ExitCode.Unusable;
        if (context.ReadAll<PromptPattern>(parse.GetValue(Prompt) ?? [], "prompt's name") is not { } prompts) return ExitCode.Unusable;
        if (!TryExpiry(parse.GetValue(Expires), context.Clock, out var expiresAt)) return context.Misused($"\"{parse.GetValue(Expires)}\" is no time.", "Write it as --expires 90d or --expires 2027-01-31");
        var request = new KeyRequest(name, OrAll(roles), OrAll(environments), OrAll(prompts), expiresAt, parse.GetValue(Note));
        return await context.AskAsync(api => api.IssueKeyAsync(request, cancellation), key =>
        {
            if (context.WantsJson) context.Terminal.Json(key, ApiJson.Default.KeyDocument);
            else ShowSecret(context, key.KeyId, key.Member, new KeyScope(key.Roles, key.Environments, key.Prompts, key.ExpiresAt), key.IssuedWith, key.Secret);
            return ExitCode.Done;
        });
    }

    private static Task<int> ListAsync(CommandContext context, CancellationToken cancellation) => context.AskAsync(api => api.KeysAsync(context.Parse.GetValue(OptionalName), cancellation), keys =>
    {
        if (context.WantsJson) context.Terminal.Json(keys, ApiJson.Default.ImmutableArrayListedKey);
        else context.Terminal.Table(["key", "member", "state", "roles", "prompts", "environments", "ends", "issued", "note"], [.. keys.Select(Row)]);
        return ExitCode.Done;
    });

    private static string[] Row(ListedKey key) =>
    [
        key.KeyId, key.Member.Value, key.State.ToString().ToLowerInvariant(),
        key.Roles is { } roles ? string.Join(", ", roles.Select(role => role.Name())) : "all",
        key.Prompts is { } prompts ? string.Join(", ", prompts) : "all",
        key.Environments is { } environments ? string.Join(", ", environments) : "all",
        (key.RevokedAt ?? key.ExpiresAt) is { } end ? Time(end) : "never",
        $"{Time(key.IssuedAt)} by {key.IssuedBy}{(key.IssuedWith is null ? "" : $" with {key.IssuedWith}")}",
        key.Note ?? "",
    ];

    private static async Task<int> RevokeAsync(CommandContext context, CancellationToken cancellation)
    {
        var id = context.Parse.GetValue(KeyId)!;
        // It would become part of an address, and addresses stand in logs along the way.
        if (id.StartsWith(KeySecretForm.Prefix, StringComparison.Ordinal)) return context.Misused("Name the key by its public name, as in key-3; its secret belongs nowhere else.", "See: slipway key list");
        return await context.AskAsync(api => api.RevokeKeyAsync(id, context.Parse.GetValue(Reason), cancellation), keys =>
        {
            if (context.WantsJson) context.Terminal.Json(keys, ApiJson.Default.ImmutableArrayListedKey);
            else
            {
                context.Terminal.Line($"{keys[0].KeyId} of {keys[0].Member} opens nothing any more.");
                foreach (var key in keys[1..]) context.Terminal.Line($"{key.KeyId} of {key.Member}, which was issued with {key.IssuedWith}, opens nothing any more.");
            }
            return ExitCode.Done;
        });
    }

    private static Task<int> RecoverAsync(CommandContext context, CancellationToken cancellation)
    {
        try
        {
            var (id, member, secret) = KeyRecovery.Recover(context.Parse.GetValue(Data)!, context.Parse.GetValue(Postgres) ?? System.Environment.GetEnvironmentVariable("SLIPWAY_POSTGRES"));
            if (context.WantsJson) context.Terminal.Json(new KeyDocument(id, member, secret), ApiJson.Default.KeyDocument);
            else
            {
                ShowSecret(context, id, member, KeyScope.Everything, issuedWith: null, secret);
                context.Terminal.Remark($"The log says so. The lost key still opens: find it with slipway key list {member}, and revoke it.");
            }
            return Task.FromResult(ExitCode.Done);
        }
        catch (Exception exception) when (exception is StorageException or UnknownEventException)
        {
            return Task.FromResult(context.Misused(exception.Message));
        }
    }

    // The secret alone on standard output, so that a script can keep it: ana=$(slipway key issue ana)
    private static void ShowSecret(CommandContext context, string id, MemberName member, KeyScope scope, string? issuedWith, string secret)
    {
        var limits = scope.ToString() is { Length: > 0 } some ? $", {some}" : "";
        context.Terminal.Remark($"{id} of {member}{limits}{(issuedWith is null ? "" : $"; it ends when {issuedWith} ends")}; its secret is shown this once:");
        context.Terminal.Line(secret);
    }

    private static bool TryExpiry(string? text, TimeProvider clock, out DateTimeOffset? expiresAt)
    {
        expiresAt = null;
        if (text is null) return true;
        if (Duration.TryParse(text, out var after)) expiresAt = clock.GetUtcNow() + after.Value;
        else if (DateTimeOffset.TryParseExact(text, Dates, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)) expiresAt = at;
        return expiresAt is not null;
    }

    private static ImmutableArray<T>? OrAll<T>(ImmutableArray<T> values) => values.IsEmpty ? null : values;

    private static Option<string[]> Many(string name, string helpName, string description) =>
        new(name) { Description = $"{description}; may be repeated", AllowMultipleArgumentsPerToken = true, HelpName = helpName };

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC";
}
