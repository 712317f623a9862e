namespace Slipway.Core.Evaluations;

/// <summary>How far an evaluation is. What it counts is stored: a crash takes none of it back.</summary>
/// <param name="Cases">How many cases there are.</param>
/// <param name="CasesDone">How many of them have all their answers.</param>
/// <param name="Calls">How many answers there will be: cases, times repeats, times sides.</param>
/// <param name="CallsDone">How many of them are there, whether asked for or from the cache.</param>
/// <param name="Cached">How many of these came from the cache.</param>
/// <param name="Failed">How many of these are failures.</param>
/// <param name="Retries">Attempts after the first.</param>
/// <param name="Spent">What was paid for answers, in US dollars; what came from the cache costs nothing.</param>
/// <param name="Elapsed">Since it began, or since a restarted server went on with it.</param>
/// <param name="Waiting">Why nothing is asked at the moment, in a sentence; null where something is.</param>
public sealed record EvaluationProgress(
    int Cases, int CasesDone, int Calls, int CallsDone, int Cached, int Failed, int Retries, decimal Spent, TimeSpan Elapsed, string? Waiting)
{
    /// <summary>How many answers were asked for.</summary>
    public int Asked => CallsDone - Cached;

    /// <summary>Answers a second; null before the first.</summary>
    public double? Rate => CallsDone > 0 && Elapsed > TimeSpan.Zero ? CallsDone / Elapsed.TotalSeconds : null;

    /// <summary>How long the rest takes at the rate at which answers came that were asked for; null before the first of them.</summary>
    public TimeSpan? Remaining => CallsDone == Calls ? TimeSpan.Zero : Asked > 0 ? Elapsed * ((double)(Calls - CallsDone) / Asked) : null;
}
