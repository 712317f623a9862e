using System.Collections.Immutable;
using Slipway.Core.Access;
using Slipway.Core.Evaluations;
using Slipway.Core.Incidents;
using Slipway.Core.Journal;
using Slipway.Core.Models;
using Slipway.Core.Objects;
using Slipway.Core.Partials;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Staging;
using Slipway.Core.Wire;

namespace Slipway.Core.Tests.Journal;

/// <summary>What happened in one installation: every event there is, at least once, and most fields that may be empty both ways.</summary>
internal static class Story
{
    /// <summary>What the story's prompt does with answers and calls.</summary>
    public static readonly ServingPolicy Serving = new(ContractPolicy.Retry, CapturePolicy.Full, ["K-[0-9]{6}"]);

    /// <summary>What the story's prompt asks of its evaluations.</summary>
    public static readonly EvaluationPolicy Evaluation = new(ImmutableSortedDictionary<CaseKind, int>.Empty.Add(CaseKind.Normal, 180), ["delete_account", "refund"], new JudgeBar(0.9, 0.75));

    /// <summary>What the plans of the story's prompt begin with.</summary>
    public static readonly ReleasePlanDocument Releases = new()
    {
        Level = ReleaseLevel.Limited,
        Steps = [new PlanStep(Some.Share("5%"), Duration.Hours(2), 500), new PlanStep(Share.All, ByHand: true)],
        Guardrails = ImmutableSortedDictionary<string, string>.Empty.Add("error_rate", "<= baseline + 1pp"),
        Observe = Duration.Hours(48),
        Watcher = Some.Dora,
        Eligibility = [new ConditionDocument("region", "prefix", ["eu-"])],
    };

    public static Installation Tell()
    {
        var installation = Some.LiveInstallation();
        installation.Do(new IssueKey(Some.Admin, Some.Ana, Some.Hash("slw_second")));
        installation.Do(new RevokeKey(Some.Admin, "key-2", "it stood in a screenshot \"<ö>\""));
        installation.Do(new IssueKey(Some.Admin, Some.Ana, Some.Hash("slw_third"), new KeyScope([Role.Author], [EnvironmentName.Staging], [Some.Parse<PromptPattern>("support_*")], Some.Noon.AddDays(90)), "pipeline"));
        installation.Do(new SetGroup(Some.Admin, Some.Member("support-leads"), [Some.Boris, Some.Greta]));
        installation.Do(new AssignDuties(Some.Emil, Some.Prompt, new DutiesChange
        {
            BusinessOwner = Some.Greta,
            Reviewers = [Some.Member("support-leads")],
            OnCall = [Some.Dora, Some.Ana],
            Risk = RiskLevel.UserFacing,
        }));
        installation.Do(new RegisterModel(Some.Admin, Some.Model, 32_000, new ModelPrices(0.4m, 0.1m, 1.6m), Pinned: true));
        installation.Do(new RegisterModel(Some.Admin, Some.Parse<ModelReference>("offline/other"), null, null, Pinned: false));
        installation.Do(new PushRubric(Some.Boris, Some.Rubric()));
        installation.Do(new SetPromptPolicy(Some.Clara, Some.Prompt, SeveralKindsOfChange: true, Serving, Evaluation, Releases, IncidentsBlock: true));
        installation.Do(new SetPromptPolicy(Some.Clara, Some.Prompt, SeveralKindsOfChange: true, Serving, IncidentsBlock: false));
        foreach (var (name, references) in ((string, string[])[])[("global/privacy", []), ("global/privacy", ["house/tone"]), ("house/tone", [])])
            _ = installation.Try(new SubmitPartial(Some.Ana, Some.Parse<PartialName>(name), Some.Hash(name), [.. references], "The data protection officer asked for it."));
        installation.Submit(Some.Submission("2.0.0", "Route the ticket: {{ticket}} \"é😀\"{{> global/privacy}}", variables: """{"ticket":{"type":"string"}}""", rollbackTo: "1.0.0") with
        {
            ExpectedEffect = "Account recovery accuracy up, billing unchanged",
            CheckAfterRelease = "200 dialogs in the first 48 h; escalation rate",
            ChangeKind = new ChangeKinds(ChangeKind.Meaning, ChangeKind.Format),
            Linked = "INC-12",
        });

        installation.Do(new ReleaseCommand.Decline(Some.Boris, installation.Propose("1.1.0"), "the wording is \"too harsh\" < ö"));
        installation.Do(new ReleaseCommand.Cancel(Some.Clara, installation.Propose("1.3.0"), "not before the holidays"));
        installation.Asked();
        installation.Scheduled();
        installation.Foretold();
        installation.Shadowed();
        installation.Staged();
        installation.InAnEmergency();

        var second = installation.Approve(installation.Propose("1.2.0", Some.Plan(
            ["10%", "50%", "100%"], ["error_rate 0%", "refusal_rate <= 3%", "schema_pass_rate >= baseline - 2pp"], 50, "30m", "2d", "72h", "1.0.0", Some.Dora, "1h", new ConditionDocument("plan", "in", ["pro", "team"]), new ConditionDocument("app", "version_lt", ["2.0.0"], Not: true))));
        installation.Start(second);
        installation.Do(new ReleaseCommand.Freeze(MemberName.System, second, "undecided after 2d", Some.Proof(installation[second].Plan)));
        installation.Do(new ReleaseCommand.Resume(Some.Clara, second, "the tickets of that hour were spam"));
        while (installation[second].State == ReleaseState.Canary)
        {
            installation.Now += TimeSpan.FromMinutes(30);
            installation.Do(new ReleaseCommand.Advance(MemberName.System, second, installation[second].Epoch, "every guardrail is proved", Some.Proof(installation[second].Plan)));
        }
        installation.Now += TimeSpan.FromHours(1);
        installation.Do(new ReleaseCommand.Complete(MemberName.System, second, "it was observed at 100% for 1h and no guardrail broke", Some.Proof(installation[second].Plan)));
        installation.RolledBack(second);
        installation.Drilled();
        installation.Do(new ConfirmRollback(second, new RollbackProof(214, 212, 1, 31, null, null, AtMost: true)));
        installation.Learnt();
        foreach (var (review, rubric, note) in ((int, string?, string?)[])[(1, null, null), (2, "tone:v1", "\"colder\" than before, ö")])
        {
            var run = installation.State.Evaluations.Runs[^1].Facts;
            installation.Do(new CloseReview(Some.Clara, new ReviewClosed(
                new ReviewId(review), run.Report, run.Candidate, run.Baseline, rubric is null ? null : Some.Parse<RubricId>(rubric), 38, [Some.Boris, Some.Dora], Some.Hash($"scores {review}"), note)));
        }
        installation.Do(new EraseObject(Some.Admin, installation.State.Evaluations.Runs[0].Facts.Report, "a customer's name stood in an answer", Stored: true));
        return installation.Signed();
    }

