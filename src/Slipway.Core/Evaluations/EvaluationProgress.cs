using System.Text.Json.Serialization;

namespace Slipway.Core.Evaluations;

/// <summary>How far an evaluation is. What it counts is stored: a crash takes none of it back.</summary>
/// <param name="Cases">How many cases there are.</param>
/// <param name="CasesDone">How many of them have all their answers.</param>
/// <param name="Calls">How many answers there will be: cases, times repeats, times sides.</param>
/// <param name="CallsDone">How many of them are there, whether asked for or from the cache.</param>
/// <param name="Cached">How many of these came from the cache.</param>
/// <param name="Failed">How many of these are failures.</param>
/// <param name="Retries">Attempts after the first.</param>
/// <param name="Spent">What was paid for answers, in US dollars, as far as the catalog knows prices; what came from the cache costs nothing.</param>
/// <param name="ElapsedMs">Milliseconds since it began, or since a server that was restarted went on with it.</param>
/// <param name="Waiting">Why nothing is asked at the moment, in a sentence; null where something is.</param>
public sealed record EvaluationProgress(
    int Cases, int CasesDone, int Calls, int CallsDone, int Cached, int Failed, int Retries, decimal Spent, double ElapsedMs, string? Waiting = null)
{
    /// <summary>How many questions judges have answered, from the cache or anew, their calibration included; 0 without judges.</summary>
    public int JudgeCalls { get; init; }

    /// <summary>Of <see cref="Spent"/>, what judges cost, in US dollars.</summary>
    public decimal JudgeCost { get; init; }

    /// <summary>How many answers were asked for.</summary>
    [JsonIgnore] public int Asked => CallsDone - Cached;

    /// <summary>Answers a second; null before the first.</summary>
    [JsonIgnore] public double? Rate => CallsDone > 0 && ElapsedMs > 0 ? CallsDone * 1000 / ElapsedMs : null;

    /// <summary>How long the rest takes at the rate at which answers came that were asked for; null before the first of them.</summary>
    [JsonIgnore]
    public TimeSpan? Remaining => CallsDone == Calls ? TimeSpan.Zero : Asked > 0 ? TimeSpan.FromMilliseconds(ElapsedMs * (Calls - CallsDone) / Asked) : null;
}
