using System.Collections.Immutable;

namespace Slipway.Core.Evaluations;

/// <summary>That two evaluations were scored by different judges of one name, so that those figures cannot be compared.</summary>
/// <param name="Name">The rubric's name.</param>
/// <param name="Sentence">The whole in a sentence.</param>
public sealed record JudgeChange(string Name, string Sentence)
{
    /// <summary>The judges that two reports have under one name and that are not the same.</summary>
    /// <param name="earlier">The one.</param>
    /// <param name="later">The other, of which the sentence speaks first.</param>
    public static ImmutableArray<JudgeChange> Between(EvaluationReport earlier, EvaluationReport later)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        ArgumentNullException.ThrowIfNull(later);
        return
        [
            .. from judge in later.Judges
               join other in earlier.Judges on judge.Rubric.Name equals other.Rubric.Name
               where judge.Hash != other.Hash
               select new JudgeChange(judge.Rubric.Name, $"{Who(judge, other)} scored {later.Candidate}{When(later)} and {Who(other, judge)} scored {earlier.Candidate}{When(earlier)}: their {judge.Rubric.Name} figures cannot be compared."),
        ];
    }

    // The model where the version does not tell them apart: an alias may stand for another one meanwhile.
    private static string Who(JudgeReport judge, JudgeReport other) => judge.Rubric == other.Rubric ? $"{judge.Rubric} on {judge.Model}" : judge.Rubric.ToString();

    private static string When(EvaluationReport report) => report.Facts?.Started is { } started ? FormattableString.Invariant($" on {started.UtcDateTime:yyyy-MM-dd HH:mm}") : "";
}
