using System.Text.Json.Serialization;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Core.Releases;

/// <summary>Something that happened to a drill.</summary>
/// <param name="Drill">Which one.</param>
/// <param name="Environment">Where.</param>
/// <param name="Prompt">Of which prompt.</param>
public abstract record DrillEvent(ReleaseId Drill, EnvironmentName Environment, PromptName Prompt) : JournalEvent;

/// <summary>A drill began: what is live goes to everybody once more.</summary>
/// <param name="Drill">Which one.</param>
/// <param name="Environment">Where.</param>
/// <param name="Prompt">Of which prompt.</param>
/// <param name="Version">What is live, forward and back.</param>
/// <param name="Salt">What its buckets are drawn with; random.</param>
/// <param name="Limit">Within which time 99 of 100 instances must be back.</param>
public sealed record DrillStarted(ReleaseId Drill, EnvironmentName Environment, PromptName Prompt, VersionId Version, string Salt, Duration Limit) : DrillEvent(Drill, Environment, Prompt)
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => $"began the drill {Drill} in {Environment}: {Version} goes to everybody once more and back, which must take {Limit} at most";
}

/// <summary>A drill was taken back.</summary>
/// <param name="Drill">Which one.</param>
/// <param name="Environment">Where.</param>
/// <param name="Prompt">Of which prompt.</param>
/// <param name="Forward">How soon it was everywhere; null where it was broken off before that was known.</param>
public sealed record DrillReturned(ReleaseId Drill, EnvironmentName Environment, PromptName Prompt, RollbackProof? Forward) : DrillEvent(Drill, Environment, Prompt)
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => $"took the drill {Drill} of {Prompt} back" + (Forward is null ? "" : $"; forward it had reached {Forward.Told()}");
}

/// <summary>A drill ended.</summary>
/// <param name="Drill">Which one.</param>
/// <param name="Environment">Where.</param>
/// <param name="Prompt">Of which prompt.</param>
/// <param name="Limit">Within which time 99 of 100 instances had to be back.</param>
/// <param name="Back">How soon everybody was back; null where it was broken off.</param>
/// <param name="Passed">Whether that was within the limit; null where it was broken off.</param>
/// <param name="Problem">Why it was broken off; null where it was not.</param>
public sealed record DrillDone(ReleaseId Drill, EnvironmentName Environment, PromptName Prompt, Duration Limit, RollbackProof? Back, bool? Passed, string? Problem) : DrillEvent(Drill, Environment, Prompt)
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => $"ended a drill of {Prompt} in {Environment}: {Told(Drill, Limit, Back, Passed, Problem)}";

    internal static string Told(ReleaseId drill, Duration limit, RollbackProof? back, bool? passed, string? problem) => (passed, back) switch
    {
        (true, { } proof) => $"{drill} passed, back on {proof.Told()}; the limit is {limit}",
        (false, { } proof) => $"{drill} FAILED, {(proof.MostMs is { } most ? $"99% of the instances were back after {RollbackProof.Time(most)}" : "not every instance came back")} and the limit is {limit}: back on {proof.Told()}",
        _ when problem is not null => $"{drill} was broken off: {problem}",
        _ => $"{drill} is under way; the limit is {limit}",
    };
}
