using System.Collections.Immutable;

namespace Slipway.Core.Evaluations;

/// <summary>A case in which candidate and baseline behave differently.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Kind">What it tries out.</param>
/// <param name="Tags">Its tags.</param>
/// <param name="Category">What changed.</param>
/// <param name="Group">The reason it shares with others: the first failure of the side that is wrong; empty where both are right.</param>
/// <param name="Input">The start of the input, see <see cref="GoldenCase.InputExcerpt"/>; empty where the prompt's policy keeps no texts.</param>
/// <param name="BaselineAnswer">The baseline's answer, as far as the prompt's policy keeps it; empty where its call failed.</param>
/// <param name="CandidateAnswer">The candidate's, the same way.</param>
/// <param name="BaselineFailures">Why the baseline is wrong; empty where it is right.</param>
/// <param name="CandidateFailures">Why the candidate is wrong; empty where it is right.</param>
public sealed record BehaviourDifference(string CaseId, CaseKind Kind, ImmutableSortedDictionary<string, string> Tags,
    DifferenceCategory Category, string Group, string Input, string BaselineAnswer, string CandidateAnswer,
    ImmutableArray<string> BaselineFailures, ImmutableArray<string> CandidateFailures)
{
    /// <summary>The share of its repeats in which the baseline passed every check, 0 to 1; null in old reports.</summary>
    public double? BaselineShare { get; init; }

    /// <summary>The same of the candidate.</summary>
    public double? CandidateShare { get; init; }

    /// <summary>How bad it is, for an order: 1 for an answer whose form broke, and up to 1 each for the share of repeats and the mean score that were lost.</summary>
    public double Severity { get; init; }

    /// <summary>Where two JSON answers differ; empty where one of them is no JSON object.</summary>
    public ImmutableArray<FieldDifference> Fields { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Where two other answers differ, by word; empty where <see cref="Fields"/> says it.</summary>
    public ImmutableArray<WordDifference> Words { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>The same with both answers laid over each other.</summary>
    internal BehaviourDifference Compared()
    {
        var fields = TextDifference.Fields(BaselineAnswer, CandidateAnswer);
        return this with { Fields = fields, Words = fields.IsEmpty ? TextDifference.Words(BaselineAnswer, CandidateAnswer) : [] };
    }
}

/// <summary>Cases that broke in the same way, on similar inputs.</summary>
/// <param name="Title">What went wrong in most of them.</param>
/// <param name="Size">How many they are.</param>
/// <param name="BrokenForm">Whether it is the answers' form that broke: code that reads them stops.</param>
/// <param name="Tags">The tags that at least half of them carry, <c>name=value</c>.</param>
/// <param name="Representative">The case most like all the others; its row is among the differences.</param>
/// <param name="Worst">The case that broke worst; its row is too.</param>
/// <param name="Cases">The cases, at most 50, in the order of their ids.</param>
public sealed record RegressionCluster(string Title, int Size, bool BrokenForm, ImmutableArray<string> Tags, string Representative, string Worst, ImmutableArray<string> Cases);

/// <summary>How the cases with something in common came out.</summary>
/// <param name="Name">What they have in common: a tag, <c>name=value</c>; a kind; or the reason of a failure.</param>
/// <param name="Cases">How many there are; of a reason how many fail by it on either side.</param>
/// <param name="Broken">How many only the baseline passes; of a reason, how many fail by it only with the candidate.</param>
/// <param name="Fixed">How many only the candidate passes; of a reason, how many fail by it only with the baseline.</param>
public sealed record DifferenceGroup(string Name, int Cases, int Broken, int Fixed);

/// <summary>How many differing cases have no row in a report, because a reviewer reads the worst and not all.</summary>
/// <param name="Broken">Of those that broke; each is still counted in its cluster.</param>
/// <param name="Fixed">Of those that were fixed.</param>
/// <param name="BothWrongDifferent">Of those both get wrong in different ways.</param>
/// <param name="BothRightDifferent">Of those both get right in different ways.</param>
/// <param name="Clusters">How many clusters of broken cases have no row at all.</param>
public sealed record LeftOut(int Broken, int Fixed, int BothWrongDifferent, int BothRightDifferent, int Clusters);
