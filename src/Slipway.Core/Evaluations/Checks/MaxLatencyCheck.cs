namespace Slipway.Core.Evaluations;

/// <summary>The answer came within so many milliseconds, from first byte sent to last byte received; attempts before it are not in that.</summary>
public sealed record MaxLatencyCheck : LimitCheck
{
    internal const string Named = "max_latency";
    private const string Unit = "ms";

    internal MaxLatencyCheck(decimal most) : base(Unit, most) { }

    /// <inheritdoc/>
    public override string Name => Named;

    internal static MaxLatencyCheck? Read(CheckArguments given)
    {
        given.Takes(Unit);
        var most = given.Amount(Unit);
        return given.Fit ? new MaxLatencyCheck(most!.Value) : null;
    }

    private protected override CheckResult Judge(CheckInput input) => Compare(Math.Round((decimal)input.Answer.Latency.TotalMilliseconds, 3), "The answer took", "ms");
}
