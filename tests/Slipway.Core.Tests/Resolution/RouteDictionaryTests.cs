using FsCheck;
using FsCheck.Fluent;
using Slipway.Core.Prompts;
using Slipway.Core.Resolution;

namespace Slipway.Core.Tests.Resolution;

public sealed class RouteDictionaryTests
{
    private static readonly Gen<Route[]> SomeRoutes =
        from names in Gen.Elements("a", "b", "ab", "abc", "abcd", "abcde", "support_router", "support_routes", "team/refunds").ArrayOf()
        from revisions in Gen.Choose(1, 9).ArrayOf(names.Length)
        select names.Zip(revisions, At).ToArray();

    [Fact]
    public void A_table_holds_what_a_dictionary_would() => Prop.ForAll(SomeRoutes.ArrayOf().ToArbitrary(), changes =>
    {
        var (table, expected) = (RouteDictionary.Empty, new Dictionary<string, Route>());
        foreach (var change in changes)
        {
            table = table.With(change);
            foreach (var route in change) expected[route.Prompt.Value] = route;
        }
        return table.Count == expected.Count && table.OrderBy(route => route.Key).SequenceEqual(expected.OrderBy(route => route.Key))
            && expected.All(route => ReferenceEquals(table[route.Key], route.Value)) && !table.ContainsKey("abcdef") && !table.ContainsKey("");
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_change_leaves_the_table_it_was_made_from_as_it_was() => Prop.ForAll(SomeRoutes.ToArbitrary(), SomeRoutes.ToArbitrary(), (first, second) =>
    {
        var table = RouteDictionary.Of(first);
        var before = table.ToList();
        _ = table.With(second);
        return before.SequenceEqual(table);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Ten_thousand_prompts_are_found_and_no_other()
    {
        var table = RouteDictionary.Of(Enumerable.Range(0, 10_000).Select(number => At($"team_{number % 97}/prompt_{number}", 1)));
        Assert.Equal(10_000, table.Count);
        Assert.All(Enumerable.Range(0, 10_000), number => Assert.Equal($"team_{number % 97}/prompt_{number}", table[$"team_{number % 97}/prompt_{number}"].Prompt.Value));
        Assert.False(table.TryGetValue("team_1/prompt_10000", out _));
        Assert.Throws<KeyNotFoundException>(() => table["team_1/prompt_10000"]);
        var changed = table.With([At("team_0/prompt_0", 2)]);
        Assert.Equal((2, 1, 10_000), (changed["team_0/prompt_0"].Revision, table["team_0/prompt_0"].Revision, changed.Count));
    }

    private static Route At(string prompt, int revision) =>
        new(Some.Parse<PromptName>(prompt), revision, new ServedVersion(Some.Version("1.0.0"), Some.Hash("a")), null, null, ServingPolicy.Default);
}
