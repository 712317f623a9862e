using System.Collections.Immutable;
using Slipway.Core.Resolution;

namespace Slipway.Core.Rollouts.Statistics;

/// <summary>What one unit showed of a metric.</summary>
/// <param name="Value">The share of its calls that were bad, from 0 to 1; or milliseconds; or US dollars a call.</param>
/// <param name="Success">Where money is weighed against success: the share of its calls that succeeded.</param>
public readonly record struct Reading(double Value, double Success = 0);

/// <summary>Puts each unit of the smaller arm beside units of the larger one that came in at the same time.</summary>
/// <remarks>
/// One of the smaller arm against k of the larger, k fixed by the weight before any outcome is seen, and none used twice: only then has a score
/// a mean of at most zero whatever came before. Units of different epochs are never paired: the background may have moved between them.
/// </remarks>
internal sealed class ArmPairing
{
    /// <summary>More partners than so many add hardly anything.</summary>
    public const int MostPartners = 20;

    // Where the arms bring just as much as is asked for, a queue without a bound grows for ever, and who waits is compared with another hour.
    private const int MostWaiting = 10;

    private readonly Queue<Reading> candidates = [], stables = [];
    private int epoch, partners;
    private bool candidateIsSmaller;

    public ArmPairing()
    {
    }

    public ArmPairing(PairingState state)
    {
        (epoch, partners, candidateIsSmaller) = (state.Epoch, state.Partners, state.CandidateIsSmaller);
        foreach (var reading in state.Candidates) candidates.Enqueue(reading);
        foreach (var reading in state.Stables) stables.Enqueue(reading);
    }

    public PairingState State => new(epoch, partners, candidateIsSmaller, [.. candidates], [.. stables]);

    /// <summary>How many of the larger arm stand beside one of the smaller.</summary>
    /// <param name="weight">The candidate's share; neither nothing nor all.</param>
    public static int PartnersAt(Share weight)
    {
        var smaller = Math.Min(weight.Fraction, 1 - weight.Fraction);
        return Math.Clamp((int)Math.Floor((1 - smaller) / smaller + 1e-9), 1, MostPartners);
    }

    /// <summary>Takes a unit in.</summary>
    /// <returns>False where nothing can stand beside it any more.</returns>
    public bool Add(in Reading reading, bool candidate, int epoch, Share weight)
    {
        if (epoch < this.epoch || weight == default || weight == Share.All) return false;
        if (epoch > this.epoch)
        {
            candidates.Clear();
            stables.Clear();
            this.epoch = epoch;
        }
        (partners, candidateIsSmaller) = (PartnersAt(weight), weight.Fraction <= 0.5);
        (candidate ? candidates : stables).Enqueue(reading);
        // Only the newest of either arm wait for the other. Who goes is decided by when they came, never by what they showed.
        var (smaller, larger) = Arms;
        while (smaller.Count > MostWaiting) smaller.Dequeue();
        while (smaller.Count == 0 && larger.Count > partners) larger.Dequeue();
        return true;
    }

    /// <summary>The next units that stand beside each other.</summary>
    public bool TryTake(Span<Reading> candidate, Span<Reading> stable, out int candidateCount, out int stableCount)
    {
        var (smaller, larger) = Arms;
        (candidateCount, stableCount) = candidateIsSmaller ? (1, partners) : (partners, 1);
        if (smaller.Count == 0 || larger.Count < partners) return false;
        for (var i = 0; i < candidateCount; i++) candidate[i] = candidates.Dequeue();
        for (var i = 0; i < stableCount; i++) stable[i] = stables.Dequeue();
        return true;
    }

    private (Queue<Reading> Smaller, Queue<Reading> Larger) Arms => candidateIsSmaller ? (candidates, stables) : (stables, candidates);
}

/// <summary>Who waits for a partner.</summary>
/// <param name="Epoch">In which epoch.</param>
/// <param name="Partners">How many of the larger arm stand beside one of the smaller.</param>
/// <param name="CandidateIsSmaller">Whether the candidate has at most half.</param>
/// <param name="Candidates">Readings of the candidate, oldest first.</param>
/// <param name="Stables">Readings of stable, oldest first.</param>
public sealed record PairingState(int Epoch, int Partners, bool CandidateIsSmaller, ImmutableArray<Reading> Candidates, ImmutableArray<Reading> Stables);
