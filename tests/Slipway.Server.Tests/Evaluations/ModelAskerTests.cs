using Slipway.Core.Evaluations;
using Slipway.Core.Models;
using Slipway.Server.Evaluations;
using Slipway.Server.Providers;

namespace Slipway.Server.Tests.Evaluations;

/// <summary>How one question is asked, and asked again.</summary>
public sealed class ModelAskerTests
{
    private readonly ManualClock clock = new();
    private readonly CountedProvider provider = new();
    private readonly Jitter jitter = new(() => 0.2);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_answer_says_what_it_took_and_what_it_cost()
    {
        provider.Answer = (_, _, _) =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(120));
            return Task.FromResult(new ModelAnswer("""{"department": "nowhere", "urgency": "low"}""", null, "stop", new TokenUsage(1_000, 100, 400)));
        };
        var answer = await Ask(new ModelPrices(2, 1, 10));
        Assert.Equal((TimeSpan.FromMilliseconds(120), 0.0026m, 1_000, 100, 400, "stop", 0), (answer.Latency, answer.Cost, answer.InputTokens, answer.OutputTokens, answer.CachedTokens, answer.FinishReason, answer.Retries));
        Assert.Single(answer.SchemaViolations);
    }

    [Fact]
    public async Task Who_limits_the_rate_is_asked_again_when_it_said_and_the_waiting_is_no_latency()
    {
        provider.Answer = (number, _, _) => number == 1 ? throw new ProviderException("slow down", 429, TimeSpan.FromSeconds(30)) : Task.FromResult(CountedProvider.Usual());
        var asking = Ask();
        await Some.Eventually(() => Task.FromResult(clock.Waiting == 1), "it waits");
        clock.Advance(TimeSpan.FromSeconds(30.1));
        Assert.Single(provider.Asked);
        clock.Advance(TimeSpan.FromSeconds(0.1));
        var answer = await asking;
        Assert.Equal((TimeSpan.Zero, 1, null), (answer.Latency, answer.Retries, answer.Error));
    }

    [Fact]
    public async Task One_refusal_holds_back_all_that_ask_the_same_provider()
    {
        var pace = new ProviderPace("counted", jitter, clock);
        Assert.Null(pace.Refused(new ProviderException("slow down", 429, TimeSpan.FromSeconds(10)), clock.GetUtcNow()));
        Assert.Equal("counted limits the rate; it is asked again in 10 s.", pace.Waiting);
        var waiting = Enumerable.Range(0, 5).Select(_ => pace.WaitAsync(Cancellation).AsTask()).ToList();
        clock.Advance(TimeSpan.FromSeconds(10.1));
        Assert.All(waiting, one => Assert.False(one.IsCompleted));
        clock.Advance(TimeSpan.FromSeconds(0.1));
        await Task.WhenAll(waiting);
        Assert.Null(pace.Waiting);
    }

    [Fact]
    public void Who_goes_on_refusing_is_asked_less_and_less_often_and_given_up_in_the_end()
    {
        var pace = new ProviderPace("counted", jitter, clock);
        var (pauses, why) = (new List<TimeSpan>(), (string?)null);
        while (why is null)
        {
            var sent = clock.GetUtcNow();
            if ((why = pace.Refused(new ProviderException("slow down", 429), sent)) is not null) break;
            // Those that were under way say nothing new.
            Assert.Null(pace.Refused(new ProviderException("slow down", 429), sent.AddMilliseconds(-1)));
            for (; pace.Waiting is not null; clock.Advance(TimeSpan.FromMilliseconds(100))) { }
            pauses.Add(clock.GetUtcNow() - sent);
        }
        Assert.Equal([0.6, 1.2, 2.4, 4.8, 9.6, 19.2, .. Enumerable.Repeat(36.0, pauses.Count - 6)], pauses.Select(pause => pause.TotalSeconds));
        Assert.StartsWith("slow down, for 1", why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_that_may_pass_is_asked_again_and_at_last_told()
    {
        provider.Answer = (_, _, _) => throw new ProviderException("broken", 500);
        var asking = Ask();
        for (var retry = 1; retry <= ModelAsker.Retries; retry++)
        {
            await Some.Eventually(() => Task.FromResult(clock.Waiting == 1 && provider.Asked.Count == retry), "it waits");
            var wait = TimeSpan.FromMilliseconds(250 * (1 << retry - 1) * 0.6);
            clock.Advance(wait - TimeSpan.FromTicks(1));
            Assert.Equal((1, retry), (clock.Waiting, provider.Asked.Count));
            clock.Advance(TimeSpan.FromTicks(1));
        }
        var answer = await asking;
        Assert.Equal(("broken", ModelAsker.Retries, ModelAsker.Retries + 1), (answer.Error, answer.Retries, provider.Asked.Count));
    }

    [Fact]
    public async Task A_failure_that_stays_is_told_at_once()
    {
        provider.Answer = (_, _, _) => throw new ProviderException("no such model", 404);
        var answer = await Ask();
        Assert.Equal(("no such model", 0, 1), (answer.Error, answer.Retries, provider.Asked.Count));
    }

    [Fact]
    public async Task A_model_that_does_not_answer_in_time_has_failed()
    {
        provider.Answer = async (_, _, cancellation) =>
        {
            await Task.Delay(Timeout.Infinite, cancellation);
            return CountedProvider.Usual();
        };
        var asking = Ask();
        for (var attempt = 1; attempt <= ModelAsker.Retries + 1; attempt++)
        {
            await Some.Eventually(() => Task.FromResult(provider.Asked.Count == attempt && clock.Waiting == 1), "it is asked");
            clock.Advance(TimeSpan.FromMinutes(2));
            if (attempt > ModelAsker.Retries) break;
            await Some.Eventually(() => Task.FromResult(clock.Waiting == 1 && !asking.IsCompleted), "it waits");
            clock.Advance(TimeSpan.FromSeconds(10));
        }
        Assert.Equal("counted did not answer within 120 s.", (await asking).Error);
    }

    private Task<Answer> Ask(ModelPrices? prices = null) => new ModelAsker(TimeSpan.FromMinutes(2), jitter, clock).AskAsync(
        new EvaluatedSide(EvaluationBench.Version(Router.First), provider, new ProviderPace("counted", jitter, clock), prices), EvaluationBench.Plan().Set!.Cases[0], Cancellation);
}
