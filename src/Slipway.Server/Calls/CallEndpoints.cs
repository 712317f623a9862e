using System.Collections.Immutable;
using System.Globalization;
using Slipway.Core.Access;
using Slipway.Core.Calls;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;
using Slipway.Server.Access;
using Slipway.Server.Api;
using Slipway.Server.Gateway;
using Slipway.Server.Rollouts;
using Slipway.Server.Storage;

namespace Slipway.Server.Calls;

/// <summary>The call log over HTTP.</summary>
internal static class CallEndpoints
{
    private const int MostReported = 1_000, MostFingerprints = 1_000;
    private static readonly TimeSpan DefaultWindow = TimeSpan.FromHours(24), LongestWindow = TimeSpan.FromDays(400);

    public static void MapCalls(this RouteGroupBuilder api)
    {
        api.MapGet("/calls", List).Reads("read calls", withinReach: true).Gives<CallRecord[]>("Read calls, newest first");
        api.MapGet("/calls/{trace}", Show).Reads("read calls", withinReach: true).Gives<TraceDocument>("Read the calls of a trace, with texts and outcome");
        api.MapGet("/calls/users", Users).Reads("read calls", withinReach: true).Gives<CallUserDocument[]>("Read whom a version answered");
        api.MapGet("/calls/metrics", Metrics).Reads("read calls", withinReach: true).Gives<CallMetricsDocument>("Read what the calls of a prompt come to");
        api.MapGet("/calls/unmanaged", (ICallLog calls) => TypedResults.Ok(calls.Unmanaged(MostFingerprints)))
            .Reads("read unmanaged calls").Gives<UnmanagedDocument[]>("Read the fingerprints of the system prompts of calls that named a plain model");
        api.MapGet("/calls/dropped", (CallRecorder recorder, ShadowTraffic shadows) => TypedResults.Ok(recorder.Dropped with { Shadows = shadows.Lost })).Reads("read what was dropped", withinReach: true).Gives<DroppedDocument>("Read how many call records were lost");
        api.MapPost("/calls", ReportAsync).Gives<ReportReceipt>("Report calls that an application made");
        api.MapPost("/outcomes", Outcomes).Gives<ReportReceipt>("Say what became known of calls");
    }

    private static IResult List(
        string? prompt, string? version, string? release, string? trace, string? tenant, string? user, string? environment, string? since, string? until,
        HttpContext context, Page page, Caller caller, Ledger ledger, ICallLog calls, TimeProvider clock)
    {
        ReleaseId? id = null;
        if (release is not null && !ReleaseId.TryParse(release, out id)) return Refusals.Invalid([$"\"{release}\" names no release: it must be {ReleaseId.Form}."]);
        if (version is not null && prompt is null) return Refusals.Invalid(["version needs prompt beside it."]);
        if (!Environment(environment, out var place) || !Moments.TryRead(since, clock, out var from) || !Moments.TryRead(until, clock, out var to)) return Wrong(environment, since, until);
        if (Beyond(caller, ledger, prompt, id, trace) is Verdict.Refuse beyond) return Refusals.Of(beyond.Why);
        if (trace is not null)
        {
            return TypedResults.Ok(calls.Trace(trace).Where(call => Sees(caller, call) && (prompt is null || call.Prompt == prompt) && (id is null || call.Release == id))
                .Reverse().Take(page.Limit).Select(WithoutTexts).ToImmutableArray());
        }
        CallPlace? before = null;
        if (page.After is not null && (before = PlaceOf(page.After)) is null) return Refusals.Invalid([$"after names \"{page.After}\", which is no place in this list."]);
        var filter = new CallFilter { Prompt = prompt, Version = NumberOf(version), Release = id, Tenant = tenant, User = user, Environment = place, Since = from, Until = to };
        if (id is not null && ledger.Current.Releases.Find(id) is { } found)
        {
            // What is known of a release narrows where its calls lie.
            filter = filter with { Prompt = found.Candidate.Prompt.Value, Environment = found.Environment, Since = Later(from, found.ApprovedAt - RolloutEvidenceStore.ClockSkew) };
        }
        // A key that is limited to an environment is held to it before the page is cut, so that its pages are full.
        return page.OfRest(context, Within(caller, calls, filter, before, page.Limit + 1), stored => NameOf(stored.Place), stored => stored.Call);
    }

    private static List<StoredCall> Within(Caller caller, ICallLog calls, CallFilter filter, CallPlace? before, int most)
    {
        var found = new List<StoredCall>();
        while (found.Count < most && calls.Newest(filter, before, most) is { IsEmpty: false } next)
        {
            found.AddRange(next.Where(stored => Sees(caller, stored.Call)).Take(most - found.Count));
            if (next.Length < most) break;
            before = next[^1].Place;
        }
        return found;
    }

