using System.Collections.Immutable;
using System.Globalization;
using Slipway.Core.Evaluations;
using Slipway.Core.Evaluations.Statistics;

namespace Slipway.Core.Tests.Evaluations;

/// <summary>What the verdicts of gates are worth, tried out on versions whose truth is known. The seeds are fixed: each run is the same.</summary>
/// <remarks>The short form runs always; with SLIPWAY_TEST_LONG set there are twenty times as many runs, and docs/gates.md has the exact figures.</remarks>
public sealed class VerdictSimulationTests(ITestOutputHelper output)
{
    private static readonly int Runs = Environment.GetEnvironmentVariable("SLIPWAY_TEST_LONG") is null ? 200 : 8_000;
    private static readonly Gate Relative = Some.Gate("route_accuracy", ">= baseline - 1pp");

    // A false alarm is a fail where the truth keeps the limit: once in twenty at most, just on the limit, and less the better the truth is.
    [Theory]
    [InlineData(50, 0.02, 0.02)]
    [InlineData(200, 0.01, 0.01)]
    [InlineData(200, 0.03, 0.03)]
    [InlineData(200, 0.05, 0.05)]
    [InlineData(250, 0.025, 0.015)]       // the truth lies on the limit
    [InlineData(250, 0.055, 0.045)]
    [InlineData(1_000, 0.03, 0.02)]
    [InlineData(1_000, 0.01, 0)]
    [InlineData(250, 0.01, 0.04)]         // better
    public void A_version_within_the_margin_hardly_ever_fails(int cases, double lost, double won)
    {
        var verdicts = Simulate(Relative, cases, lost, won);
        Assert.InRange(verdicts[GateVerdict.Fail], 0, Bound(0.05));
    }

    // A miss is a pass where the truth is beyond the limit. The gate says itself how large a loss it would have let through once in twenty.
    [Theory]
    [InlineData(200, 0.02)]
    [InlineData(250, 0.05)]
    [InlineData(1_000, 0.03)]
    public void A_loss_of_the_size_a_gate_calls_noticeable_is_let_through_at_most_once_in_twenty(int cases, double won)
    {
        // Found by walking: the loss at which what the gate says and what is true are the same.
        var loss = 0.02;
        for (var step = 0; step < 12; step++) loss = Mean(cases, won + loss, won, result => result.Noticeable!.Value);
        Assert.InRange(Simulate(Relative, cases, won + loss, won)[GateVerdict.Pass], 0, Bound(0.06));
    }

    [Theory]
    [InlineData(250, 0.10, 0.01, 0.99)]
    [InlineData(250, 0.06, 0.01, 0.6)]
    [InlineData(1_000, 0.06, 0.02, 0.98)]
    public void A_clear_loss_fails(int cases, double lost, double won, double share) =>
        Assert.InRange(Simulate(Relative, cases, lost, won)[GateVerdict.Fail], share - 0.05, 1);

    [Theory]
    [InlineData(200, 0.01, 0.01, 0.8)]
    [InlineData(250, 0.01, 0.03, 0.97)]
    [InlineData(250, 0, 0.02, 1)]
    public void A_version_as_good_or_better_usually_passes(int cases, double lost, double won, double share) =>
        Assert.InRange(Simulate(Relative, cases, lost, won)[GateVerdict.Pass], share - 0.05, 1);

    [Theory]
    [InlineData(250, 0.055, 0.045)]
    [InlineData(1_000, 0.03, 0.02)]
    [InlineData(300, 0.01, 0)]
    public void A_strict_gate_lets_a_version_on_the_limit_through_at_most_once_in_twenty(int cases, double lost, double won) =>
        Assert.InRange(Simulate(Relative, cases, lost, won, strict: true)[GateVerdict.Pass], 0, Bound(0.06));

    [Fact]
    public void Repeats_of_a_case_that_wavers_do_not_make_false_alarms()
    {
        // Equal sides whose answers waver in three of ten cases; each case is asked three times. Counted one by one, they would look like 600 cases.
        var fails = Enumerable.Range(0, Runs).Count(run =>
        {
            var random = new SeededRandom((ulong)run + 1);
            var cases = Enumerable.Range(0, 200).Select(index => (Repeats(random, index % 10 < 3 ? 0.5 : 0.97), Repeats(random, index % 10 < 3 ? 0.5 : 0.97))).ToImmutableArray();
            return GateJudge.JudgeRate(Some.Gate("route_accuracy", ">= baseline"), cases).Verdict == GateVerdict.Fail;
        });
        Assert.InRange((double)fails / Runs, 0, Bound(0.05));
    }

