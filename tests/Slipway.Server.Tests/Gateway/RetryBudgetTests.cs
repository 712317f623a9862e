using Slipway.Server.Gateway;

namespace Slipway.Server.Tests.Gateway;

public sealed class RetryBudgetTests
{
    [Fact]
    public void A_provider_that_is_down_is_retried_for_a_fifth_of_its_calls_and_ten_besides()
    {
        var budget = new RetryBudget();
        var retries = 0;
        for (var call = 1; call <= 10_000; call++)
        {
            budget.Deposit();
            while (budget.TryTake()) retries++;
            Assert.True(retries <= 10 + call / 5);
        }
        Assert.Equal(10 + 10_000 / 5 - 1, retries);
    }

    [Fact]
    public void What_is_not_used_is_not_saved_up()
    {
        var budget = new RetryBudget();
        for (var call = 0; call < 10_000; call++) budget.Deposit();
        Assert.Equal(10, Enumerable.Range(0, 100).Count(_ => budget.TryTake()));
    }
}
