using System.Globalization;
using System.Text.Json;

namespace Slipway.Core.Evaluations;

/// <summary>Something of the answer is at most so much. Its argument is called after its unit.</summary>
public abstract record LimitCheck : Check
{
    private readonly string unit;

    private protected LimitCheck(string unit, decimal most) => (this.unit, Most) = (unit, most);

    /// <summary>The most that is allowed, above 0, in the unit of the check.</summary>
    public decimal Most { get; }

    private protected override void WriteArguments(Utf8JsonWriter writer) => writer.WriteNumber(unit, Most);

    /// <summary>Holds an amount against the limit.</summary>
    /// <param name="amount">How much there is.</param>
    /// <param name="what">The beginning of the reason: <c>The answer has</c>.</param>
    /// <param name="noun">The unit in words.</param>
    /// <param name="evidence">The piece of the answer that decided.</param>
    private protected CheckResult Compare(decimal amount, string what, string noun, string? evidence = null)
    {
        var found = string.Create(CultureInfo.InvariantCulture, $"{what} {amount:0.######} {noun}");
        return amount <= Most ? Pass(found) : Fail(string.Create(CultureInfo.InvariantCulture, $"{found}, at most {Most:0.######} are allowed"), evidence, (double)(Most / amount));
    }
}
