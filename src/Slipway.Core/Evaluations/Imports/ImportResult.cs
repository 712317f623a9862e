using System.Collections.Immutable;

namespace Slipway.Core.Evaluations;

/// <summary>What became of somebody else's test file.</summary>
public abstract record ImportResult
{
    private ImportResult() { }

    /// <summary>It became a golden set.</summary>
    /// <param name="Set">The set. A case of which no assertion could be taken over waits to be confirmed.</param>
    /// <param name="LeftOut">What was not taken over, a sentence each with its place and the reason.</param>
    /// <param name="Notices">What is allowed but perhaps not meant, such as two cases with the same input.</param>
    public sealed record Made(GoldenSet Set, ImmutableArray<string> LeftOut, ImmutableArray<InputProblem> Notices) : ImportResult;

    /// <summary>It did not.</summary>
    /// <param name="Errors">All that is wrong, a sentence each; at least one.</param>
    public sealed record Refused(ImmutableArray<string> Errors) : ImportResult;

    internal static ImportResult Of(GoldenSetId id, IReadOnlyCollection<GoldenCase> cases, IEnumerable<string> leftOut)
    {
        if (cases.Count == 0) return new Refused([.. leftOut, "There is no case in the file."]);
        return GoldenSet.Of(id, cases) switch
        {
            GoldenSetResult.Parsed parsed => new Made(parsed.Set, [.. leftOut], parsed.Notices),
            GoldenSetResult.Refused refused => new Refused([.. refused.Errors.Select(error => error.ToString())]),
            _ => throw new InvalidOperationException("A set is parsed or refused."),
        };
    }
}
