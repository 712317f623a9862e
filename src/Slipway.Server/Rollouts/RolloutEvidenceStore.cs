using System.Collections.Immutable;
using Slipway.Core.Releases;
using Slipway.Core.Rollouts;
using Slipway.Core.Wire;
using Slipway.Server.Storage;

namespace Slipway.Server.Rollouts;

/// <summary>The evidence of running releases, folded from the call log up to its end.</summary>
/// <remarks>It is derived: after a restart the same rows give the same evidence.</remarks>
internal sealed class RolloutEvidenceStore(ICallLog calls, ShadowEvidenceStore shadows, TimeProvider clock)
{
    private const int BatchSize = 5_000;

    /// <summary>How far the clock of whoever calls may be behind: calls of a release that say they arrived earlier, before it was approved, are no calls of it.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromHours(1);

    private readonly Dictionary<ReleaseId, Tracked> tracked = [];
    private readonly Lock gate = new();

    /// <summary>The evidence and what it asks for, up to the call log's end.</summary>
    /// <returns>No verdict for a release that carries no traffic.</returns>
    public (ImmutableArray<GuardrailEvidence> Evidence, RolloutVerdict? Verdict) Look(Release release)
    {
        if (release.Weights.IsEmpty) return ([], null);
        if (release.MetNobody) return shadows.Look(release);
        lock (gate)
        {
            if (!tracked.TryGetValue(release.Id, out var known)) tracked[release.Id] = known = new Tracked(new RolloutEvidence(release.Plan));
            CatchUp(release, known);
            return (known.Evidence.Current(), Verdict(release, known.Evidence, clock.GetUtcNow()));
        }
    }

    /// <summary>What a release's shadow showed; null where it has none.</summary>
    public ShadowDocument? ShadowOf(Release release) => shadows.DocumentOf(release);

    private static RolloutVerdict? Verdict(Release release, RolloutEvidence evidence, DateTimeOffset now) => release switch
    {
        { CarriesTraffic: false } => null,
        { State: ReleaseState.Full } => ReleaseClock.Observe(release, evidence.Current(), now),
        _ => RolloutJudge.Judge(release, evidence, now),
    };

    private void CatchUp(Release release, Tracked known)
    {
        while (calls.Outcomes(release.Id, known.Cursor, BatchSize, release.ApprovedAt - ClockSkew) is { IsEmpty: false } rows)
        {
            foreach (var (sequence, outcome) in rows)
            {
                // A row of an epoch that this process has not heard of yet waits for the next look.
                if (outcome.Epoch > release.Epoch) return;
                known.Evidence.Observe(outcome, release.Weights[outcome.Epoch - 1]);
                known.Cursor = sequence;
            }
        }
    }

    private sealed class Tracked(RolloutEvidence evidence)
    {
        public RolloutEvidence Evidence { get; } = evidence;
        public long Cursor { get; set; }
    }
}