    /// <summary>All that a state holds, as text: two states are the same when their texts are.</summary>
    public static string Text(Registry state) => string.Join('\n',
    [
        $"{state.Head} {state.HeadHash} {JournalEntry.TimeText(state.Time)}",
        .. state.Access.Members.Values.Select(member => $"{member.Name}: {string.Join(' ', member.Roles)}"),
        .. state.Access.Groups.Values.Select(group => $"{group.Name}: {string.Join(' ', group.Members)}"),
        .. state.Access.Keys.OrderBy(key => key.Value.Id, StringComparer.Ordinal).Select(key => $"{key.Key} {key.Value}"),
        .. state.Models.Known.Values.Select(model => model.ToString()),
        .. state.Prompts.Policies.Values.Select(policy => policy.ToString()),
        .. state.Partials.All.Values.SelectMany(versions => versions).Select(version => $"{version.Author} {version.SubmittedAt:O} {version.Facts with { Pins = [] }} {string.Join(' ', version.Facts.Pins)}"),
        .. state.Models.Aliases.Select(alias => $"{alias.Key} = {alias.Value}"),
        .. state.Prompts.All.Values.SelectMany(prompt => prompt.Versions.Select(version => $"{prompt.Name} of {prompt.Owner}: {version}")),
        .. state.Prompts.ChangeRequests.Values.Select(request => request.ToString()),
        .. state.Prompts.Duties.Select(duties => $"{duties.Key}: {System.Text.Json.JsonSerializer.Serialize(duties.Value)}"),
        .. state.Evaluations.Sets.Values.Select(set => set.ToString()),
        .. state.Evaluations.AllRubrics.Values.Select(rubric => rubric.ToString()),
        .. state.Evaluations.Reviews.Select(review => $"{review.By} {review.At:O} {review.Facts.Sentence} {review.Facts.Report} {review.Facts.Results}"),
        .. state.Evaluations.Runs.Select(run => $"{run.By} {run.At:O} {run.Facts.Sentence}"),
        .. state.Releases.All.Values.Select(release => System.Text.Json.JsonSerializer.Serialize(release)),
        .. state.Incidents.All.Values.Select(incident => System.Text.Json.JsonSerializer.Serialize(incident)),
        .. state.Releases.Drills.Values.Select(drill => drill.ToString()),
        .. state.Staging.All.Values.OrderBy(staged => staged.Facts.Version.ToString(), StringComparer.Ordinal).Select(staged => System.Text.Json.JsonSerializer.Serialize(staged)),
        .. state.Objects.Erased.Values.OrderBy(erased => erased.Entry).Select(erased => erased.ToString()),
        .. state.Releases.LiveByPlace.Values.Select(live => live.ToString()).Order(StringComparer.Ordinal),
        .. state.Checkpoints.Keys.Keys.Select(key => key.Value).Order(StringComparer.Ordinal), $"{state.Checkpoints.Last} {state.Checkpoints.Border}",
    ]);

