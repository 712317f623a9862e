namespace Slipway.Core.Evaluations;

/// <summary>The answer has at most so many tokens as the provider counted them; where it did not, a fourth of the characters is taken and the reason says so.</summary>
public sealed record MaxTokensCheck : LimitCheck
{
    internal const string Named = "max_tokens";
    private const string Unit = "tokens";

    internal MaxTokensCheck(decimal most) : base(Unit, most) { }

    /// <inheritdoc/>
    public override string Name => Named;

    internal static MaxTokensCheck? Read(CheckArguments given)
    {
        given.Takes(Unit);
        var most = given.Count(Unit);
        return given.Fit ? new MaxTokensCheck(most!.Value) : null;
    }

    private protected override CheckResult Judge(CheckInput input) => input.Answer.OutputTokens is { } tokens
        ? Compare(tokens, "The answer has", "tokens", input.Answer.Shown)
        : Compare((input.Answer.Shown.Length + 3) / 4, "The answer has about", "tokens (estimated from its length, the provider did not count)", input.Answer.Shown);
}
