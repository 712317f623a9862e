using System.Collections.Immutable;

namespace Slipway.Core.Journal;

/// <summary>What Core answers to a command: the events that are to be appended, or why not.</summary>
public abstract record Verdict
{
    private Verdict() { }

    /// <summary>The command is right; no events means that all it asks for is already so.</summary>
    /// <param name="Events">In the order in which they are to be appended, all or none.</param>
    public sealed record Accept(ImmutableArray<JournalEvent> Events) : Verdict;

    /// <summary>The command is refused and nothing changes.</summary>
    /// <param name="Why">The kind and one sentence.</param>
    public sealed record Refuse(Refusal Why) : Verdict;

    /// <summary>Accepts with the events given.</summary>
    public static Verdict Of(params ReadOnlySpan<JournalEvent> events) => new Accept([.. events]);

    /// <summary>Refuses because something named does not exist.</summary>
    public static Verdict Unknown(string reason) => new Refuse(new Refusal(RefusalKind.Unknown, reason));

    /// <summary>Refuses because this person may not do it.</summary>
    public static Verdict Forbidden(string reason) => new Refuse(new Refusal(RefusalKind.Forbidden, reason));

    /// <summary>Refuses because the state does not allow it now.</summary>
    public static Verdict Conflict(string reason) => new Refuse(new Refusal(RefusalKind.Conflict, reason));

    /// <summary>Refuses because the command itself cannot be right in any state.</summary>
    public static Verdict Invalid(string reason) => new Refuse(new Refusal(RefusalKind.Invalid, reason));
}

/// <summary>Why a command was refused; a refusal that an edge shows more of than its sentence is a record of its own.</summary>
/// <param name="Kind">What sort of refusal it is; edges turn it into a status code.</param>
/// <param name="Reason">One sentence for a person, with what to do where that is known.</param>
public record Refusal(RefusalKind Kind, string Reason);

/// <summary>The sorts of refusal.</summary>
public enum RefusalKind
{
    /// <summary>Something the command names does not exist.</summary>
    Unknown,
    /// <summary>The person lacks a right, or a duty forbids it to them.</summary>
    Forbidden,
    /// <summary>The state does not allow it now.</summary>
    Conflict,
    /// <summary>The command is wrong in itself.</summary>
    Invalid,
}
