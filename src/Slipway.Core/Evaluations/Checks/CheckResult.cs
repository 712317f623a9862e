namespace Slipway.Core.Evaluations;

/// <summary>What a check found.</summary>
/// <param name="Check">The check's name, e.g. <c>field_equals</c>.</param>
/// <param name="Passed">Whether the answer is as expected.</param>
/// <param name="Score">How much of what was expected is there, 0 to 1; 1 exactly where it passed, for a check that knows only yes and no 0 where it did not.</param>
/// <param name="Reason">Why, in a plain sentence: <c>"route" is "billing", expected "refund"</c>.</param>
/// <param name="Evidence">The piece of the answer that decided, at most 160 characters; null where nothing in it did, as where something is missing.</param>
public sealed record CheckResult(string Check, bool Passed, double Score, string Reason, string? Evidence);
