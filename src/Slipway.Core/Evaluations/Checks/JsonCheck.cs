using System.Text.Json;

namespace Slipway.Core.Evaluations;

/// <summary>The answer's text is one JSON value and nothing beside it.</summary>
public sealed record JsonCheck : Check
{
    internal const string Named = "json";

    internal JsonCheck() { }

    /// <inheritdoc/>
    public override string Name => Named;

    internal static JsonCheck? Read(CheckArguments given)
    {
        given.Takes();
        return given.Fit ? new JsonCheck() : null;
    }

    private protected override void WriteArguments(Utf8JsonWriter writer) { }

    private protected override CheckResult Judge(CheckInput input) => input.Json is null ? Fail(JsonValues.NotJson, input.Answer.Shown) : Pass("The answer is JSON");
}
