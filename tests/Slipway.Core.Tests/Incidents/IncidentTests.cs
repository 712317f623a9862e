using System.Collections.Immutable;
using Slipway.Core.Access;
using Slipway.Core.Incidents;
using Slipway.Core.Journal;
using Slipway.Core.Releases;

namespace Slipway.Core.Tests.Incidents;

/// <summary>When an incident is opened, whom it waits for, and how its story is told.</summary>
public sealed class IncidentTests
{
    internal static readonly IncidentId First = new(1);
    internal static readonly IncidentCase Proving = new("refund-17", CaseAnswer.Failed, CaseAnswer.Passed);

    [Theory]
    [InlineData("dora")]
    [InlineData("system")]
    public void A_rollback_opens_an_incident_in_the_same_append_whoever_rolls_back(string by)
    {
        var installation = Some.Installation();
        var release = installation.Release(ReleaseState.Canary);
        var started = installation.Now;
        var events = installation.Do(new ReleaseCommand.RollBack(Some.Member(by), release, "it answers nonsense", []));

        Assert.Equal([typeof(ReleaseRolledBack), typeof(IncidentOpened)], events.Select(one => one.GetType()));
        Assert.Single(installation.Entries.TakeLast(2).Select(entry => entry.Command).Distinct());
        var incident = installation.State.Incidents.Find(First)!;
        Assert.Equal((IncidentState.Open, IncidentOrigin.Rollback, Some.Version("1.1.0"), Some.Version("1.0.0"), release), (incident.State, incident.Origin, incident.Version, incident.Stable, incident.Release));
        Assert.Equal((started, Some.Member(by), installation.Now, "it answers nonsense"), (incident.Since, incident.OpenedBy, incident.OpenedAt, incident.Reason));
        Assert.Equal(installation.Now + Incident.Aftermath, incident.End(installation.State.Releases));
        Assert.Equal(incident, installation.State.Incidents.Of(release));
        Assert.Equal($"opened inc-1 because {release} was rolled back: what did support_router:v1.1.0 answer in production since 2026-03-02 12:00 UTC?", events[1].Sentence);
    }

    [Theory]
    [InlineData(ReleaseState.Frozen)]
    [InlineData(ReleaseState.Full)]
    [InlineData(ReleaseState.Completed)]
    public void A_rollback_from_any_state_counts_from_when_users_first_got_the_version(ReleaseState state)
    {
        var installation = Some.Installation();
        var release = installation.Release(state);
        installation.Now += TimeSpan.FromDays(3);
        installation.RollBack(release);
        Assert.Equal(installation[release].StartedAt, installation.State.Incidents.Find(First)!.Since);
    }

    [Fact]
    public void The_emergency_that_is_rolled_back_is_an_incident_too()
    {
        var installation = Some.LiveInstallation();
        foreach (var by in (MemberName[])[Some.Admin, Some.Dora])
            installation.Do(new BreakGlass(by, Some.Version("1.1.0"), Some.Production, "it leaks", Core.Wire.Duration.Hours(1), Some.Plan(["100%"]), "salt"));
        installation.Do(new RollBackPrompt(Some.Dora, Some.Prompt, Some.Production, "it leaks still"));
        Assert.Equal("it leaks still", Assert.Single(installation.State.Incidents.Open(Some.Prompt)).Reason);
    }

    [Fact]
    public void Where_no_users_are_a_rollback_is_no_incident()
    {
        var installation = Some.LiveInstallation();
        installation.Bootstrap("1.0.0", EnvironmentName.Staging);
        installation.Do(new Core.Evaluations.RecordEvaluation(Some.Ana, Some.Evaluation("1.1.0", "1.0.0")));
        var release = ((ReleaseProposed)installation.Do(new ProposeRelease(Some.Ana, Some.Version("1.1.0"), EnvironmentName.Staging, Some.Plan()))[0]).Release;
        installation.RollBack(installation.Start(installation.Approve(release)));
        Assert.Equal(ReleaseState.RolledBack, installation[release].State);
        Assert.True(installation.State.Incidents.All.IsEmpty);
    }

