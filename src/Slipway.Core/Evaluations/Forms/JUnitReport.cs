using System.Globalization;
using System.Text;
using System.Xml;

namespace Slipway.Core.Evaluations.Forms;

/// <summary>A report as JUnit XML, which build servers read: a test for each gate, and one for each case the candidate gets wrong.</summary>
/// <remarks>A gate that fails is a failure, one that is inconclusive an error. A case that broke is a failure where the gates do not pass; where they do,
/// it is skipped with the reason: a build that may go on shows no red.</remarks>
public static class JUnitReport
{
    private const int LongestText = 2_000;

    /// <summary>Writes it.</summary>
    public static string Write(EvaluationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var text = new StringBuilder();
        using (var xml = XmlWriter.Create(text, new XmlWriterSettings { Indent = true, OmitXmlDeclaration = true }))
        {
            var wrong = report.Differences.Where(row => row.Category is DifferenceCategory.Broken or DifferenceCategory.BothWrongDifferent).ToList();
            var (fail, open, red) = (Gates(report, GateVerdict.Fail), Gates(report, GateVerdict.Inconclusive), report.Verdict != GateVerdict.Pass);
            xml.WriteStartElement("testsuites");
            Totals(xml, $"{report.Candidate} on {report.Dataset}", report.Gates.Length + wrong.Count, fail + (red ? wrong.Count : 0), open, skipped: null);
            Suite(xml, report, "gates", report.Gates.Length, fail, open, 0, () =>
            {
                foreach (var gate in report.Gates) Gate(xml, gate);
            });
            Suite(xml, report, "cases", wrong.Count, red ? wrong.Count : 0, 0, red ? 0 : wrong.Count, () =>
            {
                foreach (var row in wrong) Case(xml, row, red);
            });
            xml.WriteEndElement();
        }
        return $"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{text}\n";
    }

    private static void Suite(XmlWriter xml, EvaluationReport report, string name, int tests, int failures, int errors, int skipped, Action write)
    {
        xml.WriteStartElement("testsuite");
        Totals(xml, name, tests, failures, errors, skipped);
        if (report.Facts?.Started is { } started) xml.WriteAttributeString("timestamp", started.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture));
        xml.WriteAttributeString("time", (report.Facts?.Duration?.TotalSeconds ?? 0).ToString("0.000", CultureInfo.InvariantCulture));
        write();
        xml.WriteEndElement();
    }

    private static void Totals(XmlWriter xml, string name, int tests, int failures, int errors, int? skipped)
    {
        xml.WriteAttributeString("name", Clean(name));
        xml.WriteAttributeString("tests", Number(tests));
        xml.WriteAttributeString("failures", Number(failures));
        xml.WriteAttributeString("errors", Number(errors));
        if (skipped is { } count) xml.WriteAttributeString("skipped", Number(count));
    }

    private static void Gate(XmlWriter xml, GateResult gate)
    {
        Test(xml, "gates", $"{gate.Metric} {gate.Threshold}");
        if (gate.Verdict != GateVerdict.Pass) Outcome(xml, gate.Verdict == GateVerdict.Fail ? "failure" : "error", ReportWords.Word(gate.Verdict), gate.Sentence, gate.Sentence);
        xml.WriteEndElement();
    }

    private static void Case(XmlWriter xml, BehaviourDifference row, bool red)
    {
        var why = row.CandidateFailures.Length > 0 ? string.Join("; ", row.CandidateFailures) : ReportWords.Word(row.Category);
        Test(xml, "cases", row.CaseId);
        if (red) Outcome(xml, "failure", ReportWords.Word(row.Category), why, $"input: {Cut(row.Input)}\nbaseline: {Cut(row.BaselineAnswer)}\ncandidate: {Cut(row.CandidateAnswer)}");
        else Outcome(xml, "skipped", null, $"{ReportWords.Word(row.Category)}, within what the gates allow: {why}", null);
        xml.WriteEndElement();
    }

    private static void Test(XmlWriter xml, string group, string name)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("classname", $"slipway.{group}");
        xml.WriteAttributeString("name", Clean(name));
        xml.WriteAttributeString("time", "0");
    }

    private static void Outcome(XmlWriter xml, string element, string? type, string message, string? text)
    {
        xml.WriteStartElement(element);
        if (type is not null) xml.WriteAttributeString("type", type);
        xml.WriteAttributeString("message", Clean(ReportWords.Line(message, LongestText)));
        if (text is not null) xml.WriteString(Clean(text));
        xml.WriteEndElement();
    }

    private static int Gates(EvaluationReport report, GateVerdict verdict) => report.Gates.Count(gate => gate.Verdict == verdict);

    private static string Cut(string text) => text.Length <= LongestText ? text : text[..LongestText] + "…";

    // XML 1.0 has no way to write most control characters, and half a surrogate pair is none of its characters either.
    private static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        for (var index = 0; index < text.Length; index++)
        {
            if (index + 1 < text.Length && XmlConvert.IsXmlSurrogatePair(text[index + 1], text[index])) clean.Append(text, index++, 2);
            else clean.Append(XmlConvert.IsXmlChar(text[index]) ? text[index] : '\ufffd');
        }
        return clean.ToString();
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
