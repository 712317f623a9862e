using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Rollouts;
using Slipway.Core.Wire;
using Slipway.Server.Tests.Gateway;

namespace Slipway.Server.Tests.Releases;

/// <summary>A release under its contract, over the API and through the controller, on a clock that is moved.</summary>
public sealed class ContractTests
{
    private readonly SettableClock clock = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task From_the_list_to_the_end_of_the_observation_without_a_file()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync(clock: clock);
        await installation.Ana.SubmitAsync(Router.Submission(Router.Good), Cancellation).Ok();
        var proposal = new ProposalDocument(Some.Value<VersionId>(Router.Good));
        var missing = await installation.Dan.CheckReleaseAsync(proposal, Cancellation).Ok();
        Assert.Equal((false, ChecklistPoint.Evaluation), (missing.Ready, Assert.Single(missing.Checklist, item => !item.Done).Point));
        Assert.Contains("has not been evaluated", (await installation.Ana.ProposeAsync(proposal, Cancellation).Refused()).Message, StringComparison.Ordinal);

        await installation.Ana.EvaluateAsync(Router.Evaluation(Router.Good), Cancellation).Ok();
        Assert.True((await installation.Dan.CheckReleaseAsync(proposal, Cancellation).Ok()).Ready);
        var start = clock.Now.AddHours(8);
        var release = await installation.Ana.ProposeAsync(proposal with { Plan = new ReleasePlanDocument { StartAt = start } }, Cancellation).Ok();
        Assert.Equal(("1%, 10%, 50%, 100%", "24h", "ana"), (string.Join(", ", release.Plan.Steps), release.Plan.Observe.Text, release.Plan.Watcher!.Value));
        // The answers of this prompt are held to a schema, so they are watched for breaking it.
        Assert.Contains(release.Plan.Guardrails, guardrail => guardrail.Metric == "schema_pass_rate");
        Assert.Equal([SignOff.Meaning, SignOff.Numbers], release.OpenReviews);

        var id = release.Id.ToString();
        Assert.Equal(422, (await installation.Ben.CommandAsync(id, "review", new ReasonDocument("Reads well."), Cancellation).Refused()).Status);
        Assert.Contains("First the meaning", (await installation.Ben.CommandAsync(id, "review", new ReasonDocument(Part: SignOff.Numbers), Cancellation).Refused()).Message, StringComparison.Ordinal);
        await installation.Ben.CommandAsync(id, "review", new ReasonDocument("Reads well.", Part: SignOff.Meaning), Cancellation).Ok();
        Assert.Equal(ReleaseState.Approved, (await installation.Ben.CommandAsync(id, "review", new ReasonDocument(Part: SignOff.Numbers), Cancellation).Ok()).State);

        var changed = await installation.Cleo.ChangePlanAsync(id, new PlanChangeRequest(new ReleasePlanDocument { Observe = Duration.Hours(36) }, "Over the weekend."), Cancellation).Ok();
        Assert.Equal((ReleaseState.Proposed, 0, "36h"), (changed.State, changed.Reviews.Length, changed.Plan.Observe.Text));
        await installation.Ben.CommandAsync(id, "approve", new ReasonDocument(), Cancellation).Ok();
        var scheduled = await installation.Cleo.CommandAsync(id, "start", new ReasonDocument(), Cancellation).Ok();
        Assert.Equal((ReleaseState.Approved, "cleo"), (scheduled.State, scheduled.ScheduledBy!.Value));

