using System.Collections.Immutable;
using Slipway.Core.Evaluations.Statistics;
using Share = Slipway.Core.Resolution.Share;

namespace Slipway.Core.Rollouts.Statistics;

/// <summary>Whether the units were split as the plan says: a bet against it, valid however often one looks.</summary>
/// <remarks>
/// Lindon and Malek, <i>Anytime-Valid Inference for Multinomial Count Data</i> (2022), with two arms. A split that is not the agreed one says
/// that units are lost or counted in the wrong arm, and then no other number means anything. Bets of different shares are multiplied.
/// </remarks>
public sealed class SampleRatio
{
    /// <summary>How much the plan's share is trusted at the start, in units.</summary>
    private const double Trust = 1000;

    private readonly SortedDictionary<int, (long Candidates, long Stables)> counts = [];

    /// <summary>Nobody was split yet.</summary>
    public SampleRatio()
    {
    }

    /// <summary>Goes on where another one was left.</summary>
    public SampleRatio(SampleRatioState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        foreach (var one in state.Counts) counts[one.Share.PartsPerMillion] = (one.Candidates, one.Stables);
        (LogWealth, PeakLogWealth) = (state.Now, state.Peak);
    }

    /// <summary>The natural logarithm of the wealth now; 0 at the start.</summary>
    public double LogWealth { get; private set; }

    /// <summary>Its largest value so far.</summary>
    public double PeakLogWealth { get; private set; }

    /// <summary>Units the candidate met first, how many the shares let one expect, and all units.</summary>
    public (long Candidates, double Expected, long All) Seen => counts.Aggregate((0L, 0d, 0L), (sum, one) =>
        (sum.Item1 + one.Value.Candidates, sum.Item2 + one.Key / 1e6 * (one.Value.Candidates + one.Value.Stables), sum.Item3 + one.Value.Candidates + one.Value.Stables));

    /// <summary>All it knows.</summary>
    public SampleRatioState State => new([.. counts.Select(one => new ShareCount(Of(one.Key), one.Value.Candidates, one.Value.Stables))], LogWealth, PeakLogWealth);

    /// <summary>Counts a unit that is seen for the first time.</summary>
    /// <param name="candidate">Which arm it is in.</param>
    /// <param name="weight">The candidate's share when it was assigned; nothing and all are no split.</param>
    public void Add(bool candidate, Share weight)
    {
        if (weight == default || weight == Share.All) return;
        var (candidates, stables) = counts.GetValueOrDefault(weight.PartsPerMillion);
        var (share, own) = candidate ? (weight.Fraction, candidates) : (1 - weight.Fraction, stables);
        LogWealth += Math.Log((Trust * share + own) / ((Trust + candidates + stables) * share));
        PeakLogWealth = Math.Max(PeakLogWealth, LogWealth);
        counts[weight.PartsPerMillion] = candidate ? (candidates + 1, stables) : (candidates, stables + 1);
    }

    /// <summary>The bet's wealth after so many units, as a natural logarithm.</summary>
    /// <param name="share">The candidate's, above 0 and below 1.</param>
    /// <param name="candidates">Units in its arm.</param>
    /// <param name="stables">Units in the other.</param>
    public static double LogWealthOf(double share, long candidates, long stables)
    {
        var (a, b) = (Trust * share, Trust * (1 - share));
        return LogBeta(a + candidates, b + stables) - LogBeta(a, b) - candidates * Math.Log(share) - stables * Math.Log(1 - share);
    }

    private static double LogBeta(double a, double b) => Probabilities.LogGamma(a) + Probabilities.LogGamma(b) - Probabilities.LogGamma(a + b);

    private static Share Of(int partsPerMillion) => Share.TryOf(partsPerMillion, out var share) ? share : throw new InvalidOperationException("A share is at most all.");
}

/// <summary>How units were split.</summary>
/// <param name="Counts">For each share that was in force.</param>
/// <param name="Now">The bet's wealth, as a natural logarithm.</param>
/// <param name="Peak">Its largest value so far.</param>
public sealed record SampleRatioState(ImmutableArray<ShareCount> Counts, double Now, double Peak);

/// <summary>Units seen for the first time while one share was in force.</summary>
/// <param name="Share">The candidate's share.</param>
/// <param name="Candidates">Units in its arm.</param>
/// <param name="Stables">Units in the other.</param>
public sealed record ShareCount(Share Share, long Candidates, long Stables);
