using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Slipway.Core.Wire;

namespace Slipway.Core.Evaluations;

/// <summary>One run of an evaluation, written <c>eval-12</c>; numbered through the whole installation.</summary>
[JsonConverter(typeof(TextValueConverter<EvaluationRunId>))]
public sealed record EvaluationRunId : ITextValue<EvaluationRunId>
{
    private const string Prefix = "eval-";

    /// <summary>The run of a number from 1 on.</summary>
    public EvaluationRunId(long number)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        Number = number;
    }

    /// <summary>1 for the first.</summary>
    public long Number { get; }

    /// <inheritdoc/>
    public static string Form => "eval-NUMBER, as in eval-12";

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? text, [MaybeNullWhen(false)] out EvaluationRunId value) =>
        (value = NumberedId.Read(text, Prefix, 12) is { } number ? new EvaluationRunId(number) : null) is not null;

    /// <inheritdoc/>
    public override string ToString() => NumberedId.Write(Prefix, Number);
}

/// <summary>What becomes of a run.</summary>
[JsonConverter(typeof(SnakeCaseConverter<EvaluationRunState>))]
public enum EvaluationRunState
{
    /// <summary>It waits for its turn, or asks.</summary>
    Running,

    /// <summary>Its report is on record.</summary>
    Finished,

    /// <summary>Somebody ended it.</summary>
    Cancelled,

    /// <summary>It cannot be finished.</summary>
    Failed,
}
