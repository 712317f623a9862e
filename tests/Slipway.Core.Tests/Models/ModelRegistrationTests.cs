using Slipway.Core.Evaluations;
using Slipway.Core.Journal;
using Slipway.Core.Models;
using Slipway.Core.Releases;

namespace Slipway.Core.Tests.Models;

public sealed class ModelRegistrationTests
{
    private readonly Installation installation = Some.LiveInstallation();

    [Theory]
    [InlineData("openai/gpt-4.1-2025-04-14", true)]
    [InlineData("anthropic/claude-3-5-haiku-20241022", true)]
    [InlineData("offline/offline-2026-11", true)]
    [InlineData("openai/gpt-4.1", false)]
    [InlineData("openai/gpt-4-turbo", false)]
    [InlineData("ollama/llama3:70b", false)]
    [InlineData("openai/model-2025-13", false)]
    [InlineData("openai/model-120250101", false)]
    public void A_dated_name_means_one_model(string model, bool dated) => Assert.Equal(dated, Some.Parse<ModelReference>(model).IsDated);

    [Fact]
    public void The_catalog_keeps_context_and_prices()
    {
        var registered = new RegisterModel(Some.Admin, Some.Model, 32_000, new ModelPrices(0.4m, 0.1m, 1.6m), Pinned: false);
        var happened = Assert.Single(installation.Do(registered));
        Assert.Equal("described the model offline/offline-2026-11: 32000 tokens of context, $0.4 in, $0.1 cached, $1.6 out per million tokens", happened.Sentence);
        Assert.Equal(1.6m, installation.State.Models.Find(Some.Model)!.Prices!.Output);
        Assert.Empty(installation.Do(registered));
    }

    [Fact]
    public void Impossible_facts_are_refused()
    {
        Assert.Equal("The context must be from 1 to 100000000 tokens.", installation.Refuses(new RegisterModel(Some.Admin, Some.Model, 0, null, false)).Reason);
        Assert.Equal("A price must be from 0 to 100000 US dollars per million tokens.", installation.Refuses(new RegisterModel(Some.Admin, Some.Model, null, new ModelPrices(1, -1, 1), false)).Reason);
        Assert.Equal(RefusalKind.Forbidden, installation.Refuses(new RegisterModel(Some.Ana, Some.Model, null, null, false)).Kind);
    }

    [Fact]
    public void Production_takes_no_model_that_may_change_under_its_name()
    {
        installation.Submit(Some.Submission("1.4.0", "Four.", model: "offline/latest"));
        installation.Do(new RecordEvaluation(Some.Ana, Some.Evaluation("1.4.0", "1.0.0")));
        var proposal = new ProposeRelease(Some.Ana, Some.Version("1.4.0"), Some.Production, Some.Plan());
        Assert.Equal(
            new Refusal(RefusalKind.Conflict, "support_router:v1.4.0 runs on offline/latest, which its provider may change at any time; production needs a dated model. Where the name stands for one model for ever, say so with: slipway model add offline/latest --pinned"),
            installation.Refuses(proposal));
        installation.Do(new RegisterModel(Some.Admin, Some.Parse<ModelReference>("offline/latest"), null, null, Pinned: true));
        Assert.Single(installation.Do(proposal));
    }
}
