using System.Collections.Immutable;

namespace Slipway.Cli.Ci;

/// <summary>One thing that was looked at.</summary>
/// <param name="Name">What was checked, as the end of a sentence: <c>renders</c>, <c>keeps its contract</c>.</param>
/// <param name="About">A file, or a version.</param>
/// <param name="Problems">What is wrong, a sentence each; empty where nothing is.</param>
internal sealed record CiCheck(string Name, string About, ImmutableArray<string> Problems)
{
    /// <summary>Whether nothing is wrong.</summary>
    public bool Passed => Problems.IsEmpty;

    /// <summary>At most so many problems and how many more there are: the thousandth tells nobody anything.</summary>
    public static ImmutableArray<string> Few(IReadOnlyCollection<string> problems)
    {
        const int Shown = 5;
        return problems.Count <= Shown ? [.. problems] : [.. problems.Take(Shown), FormattableString.Invariant($"and {problems.Count - Shown} more")];
    }
}
