namespace Slipway.Core.Evaluations;

/// <summary>The answer has at most so many words: what stands between spaces and holds a letter or a digit.</summary>
public sealed record MaxWordsCheck : LimitCheck
{
    internal const string Named = "max_words";
    private const string Unit = "words";

    internal MaxWordsCheck(decimal most) : base(Unit, most) { }

    /// <inheritdoc/>
    public override string Name => Named;

    internal static MaxWordsCheck? Read(CheckArguments given)
    {
        given.Takes(Unit);
        var most = given.Count(Unit);
        return given.Fit ? new MaxWordsCheck(most!.Value) : null;
    }

    private protected override CheckResult Judge(CheckInput input)
    {
        var answer = input.Answer.Shown;
        return Compare(answer.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Count(word => word.Any(char.IsLetterOrDigit)), "The answer has", "words", answer);
    }
}
