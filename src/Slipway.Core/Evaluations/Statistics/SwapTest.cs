namespace Slipway.Core.Evaluations.Statistics;

/// <summary>Whether two sides differ by more than chance: had the sides been exchanged in a case, would it look as different?</summary>
/// <remarks>A permutation test for pairs: in every case the two sides are exchanged by the throw of a coin, many times over. It needs no distribution,
/// holds for rare values, and takes a case with its repeats as one. It answers how often chance alone gives at least what was seen.</remarks>
public static class SwapTest
{
    private const int Most = 2_000, Fewest = 500, MostThrows = 4_000_000;

    /// <summary>Whether values from a list come as often on both sides.</summary>
    /// <param name="cases">For each case in which the sides differ, by how much each value came more often on the candidate's side.</param>
    /// <param name="totals">How often each value came on both sides together.</param>
    /// <param name="seed">The same seed throws the same.</param>
    public static double Categories(IReadOnlyList<(int Value, double Difference)[]> cases, double[] totals, ulong seed)
    {
        if (cases.Count == 0) return 1;
        var (sums, random) = (new double[totals.Length], new SeededRandom(seed));
        return Chance(cases.Count, random, Distance);

        double Distance(Func<bool>? coin)
        {
            Array.Clear(sums);
            foreach (var differences in cases)
            {
                var exchanged = coin?.Invoke() == true;
                foreach (var (value, difference) in differences) sums[value] += exchanged ? -difference : difference;
            }
            var distance = 0.0;
            for (var value = 0; value < sums.Length; value++)
            {
                if (totals[value] > 0) distance += sums[value] * sums[value] / totals[value];
            }
            return distance;
        }
    }

    /// <summary>Whether a number is as large on both sides.</summary>
    /// <param name="differences">Candidate less baseline, a number a case; those of 0 may be left out.</param>
    /// <param name="seed">The same seed throws the same.</param>
    public static double Numbers(IReadOnlyList<double> differences, ulong seed)
    {
        if (differences.Count == 0) return 1;
        return Chance(differences.Count, new SeededRandom(seed), coin =>
        {
            var sum = 0.0;
            foreach (var difference in differences) sum += coin?.Invoke() == true ? -difference : difference;
            return Math.Abs(sum);
        });
    }

    private static double Chance(int cases, SeededRandom random, Func<Func<bool>?, double> distance)
    {
        // What was seen is one of the exchanges, so that chance is never said to be nothing. Rounding must not part equal sums.
        var (rounds, observed, (bits, left)) = (Math.Clamp(MostThrows / cases, Fewest, Most), distance(null) * (1 - 1e-9), (0UL, 0));
        var atLeast = 1;
        for (var round = 0; round < rounds; round++)
        {
            if (distance(Coin) >= observed) atLeast++;
        }
        return (double)atLeast / (rounds + 1);

        bool Coin()
        {
            if (left == 0) (bits, left) = (random.Next(), 64);
            left--;
            var heads = (bits & 1) == 1;
            bits >>= 1;
            return heads;
        }
    }

    /// <summary>Which of several looks still count once it is taken into account that there were several: Holm's correction (1979).</summary>
    /// <param name="chances">What each look gave by itself.</param>
    /// <returns>The corrected chances, in the same order; below 0.05 means that even among so many looks it is no accident.</returns>
    public static double[] Holm(IReadOnlyList<double> chances)
    {
        var corrected = new double[chances.Count];
        var least = 0.0;
        foreach (var (rank, index) in Enumerable.Range(0, chances.Count).OrderBy(index => chances[index]).Index())
            corrected[index] = least = Math.Max(least, Math.Min(1, chances[index] * (chances.Count - rank)));
        return corrected;
    }
}
