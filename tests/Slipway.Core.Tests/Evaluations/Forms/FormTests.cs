using System.Text.RegularExpressions;
using System.Xml.Linq;
using Slipway.Core.Evaluations;
using Slipway.Core.Evaluations.Forms;

namespace Slipway.Core.Tests.Evaluations.Forms;

public sealed partial class FormTests
{
    private const string Hostile = "</code></td><script>alert(1)</script> | `x` ![p](http://evil.example/p.png) @everyone \u001b[2J\u202e\0\ud800 ]]> & \"'";
    private static readonly EvaluationManifest Manifest = Some.Manifest(Some.Gate("accuracy", ">= baseline - 1pp"), Some.Gate("error_rate", "0%"), Some.Gate("tone_accuracy", ">= 50%"));
    private static readonly EvaluationReport Bad = Some.Report(Manifest, bothRight: 80, lost: 14, won: 4, bothWrong: 2);
    private static readonly EvaluationReport Good = Some.Report(Some.Manifest(Some.Gate("accuracy", ">= baseline - 1pp")), bothRight: 90, lost: 1, won: 9);

    [Fact]
    public void The_first_sentence_says_what_came_out()
    {
        Assert.Equal("support_router:v1.6.0 fails 1 of 3 gates. Of 100 cases it breaks 14 and fixes 4 against support_router:v1.5.2.", ReportWords.Headline(Bad));
        Assert.Equal("support_router:v1.6.0 passes its gates. Of 100 cases it breaks 1 and fixes 9 against support_router:v1.5.2.", ReportWords.Headline(Good));
        Assert.Equal("support_router:v1.6.0 passes its gates. On 5 cases it is right and wrong exactly where support_router:v1.5.2 is.",
            ReportWords.Headline(Some.Report(Some.Manifest(Some.Gate("accuracy", ">= 1%")), bothRight: 5)));
    }

    [Fact]
    public void A_comment_shows_the_gates_and_the_worst_first()
    {
        var text = MarkdownReport.Write(Bad);
        Assert.StartsWith("### ❌ support&#95;router&#58;v1.6.0 fails 1 of 3 gates.", text, StringComparison.Ordinal);
        Assert.Contains("| <code>accuracy</code> | &#62;&#61; baseline &#45; 1pp | 94.0% | 84.0% |", text, StringComparison.Ordinal);
        Assert.Contains("**What got worse: 14 cases**", text, StringComparison.Ordinal);
        Assert.Contains("| 14 | <code>&#34;route&#34; is &#34;billing&#34;, expected &#34;refund&#34;</code> |", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_build_server_reads_gates_and_broken_cases()
    {
        var suites = XDocument.Parse(JUnitReport.Write(Bad)).Root!;
        var (gates, cases) = (suites.Elements("testsuite").First(), suites.Elements("testsuite").Last());
        Assert.Equal(("3", "1", "1"), (gates.Attribute("tests")!.Value, gates.Attribute("failures")!.Value, gates.Attribute("errors")!.Value));
        Assert.Equal(gates.Attribute("tests")!.Value, $"{gates.Elements("testcase").Count()}");
        Assert.Equal(["accuracy >= baseline - 1pp"], gates.Elements("testcase").Where(test => test.Element("failure") is not null).Select(test => test.Attribute("name")!.Value));
        Assert.Equal(["tone_accuracy >= 50%"], gates.Elements("testcase").Where(test => test.Element("error") is not null).Select(test => test.Attribute("name")!.Value));
        Assert.Equal(cases.Attribute("failures")!.Value, $"{cases.Elements("testcase").Count(test => test.Element("failure") is not null)}");
        Assert.Contains("candidate: {\"route\":\"billing\"}", cases.Element("testcase")!.Element("failure")!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void A_build_that_may_go_on_shows_no_red()
    {
        var suites = XDocument.Parse(JUnitReport.Write(Good)).Root!;
        Assert.Empty(suites.Descendants("failure").Concat(suites.Descendants("error")));
        Assert.Single(suites.Descendants("skipped"));
    }

    [Fact]
    public void A_page_needs_no_network_and_no_script()
    {
        var html = HtmlReport.Write(Bad);
        Assert.StartsWith("<!doctype html>", html, StringComparison.Ordinal);
        Assert.DoesNotMatch("(?i)<script|<link|<img|<iframe|@import|url\\(|https?://", html);
        Assert.Contains("default-src 'none'", html, StringComparison.Ordinal);
        Assert.Contains("prefers-color-scheme:dark", html, StringComparison.Ordinal);
        Assert.Contains("name=\"viewport\"", html, StringComparison.Ordinal);
        Assert.Contains("What got worse", html, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_cannot_say_anything_in_a_reports_name()
    {
        var report = Some.Report(Manifest,
            Some.Run(Some.Case("a"), Some.Route("refund"), Some.Answer(Hostile, violations: Hostile)),
            Some.Run(Some.Case("b"), Some.Answer($$"""{"route":{{Some.Json(Hostile.Replace("\ud800", "", StringComparison.Ordinal))}},"x":1}"""), Some.Answer("""{"route":"refund"}""")));
        var (html, markdown, junit) = (HtmlReport.Write(report), MarkdownReport.Write(report), JUnitReport.Write(report));
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(Opening().Count(html), Closing().Count(html));
        Assert.DoesNotContain("<script", markdown, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("](", markdown, StringComparison.Ordinal);
        Assert.DoesNotContain("@everyone", markdown, StringComparison.Ordinal);
        Assert.DoesNotContain("http://", markdown, StringComparison.Ordinal);
        Assert.All(markdown.Split('\n').Where(line => line.StartsWith("| 1 |", StringComparison.Ordinal)), line => Assert.Equal(6, line.Count(letter => letter == '|')));
        Assert.NotNull(XDocument.Parse(junit).Root);
        foreach (var form in (string[])[html, markdown]) Assert.DoesNotMatch("[\u001b\u202e\0]", form);
    }

    [Fact]
    public void A_report_of_the_first_shape_has_every_form()
    {
        var report = EvaluationReport.FromJson(EvaluationReportTests.First);
        Assert.Contains("What got worse", HtmlReport.Write(report), StringComparison.Ordinal);
        Assert.Contains("| 1 | <code>g</code> |", MarkdownReport.Write(report), StringComparison.Ordinal);
        Assert.NotNull(XDocument.Parse(JUnitReport.Write(report)).Root);
    }

    [Fact]
    public void A_comment_stays_short_enough_to_be_posted()
    {
        var report = Some.Report(Manifest, [.. Enumerable.Range(0, 300).Select(index => Some.Run(Some.Case($"c{index}"), Some.Route("refund"), Some.Answer(new string((char)('a' + index % 26), 5_000))))]);
        Assert.InRange(MarkdownReport.Write(report).Length, 100, 60_002);
    }

    [GeneratedRegex("<(details|article|section|table|p|ins|del|code|span|div)\\b")] private static partial Regex Opening();

    [GeneratedRegex("</(details|article|section|table|p|ins|del|code|span|div)>")] private static partial Regex Closing();
}
