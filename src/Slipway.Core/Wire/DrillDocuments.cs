using Slipway.Core.Access;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;

namespace Slipway.Core.Wire;

/// <summary>Asks for a drill.</summary>
/// <param name="Prompt">Which prompt.</param>
/// <param name="Environment">Where; production where left out.</param>
/// <param name="Limit">Within which time 99 of 100 instances must be back; what the policy says where left out, else a second.</param>
public sealed record DrillRequest(PromptName Prompt, EnvironmentName? Environment = null, Duration? Limit = null);

/// <summary>A drill.</summary>
/// <param name="Id">Its name, from the numbers of releases.</param>
/// <param name="Environment">Where.</param>
/// <param name="Version">What is live, forward and back.</param>
/// <param name="By">Who began it.</param>
/// <param name="StartedAt">When it went forward.</param>
/// <param name="Limit">Within which time 99 of 100 instances must be back.</param>
/// <param name="Forward">How soon it was everywhere; null before that is known.</param>
/// <param name="Back">How soon everybody was back; null before it ended, or where it was broken off.</param>
/// <param name="DoneAt">When it ended; null before.</param>
/// <param name="Passed">Whether everybody was back within the limit; null before it ended, or where it was broken off.</param>
/// <param name="Sentence">What came of it.</param>
public sealed record DrillDocument(
    ReleaseId Id, EnvironmentName Environment, VersionId Version, MemberName By, DateTimeOffset StartedAt, Duration Limit, RollbackProof? Forward, RollbackProof? Back, DateTimeOffset? DoneAt,
    bool? Passed, string Sentence)
{
    /// <summary>The document of a drill.</summary>
    public static DrillDocument Of(Drill drill)
    {
        ArgumentNullException.ThrowIfNull(drill);
        return new DrillDocument(drill.Id, drill.Environment, drill.Version, drill.By, drill.StartedAt, drill.Limit, drill.Forward, drill.Back, drill.DoneAt, drill.Passed, drill.Sentence());
    }
}
