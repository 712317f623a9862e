using System.Text.Json.Serialization;
using Slipway.Core.Wire;

namespace Slipway.Core.Evaluations;

/// <summary>What changed from baseline to candidate, worst first.</summary>
[JsonConverter(typeof(SnakeCaseConverter<DifferenceCategory>))]
public enum DifferenceCategory
{
    /// <summary>The baseline passed every check, the candidate does not; with repeats, it passes in a smaller share of them.</summary>
    Broken,

    /// <summary>The candidate passes every check, the baseline did not; with repeats, it passes in a larger share of them.</summary>
    Fixed,

    /// <summary>Both fail a check, as often, with different answers.</summary>
    BothWrongDifferent,

    /// <summary>Both pass every check, with different answers.</summary>
    BothRightDifferent,
}
