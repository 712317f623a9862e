using Slipway.Core.Resolution;
using Slipway.Core.Wire;

namespace Slipway.Client.Tests.Serving;

public sealed class InMemoryTests
{
    private readonly SlipwayInMemory slipway = new SlipwayInMemory().Live(Some.Router, "1.0.0", Some.Stable);

    [Fact]
    public void It_remembers_what_it_was_asked_and_told()
    {
        slipway.Render(Some.Router, Some.Variables, Some.Unit);
        slipway.Report(Some.Call());
        slipway.ReportOutcome(new CallOutcomeDocument(Some.Call().TraceId, Resolved: true));

        Assert.Equal((Some.Router, Some.Unit, "My card is gone."), (slipway.Asked[0].Prompt, slipway.Asked[0].Unit, slipway.Asked[0].Variables!.Value.GetProperty("ticket").GetString()));
        Assert.Equal((1, 1), (slipway.Calls.Count, slipway.Outcomes.Count));
    }

    [Fact]
    public void A_candidate_gets_its_share_and_no_more_after_a_rollback()
    {
        slipway.Candidate(Some.Router, "1.1.0", Some.Candidate, "30%");
        var units = Enumerable.Range(0, 10_000).Select(number => $"unit-{number}").ToList();
        Assert.InRange(units.Count(unit => Arm(unit) == Core.Resolution.Arm.Candidate), 2_800, 3_200);

        slipway.RollBack(Some.Router);

        Assert.All(units, unit => Assert.Equal(Core.Resolution.Arm.Stable, Arm(unit)));
    }

    [Fact]
    public void Conditions_and_variants_decide_as_they_do_on_the_server()
    {
        slipway.Candidate(Some.Router, "1.1.0", Some.Candidate, "100%", Condition.Parse(new ConditionDocument("country", "equals", ["DE"]), out _)!)
            .Variant(Some.Router, "nordlicht", null, "0.9.0", Some.Old);

        Assert.Equal(ResolveReason.NotEligible, Serve().Reason);
        Assert.Equal(ResolveReason.InCanary, Serve(new CallContext { Attributes = new Dictionary<string, string> { ["country"] = "DE" } }).Reason);
        Assert.Equal(("0.9.0", ResolveReason.Variant), (Serve(new CallContext { Tenant = "nordlicht" }).Served.Version.Number.Text, Serve(new CallContext { Tenant = "nordlicht" }).Reason));
    }

    [Fact]
    public void It_can_be_cut_off()
    {
        slipway.Candidate(Some.Router, "1.1.0", Some.Candidate).CutOff = true;
        Assert.Equal(ResolveReason.LeaseExpired, Serve().Reason);
    }

    [Fact]
    public void A_hundred_prompts_are_all_there()
    {
        foreach (var number in Enumerable.Range(0, 300)) slipway.Live($"prompt_{number}", "1.0.0", SlipwayInMemory.PackageOf($"Text {number}"));
        Assert.All(Enumerable.Range(0, 300), number => Assert.Equal($"Text {number}", Assert.Single(Assert.IsType<RenderAnswer.Rendered>(slipway.Render($"prompt_{number}")).Messages).Content));
    }

    [Fact]
    public void A_package_that_cannot_be_is_refused_with_all_that_is_wrong() =>
        Assert.Contains("{{", Assert.Throws<ArgumentException>(() => SlipwayInMemory.PackageOf("Hello {{name")).Message, StringComparison.Ordinal);

    [Fact]
    public void Nothing_is_released_beside_nothing() =>
        Assert.Throws<InvalidOperationException>(() => new SlipwayInMemory().Candidate(Some.Router, "1.0.0", Some.Stable));

    [Theory]
    [InlineData(7)]
    [InlineData("text")]
    public void Variables_that_are_no_object_are_refused(object variables)
    {
        var refused = Assert.IsType<RenderAnswer.Refused>(slipway.Render(Some.Router, variables));
        Assert.Equal((RenderRefusal.WrongVariables, "router:v1.0.0 cannot be rendered: The variables must be an object of values by name."), (refused.Why, refused.Message));
    }

    [Fact]
    public void Variables_that_cannot_be_written_are_refused() =>
        Assert.Equal(RenderRefusal.WrongVariables, Assert.IsType<RenderAnswer.Refused>(slipway.Render(Some.Router, new { ticket = double.NaN })).Why);

    private Arm Arm(string unit) => Assert.IsType<Decision.Serve>(slipway.Resolve(Some.Router, unit)).Arm;

    private Decision.Serve Serve(CallContext? context = null) => Assert.IsType<Decision.Serve>(slipway.Resolve(Some.Router, Some.Unit, context));
}
