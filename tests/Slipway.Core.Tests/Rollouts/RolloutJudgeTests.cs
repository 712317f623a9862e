using Slipway.Core.Releases;
using Slipway.Core.Rollouts;
using Slipway.Core.Wire;

namespace Slipway.Core.Tests.Rollouts;

public sealed class RolloutJudgeTests
{
    private static readonly ReleasePlanDocument Plan = Some.Plan(steps: ["10%", "50%", "100%"], guardrails: ["schema_pass_rate 100%"], units: 3, time: "1h", within: "6h", freeze: "24h");
    private readonly Installation installation = Some.LiveInstallation();
    private readonly Release release;
    private readonly RolloutEvidence evidence;
    private int units;

    public RolloutJudgeTests()
    {
        release = installation[installation.Start(installation.Approve(installation.Propose("1.1.0", Plan)))];
        evidence = new RolloutEvidence(release.Plan);
    }

    [Fact]
    public void Without_data_it_holds() => Says<RolloutVerdict.Hold>("no proof yet for schema_pass_rate", hours: 2);

    [Fact]
    public void Without_data_at_the_deadline_it_freezes_and_shows_what_little_it_knows() => Says<RolloutVerdict.Freeze>(
        "undecided after 6h at 10%; no proof yet for schema_pass_rate: schema_pass_rate = 100% is open: 0 of 0 were bad with the candidate (no data), 0 of 0 with stable (no data)", hours: 6);

    [Fact]
    public void When_nothing_is_heard_for_longer_than_the_plan_allows_it_freezes()
    {
        var watched = release with { Plan = release.Plan with { Judging = JudgingPlan.Default with { LostAfter = Duration.Hours(2) } } };
        evidence.Observe(new CallOutcome("u", true, 1, Failed: false, SchemaValid: true, Refused: false, Truncated: false, AssignedAt: release.EpochSince.AddHours(1)), release.Weights[0]);
        Says<RolloutVerdict.Hold>("1 of 3 units at 10%", hours: 2.99, watched);
        Says<RolloutVerdict.Freeze>("no call of either version was recorded for 2h: nobody knows how the candidate does", hours: 3, watched);
        // Whoever resumes has looked at it: the time begins anew.
        Says<RolloutVerdict.Hold>("1 of 3 units at 10%", hours: 3, watched with { EpochSince = release.EpochSince.AddHours(2) });
    }

    [Fact]
    public void With_too_few_units_it_holds()
    {
        See(2);
        Says<RolloutVerdict.Hold>("2 of 3 units at 10%", hours: 2);
    }

    [Fact]
    public void Too_early_it_holds()
    {
        See(3);
        Says<RolloutVerdict.Hold>("at 10% for less than 1h", hours: 0.99);
    }

    [Fact]
    public void With_every_guardrail_proved_and_units_and_time_enough_it_advances()
    {
        See(3);
        Says<RolloutVerdict.Advance>("schema_pass_rate = 100% holds: 0 of 3 were bad with the candidate (0%), 0 of 0 with stable (no data)", hours: 1);
        Says<RolloutVerdict.Advance>("schema_pass_rate = 100% holds: 0 of 3 were bad with the candidate (0%), 0 of 0 with stable (no data)", hours: 100);
    }

    [Fact]
    public void Undecided_at_the_deadline_it_freezes()
    {
        See(2);
        Says<RolloutVerdict.Hold>("2 of 3 units at 10%", hours: 5.99);
        Says<RolloutVerdict.Freeze>("undecided after 6h at 10%; 2 of 3 units at 10%", hours: 6);
    }

    [Fact]
    public void Harm_rolls_back_at_once_with_however_few_units()
    {
        See(1, bad: true);
        Says<RolloutVerdict.RollBack>("schema_pass_rate = 100% is broken: 1 of 1 were bad with the candidate (100%), 0 of 0 with stable (no data); not one is allowed", hours: 0);
    }

    [Fact]
    public void Harm_rolls_back_while_frozen_too()
    {
        See(3);
        var frozen = Frozen();
        Says<RolloutVerdict.Hold>("it is frozen", hours: 2, frozen);
        See(1, bad: true);
        Assert.IsType<RolloutVerdict.RollBack>(RolloutJudge.Judge(frozen, evidence, frozen.Since));
    }

    [Fact]
    public void Frozen_too_long_it_rolls_back()
    {
        var frozen = Frozen();
        Says<RolloutVerdict.Hold>("it is frozen", hours: 23.9, frozen);
        Says<RolloutVerdict.RollBack>("it was frozen for 24h and nobody decided", hours: 24, frozen);
    }

    [Fact]
    public void Units_of_an_earlier_step_do_not_count_for_the_next()
    {
        See(50);
        installation.Advance(release.Id);
        var second = installation[release.Id];
        Assert.Equal("0 of 3 units at 50%", RolloutJudge.Judge(second, evidence, second.EpochSince.AddHours(2)).Reason);
        See(3, epoch: 2);
        Assert.IsType<RolloutVerdict.Advance>(RolloutJudge.Judge(second, evidence, second.EpochSince.AddHours(2)));
    }

    [Fact]
    public void A_resumed_release_has_its_time_again()
    {
        See(3);
        var frozen = Frozen();
        installation.Now += TimeSpan.FromHours(20);
        installation.Do(new ReleaseCommand.Resume(Some.Clara, release.Id, "go on"));
        var resumed = installation[release.Id];
        Assert.Equal((release.Salt, release.Weight, release.Epoch), (resumed.Salt, resumed.Weight, resumed.Epoch));
        Assert.IsType<RolloutVerdict.Hold>(RolloutJudge.Judge(resumed, evidence, installation.Now));
        Assert.IsType<RolloutVerdict.Advance>(RolloutJudge.Judge(resumed, evidence, installation.Now.AddHours(1)));
        Assert.True(resumed.EpochSince > frozen.Since);
    }

    private Release Frozen()
    {
        installation.Do(new ReleaseCommand.Freeze(Some.Dora, release.Id, "wait", []));
        return installation[release.Id];
    }

    private void See(int count, bool bad = false, int epoch = 1)
    {
        for (var i = 0; i < count; i++)
            evidence.Observe(new CallOutcome($"unit-{++units}", true, epoch, Failed: false, SchemaValid: !bad, Refused: false, Truncated: false), release.Weights[0]);
    }

    private void Says<T>(string reason, double hours, Release? of = null) where T : RolloutVerdict =>
        Assert.Equal(reason, Assert.IsType<T>(RolloutJudge.Judge(of ?? release, evidence, (of ?? release).Since.AddHours(hours))).Reason);
}