    // Somebody without a right to edit asks; an author takes one up, names the version that makes it, and turns another down.
    private static void Asked(this Installation installation)
    {
        installation.Do(new RequestChange(Some.Greta, Some.Prompt, "It should say \"billing\", not \"accounts\" < ö"));
        installation.Do(new RequestChange(Some.Dora, Some.Prompt, "It should answer in rhymes"));
        installation.Do(new AnswerChange.TakeUp(Some.Ana, new ChangeRequestId(1), null, null));
        installation.Do(new AnswerChange.TakeUp(Some.Ana, new ChangeRequestId(1), Some.Version("2.0.0"), "with the next one"));
        installation.Do(new AnswerChange.TurnDown(Some.Emil, new ChangeRequestId(2), "our customers do not"));
    }

    // Signed part by part, planned anew, signed again, and started by itself at its time; then it is not so good after all.
    private static void Scheduled(this Installation installation)
    {
        var release = installation.Propose("1.3.0", Some.Plan(observe: null) with { Unit = StickyUnit.User });
        installation.Do(new ReleaseCommand.Review(Some.Boris, release, SignOff.Meaning, "kinder, and it decides as before"));
        installation.Do(new ReleaseCommand.ChangePlan(Some.Clara, release, new ReleasePlanDocument { StartAt = installation.Now.AddHours(2), Steps = Releases.Steps }, "not while the shop is full"));
        installation.Approve(release);
        installation.Start(release);
        installation.Now += TimeSpan.FromHours(2);
        installation.Do(ReleaseClock.Due(installation[release], installation.State, installation.Now, () => "drawn")!);
        installation.RollBack(release);
    }

    // Foretold to stay undecided, which was accepted; planned anew with less; frozen for what one slice of traffic showed.
    private static void Foretold(this Installation installation)
    {
        installation.Do(new RecordEvaluation(Some.Ana, Some.Evaluation("1.3.0", "1.0.0")));
        var judging = new JudgingDocument { SegmentBy = "tier", Segments = ["gold", "fr\"ee\" ö"], UnitCalls = 30, UnitTime = Duration.Hours(24), OutcomesWithin = Duration.Hours(2), FreezeWhenWorse = true, LostAfter = Duration.Hours(6) };
        var plan = Some.Plan(["5%", "100%"], ["schema_pass_rate >= baseline - 2pp", "escalation_rate <= baseline + 5pp"]) with { Judging = judging, AcceptUndecided = true };
        var proposed = Assert.IsType<ReleaseProposed>(Assert.Single(installation.Do(new ProposeRelease(Some.Ana, Some.Version("1.3.0"), Some.Production, plan, Facts: new PlanFacts(HasContract: false, Some.Traffic(unitsPerDay: 1_000))))));
        installation.Do(new ReleaseCommand.ChangePlan(Some.Clara, proposed.Release, new ReleasePlanDocument { Guardrails = Some.Plan().Guardrails }, "nobody counts escalations", Some.Traffic(unitsPerDay: 1_000)));
        var release = installation.Start(installation.Approve(proposed.Release));
        installation.Do(new ReleaseCommand.Freeze(MemberName.System, release, "the split is wrong", [Some.Evidence(), Some.Evidence() with { Segment = "gold" }]));
        installation.RollBack(release);
    }

    // Its shadow spends its budget, with and without known prices, and goes no further.
    private static void Shadowed(this Installation installation)
    {
        foreach (var (cost, shadow) in ((decimal?, ShadowPlan)[])[(1.25m, Some.Shadow(cost: 2.5m, units: 200, time: "30m")), (null, Some.Shadow("100%"))])
        {
            var release = installation.Start(installation.Approve(installation.Propose("1.3.0", Some.Plan() with { Shadow = shadow })));
            installation.Do(new ReleaseCommand.StopShadow(MemberName.System, release, 500, cost, "its budget of 500 calls is spent"));
            installation.RollBack(release);
        }
    }

