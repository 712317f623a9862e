using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Slipway.Core.Access;
using Slipway.Core.Evaluations;
using Slipway.Core.Incidents;
using Slipway.Core.Models;
using Slipway.Core.Partials;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Rollouts;
using Slipway.Core.Staging;
using Slipway.Core.Wire;

namespace Slipway.Core.Tests;

/// <summary>Values with defaults: a test names only what matters to it.</summary>
internal static class Some
{
    public const string Schema = """{"type":"object","required":["route"],"properties":{"route":{"type":"string"}},"additionalProperties":false}""";

    private static readonly Lazy<Installation> Prepared = new(Prepare);

    public static DateTimeOffset Noon { get; } = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Administrator.</summary>
    public static MemberName Admin { get; } = Member("admin");

    /// <summary>Author of every version.</summary>
    public static MemberName Ana { get; } = Member("ana");

    /// <summary>Reviewer.</summary>
    public static MemberName Boris { get; } = Member("boris");

    /// <summary>Release owner.</summary>
    public static MemberName Clara { get; } = Member("clara");

    /// <summary>On-call.</summary>
    public static MemberName Dora { get; } = Member("dora");

    /// <summary>Owner of the prompt, with no role.</summary>
    public static MemberName Emil { get; } = Member("emil");

    /// <summary>Backup owner of the prompt, with no role.</summary>
    public static MemberName Greta { get; } = Member("greta");

    /// <summary>Application.</summary>
    public static MemberName Fritz { get; } = Member("fritz");

    public static PromptName Prompt { get; } = Parse<PromptName>("support_router");

    public static GoldenSetId GoldenSet { get; } = Parse<GoldenSetId>("support_router_golden:v4");

    public static ModelReference Model { get; } = Parse<ModelReference>("offline/offline-2026-11");

    public static EnvironmentName Production => EnvironmentName.Production;

    public static T Parse<T>(string text) where T : ITextValue<T> => T.TryParse(text, out var value) ? value : throw new ArgumentException($"{text} must be {T.Form}.", nameof(text));

    public static MemberName Member(string name) => Parse<MemberName>(name);

    public static VersionId Version(string number) => new(Prompt, Parse<VersionNumber>(number));

    public static Share Share(string text) => Parse<Share>(text);

    public static ContentHash Hash(string text) => ContentHash.Of(Encoding.UTF8.GetBytes(text));

    public static JsonElement Json(string json) => JsonElement.Parse(json);

    public static Submission Submission(
        string version = "1.0.0", string template = "Route the ticket.", string schema = Schema, string? variables = null, string? parameters = null,
        string model = "production-default", MemberName? owner = null, string reason = "Route accounts better.", string? rollbackTo = null, string prompt = "support_router", string? basedOn = null) => new()
        {
            Prompt = Parse<PromptName>(prompt),
            Version = Parse<VersionNumber>(version),
            Owner = owner ?? Emil,
            Model = model,
            Template = template,
            Schema = Json(schema),
            GoldenSet = GoldenSet,
            RollbackTo = rollbackTo is null ? null : Parse<VersionNumber>(rollbackTo),
            BasedOn = basedOn is null ? null : Parse<VersionNumber>(basedOn),
            ChangeReason = reason,
            Variables = variables is null ? null : Json(variables),
            Parameters = parameters is null ? null : Json(parameters),
        };

    /// <summary>What stands in a version of a partial.</summary>
    public static string PartialText(PartialId partial) => $"Obey {partial}.";

    public static Package Package(Submission? submission = null, ModelReference? model = null, params PinnedPartial[] partials) => Core.Prompts.Package.Build(submission ?? Submission(), model ?? Model, partials) switch
    {
        PackageBuild.Built built => built.Package,
        PackageBuild.Refused refused => throw new ArgumentException(string.Join('\n', refused.Errors), nameof(submission)),
        _ => throw new InvalidOperationException(),
    };

    public static Guardrail Guardrail(string text = "schema_pass_rate >= baseline - 2pp")
    {
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        return Core.Rollouts.Guardrail.Parse(text[..space], text[(space + 1)..], out var problem) ?? throw new ArgumentException(problem, nameof(text));
    }

