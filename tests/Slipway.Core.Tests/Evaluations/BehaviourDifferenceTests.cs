using System.Collections.Immutable;
using FsCheck.Fluent;
using Slipway.Core.Evaluations;
using Slipway.Core.Resolution;

namespace Slipway.Core.Tests.Evaluations;

public sealed class BehaviourDifferenceTests
{
    private static readonly EvaluationManifest Manifest = Some.Manifest(Some.Gate("accuracy", ">= baseline"));
    private static readonly Answer Right = Some.Route("refund");

    [Fact]
    public void The_same_answer_is_no_difference_however_it_is_spaced() =>
        Assert.Empty(Between((Some.Case(), Some.Answer("""{"route":"refund","n":1}"""), Some.Answer("""{ "n": 1.0, "route": "refund" }"""))).Differences);

    [Fact]
    public void Each_category_is_told_apart()
    {
        var report = Between(
            (Some.Case("style"), Some.Answer("""{"route":"refund"}"""), Some.Answer("""{"route":"refund","note":"x"}""")),
            (Some.Case("still wrong"), Some.Route("billing"), Some.Route("fraud")),
            (Some.Case("same error"), Some.Answer("", error: "timeout"), Some.Answer("", error: "timeout")),
            (Some.Case("won"), Some.Route("billing"), Right),
            (Some.Case("lost"), Right, Some.Route("billing")));
        Assert.Equal([("lost", DifferenceCategory.Broken), ("won", DifferenceCategory.Fixed), ("still wrong", DifferenceCategory.BothWrongDifferent),
            ("style", DifferenceCategory.BothRightDifferent)], report.Differences.Select(row => (row.CaseId, row.Category)));
        Assert.Equal(new EvaluationCounts(5, 2, 1, 2, 1, 1, 1, 1, 1), report.Counts);
    }

    [Fact]
    public void The_worst_comes_first_form_before_fields_and_large_clusters_before_small()
    {
        var report = Between(
            (Case("one fraud", "somebody used my card in another country"), Right, Some.Route("fraud")),
            (Case("billing 1", "the invoice of march is wrong"), Right, Some.Route("billing")),
            (Case("billing 2", "the invoice of may is wrong"), Right, Some.Route("billing")),
            (Case("billing 3", "my invoice is wrong again"), Right, Some.Route("billing")),
            (Case("won", "x"), Some.Route("billing"), Right),
            (Case("prose", "hello"), Right, Some.Answer("Sure!")));
        Assert.Equal(["prose", "billing 1", "billing 2", "billing 3", "one fraud", "won"], report.Differences.Select(row => row.CaseId).Order(new Read(report)));
        Assert.Equal([("The answer is not JSON", 1, true), ("\"route\" is \"billing\", expected \"refund\"", 3, false), ("\"route\" is \"fraud\", expected \"refund\"", 1, false)],
            report.Clusters.Select(cluster => (cluster.Title, cluster.Size, cluster.BrokenForm)));
        Assert.All(report.Clusters, cluster => Assert.Contains(report.Differences, row => row.CaseId == cluster.Worst));
    }

    [Fact]
    public void What_fails_alike_on_alike_inputs_is_one_cluster_and_what_does_not_is_not()
    {
        const string Refund = "\"route\" is \"billing\", expected \"refund\"";
        var report = Between(
        [
            .. Enumerable.Range(0, 6).Select(index => (Case($"sign in {index}", $"I cannot sign in to my account {index}", """{"route":"account"}"""), Right, Some.Route("technical"))),
            .. Enumerable.Range(0, 4).Select(index => (Case($"invoice {index}", $"please send invoice number {index} again", """{"route":"billing"}"""), Right, Some.Route("billing"))),
        ]);
        Assert.Equal([6, 4], report.Clusters.Select(cluster => cluster.Size));
        Assert.Equal(Refund, report.Clusters[1].Title);
        Assert.Equal(["route=account"], report.Clusters[0].Tags);
        Assert.All(report.Clusters[0].Cases, id => Assert.StartsWith("sign in", id, StringComparison.Ordinal));
    }

