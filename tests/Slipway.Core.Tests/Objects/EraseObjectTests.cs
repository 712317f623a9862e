using Slipway.Core.Evaluations;
using Slipway.Core.Journal;
using Slipway.Core.Objects;
using Slipway.Core.Releases;
using Slipway.Core.Wire;

namespace Slipway.Core.Tests.Objects;

public sealed class EraseObjectTests
{
    private readonly Installation installation = Some.LiveInstallation();

    private ContentHash GoldenSet => installation.State.Evaluations.Find(Some.GoldenSet)!.Content;

    [Fact]
    public void An_administrator_erases_a_golden_set_and_the_record_says_who_when_and_why()
    {
        var erased = Assert.IsType<ObjectErased>(Assert.Single(installation.Do(Erase(GoldenSet))));
        Assert.Equal($"erased the object {GoldenSet.Abbreviated}: ana asked us to", erased.Sentence);
        var known = installation.State.Objects.Find(GoldenSet)!;
        Assert.Equal((Some.Admin, installation.Now, installation.State.Head), (known.By, known.At, known.Entry));
        Assert.Equal("was erased on 2026-03-02 by admin: ana asked us to", known.Fate);
    }

    [Fact]
    public void Erasing_again_changes_nothing()
    {
        installation.Do(Erase(GoldenSet));
        Assert.Empty(installation.Do(Erase(GoldenSet, "again")));
        Assert.Equal("ana asked us to", installation.State.Objects.Find(GoldenSet)!.Reason);
    }

    [Fact]
    public void Only_an_administrator_erases() => Assert.Equal(
        new Refusal(RefusalKind.Forbidden, "ana may not erase objects: it needs the role admin, which admin has."),
        installation.Refuses(new EraseObject(Some.Ana, GoldenSet, "why not", Stored: true)));

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public void Nothing_is_erased_without_a_reason(string reason) => Assert.Equal(
        new Refusal(RefusalKind.Invalid, "Say why: the reason is empty."), installation.Refuses(Erase(GoldenSet, reason)));

    [Fact]
    public void What_neither_the_journal_nor_the_store_knows_cannot_be_erased()
    {
        Assert.Equal(RefusalKind.Unknown, installation.Refuses(new EraseObject(Some.Admin, Some.Hash("nothing"), "why not", Stored: false)).Kind);
        installation.Do(new EraseObject(Some.Admin, Some.Hash("left behind by a refused command"), "why not", Stored: true));
    }

    [Fact]
    public void A_package_that_is_live_is_not_erased() => Assert.Equal(
        new Refusal(RefusalKind.Conflict, "support_router:v1.0.0 is live in production: its package cannot be erased while it may be served."),
        installation.Refuses(Erase(Package("1.0.0"))));

    [Theory]
    [InlineData(ReleaseState.Proposed, "is the candidate of rel-2, which is proposed")]
    [InlineData(ReleaseState.Approved, "is the candidate of rel-2, which is approved")]
    [InlineData(ReleaseState.Canary, "is the candidate of rel-2, which is in its canary")]
    [InlineData(ReleaseState.Frozen, "is the candidate of rel-2, which is frozen")]
    [InlineData(ReleaseState.Completed, "is live in production")]
    public void A_package_that_may_yet_be_served_is_not_erased(ReleaseState state, string why)
    {
        installation.Release(state);
        Assert.Contains($"support_router:v1.1.0 {why}: its package cannot be erased", installation.Refuses(Erase(Package("1.1.0"))).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_way_back_is_not_erased()
    {
        installation.Release(ReleaseState.Completed);
        Assert.Equal(
            "support_router:v1.0.0 is what support_router:v1.1.0 would be rolled back to in production: its package cannot be erased while it may be served.",
            installation.Refuses(Erase(Package("1.0.0"))).Reason);
    }

    [Theory]
    [InlineData(ReleaseState.Declined)]
    [InlineData(ReleaseState.Cancelled)]
    [InlineData(ReleaseState.RolledBack)]
    public void A_package_nobody_will_be_served_goes_and_is_never_proposed_again(ReleaseState state)
    {
        installation.Release(state);
        installation.Do(Erase(Package("1.1.0")));
        var refused = installation.Refuses(new ProposeRelease(Some.Ana, Some.Version("1.1.0"), Some.Production, Some.Plan()));
        Assert.Equal(RefusalKind.Conflict, refused.Kind);
        Assert.Contains("The package of support_router:v1.1.0 was erased on 2026-03-02 by admin: ana asked us to", refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Nobody_is_rolled_back_to_a_package_that_is_gone()
    {
        installation.GoLive("1.1.0");
        installation.GoLive("1.2.0");
        installation.Do(Erase(Package("1.0.0")));
        installation.RollBack(new ReleaseId(3));
        Assert.Equal(Some.Version("1.1.0"), installation.Live);
        var refused = installation.Refuses(new ReleaseCommand.RollBack(Some.Dora, new ReleaseId(2), "further back", []));
        Assert.StartsWith("The package of support_router:v1.0.0 was erased on 2026-03-02 by admin", refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Erased_content_does_not_come_back_under_another_name()
    {
        var content = GoldenSet;
        installation.Do(Erase(content));
        var again = installation.Refuses(new PushGoldenSet(Some.Ana, Some.GoldenSet.Next(), content, Some.Counts(180)));
        Assert.Equal("A golden set with these cases was erased on 2026-03-02 by admin: ana asked us to", again.Reason);
        installation.Do(new PushGoldenSet(Some.Ana, Some.GoldenSet.Next(), Some.Hash("other cases"), Some.Counts(180)));
    }

    [Fact]
    public void Every_object_the_journal_names_says_what_it_is()
    {
        var all = KnownObjects.All(installation.State);
        Assert.Contains(new KnownObject(GoldenSet, "the golden set support_router_golden:v4"), all);
        Assert.Contains(new KnownObject(Package("1.0.0"), "the package of support_router:v1.0.0"), all);
        Assert.Equal(all.Length, all.Select(known => known.Hash).Distinct().Count());
        Assert.Equal($"the object {Some.Hash("x")}", KnownObjects.Describe(installation.State, Some.Hash("x")));
    }

    [Fact]
    public void The_event_begins_as_the_stores_look_for_it() => Assert.StartsWith(
        $$"""{"event":"object_erased.v1","hash":"{{GoldenSet}}",""", JournalJson.Serialize(new ObjectErased(GoldenSet, "ana asked us to")), StringComparison.Ordinal);

    private ContentHash Package(string version) => installation.State.Prompts.Find(Some.Version(version))!.Package;

    private static EraseObject Erase(ContentHash hash, string reason = "ana asked us to") => new(Some.Admin, hash, reason, Stored: true);
}
