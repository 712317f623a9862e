using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Rollouts;
using Slipway.Core.Wire;
using Slipway.Server.Storage;

namespace Slipway.Server.Rollouts;

/// <summary>The evidence of running releases, folded from the call log up to its end.</summary>
/// <remarks>What it comes to is kept beside the calls from time to time: a restart goes on from there, however long ago the first calls were removed.</remarks>
internal sealed partial class RolloutEvidenceStore(ICallLog calls, ShadowEvidenceStore shadows, TimeProvider clock, ILogger<RolloutEvidenceStore> log)
{
    private const int BatchSize = 5_000;

    // What is kept grows with the units, so it is kept again when it has grown by a tenth: a restart reads few rows twice, and writing stays cheap.
    private const int FewestRows = 500;
    private static readonly TimeSpan LongestUnkept = TimeSpan.FromHours(1);

    private const int MostKnown = 100;

    /// <summary>How far the clock of whoever calls may be behind: calls of a release that say they arrived earlier, before it was approved, are no calls of it.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<ReleaseId, Tracked> tracked = new();

    /// <summary>The evidence and what it asks for, up to the call log's end.</summary>
    /// <returns>No verdict for a release that carries no traffic.</returns>
    public (ImmutableArray<GuardrailEvidence> Evidence, RolloutVerdict? Verdict) Look(Release release)
    {
        if (release.Weights.IsEmpty) return ([], null);
        if (release.MetNobody) return shadows.Look(release);
        var known = tracked.GetOrAdd(release.Id, _ => new Tracked());
        lock (known)
        {
            CatchUp(release, known);
            // What is over is looked at seldom; it is read back from what was kept.
            if (!release.CarriesTraffic && tracked.Count > MostKnown) tracked.TryRemove(release.Id, out _);
            return (known.Evidence!.Current(), Verdict(release, known.Evidence, clock.GetUtcNow()));
        }
    }

    /// <summary>Keeps what is known of a release where enough is new.</summary>
    /// <param name="release">Which release.</param>
    /// <param name="decided">Whether something was decided on it: then whatever is new is kept.</param>
    /// <exception cref="StorageUnavailableException">The engine is away.</exception>
    public void Keep(Release release, bool decided)
    {
        if (!tracked.TryGetValue(release.Id, out var known)) return;
        lock (known)
        {
            var now = clock.GetUtcNow();
            if (known.Evidence is null || known.Unkept == 0 || !(decided || known.Unkept >= FewestRows + known.Rows / 10 || now - known.KeptAt >= LongestUnkept)) return;
            calls.Keep(new StoredEvidence(release.Id, known.ReadTo, known.RipeTo, JsonSerializer.Serialize(known.Evidence.State, RolloutJson.Default.RolloutEvidenceState)));
            (known.Unkept, known.KeptAt) = (0, now);
        }
    }

    /// <summary>What ends a shadow whose budget is spent; null where there is room, or nothing to end.</summary>
    public ReleaseCommand.StopShadow? SpentShadow(Release release) => shadows.Spent(release);

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
        var judging = release.Plan.Judging ?? JudgingPlan.Default;
        known.Evidence ??= Open(release, known);
        known.ReadTo = Read(release, known, known.ReadTo, new OutcomeReading(judging.SegmentBy), latest: null, known.Evidence.Observe);
        if (!known.Evidence.WaitsForRipe) return;
        // What is told after its time counts no more, so every server that reads a call then reads the same.
        var within = judging.OutcomesWithin.Value;
        known.RipeTo = Read(release, known, known.RipeTo, new OutcomeReading(judging.SegmentBy, within), clock.GetUtcNow() - within, known.Evidence.ObserveRipe);
    }

    private long Read(Release release, Tracked known, long after, OutcomeReading reading, DateTimeOffset? latest, Observer observe)
    {
        while (calls.Outcomes(release.Id, after, BatchSize, release.ApprovedAt - ClockSkew, reading) is { IsEmpty: false } rows)
        {
            foreach (var (sequence, outcome) in rows)
            {
                // A row of an epoch that this process has not heard of yet waits for the next look, and so does what may still be told.
                if (outcome.Epoch > release.Epoch || outcome.AssignedAt > latest) return after;
                observe(outcome, release.Weights[outcome.Epoch - 1]);
                (after, known.Unkept, known.Rows) = (sequence, known.Unkept + 1, known.Rows + 1);
            }
        }
        return after;
    }

    private RolloutEvidence Open(Release release, Tracked known)
    {
        var plan = JudgePlan.Of(release.Plan);
        known.KeptAt = clock.GetUtcNow();
        if (calls.FindEvidence(release.Id) is not { } kept) return new RolloutEvidence(plan);
        try
        {
            var evidence = new RolloutEvidence(plan, JsonSerializer.Deserialize(kept.State, RolloutJson.Default.RolloutEvidenceState));
            (known.ReadTo, known.RipeTo) = (kept.ReadTo, kept.RipeTo);
            return evidence;
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or FormatException)
        {
            // An earlier build kept it in another form; the calls say the same, as far as they are still there.
            LogUnreadable(release.Id, exception.Message);
            return new RolloutEvidence(plan);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The kept evidence of {Release} cannot be read, so its calls are read again: {Reason}")]
    private partial void LogUnreadable(ReleaseId release, string reason);

    private delegate void Observer(in CallOutcome outcome, Share weight);

    private sealed class Tracked
    {
        public RolloutEvidence? Evidence { get; set; }
        public long ReadTo { get; set; }
        public long RipeTo { get; set; }
        public long Rows { get; set; }
        public long Unkept { get; set; }
        public DateTimeOffset KeptAt { get; set; }
    }
}