    private static IResult Show(string trace, Caller caller, Ledger ledger, ICallLog calls)
    {
        ImmutableArray<CallRecord> found = [.. calls.Trace(trace).Where(call => Sees(caller, call))];
        if (found.IsEmpty) return Refusals.Unknown($"There is no call of a trace {trace}; calls are kept for a while, and a trace has 32 hexadecimal digits.");
        var withheld = found.Select(call => DenyTexts(caller, ledger, call)).OfType<Verdict.Refuse>().FirstOrDefault();
        return TypedResults.Ok(new TraceDocument(trace, withheld is null ? found : [.. found.Select(WithoutTexts)], calls.Outcome(trace), withheld?.Why.Reason));
    }

    private static IResult Users(string? prompt, string? version, string? environment, HttpContext context, Page page, Caller caller, ICallLog calls)
    {
        if (!PromptName.TryParse(prompt, out var name) || NumberOf(version) is not { } number) return Refusals.Invalid(["prompt and version are needed."]);
        if (!Environment(environment, out var place)) return Wrong(environment, null, null);
        if (caller.Access.DenyReach(Subject.Of($"read the calls of {name}", name)) is Verdict.Refuse beyond) return Refusals.Of(beyond.Why);
        return page.OfRest(context, calls.Users(name.Value, number, place, page.After, page.Limit + 1), user => user.User);
    }

    private static IResult Metrics(string? prompt, string? environment, string? since, string? until, string? by, Caller caller, ICallLog calls, TimeProvider clock)
    {
        if (!PromptName.TryParse(prompt, out var name)) return Refusals.Invalid(["prompt is needed."]);
        if (!Environment(environment, out var place) || !Moments.TryRead(since, clock, out var from) || !Moments.TryRead(until, clock, out var to)) return Wrong(environment, since, until);
        if (by is not (null or "version" or "arm" or "all")) return Refusals.Invalid([$"by is version, arm or all, not \"{by}\"."]);
        var where = place ?? EnvironmentName.Production;
        if (caller.Access.DenyReach(Subject.Of($"read the calls of {name} in {where}", name, where)) is Verdict.Refuse beyond) return Refusals.Of(beyond.Why);
        // Whole minutes, outwards: those are counted.
        var last = RollupKey.MinuteOf((to ?? clock.GetUtcNow()).AddMinutes(1).AddTicks(-1));
        var first = RollupKey.MinuteOf(from ?? last - DefaultWindow);
        if (first >= last || last - first > LongestWindow) return Refusals.Invalid([$"since must be before until, and at most {LongestWindow.TotalDays:0} days."]);
        // What a shadow cost and how it fared is no part of what users met: it is told where arms are told apart.
        var groups = calls.Metrics(name.Value, where, first, last).Where(one => by == "arm" || one.Group.Arm != Arm.Shadow)
            .GroupBy(one => by switch { "all" => (null, null, 0), "arm" => (one.Group.Version, one.Group.Arm, one.Group.Release), _ => ((string?)one.Group.Version, (Arm?)null, 0) })
            .Select(group => (group.Key, Totals: Sum(group.Select(one => one.Totals))))
            .OrderBy(group => group.Key.Item1 is { } text && VersionNumber.TryParse(text, out _) ? text : "", VersionOrder).ThenBy(group => group.Key.Item3).ThenBy(group => group.Key.Item2);
        return TypedResults.Ok(new CallMetricsDocument(name.Value, where, first, last,
            [.. groups.Select(group => CallMetrics.Of(group.Key.Item1, group.Key.Item2, group.Key.Item3 == 0 ? null : new ReleaseId(group.Key.Item3), group.Totals))]));
    }

