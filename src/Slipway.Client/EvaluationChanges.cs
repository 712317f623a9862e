namespace Slipway.Client;

/// <summary>What is to be different from what a manifest says of how it is run; null leaves it as it is there.</summary>
/// <param name="Repeats">How often each case is asked.</param>
/// <param name="Concurrency">How many cases are asked at once.</param>
/// <param name="MaxCost">What may be spent, in US dollars.</param>
/// <param name="UseCache">False asks again what was answered before; default true.</param>
public sealed record EvaluationChanges(int? Repeats = null, int? Concurrency = null, decimal? MaxCost = null, bool UseCache = true);
