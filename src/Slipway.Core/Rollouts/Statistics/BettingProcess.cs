using System.Collections.Immutable;
using System.Runtime.Intrinsics;

namespace Slipway.Core.Rollouts.Statistics;

/// <summary>A bet of one coin against a claim, growing while scores contradict it; valid however often one looks.</summary>
/// <remarks>
/// 24 fixed bettors share the coin. While every score has mean at most zero, the wealth ever reaches 1/α with probability at most α
/// (Ville's inequality), so reaching it is evidence against the claim at level α with no correction for looking. The coin may be cut into
/// parts of which one is brought in at the start and the others later: what has long been good costs the early parts their wealth, and
/// only a fresh part sees at once that it turned bad. A part that waits is wealth too, so the promise holds for all of them together.
/// </remarks>
public sealed class BettingProcess
{
    private const int Bettors = 24;

    // A power of two: dividing by it rounds nothing. A bettor too poor to be held beside the richest has lost what could ever matter.
    private const double Scale = 4.149515568880993e180, LogScale = 600 * 0.69314718055994530942;
    private readonly double[] stakes;
    private readonly double[] wealth = new double[Bettors];
    private readonly int parts;
    private int begun, scaled;
    private double sum, peak;

    /// <summary>A process for scores that never fall below a bound.</summary>
    /// <param name="lowerBound">B: a score is never below −B; more than 0.</param>
    /// <param name="parts">Into how many equal parts the coin is cut; at least 1.</param>
    public BettingProcess(double lowerBound, int parts = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(lowerBound);
        ArgumentOutOfRangeException.ThrowIfLessThan(parts, 1);
        // Log-spaced from 0.003 to 0.9 of the largest stake that cannot go broke.
        stakes = [.. Enumerable.Range(0, Bettors).Select(bettor => 0.003 * Math.Pow(300, bettor / (Bettors - 1.0)) / lowerBound)];
        (this.parts, begun, sum, peak) = (parts, 1, 1, 1);
        Array.Fill(wealth, 1d / Bettors / parts);
    }

    /// <summary>Goes on where another one was left; what is bet from here on is what that one would have bet.</summary>
    /// <exception cref="ArgumentException">It is not the state of a process of so many parts.</exception>
    public BettingProcess(double lowerBound, int parts, BettingState state) : this(lowerBound, parts)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.Wealth.Length != Bettors || state.Begun < 1 || state.Begun > parts)
            throw new ArgumentException($"{Bettors} bettors and at most {parts} parts are expected.", nameof(state));
        state.Wealth.CopyTo(wealth);
        (begun, scaled, sum, peak) = (state.Begun, state.Scaled, state.Now, state.Peak);
    }

    /// <summary>The natural logarithm of the wealth now; 0 at the start.</summary>
    public double LogWealth => Math.Log(sum) + scaled * LogScale;

    /// <summary>The largest <see cref="LogWealth"/> so far: once proved stays proved.</summary>
    public double PeakLogWealth => Math.Log(peak) + scaled * LogScale;

    /// <summary>All it knows.</summary>
    public BettingState State => new([.. wealth], begun, scaled, sum, peak);

    /// <summary>Brings in the next part of the coin; does nothing where all are in.</summary>
    public void BeginPart()
    {
        if (begun == parts) return;
        begun++;
        var part = Unscaled(1d / Bettors / parts);
        for (var bettor = 0; bettor < Bettors; bettor++) wealth[bettor] += part;
    }

    /// <summary>Takes the next score into the bet.</summary>
    /// <param name="score">At least −B.</param>
    public void Add(double score)
    {
        var (scores, all) = (Vector256.Create(score), Vector256<double>.Zero);
        for (var bettor = 0; bettor < Bettors; bettor += Vector256<double>.Count)
        {
            var now = Vector256.Create(wealth, bettor) * (Vector256<double>.One + Vector256.Create(stakes, bettor) * scores);
            now.CopyTo(wealth, bettor);
            all += now;
        }
        // Adding in one order on every machine: two nodes that decide from the same outcomes decide the same.
        sum = all[0] + all[1] + all[2] + all[3] + Unscaled((parts - begun) / (double)parts);
        if (sum > peak) peak = sum;
        if (sum > Scale) ScaleDown();
    }

    private void ScaleDown()
    {
        scaled++;
        (sum, peak) = (sum / Scale, peak / Scale);
        for (var bettor = 0; bettor < Bettors; bettor++) wealth[bettor] /= Scale;
    }

    private double Unscaled(double coins)
    {
        for (var times = 0; times < scaled; times++) coins /= Scale;
        return coins;
    }
}

/// <summary>All that a bet knows: what it takes to go on with it after a restart.</summary>
/// <param name="Wealth">Each bettor's, in coins of 2^(600 × <paramref name="Scaled"/>).</param>
/// <param name="Begun">How many parts of the coin are in.</param>
/// <param name="Scaled">How often it grew beyond what a number holds.</param>
/// <param name="Now">The whole wealth, in the same coins.</param>
/// <param name="Peak">Its largest value so far, in the same coins.</param>
public sealed record BettingState(ImmutableArray<double> Wealth, int Begun, int Scaled, double Now, double Peak);
