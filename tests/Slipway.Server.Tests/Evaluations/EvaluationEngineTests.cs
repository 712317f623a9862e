using Slipway.Core.Evaluations;
using Slipway.Server.Evaluations;
using Slipway.Server.Providers;

namespace Slipway.Server.Tests.Evaluations;

/// <summary>What is asked, what is paid for, and what is not asked again.</summary>
public sealed class EvaluationEngineTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static EvaluationSettings OneByOne => EvaluationSettings.Default with { Concurrency = 1 };

    [Fact]
    public async Task A_second_run_costs_nothing_and_comes_to_the_same()
    {
        using var bench = new EvaluationBench();
        var first = await bench.Engine.RunAsync(EvaluationBench.Plan(price: 1_000), cancellation: Cancellation);
        Assert.Equal((10, 0, 0.3m), (bench.Provider.Asked.Count, first.Progress.Cached, first.Progress.Spent));
        var second = await bench.Engine.RunAsync(EvaluationBench.Plan(price: 1_000), cancellation: Cancellation);
        Assert.Equal((10, 10, 10, 0m), (bench.Provider.Asked.Count, second.Progress.CallsDone, second.Progress.Cached, second.Progress.Spent));
        Assert.Equal((first.Report.Verdict, first.Report.Counts), (second.Report.Verdict, second.Report.Counts));
    }

    [Fact]
    public async Task Who_wants_no_cache_asks_again()
    {
        using var bench = new EvaluationBench();
        await bench.Engine.RunAsync(EvaluationBench.Plan(), cancellation: Cancellation);
        var second = await bench.Engine.RunAsync(EvaluationBench.Plan(EvaluationSettings.Default with { UseCache = false }), cancellation: Cancellation);
        Assert.Equal((20, 0), (bench.Provider.Asked.Count, second.Progress.Cached));
    }

    [Fact]
    public async Task Whoever_expects_something_else_asks_nothing_new()
    {
        using var bench = new EvaluationBench();
        var first = await bench.Engine.RunAsync(EvaluationBench.Plan(), cancellation: Cancellation);
        var second = await bench.Engine.RunAsync(EvaluationBench.Plan(cases: Router.Cases.Replace("\"value\": \"desk\"", "\"value\": \"loans\"", StringComparison.Ordinal)), cancellation: Cancellation);
        Assert.Equal(10, bench.Provider.Asked.Count);
        Assert.Equal(first.Report.Counts.CandidatePassed + 1, second.Report.Counts.CandidatePassed);
    }

    [Fact]
    public async Task A_call_that_failed_is_asked_again_the_next_time()
    {
        using var bench = new EvaluationBench();
        bench.Provider.Answer = (_, request, _) => request.Messages[^1].Content == "hm" ? throw new ProviderException("It will not.", 400) : Task.FromResult(CountedProvider.Usual());
        var first = await bench.Engine.RunAsync(EvaluationBench.Plan(), cancellation: Cancellation);
        Assert.Equal((2, 1), (first.Progress.Failed, first.Report.Counts.CandidateErrors));
        bench.Provider.Answer = (_, _, _) => Task.FromResult(CountedProvider.Usual());
        var second = await bench.Engine.RunAsync(EvaluationBench.Plan(), cancellation: Cancellation);
        Assert.Equal((12, 0, 8), (bench.Provider.Asked.Count, second.Progress.Failed, second.Progress.Cached));
    }

    [Fact]
    public async Task Both_sides_of_a_case_are_asked_one_right_after_the_other_in_turn()
    {
        using var bench = new EvaluationBench();
        await bench.Engine.RunAsync(EvaluationBench.Plan(OneByOne), cancellation: Cancellation);
        var asked = bench.Provider.Asked.ToList();
        Assert.All(asked.Chunk(2), pair => Assert.Equal(pair[0].Question, pair[1].Question));
        Assert.Equal([true, false, false, true, true, false, false, true, true, false], asked.Select(one => one.System.Contains("Never add anything", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Each_case_is_asked_as_often_as_it_says_and_each_time_is_kept()
    {
        using var bench = new EvaluationBench();
        var thrice = EvaluationSettings.Default with { Repeats = 3 };
        var first = await bench.Engine.RunAsync(EvaluationBench.Plan(thrice), cancellation: Cancellation);
        Assert.Equal((30, 30, 5, 5), (bench.Provider.Asked.Count, first.Progress.Calls, first.Progress.Cases, first.Progress.CasesDone));
        var more = await bench.Engine.RunAsync(EvaluationBench.Plan(thrice with { Repeats = 4 }), cancellation: Cancellation);
        Assert.Equal((40, 30), (bench.Provider.Asked.Count, more.Progress.Cached));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task No_more_is_asked_at_once_than_was_said(int concurrency)
    {
        using var bench = new EvaluationBench();
        bench.Provider.Answer = async (_, _, _) =>
        {
            await Task.Yield();
            return CountedProvider.Usual();
        };
        await bench.Engine.RunAsync(EvaluationBench.Plan(EvaluationSettings.Default with { Concurrency = concurrency }, EvaluationBench.Cases(200)), cancellation: Cancellation);
        Assert.InRange(bench.Provider.Most, 1, concurrency);
    }

    [Fact]
    public async Task A_run_ends_before_it_costs_more_than_it_may_and_says_so()
    {
        using var bench = new EvaluationBench();
        // 30 tokens at 1,000 dollars a million: 3 cents an answer.
        var result = await bench.Engine.RunAsync(EvaluationBench.Plan(OneByOne with { MaxCost = 0.20m }, EvaluationBench.Cases(50), price: 1_000), cancellation: Cancellation);
        Assert.Equal((6, 0.18m, 3), (bench.Provider.Asked.Count, result.Progress.Spent, result.Progress.CasesDone));
        Assert.Equal("the ceiling of $0.2 was reached", result.Stopped);
        Assert.Equal((GateVerdict.Inconclusive, 3), (result.Report.Verdict, result.Report.Counts.Cases));

        var rest = await bench.Engine.RunAsync(EvaluationBench.Plan(OneByOne, EvaluationBench.Cases(50), price: 1_000), cancellation: Cancellation);
        Assert.Equal((null, 6, 100), (rest.Stopped, rest.Progress.Cached, bench.Provider.Asked.Count));
    }

    [Fact]
    public async Task A_run_that_may_hardly_cost_anything_shows_nothing()
    {
        using var bench = new EvaluationBench();
        var result = await bench.Engine.RunAsync(EvaluationBench.Plan(OneByOne with { MaxCost = 0.01m }, price: 1_000), cancellation: Cancellation);
        Assert.Equal((1, 0, GateVerdict.Inconclusive), (bench.Provider.Asked.Count, result.Report.Counts.Cases, result.Report.Verdict));
    }

    [Fact]
    public void A_ceiling_without_prices_is_refused_before_anything_is_asked()
    {
        using var bench = new EvaluationBench();
        var problem = Assert.Single(bench.Engine.ProblemsOf(EvaluationBench.Plan(EvaluationSettings.Default with { MaxCost = 1 })));
        Assert.StartsWith("A ceiling on the cost needs prices, and the catalog has none for counted/model-2026-01-01: a cost that is unknown is not zero.", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_that_wants_to_be_left_alone_for_hours_ends_the_run_with_what_there_is()
    {
        using var bench = new EvaluationBench();
        bench.Provider.Answer = (number, _, _) => number > 4 ? throw new ProviderException("counted answered 429: quota", 429, TimeSpan.FromHours(5)) : Task.FromResult(CountedProvider.Usual());
        var result = await bench.Engine.RunAsync(EvaluationBench.Plan(OneByOne), cancellation: Cancellation);
        Assert.Equal("counted answered 429: quota; it wants to be asked again in 5 hours", result.Stopped);
        Assert.Equal((GateVerdict.Inconclusive, 2, 5), (result.Report.Verdict, result.Report.Counts.Cases, bench.Provider.Asked.Count));
    }

    [Fact]
    public async Task What_was_answered_before_a_run_is_cancelled_is_kept()
    {
        using var bench = new EvaluationBench();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        bench.Provider.Answer = async (number, _, cancellation) =>
        {
            if (number <= 5) return CountedProvider.Usual();
            await cancel.CancelAsync();
            await Task.Delay(Timeout.Infinite, cancellation);
            throw new InvalidOperationException("Nobody comes here.");
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bench.Engine.RunAsync(EvaluationBench.Plan(OneByOne), cancellation: cancel.Token));
        bench.Provider.Answer = (_, _, _) => Task.FromResult(CountedProvider.Usual());
        var rest = await bench.Engine.RunAsync(EvaluationBench.Plan(OneByOne), cancellation: Cancellation);
        Assert.Equal((5, 11), (rest.Progress.Cached, bench.Provider.Asked.Count));
    }

    [Fact]
    public async Task What_breaks_a_worker_ends_the_run_and_comes_out()
    {
        using var bench = new EvaluationBench();
        bench.Provider.Answer = (number, _, _) => number == 3 ? throw new NotSupportedException("A bug.") : Task.FromResult(CountedProvider.Usual());
        var thrown = await Assert.ThrowsAsync<NotSupportedException>(() => bench.Engine.RunAsync(EvaluationBench.Plan(OneByOne, EvaluationBench.Cases(1_000)), cancellation: Cancellation));
        Assert.Equal(("A bug.", 3), (thrown.Message, bench.Provider.Asked.Count));
    }

    [Fact]
    public async Task It_needs_no_cache_and_no_server()
    {
        using var engine = EvaluationEngine.Open([]);
        var plan = EvaluationBench.Plan();
        Assert.Contains("No provider counted is configured here", Assert.Single(engine.ProblemsOf(plan)), StringComparison.Ordinal);
        var offline = plan with { Candidate = Offline(Router.Good), Baseline = Offline(Router.First), SetContent = null };
        var result = await engine.RunAsync(offline, cancellation: Cancellation);
        Assert.Equal((GateVerdict.Pass, 5, 10), (result.Report.Verdict, result.Report.Counts.CandidatePassed, result.Progress.Asked));
    }

    private static EvaluationSide Offline(string version)
    {
        var model = Some.Value<Slipway.Core.Models.ModelReference>("offline/offline-2026-11");
        return new EvaluationSide(version, Assert.IsType<Slipway.Core.Prompts.PackageBuild.Built>(Slipway.Core.Prompts.Package.Build(Router.Submission(version), model)).Package);
    }
}
