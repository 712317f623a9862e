using System.Text.Json;

namespace Slipway.Core.Evaluations;

/// <summary>The answer refuses, see <see cref="Refusals"/>.</summary>
public sealed record RefusesCheck : Check
{
    internal const string Named = "refuses";

    internal RefusesCheck() { }

    /// <inheritdoc/>
    public override string Name => Named;

    internal static RefusesCheck? Read(CheckArguments given)
    {
        given.Takes();
        return given.Fit ? new RefusesCheck() : null;
    }

    private protected override void WriteArguments(Utf8JsonWriter writer) { }

    private protected override CheckResult Judge(CheckInput input) =>
        Refusals.In(input) is { } refusal ? Pass("The answer refuses", refusal) : Fail("The answer does not refuse", input.Answer.Shown);
}