    /// <summary>A plan that neither waits nor observes where a test does not ask for it.</summary>
    public static ReleasePlanDocument Plan(
        string[]? steps = null, string[]? guardrails = null, int? units = null, string? time = "0s", string? within = null, string? freeze = null,
        string? rollbackTo = null, MemberName? watcher = null, string? observe = "0s", params ConditionDocument[] eligibility) => new()
        {
            Eligibility = eligibility.Length == 0 ? null : [.. eligibility],
            Steps = steps is null ? null : [.. steps.Select(step => PlanStep.FromShare(Share(step)))],
            Observe = observe is null ? null : Parse<Duration>(observe),
            Guardrails = (guardrails ?? ["schema_pass_rate >= baseline - 2pp"]).Select(text => text.Split(' ', 2))
                .ToImmutableSortedDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal),
            MinimumUnits = units,
            MinimumTime = time is null ? null : Parse<Duration>(time),
            DecideWithin = within is null ? null : Parse<Duration>(within),
            MaximumFreeze = freeze is null ? null : Parse<Duration>(freeze),
            RollbackTo = rollbackTo is null ? null : Parse<VersionNumber>(rollbackTo),
            Watcher = watcher,
        };

    /// <summary>A shadow that may make so many calls.</summary>
    public static ShadowPlan Shadow(string share = "5%", long? calls = 500, decimal? cost = null, int? units = null, string? time = null) =>
        new(Share(share), new ShadowBudget(cost, calls), time is null ? null : Parse<Duration>(time), units);

    /// <summary>What a plan is made for: 1.0.0 is live, and the risk is the usual.</summary>
    public static PlanBasis Basis(ReleaseLevel level = ReleaseLevel.Limited, RiskLevel risk = RiskLevel.Standard, bool contract = false) => new(Version("1.0.0"), level, risk, Emil, contract);

    public static GuardrailEvidence Evidence(
        Guardrail? guardrail = null, long candidates = 500, long candidatesBad = 5, double harm = 1, double safe = 1) =>
        new(guardrail ?? Guardrail(), candidates, candidatesBad, 20 * candidates, 20 * candidatesBad, candidates, harm, 100, safe, 20);

    /// <summary>What was measured of stable: one of twenty answers is bad, and one unit of four is of the tier gold.</summary>
    public static TrafficSample Traffic(double unitsPerDay) => new(unitsPerDay, 7, [.. Enumerable.Range(0, 200).Select(number => new SampledUnit(
        new CallOutcome($"u-{number}", false, 1, Failed: false, SchemaValid: number % 20 != 0, Refused: false, Truncated: false),
        new Dictionary<string, string> { ["tier"] = number % 4 == 0 ? "gold" : "free" }))]);

    /// <summary>Evidence that proves every guardrail of a plan.</summary>
    public static ImmutableArray<GuardrailEvidence> Proof(ReleasePlan plan) =>
        [.. plan.Guardrails.Select(guardrail => Evidence(guardrail, candidatesBad: guardrail.Form is GuardrailForm.ZeroTolerance ? 0 : 5, safe: 25))];

    public static EvaluationRecorded Evaluation(
        string candidate, string? baseline, GateVerdict verdict = GateVerdict.Pass, string set = "support_router_golden:v4", params string[] gates) => new(
            Hash("report"), Version(candidate), baseline is null ? null : Version(baseline), Parse<GoldenSetId>(set), verdict,
            gates.Length == 0 ? ["accuracy is 99%, required >= 98%"] : [.. gates]);

    /// <summary>A test of an incident's cases by Ana: a version against 1.0.0.</summary>
    public static IncidentCommand.Prove Proof(
        IncidentId incident, string version, ImmutableArray<IncidentCase> cases, IncidentFigures? figures = null, string? note = null, string? stopped = null, MemberName? by = null) => new(
            by ?? Ana, incident, new IncidentTested(incident, new EvaluationRunId(7), Hash("tested"), GoldenSet, Version(version), Version("1.0.0"), cases, stopped), figures, note);

    /// <summary>A report on a version that was tried in staging beside what is live.</summary>
    public static StagingReported Staging(Installation installation, string version, params (string Part, string Sentence)[] open) => new(
        Version(version), installation.State.Prompts.Find(Version(version))!.Package, installation.Live!, Hash($"staging {version}"), 20, 20, [.. open.Select(one => new OpenDifference(one.Part, one.Sentence))]);

    /// <summary>A rubric as people write it.</summary>
    public const string RubricText = """
        {"criterion": "Is the answer friendly?",
         "scale": [{"score": 1, "label": "rude", "means": "It blames or mocks."}, {"score": 2, "label": "curt", "means": "Correct but short."}, {"score": 3, "label": "friendly", "means": "It greets and helps."}],
         "pass": 2, "model": "production-default",
         "examples": [
           {"id": "e1", "input": "Where is my parcel?", "answer": "How should I know?", "score": 1, "why": "It blames the customer."},
           {"id": "e2", "input": "Where is my parcel?", "answer": "Hello! It comes tomorrow.", "reference": "It names the day.", "score": 3}]}
        """;

    /// <summary>That rubric.</summary>
    public static Rubric Rubric(string id = "tone:v1") => Core.Evaluations.Rubric.Parse(Parse<RubricId>(id), RubricText) is RubricResult.Parsed parsed ? parsed.Rubric : throw new InvalidOperationException("The rubric is well-formed.");

    /// <summary>What a golden set of normal cases holds.</summary>
    public static GoldenSetCounts Counts(int cases, params (CaseKind Kind, int Count)[] others) =>
        new(cases + others.Sum(one => one.Count), 0, others.Prepend((CaseKind.Normal, cases)).ToImmutableSortedDictionary(one => one.Item1, one => one.Item2));

    /// <summary>Members, a model alias, a golden set and the versions 1.0.0 to 1.3.0 of one prompt with an owner and a backup owner; nothing is live.</summary>
    public static Installation Installation() => Prepared.Value.Copy();

    /// <summary>As <see cref="Installation"/>, with 1.0.0 live in production by rel-1.</summary>
    public static Installation LiveInstallation()
    {
        var installation = Installation();
        installation.GoLive("1.0.0");
        return installation;
    }

    private static Installation Prepare()
    {
        var installation = new Installation();
        installation.Do(new InitializeAccess(Hash("slw_first")));
        foreach (var (member, role) in ((MemberName, Role?)[])[(Ana, Role.Author), (Boris, Role.Reviewer), (Clara, Role.ReleaseOwner), (Dora, Role.OnCall), (Emil, null), (Greta, null), (Fritz, Role.Application)])
            installation.Do(new AddMember(Admin, member, role is { } given ? [given] : []));
        installation.Do(new SetModelAlias(Admin, "production-default", Model));
        installation.Do(new PushGoldenSet(Ana, GoldenSet, Hash("cases"), Counts(180)));
        foreach (var version in (string[])["1.0.0", "1.1.0", "1.2.0", "1.3.0"]) installation.Submit(Submission(version, $"Route the ticket, take {version}."));
        installation.Do(new AssignDuties(Emil, Prompt, new DutiesChange { BackupOwner = Greta }));
        return installation;
    }
}
