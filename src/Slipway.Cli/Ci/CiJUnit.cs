using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Slipway.Core.Evaluations;
using Slipway.Core.Evaluations.Forms;

namespace Slipway.Cli.Ci;

/// <summary>A run as JUnit XML: a test for each check, and the suites of each comparison.</summary>
internal static class CiJUnit
{
    /// <summary>Writes it.</summary>
    public static string Write(CiResult result)
    {
        var checks = new XElement("testsuite", new XAttribute("name", "checks"), new XAttribute("tests", result.Checks.Length), new XAttribute("failures", result.Checks.Count(check => !check.Passed)),
            result.Checks.Select(check => Test(check.About, check.Name, check.Problems.IsEmpty ? null : new XElement("failure", new XAttribute("message", Clean(check.Problems[0])), Clean(string.Join('\n', check.Problems))))));
        var comparisons = result.Comparisons.SelectMany(comparison => comparison.Report is { } report
            ? XElement.Parse(JUnitReport.Write(report)).Elements("testsuite").Select(suite => Named(suite, comparison.Candidate))
            : [Nothing(comparison)]);
        var suites = new XElement("testsuites", new XAttribute("name", $"slipway ci {Clean(result.Folder)}"), checks, comparisons);
        var text = new StringBuilder();
        using (var writer = XmlWriter.Create(text, new XmlWriterSettings { Indent = true, OmitXmlDeclaration = true })) suites.Save(writer);
        return $"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{text}\n";
    }

    private static XElement Named(XElement suite, string candidate)
    {
        suite.SetAttributeValue("name", $"{candidate} {suite.Attribute("name")?.Value}");
        return suite;
    }

    private static XElement Nothing(CiComparison comparison)
    {
        var open = comparison.Verdict != GateVerdict.Pass;
        return new XElement("testsuite", new XAttribute("name", $"{comparison.Candidate} comparison"), new XAttribute("tests", 1), new XAttribute("errors", open ? 1 : 0),
            Test(comparison.Candidate, "is compared", new XElement(open ? "error" : "skipped", new XAttribute("message", Clean(comparison.Remark)))));
    }

    private static XElement Test(string about, string name, XElement? outcome) =>
        new("testcase", new XAttribute("classname", Clean(about)), new XAttribute("name", Clean(name)), new XAttribute("time", 0.ToString(CultureInfo.InvariantCulture)), outcome);

    private static string Clean(string text) => string.Concat(text.Select(letter => XmlConvert.IsXmlChar(letter) ? letter : '\uFFFD'));
}
