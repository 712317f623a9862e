namespace Slipway.Core.Rollouts;

/// <summary>A bet of one coin against a claim, growing while scores contradict it; valid however often one looks.</summary>
/// <remarks>
/// 24 fixed bettors share the coin. While every score has mean at most zero, the wealth ever reaches 1/α with probability at most α
/// (Ville's inequality), so reaching it is evidence against the claim at level α with no correction for looking.
/// </remarks>
public sealed class BettingProcess
{
    private const int Bettors = 24;
    private readonly double[] stakes;
    private readonly double[] logWealth = new double[Bettors];

    /// <summary>A process for scores that never fall below a bound.</summary>
    /// <param name="lowerBound">B: a score is never below −B; more than 0.</param>
    public BettingProcess(double lowerBound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(lowerBound);
        // Log-spaced from 0.003 to 0.9 of the largest stake that cannot go broke.
        stakes = [.. Enumerable.Range(0, Bettors).Select(bettor => 0.003 * Math.Pow(300, bettor / (Bettors - 1.0)) / lowerBound)];
    }

    /// <summary>The natural logarithm of the wealth now; 0 at the start.</summary>
    public double LogWealth { get; private set; }

    /// <summary>The largest <see cref="LogWealth"/> so far: once proved stays proved.</summary>
    public double PeakLogWealth { get; private set; }

    /// <summary>Takes the next score into the bet.</summary>
    public void Add(double score)
    {
        var most = double.NegativeInfinity;
        for (var bettor = 0; bettor < Bettors; bettor++)
            most = Math.Max(most, logWealth[bettor] += Math.Log(1 + stakes[bettor] * score));
        var sum = 0d;
        foreach (var wealth in logWealth) sum += Math.Exp(wealth - most);
        LogWealth = most + Math.Log(sum / Bettors);
        PeakLogWealth = Math.Max(PeakLogWealth, LogWealth);
    }
}