    private static async Task<IResult> ReportAsync(HttpContext context, Body<CallReport> body, Caller caller, CallReports reports, CallRecorder recorder)
    {
        if (caller.Access.Deny(caller.Name, "report calls", Role.Application, Role.Author) is Verdict.Refuse denied) return Refusals.Of(denied.Why);
        var (calls, rejected) = (body.Value.Calls, ImmutableArray.CreateBuilder<string>());
        if (calls.IsDefault || calls.Length > MostReported) return Refusals.Invalid([$"A report holds at most {MostReported} calls."]);
        if (body.Value.Dropped is < 0 or > 1_000_000_000) return Refusals.Invalid(["dropped must not be below 0."]);
        if (!recorder.HasRoom(calls.Length))
        {
            await Refusals.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "More calls come than can be stored at the moment; report these again later.", TimeSpan.FromSeconds(2));
            return TypedResults.Empty;
        }
        recorder.AddReported(body.Value.Dropped);
        foreach (var (at, call) in calls.Index())
        {
            if (reports.Take(call, caller, out var problem) is { } taken) recorder.RecordReported(taken);
            else rejected.Add($"calls[{at.ToString(CultureInfo.InvariantCulture)}]: {problem}.");
        }
        return TypedResults.Ok(new ReportReceipt(calls.Length - rejected.Count, rejected.ToImmutable()));
    }

    private static IResult Outcomes(Body<OutcomeReport> body, Caller caller, ICallLog calls, TimeProvider clock)
    {
        // A trace has no environment: what is said of one may meet calls of production that are not stored yet.
        if (caller.Access.Deny(caller.Name, "report outcomes", Role.Application) is Verdict.Refuse denied) return Refusals.Of(denied.Why);
        var (outcomes, accepted, rejected) = (body.Value.Outcomes, new List<CallOutcomeDocument>(), ImmutableArray.CreateBuilder<string>());
        if (outcomes.IsDefault || outcomes.Length > MostReported) return Refusals.Invalid([$"A report holds at most {MostReported} outcomes."]);
        foreach (var (at, outcome) in outcomes.Index())
        {
            if (ProblemOf(outcome, caller, calls) is { } problem) rejected.Add($"outcomes[{at.ToString(CultureInfo.InvariantCulture)}]: {problem}.");
            else accepted.Add(outcome with { TraceId = outcome.TraceId.ToLowerInvariant() });
        }
        calls.Append(accepted, clock.GetUtcNow());
        return TypedResults.Ok(new ReportReceipt(accepted.Count, rejected.ToImmutable()));
    }

    private static string? ProblemOf(CallOutcomeDocument outcome, Caller caller, ICallLog calls) =>
        !CallReports.IsTrace(outcome.TraceId) ? "trace_id must be 32 hexadecimal digits"
        : outcome.Labels is { } labels && (labels.Count > 32 || labels.Any(label => label.Key.Length is 0 or > 100 || label.Value.Length > 500)) ? "labels are at most 32, names of at most 100 and values of at most 500 characters"
        // A call that is not stored yet is nobody's yet, and its trace is known to who made it alone.
        : caller.Key.Scope.IsPartial() && calls.Trace(outcome.TraceId.ToLowerInvariant()).Any(call => !Sees(caller, call)) ? "its call is beyond what this key may touch"
        : null;

    // A key that is limited to some prompts names one of them: the newest calls of all with most of them taken out would look like few calls.
    private static Verdict? Beyond(Caller caller, Ledger ledger, string? prompt, ReleaseId? release, string? trace) =>
        prompt is not null ? caller.Access.DenyReach(PromptName.TryParse(prompt, out var name) ? Subject.Of($"read the calls of {prompt}", name) : Subject.Installation($"read the calls of {prompt}"))
        : release is not null && ledger.Current.Releases.Find(release) is { } found ? caller.Access.DenyReach(Subject.Of($"read the calls of {release}", found.Candidate.Prompt, found.Environment))
        : trace is not null ? null
        : caller.Access.DenyReach(Subject.Installation("read the calls of all prompts (name one)"));

    private static bool Sees(Caller caller, CallRecord call) => caller.Access.Sees(PromptName.TryParse(call.Prompt, out var name) ? name : null, call.Environment);

    // Texts may be of users. They are for administrators and for those who must act when something is wrong.
    private static Verdict? DenyTexts(Caller caller, Ledger ledger, CallRecord call) =>
        call.Input is null && call.Output is null ? null
        : PromptName.TryParse(call.Prompt, out var prompt) ? PromptRights.Of(caller.View(ledger.Current), prompt).DenyTexts(caller.Name)
        : caller.Access.Deny(caller.Name, "read the texts of unmanaged calls", Role.Admin);

    private static CallRecord WithoutTexts(CallRecord call) => call with { Input = null, Output = null };

    private static readonly Comparer<string> VersionOrder = Comparer<string>.Create((left, right) =>
        VersionNumber.TryParse(left, out var one) && VersionNumber.TryParse(right, out var other) ? Comparer<VersionNumber>.Default.Compare(one, other) : string.CompareOrdinal(left, right));

    private static CallTotals Sum(IEnumerable<CallTotals> all)
    {
        var sum = new CallTotals();
        foreach (var one in all) sum.Add(one);
        return sum;
    }

    private static string? NumberOf(string? version) => version is ['v', .. var number] ? number : version;

    private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) => one is null || other > one ? other : one;

    private static bool Environment(string? text, out EnvironmentName? environment)
    {
        environment = null;
        return text is null || EnvironmentName.TryParse(text, out environment);
    }

    private static IResult Wrong(string? environment, string? since, string? until) => Refusals.Invalid([Environment(environment, out _)
        ? $"\"{since}\" or \"{until}\" is no time; write it as 2026-05-14T12:00Z, or how long ago as in 24h." : $"\"{environment}\" is no environment: it must be {EnvironmentName.Form}."]);

    private static string NameOf(CallPlace place) => string.Create(CultureInfo.InvariantCulture, $"{place.StartedAt.UtcTicks}.{place.Sequence}");

    private static CallPlace? PlaceOf(string text) =>
        text.Split('.') is [var ticks, var sequence] && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var time) && time <= DateTimeOffset.MaxValue.Ticks
            && long.TryParse(sequence, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new CallPlace(new DateTimeOffset(time, TimeSpan.Zero), number) : null;
}
