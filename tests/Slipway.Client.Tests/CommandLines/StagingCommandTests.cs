namespace Slipway.Client.Tests.CommandLines;

/// <summary>What comes before the first user, typed: staging and the shadow.</summary>
public sealed class StagingCommandTests : IAsyncLifetime
{
    private readonly Installation installation = new();

    public async ValueTask InitializeAsync()
    {
        await installation.InitializeAsync();
        await installation.GoLiveAsync();
        await installation.AsAsync("ana", "push", Path.Combine(Installation.Sample, "support_router.v1.6.0.yaml"));
    }

    public ValueTask DisposeAsync() => installation.DisposeAsync();

    [Fact]
    public async Task A_release_that_asks_for_staging_says_each_time_what_comes_next()
    {
        Assert.Contains("it goes there first with: slipway release bootstrap support_router:v1.6.0 --environment staging --reason TEXT",
            (await installation.TryAsAsync("dan", "release", "check", "support_router:v1.6.0", "--staging")).Output, StringComparison.Ordinal);
        var early = await installation.TryAsAsync("ana", "staging", "report", "support_router:v1.6.0");
        Assert.Equal(1, early.ExitCode);
        Assert.Contains("support_router:v1.6.0 is not live in staging", early.Errors, StringComparison.Ordinal);
        await installation.AsAsync("ana", "release", "bootstrap", "support_router:v1.6.0", "--environment", "staging", "--reason", "To be tried.");
        await installation.AsAsync("ben", "release", "bootstrap", "support_router:v1.6.0", "--environment", "staging", "--reason", "Reads well.");
        Assert.Contains("make one with: slipway staging report support_router:v1.6.0", (await installation.TryAsAsync("dan", "release", "check", "support_router:v1.6.0", "--staging")).Output, StringComparison.Ordinal);
        Assert.Contains("No request of support_router was recorded in production in that time", (await installation.TryAsAsync("ana", "staging", "report", "support_router:v1.6.0", "--since", "1h")).Errors, StringComparison.Ordinal);
        Assert.Contains("There is no staging report on support_router:v1.6.0 yet", (await installation.TryAsAsync("dan", "staging", "show", "support_router:v1.6.0")).Errors, StringComparison.Ordinal);
        Assert.Contains("There is no staging report on support_router:v1.6.0 yet", (await installation.TryAsAsync("ana", "staging", "explain", "support_router:v1.6.0", "model", "--reason", "So.")).Errors, StringComparison.Ordinal);
        Assert.Equal(2, (await installation.TryAsAsync("ana", "staging", "report", "support_router")).ExitCode);
    }

    [Fact]
    public async Task A_shadow_is_part_of_the_contract_that_is_shown()
    {
        var shown = (await installation.TryAsAsync("dan", "release", "check", "support_router:v1.6.0", "--shadow", "5%", "--shadow-calls", "500", "--shadow-cost", "2.50")).Output;
        Assert.Contains("shadow       5% (at most 500 calls and $2.5); live requests also go to the candidate, nobody is shown its answers", shown, StringComparison.Ordinal);
        var alone = await installation.TryAsAsync("dan", "release", "check", "support_router:v1.6.0", "--shadow-calls", "500");
        Assert.Equal((2, true), (alone.ExitCode, alone.Errors.Contains("--shadow-calls and --shadow-cost are the budget of a shadow: name its share too.", StringComparison.Ordinal)));
        Assert.Contains("\"five\" is no share", (await installation.TryAsAsync("dan", "release", "check", "support_router:v1.6.0", "--shadow", "five")).Errors, StringComparison.Ordinal);
        Assert.Contains("shadow.budget must say what it may spend at most", (await installation.TryAsAsync("dan", "release", "check", "support_router:v1.6.0", "--shadow", "5%")).Output, StringComparison.Ordinal);
    }
}
