using System.Text;
using System.Text.Json;
using Slipway.Core.Evaluations;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Staging;
using Slipway.Core.Wire;
using Slipway.Server.Evaluations;
using Slipway.Server.Objects;
using Slipway.Server.Snapshots;
using Slipway.Server.Storage;

namespace Slipway.Server.Staging;

/// <summary>Makes reports on staged versions, and reads them back.</summary>
internal sealed class StagingReports(RecordedCases recorded, EvaluationEngine engine, PackageCache packages, ObjectKeeper objects)
{
    // What is asked is that the requests are asked, not how well: the comparison says that.
    private const string Manifest = """{"candidate_prompt": "staged", "dataset": "staging_requests:v1", "gates": {"error_rate": "<= 100%"}}""";

    private const int TrafficCalls = 1_000, TrafficTexts = 50;

    /// <summary>Asks both versions, compares, and keeps the report.</summary>
    /// <param name="request">Which version, and how much.</param>
    /// <param name="since">None of the requests is older.</param>
    /// <param name="registry">The state.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="cancellation">Gives up; what was answered is kept, and not paid for again.</param>
    /// <returns>What the journal is to say of it, or why there is no report.</returns>
    public async Task<(StagingReported? Facts, Refusal? Why)> MakeAsync(StagingRequest request, DateTimeOffset since, Registry registry, string by, CancellationToken cancellation)
    {
        var (version, prompt) = (registry.Prompts.Find(request.Version)!, request.Version.Prompt);
        var live = registry.Prompts.Find(registry.Releases.Live(prompt, EnvironmentName.Production)!.Version)!;
        var (staged, production) = (packages.Get(version.Package), packages.Get(live.Package));
        var requests = recorded.Newest(prompt, EnvironmentName.Production, since, request.Requests ?? 20, TrafficCalls, call => call is { Arm: Arm.Stable, Abandoned: false }, registry);
        if (requests.Cases.IsEmpty) return (null, new Refusal(RefusalKind.Conflict, NothingToAsk(prompt, requests, registry)));
        var set = StagingRequests.Of(requests.Cases, staged);
        var plan = new EvaluationPlan
        {
            Manifest = ManifestOf(request.MaxCost),
            Candidate = new EvaluationSide(version.Id.ToString(), staged, version.Facts.ChangeReason),
            Baseline = new EvaluationSide(live.Id.ToString(), production),
            Set = set,
            // Under a name of their own: the requests themselves are kept in the call log alone.
            SetContent = ContentHash.Of(Encoding.UTF8.GetBytes(set.ToJsonLines())),
            Serving = registry.Prompts.Policy(prompt).Serving,
            By = by,
            Models = registry.Models,
            Settings = EvaluationSettings.Default with { MaxCost = request.MaxCost },
        };
        if (engine.ProblemsOf(plan) is [var problem, ..]) return (null, new Refusal(RefusalKind.Invalid, problem));
        var result = await engine.RunAsync(plan, cancellation: cancellation);
        if (result.Stopped is { } stopped) return (null, new Refusal(RefusalKind.Conflict, $"Not every request was asked: {stopped}. What was answered is kept and not paid for again."));

        var evaluation = objects.Put(CanonicalJson.Of(result.Report.ToJson()));
        var there = recorded.Newest(prompt, EnvironmentName.Staging, since, TrafficTexts, TrafficCalls, call => call.PromptVersion == version.Id.Number.Text, registry);
        var here = StagingTraffic.Of(requests.Calls, requests.Cases);
        var (answers, before) = (StagingRequests.AnswersOf(result.Report, isStaged: true), StagingRequests.AnswersOf(result.Report, isStaged: false));
        var differences = StagingComparison.Of(
            new StagingSide(version.Id, staged, StagingTraffic.Of(there.Calls, there.Cases), answers), new StagingSide(live.Id, production, here, before), registry.Models);
        var report = new StagingReport(
            version.Id, version.Package, live.Id, live.Package, answers, before, differences, evaluation, requests.Oldest, requests.Newest, requests.LeftOut);
        var hash = objects.Put(CanonicalJson.Of(JsonSerializer.Serialize(report, ApiJson.Default.StagingReport)));
        return (new StagingReported(version.Id, version.Package, live.Id, hash, answers.Asked, answers.Kept, [.. differences.Where(one => one.NeedsReason).Select(one => new OpenDifference(one.Part, one.Sentence))]), null);
    }

    /// <summary>The newest report on a version, with what is said of it; null where there is none.</summary>
    /// <exception cref="ErasedException">Its object was erased.</exception>
    /// <exception cref="StorageException">It cannot be read.</exception>
    public StagingReportDocument? Find(VersionId version, Registry registry)
    {
        if (registry.Staging.Find(version) is not { } staged) return null;
        var bytes = objects.Get(staged.Facts.Report) ?? throw new StorageException($"The report {staged.Facts.Report} is missing from the object store.");
        var report = JsonSerializer.Deserialize(bytes, ApiJsonFor.OlderClients.StagingReport) ?? throw new StorageException($"The report {staged.Facts.Report} has lost its form.");
        var outdated = ReleaseChecklist.Outdated(staged, registry.Prompts.Find(version)!.Package, registry.Releases.Live(version.Prompt, EnvironmentName.Production)?.Version);
        return new StagingReportDocument(staged.Facts.Report, report, staged.By, staged.At, staged.Explanations, staged.Unexplained, outdated);
    }

    private static EvaluationManifest ManifestOf(decimal? most) =>
        (EvaluationManifest.Parse(Manifest) is EvaluationManifestResult.Parsed parsed ? parsed.Manifest : throw new InvalidOperationException("The manifest of staging is well-formed.")) with { MaxCost = most };

    private static string NothingToAsk(PromptName prompt, RecordedRequests requests, Registry registry) =>
        requests.Calls.IsEmpty ? $"No request of {prompt} was recorded in production in that time; look further back with --since, as in --since 30d."
        : registry.Prompts.Policy(prompt).Serving.Capture == CapturePolicy.None
            ? $"The policy of {prompt} keeps no texts of its calls, so none of its requests can be asked again. It is changed with: slipway policy set {prompt} --capture redacted"
        : $"None of the {requests.Calls.Length} newest requests of {prompt} can be asked again: {requests.LeftOut.FirstOrDefault("nothing of their texts was kept.")}";
}
