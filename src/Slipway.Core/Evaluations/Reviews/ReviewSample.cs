using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Slipway.Core.Evaluations.Statistics;
using Slipway.Core.Wire;

namespace Slipway.Core.Evaluations;

/// <summary>Which answers of a run people are shown, and in which order: half by chance over all cases, half of what differs worst.</summary>
/// <remarks>
/// What chance draws are cases with one repeat each, and of each case the answers of both sides: so the sides are compared on the same cases, and rates of that part are
/// without bias. How many it draws is known before it draws, for the same reason. The same report and seed give the same rows on every machine.
/// </remarks>
public static class ReviewSample
{
    /// <summary>How many rows a review has where nobody says.</summary>
    public const int DefaultRows = 40;

    /// <summary>How many it may have at most.</summary>
    public const int MostRows = 1_000;

    /// <summary>The largest seed: beyond it JSON's numbers are no longer whole.</summary>
    public const long LargestSeed = (1L << 53) - 1;

    /// <summary>Draws the rows.</summary>
    /// <param name="report">The run's report.</param>
    /// <param name="rows">About how many rows, from 1 to <see cref="MostRows"/>.</param>
    /// <param name="compare">Whether a row shows both answers of a case, to say which is better; only those that differ are shown then.</param>
    /// <param name="seed">What chance goes by, from 0 to <see cref="LargestSeed"/>.</param>
    /// <param name="isThere">Whether the answers to a case, in a repeat, can be shown.</param>
    /// <returns>Perhaps no rows.</returns>
    public static ReviewDraw Draw(EvaluationReport report, int rows, bool compare, long seed, Func<string, int, bool> isThere)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(isThere);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, MostRows);
        return new Drawing(report, compare, new SeededRandom((ulong)seed), isThere).Draw(rows);
    }

    /// <summary>The order in which one person is shown the rows: everybody has another, so that no row is always read by the tired.</summary>
    /// <param name="seed">The review's.</param>
    /// <param name="who">Whose order.</param>
    /// <param name="rows">How many rows there are.</param>
    /// <returns>Each number from 1 once.</returns>
    public static ImmutableArray<int> OrderFor(long seed, string who, int rows) =>
    [
        .. Enumerable.Range(1, rows).OrderBy(row => ContentHash.Of(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{seed}\n{who}\n{row}"))).Value, StringComparer.Ordinal),
    ];

    private sealed class Drawing(EvaluationReport report, bool compare, SeededRandom random, Func<string, int, bool> isThere)
    {
        private readonly bool hasBaseline = report.Baseline is not null;
        private readonly Dictionary<string, CaseOutputs> outputs = report.Outputs.ToDictionary(one => one.CaseId, StringComparer.Ordinal);

        // A row that compares takes one place; else the answers of a case take two where they differ.
        private int PlacesOfDifferent => compare || !hasBaseline ? 1 : 2;

        public ReviewDraw Draw(int rows)
        {
            var pairs = report.Outputs.Sum(Repeats);
            var differing = hasBaseline ? report.Outputs.Sum(one => Enumerable.Range(0, Repeats(one)).Count(repeat => !IsSame(one, repeat))) : 0;
            var worst = Worst();
            var forWorst = Math.Min(rows / 2, worst.Count * PlacesOfDifferent);
            var chosen = Random().Take(PairsOfChance(rows, forWorst, pairs, differing)).SelectMany(one => Rows(one.Case, one.Repeat, ReviewPart.Random)).ToList();
            var taken = chosen.Select(row => row.CaseId).ToHashSet(StringComparer.Ordinal);
            foreach (var (one, repeat) in worst.Where(one => !taken.Contains(one.Case.CaseId)))
            {
                if (chosen.Count + PlacesOfDifferent > rows) break;
                chosen.AddRange(Rows(one, repeat, ReviewPart.Worst));
            }
            Shuffle(chosen);
            return new ReviewDraw([.. chosen.Select((row, index) => row with { Number = index + 1 })], pairs, differing);
        }

        // So many that together with what differs worst they are as many rows as are asked for, on average: chance draws some of the worst too, and these come once.
        private int PairsOfChance(int rows, int forWorst, int pairs, int differing)
        {
            var placesOfPair = compare || !hasBaseline || pairs == 0 ? 1 : 1 + (double)differing / pairs;
            var cases = report.Outputs.Count(one => !compare || Enumerable.Range(0, Repeats(one)).Any(repeat => !IsSame(one, repeat)));
            var newPlaces = placesOfPair - (double)forWorst / Math.Max(1, cases);
            return (int)Math.Clamp((rows - forWorst) / Math.Max(newPlaces, 1e-9), 1, Math.Max(1, rows / placesOfPair));
        }

        // As the report has them, the worst first.
        private List<(CaseOutputs Case, int Repeat)> Worst() =>
        [
            .. report.Differences.Select(row => outputs.GetValueOrDefault(row.CaseId)).OfType<CaseOutputs>()
                .Select(one => (Case: one, Repeat: Shuffled(Repeats(one)).Select(repeat => (int?)repeat).FirstOrDefault(repeat => !IsSame(one, repeat!.Value) && isThere(one.CaseId, repeat.Value))))
                .Where(one => one.Repeat is not null).Select(one => (one.Case, one.Repeat!.Value)).Take(MostRows),
        ];

        // Every case once, in a repeat that chance picks, before any case comes a second time.
        private IEnumerable<(CaseOutputs Case, int Repeat)> Random()
        {
            var cases = report.Outputs.Select(one => (Case: one, Repeats: new Queue<int>(Shuffled(Repeats(one)).Where(repeat => !compare || !IsSame(one, repeat))))).ToList();
            Shuffle(cases);
            for (var left = true; left;)
            {
                left = false;
                foreach (var (one, repeats) in cases)
                {
                    while (repeats.TryDequeue(out var repeat))
                    {
                        left = true;
                        if (!isThere(one.CaseId, repeat)) continue;
                        yield return (one, repeat);
                        break;
                    }
                }
            }
        }

        private IEnumerable<ReviewRow> Rows(CaseOutputs one, int repeat, ReviewPart part)
        {
            if (compare)
            {
                var candidateFirst = random.Next(2) == 0;
                yield return Row(candidateFirst ? ReviewSide.Candidate : ReviewSide.Baseline, candidateFirst ? ReviewSide.Baseline : ReviewSide.Candidate);
            }
            else if (!hasBaseline || !IsSame(one, repeat))
            {
                yield return Row(ReviewSide.Candidate, null);
                if (hasBaseline) yield return Row(ReviewSide.Baseline, null);
            }
            else
            {
                yield return Row(ReviewSide.Both, null);
            }

            ReviewRow Row(ReviewSide first, ReviewSide? second) => new(0, one.CaseId, repeat, part, first, second);
        }

        private int Repeats(CaseOutputs one) => hasBaseline ? Math.Min(one.Candidate.Length, one.Baseline.Length) : one.Candidate.Length;

        private bool IsSame(CaseOutputs one, int repeat) => hasBaseline && one.Candidate[repeat] == one.Baseline[repeat];

        private List<int> Shuffled(int count)
        {
            List<int> numbers = [.. Enumerable.Range(0, count)];
            Shuffle(numbers);
            return numbers;
        }

        private void Shuffle<T>(List<T> items)
        {
            for (var last = items.Count - 1; last > 0; last--)
            {
                var other = random.Next(last + 1);
                (items[last], items[other]) = (items[other], items[last]);
            }
        }
    }
}

/// <summary>What was drawn.</summary>
/// <param name="Rows">By their numbers.</param>
/// <param name="Pairs">How many answers of the candidate there are to draw from, each repeat by itself.</param>
/// <param name="Differing">To how many of them the baseline gave another answer.</param>
public sealed record ReviewDraw(ImmutableArray<ReviewRow> Rows, int Pairs, int Differing);