    [Fact]
    public void A_row_says_all_a_reviewer_needs()
    {
        var row = Assert.Single(Between((Some.Case("c7", kind: "rare", tags: """{"tier":"gold"}"""), Right, Some.Route("billing"))).Differences);
        Assert.Equal(("c7", CaseKind.Rare, "gold", "I want my money back"), (row.CaseId, row.Kind, row.Tags["tier"], row.Input));
        Assert.Equal(("""{"route":"refund"}""", """{"route":"billing"}"""), (row.BaselineAnswer, row.CandidateAnswer));
        Assert.Equal("\"route\" is \"billing\", expected \"refund\"", row.Group);
        Assert.Empty(row.BaselineFailures);
        Assert.Equal([row.Group], row.CandidateFailures);
        Assert.Equal([new FieldDifference("route", "\"refund\"", "\"billing\"")], row.Fields);
        Assert.Empty(row.Words);
    }

    [Fact]
    public void Of_two_thousand_broken_cases_a_reviewer_reads_few_and_the_rest_is_counted()
    {
        var report = Some.Report(Manifest, bothRight: 10, lost: 2_000, won: 500);
        Assert.Equal(2_000, Assert.Single(report.Clusters).Size);
        Assert.Equal((1_995, 496), (report.LeftOut!.Broken, report.LeftOut.Fixed));
        Assert.Equal(9, report.Differences.Length);
        Assert.Equal(50, report.Clusters[0].Cases.Length);
    }

    [Fact]
    public void The_report_does_not_depend_on_who_answered_first()
    {
        CaseRun[] runs = [.. Enumerable.Range(0, 600).Select(index => Some.Run($"c{index}", [index % 7 != 0], [index % 3 != 0]))];
        Assert.Equal(Some.Report(Manifest, runs).ToJson(), Some.Report(Manifest, [.. runs.Reverse()]).ToJson());
    }

    [Fact]
    public void With_repeats_a_case_is_broken_where_it_passes_less_often()
    {
        var report = Some.Report(Manifest,
            Some.Run("less", [true, true, true], [true, false, true]), Some.Run("more", [true, false, false], [true, true, false]), Some.Run("same", [true, false, true], [false, true, true]));
        Assert.Equal((1, 1), (report.Counts.Broken, report.Counts.Fixed));
        var row = report.Differences[0];
        Assert.Equal(("less", 1.0, 2 / 3.0), (row.CaseId, row.BaselineShare, row.CandidateShare));
        Assert.Equal(("""{"route":"refund"}""", """{"route":"billing"}"""), (row.BaselineAnswer, row.CandidateAnswer));
    }

    [Fact]
    public void What_broke_and_what_was_fixed_is_counted_by_tag_kind_and_reason()
    {
        var report = Some.Report(Manifest,
            Some.Run(Case("a", "x", """{"tier":"gold"}"""), Right, Some.Route("billing")),
            Some.Run(Case("b", "x", """{"tier":"gold"}"""), Some.Route("billing"), Right),
            Some.Run(Case("c", "x", """{"tier":"gold"}"""), Right, Right),
            Some.Run(Case("d", "x", """{"tier":"free"}"""), Right, Right));
        Assert.Equal([new DifferenceGroup("tier=gold", 3, 1, 1)], report.Tags);
        Assert.Equal([new DifferenceGroup("normal", 4, 1, 1)], report.Kinds);
        Assert.Equal([new DifferenceGroup("\"route\" is \"billing\", expected \"refund\"", 2, 1, 1)], report.Reasons);
    }

    [Fact]
    public void A_report_keeps_of_texts_what_the_prompts_policy_keeps()
    {
        var run = Some.Run(Case("a", "write to ana@example.com"), Right, Some.Answer("Sure, ana@example.com!"));
        Assert.Equal(("", "", ""), Texts(CapturePolicy.None));
        Assert.DoesNotContain("ana@", string.Concat(Texts(CapturePolicy.Redacted)), StringComparison.Ordinal);
        Assert.Equal(("write to ana@example.com", """{"route":"refund"}""", "Sure, ana@example.com!"), Texts(CapturePolicy.Full));

        (string, string, string) Texts(CapturePolicy capture)
        {
            var builder = new ReportBuilder(Manifest, EvaluationPolicy.Default, ServingPolicy.Default with { Capture = capture });
            builder.Add(run);
            var row = Assert.Single(builder.Build(Some.Facts).Differences);
            return (row.Input, row.BaselineAnswer, row.CandidateAnswer);
        }
    }

