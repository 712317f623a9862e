using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Slipway.Core.Access;
using Slipway.Core.Calls;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Rollouts;
using Slipway.Core.Wire;
using Slipway.Server.Rollouts;
using Slipway.Server.Storage;
using Slipway.Server.Tests.Storage;

namespace Slipway.Server.Tests.Rollouts;

/// <summary>What the judge knows of a release lives on, whatever becomes of the server and of the calls.</summary>
public sealed class RolloutEvidenceStoreTests : IDisposable
{
    private static readonly DateTimeOffset Noon = CallLogTests.Noon;
    private readonly SettableClock clock = new() { Now = Noon };
    private readonly TestEngine engine = TestEngine.Named("sqlite");
    private readonly ICallLog calls;
    private int units;

    public RolloutEvidenceStoreTests() => calls = engine.OpenCalls();

    public void Dispose()
    {
        calls.Dispose();
        engine.Dispose();
    }

    [Fact]
    public void A_server_that_starts_again_goes_on_though_the_first_calls_are_gone()
    {
        var (release, first) = (Release(), Store());
        Answer(600, bad: 30);
        var before = first.Look(release).Evidence;
        first.Keep(release, decided: false);
        while (!calls.RemoveCalls(EnvironmentName.Production, Noon.AddDays(1))) { }
        Answer(10);
        var never = first.Look(release).Evidence;
        Assert.NotEqual(before, never);
        Assert.Equal(never, Store().Look(release).Evidence);
    }

    [Fact]
    public void What_is_kept_is_kept_again_when_enough_is_new_or_something_was_decided_or_time_has_passed()
    {
        var (release, store) = (Release(), Store());
        Answer(10);
        store.Look(release);
        store.Keep(release, decided: false);
        Assert.Null(Kept(release));
        store.Keep(release, decided: true);
        Assert.Equal(20, Kept(release));
        Answer(1);
        store.Look(release);
        store.Keep(release, decided: false);
        Assert.Equal(20, Kept(release));
        clock.Now += TimeSpan.FromHours(1);
        store.Keep(release, decided: false);
        Assert.Equal(22, Kept(release));
        Answer(300);
        store.Look(release);
        store.Keep(release, decided: false);
        Assert.Equal(622, Kept(release));
    }

    [Fact]
    public void What_an_earlier_build_kept_in_another_form_is_read_from_the_calls_again()
    {
        var release = Release();
        Answer(20, bad: 3);
        var expected = Store().Look(release).Evidence;
        calls.Keep(new StoredEvidence(release.Id, 5, 0, """{"monitors": []}"""));
        Assert.Equal(expected, Store().Look(release).Evidence);
    }

    [Fact]
    public void What_is_told_later_is_read_when_its_time_is_over()
    {
        var (release, store) = (Release("escalation_rate <= baseline + 5pp"), Store());
        Answer(20, escalated: 4);
        Assert.Equal((0L, 0L), Candidate(store.Look(release)));
        clock.Now = Noon + TimeSpan.FromMinutes(59);
        Assert.Equal((0L, 0L), Candidate(store.Look(release)));
        clock.Now = Noon + TimeSpan.FromHours(1);
        Assert.Equal((20L, 4L), Candidate(store.Look(release)));
        store.Keep(release, decided: true);
        Assert.Equal((20L, 4L), Candidate(Store().Look(release)));

        static (long, long) Candidate((System.Collections.Immutable.ImmutableArray<GuardrailEvidence> Evidence, RolloutVerdict? Verdict) look) => (look.Evidence[0].CandidateUnits, look.Evidence[0].CandidateBad);
    }

    private long? Kept(Release release) => calls.FindEvidence(release.Id)?.ReadTo;

    private RolloutEvidenceStore Store() => new(calls, new ShadowEvidenceStore(calls, clock), clock, NullLogger<RolloutEvidenceStore>.Instance);

    // As many answers of stable, all of them good.
    private void Answer(int count, int bad = 0, int escalated = 0)
    {
        var made = Enumerable.Range(units, count).SelectMany(unit => ((Arm[])[Arm.Candidate, Arm.Stable]).Select(arm => Call(unit, arm, arm == Arm.Candidate && unit - units < bad))).ToList();
        calls.Append(made);
        calls.Append([.. made.Where(call => call.Arm == Arm.Candidate).Take(escalated).Select(call => new CallOutcomeDocument(call.TraceId, Escalated: true))], clock.Now);
        units += count;
    }

    private CallRecord Call(int unit, Arm arm, bool bad) => new()
    {
        TraceId = $"{unit:x31}{(int)arm}",
        StartedAt = clock.Now,
        Environment = EnvironmentName.Production,
        Prompt = "desk",
        PromptVersion = arm == Arm.Candidate ? "1.1.0" : "1.0.0",
        Arm = arm,
        Release = new ReleaseId(2),
        Epoch = 1,
        UnitKey = $"{arm}-{unit}",
        Provider = "offline",
        Model = "m",
        Parameters = JsonElement.Parse("{}"),
        LatencyMs = 10,
        SchemaValid = !bad,
    };

    private static Release Release(string guardrail = "schema_pass_rate >= baseline - 5pp")
    {
        var half = Some.Value<Share>("50%");
        var text = guardrail.Split(' ', 2);
        var document = new ReleasePlanDocument { Steps = [PlanStep.FromShare(half), Share.All], Guardrails = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add(text[0], text[1]) };
        Assert.Empty(ReleasePlan.Make(document, Some.Value<VersionId>("desk:v1.0.0"), out var plan));
        return new Release
        {
            Id = new ReleaseId(2),
            Environment = EnvironmentName.Production,
            Candidate = Some.Value<VersionId>("desk:v1.1.0"),
            Baseline = Some.Value<VersionId>("desk:v1.0.0"),
            Author = Some.Value<MemberName>("ana"),
            Owner = Some.Value<MemberName>("ana"),
            ProposedBy = Some.Value<MemberName>("ana"),
            Plan = plan!,
            State = ReleaseState.Canary,
            Since = Noon,
            EpochSince = Noon,
            ApprovedAt = Noon,
            Salt = "salt",
            Weights = [half],
        };
    }
}
