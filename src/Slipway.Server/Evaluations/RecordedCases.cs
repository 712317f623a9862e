using System.Collections.Immutable;
using System.Globalization;
using Slipway.Core.Calls;
using Slipway.Core.Evaluations;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;
using Slipway.Server.Access;
using Slipway.Server.Api;
using Slipway.Server.Objects;
using Slipway.Server.Snapshots;
using Slipway.Server.Storage;

namespace Slipway.Server.Evaluations;

/// <summary>Finds recorded calls and makes cases of them. It takes the right to read their texts, which may be of users.</summary>
internal sealed class RecordedCases(ICallLog calls, PackageCache packages, ObjectKeeper objects, TimeProvider clock)
{
    private const int DefaultLimit = 20, MostCases = 200, MostRead = 50_000, PageSize = 1_000;
    private static readonly TimeSpan DefaultWindow = TimeSpan.FromDays(1);

    // The question, what the cases of its answer say of where they come from, and what must be true of a call and of what became known of it.
    private static readonly ImmutableArray<(string From, string Source, Func<CallRecord, CallOutcomeDocument?, bool> Holds)> Questions =
    [
        ("schema-failures", "schema_failure", (call, _) => call.SchemaValid == false || call.ToolCallsValid == false),
        ("corrections", "correction", (_, outcome) => outcome?.Corrected == true),
        ("escalations", "escalation", (_, outcome) => outcome?.Escalated == true),
        ("costly", "costly", (call, _) => call.Cost > 0),
        ("abandoned", "abandoned", (call, _) => call.Abandoned),
    ];

    /// <summary>The cases of the calls that are asked for.</summary>
    /// <param name="request">Which.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="registry">The state.</param>
    /// <param name="leftOut">Takes a sentence for each call that becomes no case.</param>
    /// <param name="wrong">What to answer where the request is refused.</param>
    /// <returns>Null where it is refused.</returns>
    public IReadOnlyList<GoldenCase>? Find(GoldenCasesRequest request, Caller caller, Registry registry, List<string> leftOut, out IResult? wrong)
    {
        var isMoment = Moments.TryRead(request.Since, clock, out var since);
        var question = Questions.FirstOrDefault(one => one.From == request.From);
        var limit = request.Limit ?? DefaultLimit;
        wrong = (request.Trace, request.From) switch
        {
            (null, null) or (not null, not null) => Refusals.Invalid(["Name a trace, or what to look for under from."]),
            (null, not null) when question.From is null => Refusals.Invalid([$"\"{request.From}\" is nothing to look for: it must be {string.Join(", ", Questions.Select(one => one.From))}."]),
            (null, not null) when request.Prompt is null => Refusals.Invalid(["prompt is needed with from."]),
            _ when limit is < 1 or > MostCases => Refusals.Invalid([$"limit must be a whole number from 1 to {MostCases}."]),
            _ when !isMoment => Refusals.Invalid([Moments.Misread(request.Since)]),
            _ => null,
        };
        if (wrong is not null) return null;
        var found = request.Trace is { } trace ? OfTrace(trace, request.Prompt, caller) : OfQuestion(question.Holds, question.From == "costly", request, since ?? clock.GetUtcNow() - DefaultWindow, limit, caller);
        if (request.Trace is not null && found.Count == 0) wrong = Refusals.Unknown($"There is no call of a trace {request.Trace}{(request.Prompt is null ? "" : $" and {request.Prompt}")}; calls are kept for a while, and a trace has 32 hexadecimal digits.");
        var withheld = found.Select(call => Prompt(call)!).Distinct().Select(prompt => PromptRights.Of(caller.View(registry), prompt).DenyTexts(caller.Name)).OfType<Verdict.Refuse>().FirstOrDefault();
        if (withheld is not null) wrong = Refusals.Of(withheld.Why);
        return wrong is null ? Make(found, request.Kind ?? CaseKind.Normal, question.Source ?? "trace", registry, leftOut) : null;
    }

    /// <summary>The case of one call.</summary>
    /// <param name="call">The call, with its texts.</param>
    /// <param name="id">The case's id.</param>
    /// <param name="kind">What the case tries out.</param>
    /// <param name="source">Where it comes from; the trace is added.</param>
    /// <param name="registry">The state.</param>
    /// <param name="leftOut">Takes a sentence where the call becomes no case.</param>
    /// <param name="isWrong">Whether what it answered is known to be wrong, so that nobody should expect it.</param>
    /// <returns>Null where it becomes none.</returns>
    public GoldenCase? Of(CallRecord call, string id, CaseKind kind, string source, Registry registry, ICollection<string> leftOut, bool isWrong = false)
    {
        var result = call.PackageHash is not { } hash || registry.Objects.Find(hash) is not null || !objects.Holds(hash)
            ? new CallCaseResult.LeftOut("the package that answered is not here any more") : CallCase.Of(call, packages.Get(hash), id, kind, source, isWrong);
        if (result is CallCaseResult.LeftOut left) leftOut.Add($"The call {call.TraceId} was left out: {left.Why}.");
        return (result as CallCaseResult.Made)?.Case;
    }

