using System.Collections.Immutable;
using Slipway.Core.Access;
using Slipway.Core.Releases;
using Slipway.Core.Rollouts;
using Slipway.Core.Wire;
using Slipway.Server.Storage;

namespace Slipway.Server.Rollouts;

/// <summary>The evidence of shadows, folded from the call log up to its end. It is derived: after a restart the same rows give the same evidence, and what was spent.</summary>
internal sealed class ShadowEvidenceStore(ICallLog calls, TimeProvider clock)
{
    private const int BatchSize = 5_000;
    private readonly Dictionary<ReleaseId, Tracked> tracked = [];
    private readonly Lock gate = new();

    /// <summary>The evidence of a release that no user met, and what it asks for.</summary>
    /// <returns>No verdict for one that was stopped in its shadow.</returns>
    public (ImmutableArray<GuardrailEvidence> Evidence, RolloutVerdict? Verdict) Look(Release release) =>
        Use(release, evidence => (evidence.Current(), release.InShadow ? ShadowJudge.Judge(release, evidence, clock.GetUtcNow()) : null));

    /// <summary>What ends a shadow whose budget is spent; null where there is room, or nothing to end.</summary>
    public ReleaseCommand.StopShadow? Spent(Release release) => release.Shadowed == default ? null : Use(release, evidence =>
        release.Plan.Shadow!.Budget!.Spent(evidence.Calls, evidence.Cost, evidence.Priced) is { } why
            ? new ReleaseCommand.StopShadow(MemberName.System, release.Id, evidence.Calls, evidence.Priced == 0 ? null : evidence.Cost, why)
            : null);

    /// <summary>What a shadow made so far: its calls, and what is known of their cost in US dollars.</summary>
    public (long Calls, decimal Cost) SpentBy(Release release) => Use(release, evidence => (evidence.Calls, evidence.Cost));

    /// <summary>What a release's shadow showed; null where it has none, and before it starts.</summary>
    public ShadowDocument? DocumentOf(Release release) => release.Plan.Shadow is null || release.Weights.IsEmpty ? null : Use(release, evidence => ShadowDocument.Of(release, evidence));

    private T Use<T>(Release release, Func<ShadowEvidence, T> ask)
    {
        lock (gate)
        {
            if (!tracked.TryGetValue(release.Id, out var known)) tracked[release.Id] = known = new Tracked(new ShadowEvidence(release.Plan));
            while (calls.Shadows(release.Id, known.Cursor, BatchSize, release.ApprovedAt - RolloutEvidenceStore.ClockSkew) is { IsEmpty: false } rows)
            {
                foreach (var (_, pair) in rows) known.Evidence.Observe(pair);
                known.Cursor = rows[^1].Sequence;
            }
            return ask(known.Evidence);
        }
    }

    private sealed class Tracked(ShadowEvidence evidence)
    {
        public ShadowEvidence Evidence { get; } = evidence;
        public long Cursor { get; set; }
    }
}
