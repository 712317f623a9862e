namespace Slipway.Core.Wire;

/// <summary>One thing that was looked at in an installation.</summary>
/// <param name="What">What was looked at, and what was found.</param>
/// <param name="IsWell">Whether all is well with it.</param>
/// <param name="Mend">What is wrong and how to mend it; null where nothing is.</param>
public sealed record FindingDocument(string What, bool IsWell, string? Mend);
