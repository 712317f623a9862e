using System.Text.Json.Serialization;
using Slipway.Core.Wire;

namespace Slipway.Core.Rollouts;

/// <summary>A decision with all it was made of: what to do, one sentence for people, and the numbers.</summary>
/// <param name="Action">What to do.</param>
/// <param name="Cause">Why, in a word.</param>
/// <param name="Sentence">Why, for people.</param>
/// <param name="Epoch">The epoch it was made for; in another it is void.</param>
/// <param name="At">When it was made.</param>
/// <param name="Findings">The evidence.</param>
public sealed record RolloutDecision(RolloutAction Action, RolloutCause Cause, string Sentence, int Epoch, DateTimeOffset At, RolloutFindings Findings);

/// <summary>What the numbers ask for.</summary>
[JsonConverter(typeof(SnakeCaseConverter<RolloutAction>))]
public enum RolloutAction
{
    /// <summary>Wait for more.</summary>
    Hold,

    /// <summary>Go to the next step.</summary>
    Advance,

    /// <summary>Stay and let people look.</summary>
    Freeze,

    /// <summary>Back to the version that was fixed beforehand.</summary>
    RollBack,
}

/// <summary>Why.</summary>
[JsonConverter(typeof(SnakeCaseConverter<RolloutCause>))]
public enum RolloutCause
{
    /// <summary>Something is still wanted: proof, units or time.</summary>
    Waiting,

    /// <summary>People look at it.</summary>
    Frozen,

    /// <summary>Every guardrail is proved to hold, with units and time enough.</summary>
    Proved,

    /// <summary>A guardrail is proved to be broken.</summary>
    Harm,

    /// <summary>The step was not decided in time.</summary>
    Undecided,

    /// <summary>The candidate answered nobody in the time of the step.</summary>
    NoData,

    /// <summary>Units were not split as agreed.</summary>
    SampleRatio,

    /// <summary>Results are missing more often with the candidate.</summary>
    MissingOutcomes,

    /// <summary>The candidate is worse than stable, perhaps within the margin.</summary>
    Worse,

    /// <summary>Nothing was heard of any call of the release for longer than the plan allows.</summary>
    Lost,

    /// <summary>It was frozen for as long as it may be.</summary>
    FrozenTooLong,
}
