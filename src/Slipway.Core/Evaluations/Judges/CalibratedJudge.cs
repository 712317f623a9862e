using System.Globalization;
using System.Text.Json;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Core.Evaluations;

/// <summary>A judge of a run, with how far it agrees with people.</summary>
/// <param name="Rubric">The rubric.</param>
/// <param name="Judge">The package that scores.</param>
/// <param name="PairJudge">The package that compares; null where nothing is compared.</param>
/// <param name="Calibration">What it came to on the rubric's examples.</param>
public sealed record CalibratedJudge(Rubric Rubric, Package Judge, Package? PairJudge, JudgeCalibration Calibration)
{
    /// <summary>What its figures depend on: two reports whose judges have the same hash can be compared, whatever the rubrics' versions are called.</summary>
    /// <remarks>What it is told, on which model, with which parameters; which verdicts pass, and what each counts. Not the examples: more of them make it better known, not another judge.</remarks>
    public ContentHash Hash { get; } = HashOf(Rubric, Judge);

    private static ContentHash HashOf(Rubric rubric, Package judge)
    {
        ArgumentNullException.ThrowIfNull(rubric);
        ArgumentNullException.ThrowIfNull(judge);
        var scores = string.Join(',', rubric.Scale.Select(step => step.Score.ToString(CultureInfo.InvariantCulture)));
        return ContentHash.Of(CanonicalJson.Of(JsonElement.Parse(string.Create(CultureInfo.InvariantCulture, $$"""{"judge":"{{judge.Hash}}","pass":{{rubric.Pass}},"scores":[{{scores}}]}"""))));
    }
}
