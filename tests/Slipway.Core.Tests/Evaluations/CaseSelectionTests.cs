using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Slipway.Core.Evaluations;

namespace Slipway.Core.Tests.Evaluations;

public sealed class CaseSelectionTests
{
    [Fact]
    public void A_set_with_no_more_cases_than_asked_for_stays_whole()
    {
        var set = SetOf([3, 2]);
        Assert.Same(set, CaseSelection.Of(set, 5, "seed"));
    }

    [Fact]
    public void Every_kind_gets_its_share_and_at_least_one()
    {
        var chosen = CaseSelection.Of(SetOf([60, 30, 9, 1]), 10, "seed");
        Assert.Equal([5, 3, 1, 1], chosen.Cases.CountBy(one => one.Kind).OrderByDescending(kind => kind.Value).Select(kind => kind.Value));
    }

    [Fact]
    public void Where_there_are_more_kinds_than_seats_the_largest_kinds_get_them() =>
        Assert.Equal([CaseKind.Rare, CaseKind.Provocation], CaseSelection.Of(SetOf([1, 5, 2, 9]), 2, "seed").Cases.Select(one => one.Kind).Order());

    [Fact]
    public void Another_seed_gives_other_cases() =>
        Assert.NotEqual(CaseSelection.Of(SetOf([100]), 10, "one").Cases.Select(one => one.Id), CaseSelection.Of(SetOf([100]), 10, "two").Cases.Select(one => one.Id));

    [Fact]
    public void However_a_set_is_ordered_the_same_cases_are_chosen_in_its_order() => Prop.ForAll(Sets(), Gen.Choose(1, 40).ToArbitrary(), (set, most) =>
    {
        var chosen = CaseSelection.Of(set, most, "seed");
        var turned = CaseSelection.Of(Turned(set), most, "seed");
        Assert.Equal(Math.Min(most, set.Cases.Length), chosen.Cases.Length);
        Assert.Equal(chosen.Cases.Select(one => one.Id), turned.Cases.Reverse().Select(one => one.Id));
        Assert.Equal(chosen.Cases, set.Cases.Where(chosen.Cases.Contains));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void With_more_seats_nobody_loses_one() => Prop.ForAll(Sets(), Gen.Choose(1, 40).ToArbitrary(), (set, most) =>
    {
        var few = CaseSelection.Of(set, most, "seed").Cases;
        var more = CaseSelection.Of(set, most + 1, "seed").Cases;
        Assert.All(few, one => Assert.Contains(one, more));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_kind_is_there_as_soon_as_there_are_seats_for_all() => Prop.ForAll(Sets(), set =>
    {
        var kinds = set.Cases.Select(one => one.Kind).ToHashSet();
        Assert.Equal(kinds, CaseSelection.Of(set, kinds.Count, "seed").Cases.Select(one => one.Kind).ToHashSet());
    }).QuickCheckThrowOnFailure();

    private static Arbitrary<GoldenSet> Sets() =>
        Gen.Choose(1, 12).ListOf().Where(counts => counts.Count is > 0 and <= 14).Select(counts => SetOf([.. counts])).ToArbitrary();

    // So many cases of the first kind, so many of the second, …
    private static GoldenSet SetOf(int[] counts) => Some.Set(string.Join('\n', counts.SelectMany((count, kind) => Enumerable.Range(0, count).Select(number =>
        $$"""{"id":"{{kind}}-{{number}}","kind":{{JsonSerializer.Serialize((CaseKind)kind)}},"messages":[{"role":"user","content":"{{kind}} {{number}}"}],"expect":[{"check":"schema"}]}"""))));

    private static GoldenSet Turned(GoldenSet set) => Some.Set(string.Join('\n', set.ToJsonLines().Split('\n', StringSplitOptions.RemoveEmptyEntries).Reverse()));
}
