using System.Collections.Immutable;
using Slipway.Core.Evaluations;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using All = Slipway.Core.Tests.Some;

namespace Slipway.Core.Tests.Evaluations;

public sealed class EvaluationPolicyTests
{
    [Fact]
    public void A_release_is_refused_while_a_required_kind_is_missing()
    {
        var installation = Evaluated(Require((CaseKind.Normal, 100), (CaseKind.Bypass, 10), (CaseKind.Refusal, 5)), All.Counts(180, (CaseKind.Bypass, 3)));
        Assert.Equal(
            "support_router_golden:v4 holds too few cases for the policy of support_router: bypass (3 of 10), refusal (0 of 5). Add them, push support_router_golden:v5 and evaluate on it.",
            installation.Refuses(Proposal()).Reason);

        installation.Do(new SetPromptPolicy(All.Clara, All.Prompt, false, ServingPolicy.Default, Require((CaseKind.Bypass, 3))));
        Assert.Single(installation.Do(Proposal()));
    }

    [Fact]
    public void Cases_that_nobody_confirmed_do_not_count()
    {
        var counts = GoldenSetCounts.Of(Some.Set("""
            {"id":"1","kind":"bypass","variables":{},"expect":[{"check":"json"}]}
            {"id":"2","kind":"bypass","variables":{},"expect":[{"check":"json"}],"confirm":true}
            {"id":"3","kind":"rare","variables":{},"expect":[{"check":"json"}],"confirm":true}
            """));
        Assert.Equal((3, 2), (counts.Cases, counts.Proposed));
        Assert.Equal(KeyValuePair.Create(CaseKind.Bypass, 1), Assert.Single(counts.Kinds!));
        Assert.Equal("bypass (1 of 2)", Assert.Single(Require((CaseKind.Bypass, 2)).Missing(counts)).ToString());
        Assert.Empty(Require((CaseKind.Bypass, 1)).Missing(counts));
    }

    [Fact]
    public void A_set_that_was_pushed_before_kinds_were_counted_is_counted_when_it_is_pushed_again()
    {
        var installation = Evaluated(Require((CaseKind.Normal, 1)), new GoldenSetCounts(180, 0, null));
        Assert.Equal("The kinds of the cases in support_router_golden:v4 were never counted; push the same file once more.", installation.Refuses(Proposal()).Reason);
        installation.Do(new PushGoldenSet(All.Ana, All.GoldenSet, All.Hash("cases"), All.Counts(180)));
        Assert.Empty(installation.Do(new PushGoldenSet(All.Ana, All.GoldenSet, All.Hash("cases"), All.Counts(180))));
        Assert.Single(installation.Do(Proposal()));
    }

    [Fact]
    public void What_is_not_said_of_evaluations_stays_as_it_is()
    {
        var installation = All.Installation();
        var policy = Require((CaseKind.Bypass, 3)) with { UnsafeTools = ["refund"] };
        installation.Do(new SetPromptPolicy(All.Clara, All.Prompt, false, ServingPolicy.Default, policy));
        Assert.Empty(installation.Do(new SetPromptPolicy(All.Clara, All.Prompt, false, ServingPolicy.Default)));
        installation.Do(new SetPromptPolicy(All.Clara, All.Prompt, true, ServingPolicy.Default));
        Assert.Equal(policy, installation.State.Prompts.Policy(All.Prompt).Evaluation);
        Assert.Equal("golden sets need bypass 3, unsafe tools are refund, judges gate from 0.8 agreement and kappa 0.6", policy.ToString());
    }

    [Fact]
    public void An_impossible_policy_is_refused_with_all_that_is_wrong()
    {
        var policy = new EvaluationPolicy(ImmutableSortedDictionary<CaseKind, int>.Empty.Add(CaseKind.Bypass, 0), ["a", "a", " "], new JudgeBar(80, -2));
        Assert.Equal(
            """required_kinds: bypass needs a number from 1 to 1000000, not 0. unsafe_tools: " " is no tool's name. unsafe_tools: a stands there twice. judge_bar: agreement is a share, from 0 to 1. judge_bar: kappa lies between -1 and 1.""",
            All.Installation().Refuses(new SetPromptPolicy(All.Clara, All.Prompt, false, ServingPolicy.Default, policy)).Reason);
    }

    [Fact]
    public void Events_of_older_builds_mean_a_policy_without_evaluations_and_a_set_without_kinds()
    {
        var policy = Assert.IsType<PromptPolicySet>(ReadBack(new PromptPolicySetV2(All.Prompt, true, ServingPolicy.Default)));
        Assert.Equal(new PromptPolicySet(All.Prompt, true, ServingPolicy.Default, EvaluationPolicy.Default, ReleasePlanDocument.Empty, IncidentsBlock: false), policy);
        var set = Assert.IsType<GoldenSetPushed>(ReadBack(new GoldenSetPushedV1(All.GoldenSet, All.Hash("cases"), 180)));
        Assert.Equal(new GoldenSetCounts(180, 0, null), set.Counts);
    }

    private static EvaluationPolicy Require(params (CaseKind Kind, int Least)[] kinds) =>
        EvaluationPolicy.Default with { RequiredKinds = kinds.ToImmutableSortedDictionary(kind => kind.Kind, kind => kind.Least) };

    private static ProposeRelease Proposal() => new(All.Ana, All.Version("1.1.0"), All.Production, All.Plan());

    private static Installation Evaluated(EvaluationPolicy policy, GoldenSetCounts counts)
    {
        var installation = All.LiveInstallation();
        installation.Append(All.Ana, new GoldenSetPushed(All.GoldenSet, All.Hash("cases"), counts));
        installation.Do(new SetPromptPolicy(All.Clara, All.Prompt, false, ServingPolicy.Default, policy));
        installation.Do(new RecordEvaluation(All.Ana, All.Evaluation("1.1.0", "1.0.0")));
        return installation;
    }

    private static JournalEvent ReadBack(JournalEvent happened) => JournalEntry.Next(0, JournalEntry.Genesis, All.Noon, All.Ana, "c", happened).Read();
}
