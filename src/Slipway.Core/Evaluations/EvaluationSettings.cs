namespace Slipway.Core.Evaluations;

/// <summary>How an evaluation is run; none of it changes what is asked.</summary>
/// <param name="Repeats">How often each case is asked, from 1 to <see cref="MostRepeats"/>.</param>
/// <param name="Concurrency">How many cases are asked at once at most, from 1.</param>
/// <param name="MaxCost">What may be spent, in US dollars; null for any amount.</param>
/// <param name="UseCache">Whether an answer that was paid for before is taken again.</param>
public sealed record EvaluationSettings(int Repeats, int Concurrency, decimal? MaxCost, bool UseCache)
{
    /// <summary>How often a case is asked at most.</summary>
    public const int MostRepeats = 100;

    /// <summary>How many cases are asked at once at most, whatever a manifest says.</summary>
    public const int MostConcurrency = 256;

    /// <summary>Each case once, eight at a time, without a ceiling, with the cache.</summary>
    public static EvaluationSettings Default { get; } = new(1, 8, null, UseCache: true);
}