    [Theory]
    [InlineData(0.90, GateVerdict.Fail, 0.05)]       // the truth is exactly the limit
    [InlineData(0.85, GateVerdict.Pass, 0.05)]       // five points below
    public void A_fixed_limit_takes_the_models_moods_into_account(double truth, GateVerdict wrong, double most)
    {
        var gate = Some.Gate("route_accuracy", ">= 90%");
        var count = Enumerable.Range(0, Runs).Count(run =>
        {
            var random = new SeededRandom((ulong)run + 77);
            var cases = Enumerable.Range(0, 100).Select(_ => (Repeats(random, truth), default(Share))).ToImmutableArray();
            return GateJudge.JudgeRate(gate, cases).Verdict == wrong;
        });
        Assert.InRange((double)count / Runs, 0, Bound(most));
    }

    [Fact]
    public void A_version_as_fast_as_the_other_hardly_ever_fails_a_latency_gate_and_a_much_slower_one_never_passes()
    {
        var manifest = Some.Manifest(Some.Gate("p95_latency", "<= baseline + 10%"));
        var runs = Runs / 4;
        Assert.InRange(Share(1.0, GateVerdict.Fail), 0, Bound(0.05, runs));
        Assert.InRange(Share(1.1, GateVerdict.Fail), 0, Bound(0.06, runs));
        Assert.InRange(Share(1.8, GateVerdict.Pass), 0, Bound(0.01, runs));

        // Times of calls are skewed: a lognormal spread of 0.5, each case as hard for both sides.
        double Share(double slower, GateVerdict verdict) => (double)Enumerable.Range(0, runs).Count(run =>
        {
            var random = new SeededRandom((ulong)run * 31 + 5);
            var cases = Enumerable.Range(0, 120).Select(index =>
            {
                var hard = Normal(random) * 0.3;
                return Some.Run(Plain[index], Some.Answer(milliseconds: 500 * Math.Exp(hard + 0.4 * Normal(random))), Some.Answer(milliseconds: slower * 500 * Math.Exp(hard + 0.4 * Normal(random))));
            });
            return Some.Report(manifest, [.. cases]).Verdict == verdict;
        }) / runs;
    }

    private static readonly GoldenCase[] Plain = [.. Enumerable.Range(0, 120).Select(index => Some.Case($"c{index:000}", expect: """[{"check":"schema"}]"""))];

    private Dictionary<GateVerdict, double> Simulate(Gate gate, int cases, double lost, double won, bool strict = false)
    {
        var counts = new int[3];
        for (var run = 0; run < Runs; run++) counts[(int)GateJudge.JudgeRate(gate, Draw(cases, lost, won, run), strict).Verdict]++;
        var shares = Enum.GetValues<GateVerdict>().ToDictionary(verdict => verdict, verdict => (double)counts[(int)verdict] / Runs);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {cases} | {lost * 100:0.#} | {won * 100:0.#} | {(won - lost) * 100:+0.0;-0.0;0.0}{(strict ? " strict" : "")} | {shares[GateVerdict.Pass] * 100:0.0} | {shares[GateVerdict.Inconclusive] * 100:0.0} | {shares[GateVerdict.Fail] * 100:0.0} |"));
        return shares;
    }

    private static double Mean(int cases, double lost, double won, Func<GateResult, double> of) =>
        Enumerable.Range(0, 25).Average(run => of(GateJudge.JudgeRate(Relative, Draw(cases, lost, won, run))));

    // Each case is lost with one probability and won with another; else both sides are right.
    private static ImmutableArray<(Share Candidate, Share Baseline)> Draw(int cases, double lost, double won, int run)
    {
        var random = new SeededRandom((ulong)run * 1_000_003 + (ulong)cases);
        return
        [
            .. Enumerable.Range(0, cases).Select(_ => random.NextDouble() switch
            {
                var one when one < lost => (new Share(0, 1), new Share(1, 1)),
                var one when one < lost + won => (new Share(1, 1), new Share(0, 1)),
                _ => (new Share(1, 1), new Share(1, 1)),
            }),
        ];
    }

    private static Share Repeats(SeededRandom random, double right) => new((random.NextDouble() < right ? 1 : 0) + (random.NextDouble() < right ? 1 : 0) + (random.NextDouble() < right ? 1 : 0), 3);

    private static double Normal(SeededRandom random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    // A share that is promised, and three standard errors for the luck of so many runs.
    private static double Bound(double share, int? runs = null) => share + 3 * Math.Sqrt(share * (1 - share) / (runs ?? Runs));
}