    /// <summary>The newest requests of a prompt, each input once, as cases. Who asks for them may read texts.</summary>
    /// <param name="prompt">Whose calls.</param>
    /// <param name="environment">Where.</param>
    /// <param name="since">Not older than that.</param>
    /// <param name="most">At most so many cases.</param>
    /// <param name="mostCalls">At most so many calls are looked at.</param>
    /// <param name="holds">Which calls.</param>
    /// <param name="registry">The state.</param>
    public RecordedRequests Newest(PromptName prompt, EnvironmentName environment, DateTimeOffset since, int most, int mostCalls, Func<CallRecord, bool> holds, Registry registry)
    {
        var (found, before) = (new List<CallRecord>(), (CallPlace?)null);
        var filter = new CallFilter { Prompt = prompt.Value, Environment = environment, Since = since };
        while (found.Count < mostCalls && calls.Newest(filter, before, PageSize) is { IsEmpty: false } page)
        {
            found.AddRange(page.Select(stored => stored.Call).Where(call => call.Arm != Arm.Shadow && holds(call)).Take(mostCalls - found.Count));
            before = page[^1].Place;
        }
        var (cases, leftOut, seen, asked) = (new List<GoldenCase>(), new List<string>(), new HashSet<ContentHash>(), new List<CallRecord>());
        foreach (var call in found)
        {
            if (cases.Count == most) break;
            var id = string.Create(CultureInfo.InvariantCulture, $"request-{cases.Count + 1}");
            if (Of(WithTexts(call), id, CaseKind.Normal, "recorded", registry, leftOut) is not { } one || !seen.Add(CaseInput.HashOf(one))) continue;
            cases.Add(one);
            asked.Add(call);
        }
        return new RecordedRequests([.. found], [.. cases], [.. leftOut], asked.Select(call => call.StartedAt).DefaultIfEmpty().Min(), asked.Select(call => call.StartedAt).DefaultIfEmpty().Max());
    }

    private List<CallRecord> OfTrace(string trace, PromptName? prompt, Caller caller) =>
        [.. calls.Trace(trace).Where(call => call.Arm != Arm.Shadow && Prompt(call) is { } name && (prompt is null || name == prompt) && caller.Access.Sees(name, call.Environment))];

    // The newest come first, so that a limit keeps those; the costliest are known only when all were seen.
    private List<CallRecord> OfQuestion(Func<CallRecord, CallOutcomeDocument?, bool> holds, bool byCost, GoldenCasesRequest request, DateTimeOffset since, int limit, Caller caller)
    {
        var filter = new CallFilter { Prompt = request.Prompt!.Value, Environment = request.Environment ?? EnvironmentName.Production, Since = since };
        var (found, read, before) = (new List<CallRecord>(), 0, (CallPlace?)null);
        while (read < MostRead && (byCost || found.Count < limit) && calls.Newest(filter, before, PageSize) is { IsEmpty: false } page)
        {
            var outcomes = calls.Outcomes([.. page.Select(stored => stored.Call.TraceId).Distinct(StringComparer.Ordinal)]);
            found.AddRange(page.Select(stored => stored.Call).Where(call => call.Arm != Arm.Shadow && caller.Access.Sees(request.Prompt, call.Environment) && holds(call, outcomes.GetValueOrDefault(call.TraceId))));
            (read, before) = (read + page.Length, page[^1].Place);
        }
        var chosen = (byCost ? found.OrderByDescending(call => call.Cost) : found.AsEnumerable()).DistinctBy(call => (call.TraceId, call.SpanId)).Take(limit);
        // A list of calls has no texts: those stand with the trace.
        return [.. chosen.Select(WithTexts)];
    }

    private CallRecord WithTexts(CallRecord call) => calls.Trace(call.TraceId).FirstOrDefault(one => one.SpanId == call.SpanId && one.StartedAt == call.StartedAt) ?? call;

    private List<GoldenCase> Make(List<CallRecord> found, CaseKind kind, string source, Registry registry, List<string> leftOut)
    {
        var (cases, ofTrace) = (new List<GoldenCase>(), new Dictionary<string, int>(StringComparer.Ordinal));
        foreach (var call in found)
        {
            var number = ofTrace[call.TraceId] = ofTrace.GetValueOrDefault(call.TraceId) + 1;
            var id = $"trace-{call.TraceId[..Math.Min(12, call.TraceId.Length)]}{(number == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"-{number}"))}";
            if (Of(call, id, kind, source, registry, leftOut) is { } made) cases.Add(made);
        }
        return cases;
    }

    private static PromptName? Prompt(CallRecord call) => PromptName.TryParse(call.Prompt, out var name) ? name : null;
}

/// <summary>Requests that were recorded.</summary>
/// <param name="Calls">The records that were looked at, newest first, without their texts.</param>
/// <param name="Cases">The requests of some of them, newest first, each input once.</param>
/// <param name="LeftOut">Calls whose request cannot be asked again, and why, a sentence each.</param>
/// <param name="Oldest">When the oldest of the cases arrived.</param>
/// <param name="Newest">When the newest did.</param>
internal sealed record RecordedRequests(ImmutableArray<CallRecord> Calls, ImmutableArray<GoldenCase> Cases, ImmutableArray<string> LeftOut, DateTimeOffset Oldest, DateTimeOffset Newest);
