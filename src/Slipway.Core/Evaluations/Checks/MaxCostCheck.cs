namespace Slipway.Core.Evaluations;

/// <summary>The answer cost at most so many US dollars, all attempts together; where that is unknown, the check fails and says so.</summary>
public sealed record MaxCostCheck : LimitCheck
{
    internal const string Named = "max_cost";
    private const string Unit = "usd";

    internal MaxCostCheck(decimal most) : base(Unit, most) { }

    /// <inheritdoc/>
    public override string Name => Named;

    internal static MaxCostCheck? Read(CheckArguments given)
    {
        given.Takes(Unit);
        var most = given.Amount(Unit);
        return given.Fit ? new MaxCostCheck(most!.Value) : null;
    }

    private protected override CheckResult Judge(CheckInput input) => input.Answer.Cost is { } cost
        ? Compare(cost, "The answer cost", "US dollars")
        : Fail("The cost is unknown: the catalog has no prices of the model, or the provider counted no tokens");
}
