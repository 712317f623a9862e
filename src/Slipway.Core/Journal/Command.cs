using Slipway.Core.Access;

namespace Slipway.Core.Journal;

/// <summary>Something a person or a controller wants to change. Each feature has its own closed set.</summary>
/// <param name="By">Who asks: a member, or <see cref="MemberName.System"/> for a controller.</param>
public abstract record Command(MemberName By)
{
    /// <summary>Decides on the current state alone: the same state, command and time give the same verdict.</summary>
    /// <param name="registry">All state, up to date.</param>
    /// <param name="now">The time of the decision; it becomes the time of the entries.</param>
    public abstract Verdict Decide(Registry registry, DateTimeOffset now);

    /// <summary>What it would do and to what, for keys that are limited to prompts or environments. A command that says nothing here concerns the
    /// whole installation, so that one which forgets to say is closed to such keys.</summary>
    /// <param name="registry">All state, up to date.</param>
    public virtual Subject About(Registry registry) => Subject.Installation("do this, which concerns the whole installation");
}
