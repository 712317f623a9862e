using Slipway.Core.Journal;
using Slipway.Core.Models;

namespace Slipway.Core.Tests.Models;

public sealed class ModelCatalogTests
{
    private static readonly ModelReference Newer = Some.Parse<ModelReference>("openai/gpt-4.1-2025-04-14");
    private readonly Installation installation = Some.Installation();

    [Fact]
    public void A_manifest_names_an_alias_or_a_model()
    {
        Assert.Equal(Some.Model, installation.State.Models.Resolve("production-default"));
        Assert.Equal(Newer, installation.State.Models.Resolve("openai/gpt-4.1-2025-04-14"));
        Assert.Null(installation.State.Models.Resolve("gpt-4.1"));
    }

    [Fact]
    public void An_alias_moved_later_changes_no_version()
    {
        var package = installation.State.Prompts.Find(Some.Version("1.0.0"))!.Package;
        installation.Do(new SetModelAlias(Some.Admin, "production-default", Newer));
        Assert.Equal((Newer, package), (installation.State.Models.Resolve("production-default"), installation.State.Prompts.Find(Some.Version("1.0.0"))!.Package));
        Assert.Empty(installation.Do(new SetModelAlias(Some.Admin, "production-default", Newer)));
    }

    [Fact]
    public void Only_an_administrator_changes_the_catalog() => Assert.Equal(
        "ana may not change the model catalog: it needs the role admin, which admin has.", installation.Refuses(new SetModelAlias(Some.Ana, "fast", Newer)).Reason);

    [Theory]
    [InlineData("")]
    [InlineData("Fast")]
    [InlineData("openai/fast")]
    [InlineData("1fast")]
    [InlineData("fast\n")]
    public void An_alias_has_a_form_no_model_has(string alias) => Assert.Equal(RefusalKind.Invalid, installation.Refuses(new SetModelAlias(Some.Admin, alias, Newer)).Kind);
}