    // Brought to staging by two people, tried there twice; what differs is explained, and the next time there is less of it.
    private static void Staged(this Installation installation)
    {
        installation.Stage("1.3.0");
        installation.Do(new RecordStaging(Some.Ana, Some.Staging(installation, "1.3.0", ("retrieval", "it looks things up in kb-2026-04 \"ö\", production in kb-2026-03"), ("answers", "of 20 recorded requests it answered 19"))));
        installation.Do(new ExplainStaging(Some.Clara, Some.Version("1.3.0"), "retrieval", "the new index was filled on Monday"));
        installation.Do(new RecordStaging(Some.Boris, Some.Staging(installation, "1.3.0", ("retrieval", "it looks things up in kb-2026-04 \"ö\", production in kb-2026-03"))));
    }

    // Two people's word, and the evaluation and the reviews within the hour.
    private static void InAnEmergency(this Installation installation)
    {
        BreakGlass Ask(MemberName by) => new(by, Some.Version("1.2.0"), Some.Production, "it answers with another customer's data", Duration.Hours(1), Some.Plan(["10%", "100%"]), "salt-of-the-emergency");
        var asked = Assert.IsType<ReleaseProposed>(Assert.Single(installation.Do(Ask(Some.Admin))));
        installation.Do(Ask(Some.Dora));
        installation.Do(new RecordEvaluation(Some.Ana, Some.Evaluation("1.2.0", "1.0.0")));
        installation.Approve(asked.Release);
        installation.RollBack(asked.Release);
        installation.Do(new ConfirmRollback(asked.Release, new RollbackProof(2, 2, 0, 18, 240, 240, AtMost: false)));
    }

    // Rollbacks opened two: one is explained twice and closed by a test, after one that proved nothing; one is its owner's to let go. Somebody opens a third.
    private static void Learnt(this Installation installation)
    {
        var (first, second) = (new IncidentId(1), new IncidentId(2));
        installation.Do(new IncidentCommand.Explain(Some.Dora, first, "it was the \"tone\" < ö"));
        installation.Do(new IncidentCommand.Explain(Some.Ana, first, "an example in the template was taken for the ticket"));
        installation.Do(Some.Proof(first, "1.3.0", [], stopped: "the ceiling of $1 was reached"));
        installation.Do(Some.Proof(first, "1.3.0", [new IncidentCase("refund-17", CaseAnswer.Failed, CaseAnswer.Passed)], new IncidentFigures(40, 7, 31, Some.Noon), "the example is gone"));
        installation.Do(new IncidentCommand.Waive(Some.Emil, second, "the rule it broke is gone", null));
        installation.Do(new OpenIncident(Some.Greta, Some.Version("1.0.0"), Some.Production, "it sends \"refunds\" to sales", Until: installation.Now));
    }

    private static Installation Signed(this Installation installation)
    {
        installation.Do(new AddCheckpointKey(Signer.Ours.PublicKey));
        installation.Do(new RecordCheckpoint(Signer.Ours.Sign(installation.State)));
        return installation;
    }

    // A practice that is too slow by a policy, and one that somebody breaks off by asking for more than there is.
    private static void Drilled(this Installation installation)
    {
        installation.Do(new SetPromptPolicy(Some.Clara, Some.Prompt, SeveralKindsOfChange: true, Serving, Evaluation, Releases, Drill: new DrillPolicy(Duration.Hours(24), Duration.Seconds(2))));
        installation.Do(new StartDrill(MemberName.System, Some.Prompt, Some.Production, Limit: null, "salt-of-the-drill"));
        var drill = installation.State.Releases.Drill(Some.Prompt, Some.Production)!.Id;
        installation.Do(new DrillCommand.Return(Some.Prompt, Some.Production, drill, new RollbackProof(214, 214, 0, 12, 40, 90, AtMost: false)));
        installation.Do(new DrillCommand.Finish(Some.Prompt, Some.Production, drill, new RollbackProof(214, 214, 1, 12, 2_400, 9_000, AtMost: false)));
        installation.Do(new StartDrill(Some.Dora, Some.Prompt, Some.Production, Duration.Seconds(1), "salt-of-another-drill"));
        installation.Do(new DrillCommand.BreakOff(Some.Prompt, Some.Production, installation.State.Releases.Drill(Some.Prompt, Some.Production)!.Id, "no instance follows \"support_router\" any more"));
    }

    private static void RolledBack(this Installation installation, ReleaseId release)
    {
        installation.Do(new RollBackPrompt(Some.Dora, Some.Prompt, Some.Production, "it sends refunds to sales"));
        Assert.Equal(ReleaseState.RolledBack, installation[release].State);
    }
}
