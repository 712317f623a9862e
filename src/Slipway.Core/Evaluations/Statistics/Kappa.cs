namespace Slipway.Core.Evaluations.Statistics;

/// <summary>How far two raters agree beyond what chance alone would give (Cohen 1960), also where steps that lie close count as nearly agreed (Cohen 1968).</summary>
public static class Kappa
{
    /// <summary>Cohen's kappa: 1 for full agreement, 0 for what chance gives, below 0 for less.</summary>
    /// <param name="table">How often the first rater gave the row and the second the column; square.</param>
    /// <returns>Null where nothing was rated, or chance alone would agree on everything because both always give the same.</returns>
    public static double? Plain(int[,] table) => Of(table, static (row, column, _) => row == column ? 0 : 1);

    /// <summary>Cohen's kappa in which a disagreement weighs with the square of its distance.</summary>
    /// <param name="table">As for <see cref="Plain"/>, rows and columns in the order of the scale.</param>
    /// <returns>As <see cref="Plain"/>.</returns>
    public static double? Quadratic(int[,] table) => Of(table, static (row, column, size) => Math.Pow((double)(row - column) / Math.Max(1, size - 1), 2));

    private static double? Of(int[,] table, Func<int, int, int, double> weight)
    {
        ArgumentNullException.ThrowIfNull(table);
        var size = table.GetLength(0);
        if (table.GetLength(1) != size) throw new ArgumentException("Both raters use the same scale.", nameof(table));
        var (rows, columns, all) = (new double[size], new double[size], 0.0);
        for (var row = 0; row < size; row++)
        {
            for (var column = 0; column < size; column++)
            {
                rows[row] += table[row, column];
                columns[column] += table[row, column];
                all += table[row, column];
            }
        }
        var (observed, expected) = (0.0, 0.0);
        for (var row = 0; row < size; row++)
        {
            for (var column = 0; column < size; column++)
            {
                var cost = weight(row, column, size);
                observed += cost * table[row, column];
                expected += cost * rows[row] * columns[column] / all;
            }
        }
        return all == 0 || expected == 0 ? null : 1 - observed / expected;
    }
}
