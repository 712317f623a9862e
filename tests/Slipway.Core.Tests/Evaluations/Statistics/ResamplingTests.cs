using Slipway.Core.Evaluations.Statistics;

namespace Slipway.Core.Tests.Evaluations.Statistics;

public sealed class ResamplingTests
{
    // The first numbers of SplitMix64 as its authors' C code gives them.
    [Fact]
    public void The_generator_is_the_published_one()
    {
        var random = new SeededRandom(1234567);
        Assert.Equal([6457827717110365317UL, 3203168211198807973UL, 9817491932198370423UL, 4593380528125082431UL, 16408922859458223821UL],
            Enumerable.Range(0, 5).Select(_ => random.Next()));
    }

    [Fact]
    public void Numbers_fall_evenly_and_never_on_the_bound()
    {
        var (random, counts) = (new SeededRandom(7), new int[10]);
        for (var draw = 0; draw < 100_000; draw++) counts[random.Next(10)]++;
        Assert.All(counts, count => Assert.InRange(count, 9_600, 10_400));
        Assert.All(Enumerable.Range(0, 1_000).Select(_ => random.NextDouble()), number => Assert.InRange(number, 0, 0.999_999_999_999));
    }

    [Fact]
    public void The_same_seed_draws_the_same_and_every_draw_has_the_size_of_the_set()
    {
        Assert.Equal(Draws(seed: 3), Draws(seed: 3));
        Assert.NotEqual(Draws(seed: 3), Draws(seed: 4));
        Bootstrap.Draw(25, 1, (_, weights) => Assert.Equal(25, weights.Sum()));

        static List<string> Draws(ulong seed)
        {
            var draws = new List<string>();
            Bootstrap.Draw(9, seed, (_, weights) => draws.Add(string.Join(' ', weights)));
            return draws;
        }
    }

    // The mean of 100 normal-like values: the bootstrap must find the interval the formula gives.
    [Fact]
    public void The_interval_of_a_mean_is_the_one_of_the_textbook()
    {
        var random = new SeededRandom(11);
        double[] values = [.. Enumerable.Range(0, 400).Select(_ => Enumerable.Range(0, 12).Sum(_ => random.NextDouble()) - 6)];
        var means = new double[Bootstrap.Resamples(values.Length)];
        Bootstrap.Draw(values.Length, 5, (resample, weights) => means[resample] = values.Select((value, index) => value * weights[index]).Sum() / values.Length);
        var (interval, mean, deviation) = (Bootstrap.Interval(means)!, values.Average(), Math.Sqrt(values.Select(value => value * value).Average() / values.Length));
        Assert.InRange(interval.Low, mean - 1.8 * deviation, mean - 1.5 * deviation);
        Assert.InRange(interval.High, mean + 1.5 * deviation, mean + 1.8 * deviation);
        Assert.InRange(Bootstrap.Deviation(means), 0.92 * deviation, 1.08 * deviation);
    }

    [Fact]
    public void What_is_mostly_no_number_has_no_interval()
    {
        Assert.Null(Bootstrap.Interval([1, 2, double.NaN, double.PositiveInfinity]));
        Assert.Equal(new Interval(1, 1), Bootstrap.Interval([1, 1, 1, 1, 1, 1, 1, 1, 1, double.NaN]));
    }

    [Fact]
    public void Exchanging_sides_gives_McNemars_chance_for_two_values()
    {
        (int, double)[][] cases = [.. Enumerable.Range(0, 8).Select(index => new (int, double)[] { (0, index == 0 ? 1 : -1), (1, index == 0 ? -1 : 1) })];
        Assert.InRange(SwapTest.Categories(cases, [100, 100], seed: 1), 0.055, 0.085);      // exactly 18 / 256
        Assert.InRange(SwapTest.Numbers([.. cases.Select(differences => differences[0].Item2)], seed: 1), 0.055, 0.085);
    }

    [Fact]
    public void Without_a_difference_nothing_is_found() => Assert.Equal((1, 1), (SwapTest.Categories([], [3], 1), SwapTest.Numbers([], 1)));

    // Holm 1979 on four looks: 0.01 × 4, 0.013 × 3, 0.014 × 2, 0.19 × 1, never falling.
    [Fact]
    public void Several_looks_are_corrected_as_Holm_says() =>
        Assert.Equal([0.04, 0.19, 0.04, 0.04], SwapTest.Holm([0.014, 0.19, 0.01, 0.013]).Select(chance => Math.Round(chance, 12)));
}
