using Slipway.Core.Access;
using Slipway.Core.Evaluations;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;
using Slipway.Server.Tests.Gateway;

namespace Slipway.Server.Tests.Releases;

public sealed class ReleaseLoopTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_first_version_goes_live_once_somebody_else_has_approved_it()
    {
        await using var installation = await TestInstallation.StartAsync();
        var pushed = await installation.Ana.PushGoldenSetAsync(Some.Value<GoldenSetId>(Router.GoldenSet), Router.Cases, Cancellation).Ok();
        Assert.Equal((5, true), (pushed.Cases, pushed.Created));
        var submitted = await installation.Ana.SubmitAsync(Router.Submission(Router.First), Cancellation).Ok();
        Assert.True(submitted.Created);
        Assert.Equal("offline/offline-2026-11", submitted.Content.GetProperty("model").GetString());
        Assert.False((await installation.Ana.SubmitAsync(Router.Submission(Router.First), Cancellation).Ok()).Created);

        var request = new BootstrapRequest(Some.Value<VersionId>(Router.First), "It is what runs today.");
        Assert.Contains("slipway owner set router --backup NAME", (await installation.Ana.BootstrapAsync(request, Cancellation).Refused()).Message, StringComparison.Ordinal);
        var named = await installation.Ana.AssignAsync(Some.Value<PromptName>(Router.Prompt), new DutiesChange { BackupOwner = Some.Value<MemberName>("dan") }, Cancellation).Ok();
        Assert.Equal(("ana", "dan", null), (named.Duties.Owner?.Value, named.Duties.BackupOwner?.Value, named.Missing));
        var asked = await installation.Ana.BootstrapAsync(request, Cancellation).Ok();
        Assert.Equal((ReleaseState.Proposed, null, "It is what runs today."), (asked.State, asked.Baseline, asked.Reason));
        Assert.Equal("waiting for a second person: ben, cleo, dan, with: slipway release bootstrap router:v1.0.0 --reason TEXT", asked.Next);
        Assert.Equal(403, (await installation.Ana.BootstrapAsync(request, Cancellation).Refused()).Status);
        Assert.Equal(403, (await installation.Ana.CommandAsync("rel-1", "approve", new ReasonDocument(null), Cancellation).Refused()).Status);
        Assert.Equal(409, (await installation.Ben.CommandAsync("rel-1", "approve", new ReasonDocument(null), Cancellation).Refused()).Status);
        Assert.Empty(await installation.Dan.LiveAsync(null, null, null, Cancellation).Ok());
        var confirmed = await installation.Ben.BootstrapAsync(request with { Reason = "Reads well." }, Cancellation).Ok();
        Assert.Equal((ReleaseState.Completed, null), (confirmed.State, confirmed.Next));

        var live = Assert.Single(await installation.Dan.LiveAsync(Router.Prompt, null, null, Cancellation).Ok());
        Assert.Equal(Router.First, live.Version.ToString());
        Assert.Equal(Some.Value<MemberName>("ben"), live.ApprovedBy);
        Assert.Null(live.RollbackTo);
        Assert.Equal(
            ("ana", "Sort the post of the library by department.", "It is what runs today.", "Reads well.", null, "dan", null),
            (live.Author.Value, live.ChangeReason, live.ReleaseReason, live.ApprovalNote, live.Rollback, Assert.Single(live.OnCall).Value, live.Next));
        var shown = await installation.Dan.VersionAsync(Router.Prompt, Cancellation).Ok();
        Assert.Equal([EnvironmentName.Production], shown.LiveIn);
    }

    [Fact]
    public async Task A_good_version_is_promoted_by_the_controller_step_by_step()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        var firstLive = Assert.Single(await installation.Dan.LiveAsync(Router.Prompt, null, null, Cancellation).Ok());
        var started = await installation.StartCanaryAsync(Router.Good, Plans.Quick("20%", "50%", "100%"));
        Assert.Equal((ReleaseState.Canary, "20%", 1), (started.State, started.Weight.ToString(), started.Epoch));
        Assert.Equal(Router.First, started.RollbackTo?.ToString());

        var done = await SendUntilOverAsync(installation, started.Id, Router.Tempting);
        Assert.True(done.State == ReleaseState.Completed, $"{done.State}: {done.Reason} {done.Verdict}");
        Assert.All(done.Evidence, evidence => Assert.True(evidence.Safe));
        Assert.Contains(done.Arms, arm => arm is { Arm: Arm.Candidate, Bad: 0, Units: > 5 });

        var live = Assert.Single(await installation.Dan.LiveAsync(Router.Prompt, null, null, Cancellation).Ok());
        Assert.Equal((Router.Good, "ben", Router.First), (live.Version.ToString(), live.ApprovedBy.Value, live.RollbackTo?.ToString()));
        var before = Assert.Single(await installation.Dan.LiveAsync(Router.Prompt, null, Time(firstLive.Since), Cancellation).Ok());
        Assert.Equal(Router.First, before.Version.ToString());

        var log = await installation.Dan.LogAsync(Router.Prompt, Cancellation).Ok();
        var told = log.Select(line => $"{line.Actor} {line.Sentence}").ToList();
        Assert.Contains(told, line => line.StartsWith("ana submitted router:v1.1.0 (", StringComparison.Ordinal) && line.EndsWith("Say plainly that nothing may stand beside the JSON.", StringComparison.Ordinal));
        Assert.Contains(told, line => line.StartsWith("ana evaluated router:v1.1.0 against 1.0.0 on router_golden:v1: pass (", StringComparison.Ordinal));
        Assert.Contains(told, line => line.StartsWith("ana proposed rel-2: router:v1.1.0 after 1.0.0 in production, limited, by 20%, 50%, 100%, while schema_pass_rate >= baseline - 30pp, back to 1.0.0", StringComparison.Ordinal));
        Assert.Contains("ben signed the meaning and the numbers of rel-2: Reads well.", told);
        Assert.Contains("ben approved rel-2", told);
        Assert.Contains("cleo started rel-2 at 20%", told);
        Assert.Contains(told, line => line.StartsWith("system advanced rel-2 to 50%: schema_pass_rate", StringComparison.Ordinal));
        Assert.Contains("system completed rel-2, router:v1.1.0 is live: every step of the plan is done", told);
        Assert.Equal(log.Select(line => line.Sequence).Order(), log.Select(line => line.Sequence));
    }

    [Fact]
    public async Task A_bad_version_is_rolled_back_by_the_controller_and_everybody_is_back_at_once()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        var started = await installation.StartCanaryAsync(Router.Bad, Plans.Quick("50%", "100%"));

        var done = await SendUntilOverAsync(installation, started.Id, Router.Tempting);
        Assert.True(done.State == ReleaseState.RolledBack, $"{done.State}: {done.Reason} {done.Verdict}");
        Assert.Contains("schema_pass_rate >= baseline - 30pp is broken: ", done.Reason, StringComparison.Ordinal);
        var harm = Assert.Single(done.Evidence);
        Assert.True(harm.Harmful);
        var candidate = Assert.Single(done.Arms, arm => arm.Arm == Arm.Candidate);
        Assert.True(candidate.Bad > 0);
        Assert.NotNull(candidate.FirstBadAt);

        using var shop = installation.Http("shop");
        for (var unit = 0; unit < 20; unit++)
        {
            using var answer = await shop.ChatAsync(Chat.Body(Router.Tempting, $"after-{unit}"));
            Assert.Equal(("1.0.0", "stable", ""), (answer.Header("x-slipway-version"), answer.Header("x-slipway-arm"), answer.Header("x-slipway-release")));
        }
        var live = Assert.Single(await installation.Dan.LiveAsync(Router.Prompt, null, null, Cancellation).Ok());
        Assert.Equal((Router.First, null), (live.Version.ToString(), live.Active));
        var log = await installation.Dan.LogAsync(Router.Prompt, Cancellation).Ok();
        Assert.StartsWith("rolled back rel-2 from router:v1.2.0 to 1.0.0: schema_pass_rate", log[^2].Sentence, StringComparison.Ordinal);
        Assert.StartsWith("opened inc-1 because rel-2 was rolled back: what did router:v1.2.0 answer in production since ", log[^1].Sentence, StringComparison.Ordinal);
        Assert.Equal(["system", "system"], log.TakeLast(2).Select(line => line.Actor.Value));
    }

    [Fact]
    public async Task On_call_rolls_back_alone_and_the_next_request_gets_the_version_before()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        await installation.StartCanaryAsync(Router.Good, Plans.Quick("50%", "100%") with { MinimumUnits = 1_000 });
        using var shop = installation.Http("shop");
        var arms = new HashSet<string>();
        for (var unit = 0; arms.Count < 2; unit++)
        {
            using var answer = await shop.ChatAsync(Chat.Body(user: $"unit-{unit}"));
            arms.Add(answer.Header("x-slipway-version"));
        }
        var back = await installation.Dan.RollBackAsync(new RollbackRequest(Some.Value<PromptName>(Router.Prompt), "Readers complain.", null), Cancellation).Ok();
        Assert.Equal((ReleaseState.RolledBack, "Readers complain."), (back.State, back.Reason));
        for (var unit = 0; unit < 20; unit++)
        {
            using var answer = await shop.ChatAsync(Chat.Body(user: $"unit-{unit}"));
            Assert.Equal("1.0.0", answer.Header("x-slipway-version"));
        }
    }

    [Fact]
    public async Task A_canary_can_be_frozen_resumed_and_advanced_by_hand()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        var release = (await installation.StartCanaryAsync(Router.Good, Plans.Quick("10%", "50%", "100%"))).Id.ToString();
        Assert.Equal(ReleaseState.Frozen, (await installation.Dan.CommandAsync(release, "freeze", new ReasonDocument("Let us look."), Cancellation).Ok()).State);
        Assert.Equal(ReleaseState.Canary, (await installation.Cleo.CommandAsync(release, "resume", new ReasonDocument("All is well."), Cancellation).Ok()).State);
        var stale = await installation.Cleo.CommandAsync(release, "advance", new ReasonDocument("Go on.", 7), Cancellation).Refused();
        Assert.Equal(409, stale.Status);
        var advanced = await installation.Cleo.CommandAsync(release, "advance", new ReasonDocument("Go on.", 1), Cancellation).Ok();
        Assert.Equal(("50%", 2), (advanced.Weight.ToString(), advanced.Epoch));
        Assert.Equal(ReleaseState.Completed, (await installation.Cleo.CommandAsync(release, "advance", new ReasonDocument("Go on.", 2), Cancellation).Ok()).State);
    }

    [Fact]
    public async Task Names_may_hold_slashes()
    {
        const string Name = "library/desk/router";
        await using var installation = await TestInstallation.StartAsync();
        await installation.Ana.PushGoldenSetAsync(Some.Value<GoldenSetId>("library/golden:v1"), Router.Cases, Cancellation).Ok();
        await installation.Ana.SubmitAsync(Router.Submission(Router.First, prompt: Name) with { GoldenSet = Some.Value<GoldenSetId>("library/golden:v1") }, Cancellation).Ok();
        Assert.Equal(ReleaseState.Completed, (await installation.BootstrapAsync($"{Name}:v1.0.0")).State);
        Assert.Equal($"{Name}:v1.0.0", (await installation.Ana.VersionAsync($"{Name}:v1.0.0", Cancellation).Ok()).Version.ToString());
        Assert.Equal($"{Name}:v1.0.0", (await installation.Ana.VersionAsync(Name, Cancellation).Ok()).Version.ToString());
        Assert.Single(await installation.Ana.LiveAsync(Name, null, null, Cancellation).Ok());
        Assert.Equal("ben", (await installation.Ana.DutiesAsync(Some.Value<PromptName>(Name), Cancellation).Ok()).Duties.BackupOwner?.Value);
        using var shop = installation.Http("shop");
        using var answer = await shop.ChatAsync(Chat.Body(prompt: Name));
        Assert.Equal(("1.0.0", Name), (answer.Header("x-slipway-version"), answer.Header("x-slipway-prompt")));
    }

    [Fact]
    public async Task A_release_that_has_had_no_call_yet_can_be_looked_at()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        var release = (await installation.StartCanaryAsync(Router.Good, Plans.Quick("50%", "100%"))).Id.ToString();
        var looked = await installation.Dan.ReleaseAsync(release, Cancellation).Ok();
        Assert.Empty(looked.Arms);
        Assert.Contains("no proof yet for schema_pass_rate", looked.Verdict, StringComparison.Ordinal);
        Assert.Equal(2, (await installation.Dan.ReleasesAsync(Cancellation).Ok()).Length);
    }

    private static async Task<ReleaseDocument> SendUntilOverAsync(TestInstallation installation, ReleaseId release, string message)
    {
        using var shop = installation.Http("shop");
        for (var unit = 0; unit < 2_000; unit++)
        {
            using var answer = await shop.ChatAsync(Chat.Body(message, $"reader-{unit}"));
            answer.EnsureSuccessStatusCode();
            if (answer.Header("x-slipway-release").Length == 0) break;
        }
        return await installation.Dan.ReleaseAsync(release.ToString(), Cancellation).Ok();
    }

    private static string Time(DateTimeOffset time) => time.ToString("O", System.Globalization.CultureInfo.InvariantCulture);
}
