using Slipway.Core.Models;
using Slipway.Core.Prompts;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;

namespace Slipway.Server.Tests.Gateway;

/// <summary>A server whose model is a fake of OpenAI's: nearly every unit of the router is in a canary, and <see cref="Steady"/> retries and falls back.</summary>
public sealed class ServingInstallation : IAsyncLifetime
{
    /// <summary>A prompt that tries again twice, each time for 30 s, and then asks <see cref="Mini"/>.</summary>
    public const string Steady = "steady";

    /// <summary>A prompt that tries again twice and has no other model.</summary>
    public const string Patient = "patient";

    /// <summary>The model that all of them freeze, and the one that stands in.</summary>
    public const string Model = "openai/gpt-test-2026-01-01", Mini = "openai/gpt-mini-2026-01-01";

    /// <summary>An answer that breaks the router's contract.</summary>
    public const string Broken = """{"department": "cellar", "urgency": "low"}""";

    /// <summary>The clock of the server.</summary>
    public ManualClock Clock { get; } = new();

    /// <summary>The fake.</summary>
    public FakeOpenAi Upstream { get; private set; } = null!;

    /// <summary>The server.</summary>
    public TestInstallation Server { get; private set; } = null!;

    /// <summary>The fake as it was at the beginning.</summary>
    public FakeOpenAi Renewed()
    {
        Upstream.Answer = FakeOpenAi.Usual;
        Upstream.Requests.Clear();
        return Upstream;
    }

    /// <summary>The fake gives these answers, one a request, the last for ever.</summary>
    public void Answers(params string[] answers)
    {
        var given = -1;
        Upstream.Answer = (context, sent) =>
        {
            var answer = answers[Math.Min(Interlocked.Increment(ref given), answers.Length - 1)];
            return sent.Streams ? FakeOpenAi.Stream(context, answer) : FakeOpenAi.Whole(context, answer);
        };
    }

    /// <summary>The fake fails so often, then it answers.</summary>
    public void Fails(int times, int status = 503, string? retryAfter = "0")
    {
        var failed = 0;
        Upstream.Answer = (context, sent) => Interlocked.Increment(ref failed) <= times ? FakeOpenAi.Error(context, status, "busy", retryAfter) : FakeOpenAi.Usual(context, sent);
    }

    /// <summary>Sets what is done with broken answers of the router.</summary>
    public Task SetAsync(ContractPolicy contract) =>
        Server.Cleo.ChangePolicyAsync(Some.Value<PromptName>(Router.Prompt), policy => policy with { Contract = contract }, TestContext.Current.CancellationToken).Ok();

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        CallActivities.Start();
        Upstream = await FakeOpenAi.StartAsync();
        Server = await TestInstallation.StartWithRouterAsync(options => options with { Providers = [Upstream.Provider, Upstream.Provider with { Name = "second" }] }, Model, Clock);
        await Server.StartCanaryAsync(Router.Good, Plans.Quick("99%", "100%") with { MinimumUnits = 1_000_000 }, Model);
        var serving = new ServingSettings(Duration.Seconds(30), Duration.Seconds(90), 2, [Some.Value<ModelReference>(Mini)]);
        // Retries of one provider have one budget; tests that fail on purpose must not use up each other's.
        foreach (var (prompt, model, settings) in ((string, string, ServingSettings)[])[(Steady, Model, serving), (Patient, Model.Replace("openai", "second", StringComparison.Ordinal), serving with { FallbackModels = null })])
        {
            await Server.Ana.SubmitAsync(Router.Submission(Router.First, model, prompt) with { Serving = settings }, TestContext.Current.CancellationToken).Ok();
            await Server.BootstrapAsync($"{prompt}:v1.0.0");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Upstream.DisposeAsync();
        await Server.DisposeAsync();
    }
}
