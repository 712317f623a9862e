using System.Collections.Immutable;
using Slipway.Core.Models;
using Slipway.Core.Partials;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Server.Tests.Prompts;

/// <summary>Versions, partials and the model catalog through a real server.</summary>
public sealed class VersionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_comes_second_is_shown_what_the_other_person_changed()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        await installation.Ana.SubmitAsync(Router.Submission(Router.Good), Cancellation).Ok();
        var refused = await installation.Ana.SubmitAsync(Router.Submission(Router.Bad), Cancellation).Refused();
        Assert.Equal(409, refused.Status);
        Assert.StartsWith("router:v1.1.0 came meanwhile, by ana on ", refused.Message, StringComparison.Ordinal);
        Assert.Equal((Router.First, Router.Good), (refused.Changes!.From.ToString(), refused.Changes.To.ToString()));
        var template = Assert.Single(refused.Changes.Fields);
        Assert.Equal(("template", "Never add anything to the JSON object."), (template.Field, Assert.Single(template.Lines, line => line.Change == LineChange.Added).Text));
        Assert.True((await installation.Ana.SubmitAsync(Router.Submission(Router.Bad) with { BasedOn = Some.Value<VersionNumber>("1.1.0") }, Cancellation).Ok()).Created);
    }

    [Fact]
    public async Task The_server_numbers_a_version_that_names_no_number()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        var unnumbered = Router.Submission(Router.Good) with { Version = null };
        var minor = await installation.Ana.SubmitAsync(unnumbered, Cancellation).Ok();
        Assert.Equal(("router:v1.1.0", 2, true), (minor.Version.ToString(), minor.Sequence, minor.Created));
        var again = await installation.Ana.SubmitAsync(unnumbered, Cancellation).Ok();
        Assert.Equal(("router:v1.1.0", false), (again.Version.ToString(), again.Created));
        var major = await installation.Ana.SubmitAsync(unnumbered with { Schema = null, BasedOn = minor.Version.Number, ChangeReason = "Plain answers read better in the newsletter." }, Cancellation).Ok();
        Assert.Equal("router:v2.0.0", major.Version.ToString());
        var diff = await installation.Dan.DiffAsync("router:v1.1.0", "router:v2.0.0", Cancellation).Ok();
        Assert.Equal((VersionStep.Major, "the output schema changed"), (diff.Step, Assert.Single(diff.Reasons)));
    }

    [Fact]
    public async Task The_same_manifest_is_the_same_version_though_alias_and_partials_moved_on()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        var privacy = Some.Value<PartialName>("global/privacy");
        await installation.Ana.SubmitPartialAsync(privacy, new PartialRequest("Never repeat names.", "The data protection officer asked for it."), Cancellation).Ok();
        var submission = Router.Submission(Router.Good);
        submission = submission with { Template = submission.Template + "{{> global/privacy}}\n" };
        var first = await installation.Ana.SubmitAsync(submission, Cancellation).Ok();

        var newer = await installation.Ana.SubmitPartialAsync(privacy, new PartialRequest("Never repeat names or numbers.", "A reader's number was repeated."), Cancellation).Ok();
        Assert.Equal(("global/privacy@2", Router.Good), (newer.Partial.ToString(), Assert.Single(newer.CouldTakeIt).ToString()));
        Assert.Empty(newer.UsedBy);
        await installation.Admin.SetModelAsync("production-default", Some.Value<ModelReference>("offline/offline-2027-01"), Cancellation).Ok();

        var again = await installation.Ana.SubmitAsync(submission, Cancellation).Ok();
        Assert.Equal((first.Package, false), (again.Package, again.Created));
        Assert.Contains("Never repeat names.", again.Content.GetProperty("partials")[0].GetProperty("text").GetString(), StringComparison.Ordinal);
        var next = await installation.Ana.SubmitAsync(submission with { Version = null, BasedOn = first.Version.Number, ChangeReason = "Take over the newer privacy rule." }, Cancellation).Ok();
        Assert.Equal(("offline/offline-2027-01", "global/privacy@2"), (next.Content.GetProperty("model").GetString(), next.Content.GetProperty("partials")[0].GetProperty("id").GetString()));
        Assert.Equal("global/privacy@2", (await installation.Dan.PartialAsync("global/privacy", Cancellation).Ok()).Partial.ToString());
        Assert.Equal("Never repeat names.", (await installation.Dan.PartialAsync("global/privacy@1", Cancellation).Ok()).Text);
        Assert.Equal([next.Version], (await installation.Dan.PartialsAsync(Cancellation).Ok()).Single().UsedBy);
    }

    [Fact]
    public async Task The_catalog_shows_models_with_their_aliases_and_prices()
    {
        await using var installation = await TestInstallation.StartAsync();
        var model = Some.Value<ModelReference>("offline/latest");
        await installation.Admin.RegisterModelAsync(model, new ModelFactsRequest(8_000, new ModelPrices(1.5m, null, 3m)), Cancellation).Ok();
        ImmutableArray<ModelDocument> catalog = await installation.Dan.ModelsAsync(Cancellation).Ok();
        Assert.Equal(["offline/latest", "offline/offline-2026-11"], catalog.Select(one => one.Model.ToString()));
        Assert.Equal((8_000, 3m, false), (catalog[0].ContextTokens!.Value, catalog[0].Prices!.Output, catalog[0].Pinned));
        Assert.Equal(("production-default", true), (Assert.Single(catalog[1].Aliases), catalog[1].Pinned));
    }
}