    [Fact]
    public void A_version_that_is_the_one_before_under_another_number_is_no_incident_as_in_a_drill()
    {
        var installation = Some.LiveInstallation();
        installation.GoLive("1.3.0");
        installation.Submit(Some.Submission("1.3.1", "Route the ticket, take 1.3.0."));
        Assert.Equal(installation.State.Prompts.Find(Some.Version("1.3.0"))!.Package, installation.State.Prompts.Find(Some.Version("1.3.1"))!.Package);
        var release = installation.Start(installation.Approve(installation.Propose("1.3.1")));
        Assert.IsType<ReleaseRolledBack>(Assert.Single(installation.Do(new ReleaseCommand.RollBack(Some.Dora, release, "a drill", []))));
    }

    [Fact]
    public void What_somebody_opened_before_the_rollback_stays_the_one_incident_of_the_version()
    {
        var installation = Some.Installation();
        var release = installation.Release(ReleaseState.Canary);
        installation.Do(new OpenIncident(Some.Greta, Some.Version("1.1.0"), Some.Production, "customers complain"));
        Assert.Equal(release, installation.State.Incidents.Find(First)!.Release);
        Assert.Null(installation.State.Incidents.Find(First)!.End(installation.State.Releases));
        Assert.Single(installation.Do(new ReleaseCommand.RollBack(Some.Dora, release, "they do", [])));
        Assert.Equal(installation.Now + Incident.Aftermath, installation.State.Incidents.Find(First)!.End(installation.State.Releases));
        Assert.Equal("inc-1 about support_router:v1.1.0 in production is open already; explain it with: slipway incident explain inc-1 --cause TEXT",
            installation.Refuses(new OpenIncident(Some.Dora, Some.Version("1.1.0"), Some.Production, "again")).Reason);
    }

    [Fact]
    public void Anybody_who_is_a_person_opens_one_by_hand_and_says_since_when()
    {
        var installation = Some.LiveInstallation();
        installation.Do(new OpenIncident(Some.Emil, Some.Version("1.0.0"), Some.Production, " it sends refunds to sales ", Some.Noon, installation.Now));
        var incident = installation.State.Incidents.Find(First)!;
        Assert.Equal((IncidentOrigin.Person, "it sends refunds to sales", null, Some.Noon), (incident.Origin, incident.Reason, incident.Stable, incident.Since));
        Assert.Null(incident.RightNow(installation.State.Releases));
        Assert.Contains("1.0.0 fails and a better version passes", IncidentRules.Next(installation.State, incident), StringComparison.Ordinal);

        // What mends it is what a case must pass from then on.
        installation.GoLive("1.1.0");
        Assert.Equal(Some.Version("1.1.0"), incident.RightNow(installation.State.Releases));
    }

