using System.Globalization;

namespace Slipway.Core.Evaluations;

/// <summary>Something a person should mend in a file they handed in.</summary>
/// <param name="Line">The line, or the row of a table, from 1; null where the whole input is meant.</param>
/// <param name="Column">The column in characters, from 1; null where the line as a whole is meant.</param>
/// <param name="Message">What is wrong and what would be right, in one sentence or two.</param>
public sealed record InputProblem(int? Line, int? Column, string Message)
{
    /// <summary>The problem with its place in front: <c>line 3, column 9: …</c>.</summary>
    public override string ToString() => (Line, Column) switch
    {
        (null, _) => Message,
        ({ } line, null) => string.Create(CultureInfo.InvariantCulture, $"line {line}: {Message}"),
        ({ } line, { } column) => string.Create(CultureInfo.InvariantCulture, $"line {line}, column {column}: {Message}"),
    };
}