        clock.Now = start;
        await Is(installation, id, ReleaseState.Canary);
        for (var epoch = 1; epoch <= 3; epoch++) await installation.Cleo.CommandAsync(id, "advance", new ReasonDocument("Read a hundred answers.", epoch), Cancellation).Ok();
        var full = await installation.Dan.ReleaseAsync(id, Cancellation).Ok();
        Assert.Equal((ReleaseState.Full, start.AddHours(36)), (full.State, full.ObservedUntil!.Value));
        Assert.StartsWith("observed at 100% until ", full.Verdict, StringComparison.Ordinal);
        Assert.Equal(Router.Good, Assert.Single(await installation.Dan.LiveAsync(Router.Prompt, null, null, Cancellation).Ok()).Version.ToString());
        using var shop = installation.Http("shop");
        using var answer = await shop.ChatAsync(Chat.Body());
        Assert.Equal("1.1.0", answer.Header("x-slipway-version"));

        clock.Now = start.AddHours(36);
        await Is(installation, id, ReleaseState.Completed);
        Assert.Contains((await installation.Dan.LogAsync(Router.Prompt, Cancellation).Ok()).Select(line => $"{line.Actor} {line.Sentence}"),
            line => line == "system completed rel-2, router:v1.1.0 is live: it was observed at 100% for 36h and no guardrail broke");
    }

    [Fact]
    public async Task A_freeze_outlives_the_server_and_ends_when_it_was_to_end()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync(clock: clock);
        var id = (await installation.StartCanaryAsync(Router.Good, Plans.Quick("50%", "100%") with { MinimumUnits = 1_000, MaximumFreeze = Duration.Hours(3) })).Id.ToString();
        var frozen = await installation.Dan.CommandAsync(id, "freeze", new ReasonDocument("Readers complain."), Cancellation).Ok();
        await installation.RestartAsync(clock: clock);
        Assert.Equal((ReleaseState.Frozen, frozen.Since, frozen.Weight), (await installation.Dan.ReleaseAsync(id, Cancellation).Ok()) is var again ? (again.State, again.Since, again.Weight) : default);
        clock.Now += TimeSpan.FromHours(3);
        await Is(installation, id, ReleaseState.RolledBack);
        Assert.Single(await installation.Dan.LogAsync(Router.Prompt, Cancellation).Ok(), line => line.Sentence.Contains($"rolled back {id} from router:v1.1.0 to 1.0.0: it was frozen for 3h and nobody decided", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_people_break_the_glass_and_after_an_hour_it_is_taken_back()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync(clock: clock);
        await installation.Ana.SubmitAsync(Router.Submission(Router.Good), Cancellation).Ok();
        var request = new BreakGlassRequest(Some.Value<VersionId>(Router.Good), "It answers with another reader's fines.");
        Assert.Equal(403, (await installation.Dan.BreakGlassAsync(request, Cancellation).Refused()).Status);
        Assert.Equal(ReleaseState.Proposed, (await installation.Admin.BreakGlassAsync(request, Cancellation).Ok()).State);
        var broken = await installation.Dan.BreakGlassAsync(request, Cancellation).Ok();
        Assert.Equal((ReleaseState.Full, ReleaseLevel.Emergency, clock.Now.AddHours(1)), (broken.State, broken.Plan.Level, broken.ExpiresAt!.Value));
        clock.Now = clock.Now.AddHours(1);
        await Is(installation, broken.Id.ToString(), ReleaseState.RolledBack);
        Assert.Equal(Router.First, Assert.Single(await installation.Dan.LiveAsync(Router.Prompt, null, null, Cancellation).Ok()).Version.ToString());
    }

    [Fact]
    public async Task Who_cannot_edit_asks_for_a_change_and_an_author_answers()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        var asked = await installation.Dan.RequestChangeAsync(new ChangeRequestRequest(Some.Value<PromptName>(Router.Prompt), "Say when the library is closed."), Cancellation).Ok();
        Assert.Equal(("chg-1", ChangeRequestState.Open), (asked.Id.ToString(), asked.State));
        Assert.Equal(403, (await installation.Dan.TakeUpChangeAsync(asked.Id, new ChangeAnswer(), Cancellation).Refused()).Status);
        Assert.Equal(ChangeRequestState.TakenUp, (await installation.Ana.TakeUpChangeAsync(asked.Id, new ChangeAnswer("Next week."), Cancellation).Ok()).State);
        var second = await installation.Ben.RequestChangeAsync(new ChangeRequestRequest(Some.Value<PromptName>(Router.Prompt), "Rhyme."), Cancellation).Ok();
        Assert.Equal(422, (await installation.Ana.TurnDownChangeAsync(second.Id, new ChangeAnswer(), Cancellation).Refused()).Status);
        Assert.Equal("No.", (await installation.Ana.TurnDownChangeAsync(second.Id, new ChangeAnswer("No."), Cancellation).Ok()).Answer);
        Assert.Equal(["chg-1", "chg-2"], (await installation.Dan.ChangeRequestsAsync(Some.Value<PromptName>(Router.Prompt), Cancellation).Ok()).Select(request => request.Id.ToString()));
        Assert.Empty(await installation.Dan.ChangeRequestsAsync(Some.Value<PromptName>("other"), Cancellation).Ok());
        Assert.Contains((await installation.Dan.LogAsync(Router.Prompt, Cancellation).Ok()).Select(line => $"{line.Actor} {line.Sentence}"), line => line == "dan asked for a change of router (chg-1): Say when the library is closed.");
    }

    [Fact]
    public async Task Before_anybody_approves_it_the_list_says_how_long_it_takes()
    {
        var clock = new ManualClock();
        await using var installation = await TestInstallation.StartWithRouterAsync(clock: clock);
        await installation.Ana.SubmitAsync(Router.Submission(Router.Good), Cancellation).Ok();
        await installation.Ana.EvaluateAsync(Router.Evaluation(Router.Good), Cancellation).Ok();
        var proposal = new ProposalDocument(Some.Value<VersionId>(Router.Good), Plans.Quick("50%", "100%"));
        Assert.Null((await installation.Ana.CheckReleaseAsync(proposal, Cancellation).Ok()).Forecast);
        using var shop = installation.Http("shop");
        for (var unit = 0; unit < TrafficSample.FewestUnits; unit++)
        {
            using var answer = await shop.ChatAsync(Chat.Body(user: $"reader-{unit}"));
            answer.EnsureSuccessStatusCode();
        }
        clock.Advance(TimeSpan.FromSeconds(1));
        await Some.Eventually(async () => (await installation.Ana.CallsAsync(Router.Prompt, null, null, TrafficSample.FewestUnits, Cancellation).Ok()).Length == TrafficSample.FewestUnits, "the calls are recorded");
        // A rate measured over a second foretells nothing.
        Assert.Null((await installation.Ana.CheckReleaseAsync(proposal, Cancellation).Ok()).Forecast);
        clock.Advance(TimeSpan.FromMinutes(1));
        var forecast = (await installation.Ana.CheckReleaseAsync(proposal, Cancellation).Ok()).Forecast;
        Assert.True(forecast!.Decides);
        Assert.StartsWith("What is live answered about ", forecast.Sentences[0], StringComparison.Ordinal);

        var narrow = proposal with { Plan = proposal.Plan! with { DecideWithin = Some.Value<Duration>("1s"), Guardrails = proposal.Plan.Guardrails!.SetItem("schema_pass_rate", ">= baseline - 0.001pp") } };
        Assert.Contains("would freeze undecided", (await installation.Ana.ProposeAsync(narrow, Cancellation).Refused()).Message, StringComparison.Ordinal);
        var accepted = await installation.Ana.ProposeAsync(narrow with { Plan = narrow.Plan with { AcceptUndecided = true } }, Cancellation).Ok();
        Assert.Equal((true, false), (accepted.Plan.AcceptUndecided, accepted.Forecast!.Decides));
    }

    private static Task Is(TestInstallation installation, string release, ReleaseState state) =>
        Some.Eventually(async () => (await installation.Dan.ReleaseAsync(release, Cancellation).Ok()).State == state, $"{release} is {state}");
}