    [Theory]
    [InlineData("9.9.9", "it fails", 0, null, RefusalKind.Unknown, "has no version 9.9.9")]
    [InlineData("1.0.0", " ", 0, null, RefusalKind.Invalid, "Say what went wrong: the reason is empty.")]
    [InlineData("1.0.0", "it fails", 60, null, RefusalKind.Invalid, "has not come yet")]
    [InlineData("1.0.0", "it fails", -60, -90, RefusalKind.Invalid, "must be after")]
    [InlineData("1.0.0", "it fails", -60, 30, RefusalKind.Invalid, "not in the future")]
    public void What_cannot_be_an_incident_is_refused(string version, string reason, int since, int? until, RefusalKind kind, string says)
    {
        var installation = Some.LiveInstallation();
        var refusal = installation.Refuses(new OpenIncident(
            Some.Emil, Some.Version(version), Some.Production, reason, installation.Now.AddMinutes(since), until is { } end ? installation.Now.AddMinutes(end) : null));
        Assert.Equal(kind, refusal.Kind);
        Assert.Contains(says, refusal.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Applications_and_controllers_open_none()
    {
        var installation = Some.LiveInstallation();
        foreach (var by in (MemberName[])[Some.Fritz, MemberName.System, Some.Member("nobody")])
            Assert.Equal(RefusalKind.Forbidden, installation.Refuses(new OpenIncident(by, Some.Version("1.0.0"), Some.Production, "it fails")).Kind);
    }

    [Fact]
    public void A_root_cause_is_followed_by_a_better_one_and_never_overwritten()
    {
        var installation = Opened();
        installation.Do(new IncidentCommand.Explain(Some.Dora, First, "the model"));
        Assert.Empty(installation.Do(new IncidentCommand.Explain(Some.Boris, First, " the model ")));
        installation.Do(Some.Proof(First, "1.1.0", [Proving]));
        installation.Do(new IncidentCommand.Explain(Some.Ana, First, "our template"));
        var incident = installation.State.Incidents.Find(First)!;
        Assert.Equal([(Some.Dora, "the model"), (Some.Ana, "our template")], incident.Causes.Select(cause => (cause.By, cause.Text)));
        Assert.Equal(IncidentState.Closed, incident.State);
    }

    [Fact]
    public void Whom_it_waits_for_is_said_with_the_command()
    {
        var installation = Opened();
        string? Next() => IncidentRules.Next(installation.State, installation.State.Incidents.Find(First)!);
        Assert.Equal("waiting for emil or greta: say why it happened with: slipway incident explain inc-1 --cause TEXT; then add a case that 1.1.0 fails and 1.0.0 passes, with: slipway incident cases inc-1", Next());
        installation.Do(new IncidentCommand.Explain(Some.Emil, First, "our template"));
        Assert.Equal("waiting for emil or greta: add a case that 1.1.0 fails and 1.0.0 passes, with: slipway incident cases inc-1", Next());
        installation.Do(new IncidentCommand.Waive(Some.Emil, First, "the rule is gone", null));
        Assert.Null(Next());
    }

    [Fact]
    public void The_next_release_is_told_of_an_open_incident_and_goes_on()
    {
        var installation = Opened();
        var version = installation.State.Prompts.Find(Some.Version("1.2.0"))!;
        ImmutableArray<ChecklistItem> List() => ReleaseChecklist.Of(installation.State, version, Some.Production, Some.Ana, null);
        var item = Assert.Single(List(), one => one.Point == ChecklistPoint.Incidents);
        Assert.Equal((true, "inc-1 about 1.1.0 is still open, and the policy of support_router lets releases go on beside it"), (item.Done, item.Sentence));
        installation.Do(new IncidentCommand.Waive(Some.Emil, First, "the rule is gone", null));
        Assert.DoesNotContain(List(), one => one.Point == ChecklistPoint.Incidents);
    }

    [Fact]
    public void Its_story_is_told_in_sentences()
    {
        var installation = Opened();
        installation.Do(Some.Proof(First, "1.1.0", [new IncidentCase("refund-17", CaseAnswer.Passed, CaseAnswer.Passed)]));
        installation.Do(Some.Proof(First, "1.1.0", [Proving, new IncidentCase("refund-18", CaseAnswer.Passed, CaseAnswer.Failed)], new IncidentFigures(1, 1, 1, Some.Noon), "the example is gone"));
        Assert.Equal(
        [
            "ana tested inc-1 on 1 case of support_router_golden:v4 with eval-7: no proof, because refund-17 is passed by support_router:v1.1.0 too",
            "ana tested inc-1 on 2 cases of support_router_golden:v4 with eval-7: support_router:v1.1.0 fails and 1.0.0 passes refund-17",
            "ana closed inc-1: refund-17 of support_router_golden:v4 would find it now, after 1 request of 1 user, 1 of them failing: the example is gone",
        ], installation.Entries.TakeLast(3).Select(entry => $"{entry.Actor} {entry.Read().Sentence}"));
    }

    [Theory]
    [InlineData("incident:inc-1", true)]
    [InlineData("incident:inc-1:4bf92f35", true)]
    [InlineData("incident:inc-12", false)]
    [InlineData("incident:inc-", false)]
    [InlineData("trace:incident:inc-1", false)]
    [InlineData(null, false)]
    public void A_case_is_of_an_incident_where_its_source_says_so(string? source, bool isOf) => Assert.Equal(isOf, First.IsSource(source));

    internal static Installation Opened()
    {
        var installation = Some.Installation();
        installation.Release(ReleaseState.RolledBack);
        return installation;
    }
}
