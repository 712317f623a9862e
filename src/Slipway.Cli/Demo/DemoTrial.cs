using System.Globalization;
using Slipway.Core.Evaluations;
using Slipway.Core.Evaluations.Forms;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Cli.Demo;

/// <summary>How a version is tried before anybody meets it: on the golden set, by whoever reads what differs, and in staging.</summary>
/// <param name="cast">The people.</param>
/// <param name="script">What the story is played with.</param>
/// <param name="told">Tells a line of the story.</param>
internal sealed class DemoTrial(DemoCast cast, DemoScript script, Action<string> told)
{
    // A glance; the whole list is in the report.
    private const int Broken = 2, Fixed = 1, LongestInput = 60, LongestAnswer = 40, StagedRequests = 50;

    /// <summary>Evaluates a version against what is live; its reviewer reads what differs.</summary>
    /// <exception cref="DemoException">Its gates do not pass.</exception>
    public async Task EvaluateAsync(VersionId version, CancellationToken cancellation)
    {
        var manifest = await script.ReadAsync(Path.Combine("evals", $"v{version.Number}.json"), cancellation);
        var evaluation = (await cast.As(DemoCast.Author).EvaluateAsync(manifest, cancellation)).OrFail($"evaluating {version}");
        var (counts, gates) = (evaluation.Report.Counts, evaluation.Report.Gates);
        if (evaluation.Report.Verdict != GateVerdict.Pass) throw new DemoException($"{version} should have passed its gates: {string.Join("; ", gates.Select(gate => gate.Sentence))}");
        told($"ana evaluated it against the live version on {counts.Cases} cases: {counts.Broken} broken, {counts.Fixed} fixed; gates pass");
        foreach (var gate in gates) told($"  {gate.Sentence}");

        var report = EvaluationReport.FromJson((await cast.As(DemoCast.Reviewer).ObjectAsync(evaluation.ReportHash, cancellation)).OrFail("reading the report")) ?? throw new DemoException($"The report {evaluation.ReportHash} is damaged.");
        if (report.Differences.IsEmpty) return;
        told("ben read what behaves otherwise, worst first");
        foreach (var one in report.Differences.Where(one => one.Category == DifferenceCategory.Broken).Take(Broken)) told($"  {Sentence(one)}");
        foreach (var one in report.Differences.Where(one => one.Category == DifferenceCategory.Fixed).Take(Fixed)) told($"  {Sentence(one)}");
    }

    /// <summary>Asks a staged version what production was asked, and says what differs.</summary>
    /// <exception cref="DemoException">Something differs that somebody has to explain.</exception>
    public async Task StageAsync(VersionId version, DemoTraffic traffic, CancellationToken cancellation)
    {
        await traffic.ReachAsync(StagedRequests, cancellation);
        var document = (await cast.As(DemoCast.Author).ReportStagingAsync(new StagingRequest(version, StagedRequests), cancellation)).OrFail($"staging {version}");
        if (document.Unexplained is [var open, ..]) throw new DemoException($"Nothing should differ in staging but {version} itself: {open.Sentence}.");
        var (staged, live) = (document.Report.Staged, document.Report.Live);
        told(string.Create(CultureInfo.InvariantCulture,
            $"in staging it was asked {staged.Asked} requests that customers made: {staged.Kept} answered as agreed, {live.Kept} by {document.Report.Production.Number}; nothing differs that needs a reason"));
    }

    private static string Sentence(BehaviourDifference one)
    {
        var answers = one.Fields.IsEmpty ? $"{ReportWords.Line(one.BaselineAnswer, LongestAnswer)} became {ReportWords.Line(one.CandidateAnswer, LongestAnswer)}"
            : string.Join(", ", one.Fields.Select(field => $"{field.Field} {field.Baseline ?? "absent"} became {field.Candidate ?? "absent"}"));
        return $"{ReportWords.Word(one.Category)}: \"{ReportWords.Line(one.Input, LongestInput)}\": {answers}";
    }
}
