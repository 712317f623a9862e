namespace Slipway.Server.Evaluations;

/// <summary>What a run may spend. A question is asked only where what was spent, what is under way and the question itself stay below the ceiling, at the mean
/// cost so far; so it is passed by no more than the first questions, of which nobody knows the cost, or by answers that cost more than the mean.</summary>
/// <param name="most">US dollars; null for any amount.</param>
/// <param name="before">What the run spent before, in another process.</param>
internal sealed class CostCeiling(decimal? most, decimal before)
{
    private readonly Lock gate = new();
    private decimal spent = before, known;
    private int answers, underWay;

    /// <summary>Asks whether one more question may be asked.</summary>
    public bool TryBegin()
    {
        if (most is null) return true;
        lock (gate)
        {
            var mean = answers == 0 ? 0 : known / answers;
            if (spent >= most || spent + (underWay + 1) * mean > most) return false;
            underWay++;
            return true;
        }
    }

    /// <summary>It was answered, or failed.</summary>
    /// <param name="cost">What it cost; null where it is unknown.</param>
    public void End(decimal? cost)
    {
        if (most is null) return;
        lock (gate)
        {
            underWay--;
            if (cost is not { } amount) return;
            answers++;
            known += amount;
            spent += amount;
        }
    }
}