    [Fact]
    public void The_sides_must_answer_the_same_cases_each_once()
    {
        Assert.Throws<ArgumentException>(() => Some.Report(Manifest, Some.Run("a", [true], [true]), Some.Run("a", [true], [true])));
        Assert.Throws<ArgumentException>(() => Some.Report(Manifest, Some.Run("a", [true], [true]), Some.Run("b", [], [true])));
        Assert.Throws<ArgumentException>(() => Some.Report(Manifest, Some.Run("a", [true], [])));
    }

    [Theory]
    [InlineData("""{"variables":{"x":"v"},"messages":[{"role":"user","content":"first"},{"role":"user","content":"last"},{"role":"assistant","content":"and?"}]}""", "last")]
    [InlineData("""{"variables":{"x":"v"},"messages":[{"role":"assistant","content":"and?"}]}""", """{"x":"v"}""")]
    [InlineData("""{"messages":[{"role":"system","content":"only"}]}""", "only")]
    public void The_input_is_the_last_user_message_or_the_variables(string input, string excerpt) =>
        Assert.Equal(excerpt, Some.Cases($$"""{"id":"a","expect":[{"check":"schema"}],{{input[1..]}}""").Single().InputExcerpt);

    private static EvaluationReport Between(params (GoldenCase Case, Answer Baseline, Answer Candidate)[] cases) =>
        Some.Report(Manifest, [.. cases.Select(one => Some.Run(one.Case, one.Baseline, one.Candidate))]);

    private static GoldenCase Case(string id, string input, string tags = "{}") => Some.Cases(
        $$"""{"id":{{Some.Json(id)}},"messages":[{"role":"user","content":{{Some.Json(input)}}}],"tags":{{tags}},"expect":[{"check":"schema"},{"check":"field_equals","field":"route","value":"refund"}]}""").Single();

    // Clusters in their order, the ids of one by name: which of three alike is the representative is not what this is about.
    private sealed class Read(EvaluationReport report) : IComparer<string>
    {
        public int Compare(string? x, string? y) => (Place(x!), x!).CompareTo((Place(y!), y!));

        private int Place(string id) => report.Clusters.TakeWhile(cluster => !cluster.Cases.Contains(id)).Count();
    }
}

public sealed class TextDifferenceTests
{
    [Fact]
    public void Texts_are_compared_word_by_word() => Assert.Equal(
        [new(WordChange.Same, "Please "), new(WordChange.Removed, "hold on"), new(WordChange.Added, "wait ,"), new WordDifference(WordChange.Same, " now.")],
        Merge(TextDifference.Words("Please hold on now.", "Please wait , now.")));

    [Fact]
    public void Objects_are_compared_field_by_field_and_other_answers_are_not()
    {
        Assert.Equal([new FieldDifference("route", "\"a\"", "\"b\""), new FieldDifference("deep.x", "1", null), new FieldDifference("deep.y", null, "[2]")],
            TextDifference.Fields("""{"route":"a","same":1,"deep":{"x":1}}""", """{"same":1.0,"deep":{"y":[2]},"route":"b"}"""));
        Assert.Empty(TextDifference.Fields("""{"route":"a"}""", "Sure! {\"route\":\"a\"}"));
        Assert.Empty(TextDifference.Fields("[1]", "[2]"));
    }

    [Fact]
    public void The_pieces_put_together_are_the_texts_again() => FsCheck.Check.QuickThrowOnFailure(Prop.ForAll<string, string>((left, right) =>
    {
        var (before, after) = (left ?? "", right ?? "");
        var words = TextDifference.Words(before, after);
        return string.Concat(words.Where(word => word.Change != WordChange.Removed).Select(word => word.Text)) == after
            && Unspaced(string.Concat(words.Where(word => word.Change != WordChange.Added).Select(word => word.Text))) == Unspaced(before);
    }));

    private static string Unspaced(string text) => string.Concat(text.Where(letter => !char.IsWhiteSpace(letter)));

    // Spaces may lie at the end of one piece or at the start of the next.
    private static IEnumerable<WordDifference> Merge(ImmutableArray<WordDifference> words) => words.Select((word, index) => word.Change == WordChange.Same
        ? word with { Text = index == 0 ? word.Text : " " + word.Text.TrimStart() } : word with { Text = word.Text.TrimEnd() });
}
