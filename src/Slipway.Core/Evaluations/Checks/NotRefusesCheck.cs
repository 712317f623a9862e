using System.Text.Json;

namespace Slipway.Core.Evaluations;

/// <summary>The answer does not refuse, see <see cref="Refusals"/>.</summary>
public sealed record NotRefusesCheck : Check
{
    internal const string Named = "not_refuses";

    internal NotRefusesCheck() { }

    /// <inheritdoc/>
    public override string Name => Named;

    internal static NotRefusesCheck? Read(CheckArguments given)
    {
        given.Takes();
        return given.Fit ? new NotRefusesCheck() : null;
    }

    private protected override void WriteArguments(Utf8JsonWriter writer) { }

    private protected override CheckResult Judge(CheckInput input) =>
        Refusals.In(input) is { } refusal ? Fail("The answer refuses", refusal) : Pass("The answer does not refuse");
}
