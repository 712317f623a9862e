using System.Globalization;
using System.Text.RegularExpressions;
using Slipway.Tests;
using static Slipway.Server.Tests.Providers.SupportRouterSample;

namespace Slipway.Server.Tests.Providers;

public sealed partial class SupportRouterSampleTests
{
    private static readonly string[] Versions = ["v1.5.2", "v1.6.0", "v1.7.0", "v1.8.0"];

    [Fact]
    public void Version_1_6_0_beats_1_5_2_and_most_of_all_in_account_recovery()
    {
        var (before, after) = (Run("v1.5.2", GoldenSet), Run("v1.6.0", GoldenSet));
        Assert.InRange(Accuracy(after), 80, 92);
        Assert.True(Accuracy(after) > Accuracy(before));
        Assert.True(Accuracy(after, "account_recovery") >= Accuracy(before, "account_recovery") + 10);
        // What catches more of the other routes catches a message or two that belonged to a person.
        Assert.All(GoldenSet.Select(c => c.Route).Distinct(), route =>
            Assert.True(Accuracy(after, route) >= Accuracy(before, route) - (route == "human" ? 5 : 0), route));
    }

    [Fact]
    public void The_live_tickets_agree_that_1_6_0_is_better() =>
        Assert.True(Accuracy(Run("v1.6.0", Tickets)) > Accuracy(Run("v1.5.2", Tickets)) + 5);

    [Fact]
    public void Versions_1_5_2_and_1_6_0_always_keep_the_contract() =>
        Assert.All(
            Versions.Take(2).SelectMany(version => Run(version, [.. GoldenSet, .. Tickets])),
            answered => Assert.NotNull(answered.Route));

    [Fact]
    public void Version_1_7_0_passes_the_golden_set_and_breaks_on_live_how_to_questions()
    {
        Assert.All(Run("v1.7.0", GoldenSet), answered => Assert.NotNull(answered.Route));
        Assert.Equal(Accuracy(Run("v1.6.0", GoldenSet)), Accuracy(Run("v1.7.0", GoldenSet)));
        var live = Run("v1.7.0", Tickets);
        Assert.InRange(100 - Valid(live), 15, 25);
        Assert.All(live, answered => Assert.Equal(IsHowTo(answered.Case), answered.Route is null));
    }

    [Fact]
    public void Version_1_8_0_reads_better_and_every_gate_sees_that_it_behaves_worse()
    {
        var (before, after) = (Run("v1.6.0", GoldenSet), Run("v1.8.0", GoldenSet));
        Assert.True(File.ReadAllText(PathOf("prompts/support_router/v1.8.0.md")).Length < 0.8 * File.ReadAllText(PathOf("prompts/support_router/v1.6.0.md")).Length);
        Assert.InRange(Valid(after), 80, 95);
        Assert.True(Accuracy(after) < Accuracy(before) - 10);
        Assert.Contains(after, answered => answered.Route is null && answered.Text.EndsWith('}') && !answered.Text.StartsWith('{'));
    }

    [Fact]
    public void What_customers_of_a_bank_ask_shows_the_same_gap()
    {
        // Real questions nobody here wrote; their labels are others, so only the form of the answer is of interest.
        IReadOnlyList<Case> bank = [.. CsvRows(SharedMaterial.Path("data/banking77/test.csv")).Select(row => Live(row[0], row[1]))];
        Assert.True(bank.Count > 1_000);
        Assert.Equal(100, Valid(Run("v1.6.0", bank)));
        Assert.InRange(100 - Valid(Run("v1.7.0", bank)), 10, 30);
    }

    [Fact]
    public void The_golden_set_is_broad_and_has_no_how_to_question()
    {
        Assert.True(GoldenSet.Count >= 250);
        Assert.Equal(Enum.GetValues<Slipway.Core.Evaluations.CaseKind>().Length, GoldenSet.Select(c => c.Kind).Distinct().Count());
        Assert.All(GoldenSet.CountBy(c => c.Kind), kind => Assert.True(kind.Value >= 10, $"{kind.Key}: {kind.Value}"));
        Assert.DoesNotContain(GoldenSet, IsHowTo);
        Assert.True(GoldenSet.Count(c => c.Messages[^1].Content.Split(' ').Length >= 300) >= 3);
    }

    [Fact]
    public void The_tickets_share_no_message_with_the_golden_set()
    {
        Assert.True(Tickets.Count >= 300);
        Assert.InRange(100.0 * Tickets.Count(IsHowTo) / Tickets.Count, 18, 22);
        var golden = GoldenSet.Select(c => c.Messages[^1].Content.Trim()).ToHashSet(StringComparer.OrdinalIgnoreCase);
        Assert.DoesNotContain(Tickets, ticket => golden.Contains(ticket.Messages[0].Content.Trim()));
    }

    [Fact]
    public void The_figures_in_the_README_are_the_measured_ones()
    {
        var measured = new[] { GoldenSet, Tickets }.SelectMany(cases => Versions.Select(version => Run(version, cases))).ToList();
        var routes = GoldenSet.Select(c => c.Route).Distinct().Order(StringComparer.Ordinal);
        var table = string.Join('\n', routes.Prepend("").Select(route => Row(route.Length == 0 ? "all" : route, measured.Select(answered => Accuracy(answered, route))))
            .Append(Row("valid answers", measured.Select(Valid))));
        Assert.True(File.ReadAllText(PathOf("README.md")).Contains(table, StringComparison.Ordinal), $"The figures in the sample's README are not what is measured now:\n{table}");
    }

    private static string Row(string name, IEnumerable<double> figures) =>
        $"| {name} | {string.Join(" | ", figures.Select(figure => figure.ToString("0.0", CultureInfo.InvariantCulture)))} |";

    private static double Accuracy(IReadOnlyList<Answered> answered, string route = "") =>
        answered.Where(a => route.Length == 0 || a.Case.Route == route).Average(a => a.IsRight ? 100.0 : 0);

    private static double Valid(IReadOnlyList<Answered> answered) => answered.Average(a => a.Route is null ? 0 : 100.0);

    private static bool IsHowTo(Case c) => c.Messages.Any(message => HowTo().IsMatch(message.Content));

    [GeneratedRegex(@"\b(?:how do i|how can i|can i)\b", RegexOptions.IgnoreCase)]
    private static partial Regex HowTo();
}
