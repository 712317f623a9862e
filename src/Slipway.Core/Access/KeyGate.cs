using Slipway.Core.Journal;

namespace Slipway.Core.Access;

/// <summary>Decides commands of somebody who acts with a key: the one place where a key's limits meet every command, whatever door it came through.</summary>
public static class KeyGate
{
    /// <summary>Decides a command.</summary>
    /// <param name="registry">All state, up to date: a key that was revoked a moment ago is refused here even where it was still good at the door.</param>
    /// <param name="command">What is asked.</param>
    /// <param name="key">The key its giver acts with; null for what this installation does by itself.</param>
    /// <param name="now">The time of the decision.</param>
    public static Verdict Decide(Registry registry, Command command, ApiKey? key, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(command);
        var verdict = key is null ? command.Decide(registry, now) : DecideWith(registry, command, key, now);
        return verdict is Verdict.Accept accept && accept.Events.Any(happened => KeySecretForm.StandsIn(JournalJson.Serialize(happened)))
            ? Verdict.Invalid("There is an API key in this text. The journal is kept for ever and read by many: leave the secret out, and revoke that key.")
            : verdict;
    }

    private static Verdict DecideWith(Registry registry, Command command, ApiKey key, DateTimeOffset now)
    {
        if (key.Member != command.By) throw new ArgumentException($"{key.Id} is not a key of {command.By}.", nameof(key));
        if (registry.Access.FindKey(key.Id) is not { } known) return Verdict.Forbidden($"There is no key {key.Id}.");
        if (known.Closed(now) is { } closed) return Verdict.Forbidden(closed);
        var view = registry.ActingWith(known);
        var verdict = command.Decide(view, now);
        // A missing role or a duty comes first: it names who can help. What the state would answer is for those who may see it.
        return verdict is Verdict.Refuse { Why.Kind: RefusalKind.Forbidden } ? verdict : view.Access.DenyReach(command.About(registry)) ?? verdict;
    }
}
