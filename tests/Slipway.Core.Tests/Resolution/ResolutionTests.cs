using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;

namespace Slipway.Core.Tests.Resolution;

public sealed class ResolutionTests
{
    private static readonly ServedVersion Stable = new(Some.Version("1.0.0"), Some.Hash("stable")), Candidate = new(Some.Version("1.1.0"), Some.Hash("candidate"));

    /// <summary>The published vectors: every SDK in every language gives these.</summary>
    [Theory]
    [InlineData("rel-0001", "user-1", 0xc9354107, 785_968)]
    [InlineData("rel-0001", "user-2", 0xab61f2ba, 669_463)]
    [InlineData("rel-0001", "user-3", 0x2e16bccc, 180_034)]
    [InlineData("rel-0002", "user-1", 0x73b03393, 451_907)]
    [InlineData("rel-0001", "пользователь-7", 0x31aaed93, 194_014)]
    [InlineData("rel-0001", "5c3d8535-f81a-4478-a6d3-afaa4d51199e", 0x2e160b46, 180_023)]
    public void A_unit_falls_where_every_sdk_puts_it(string salt, string key, uint hash, int bucket)
    {
        Assert.Equal(hash, Bucket.Hash(Encoding.UTF8.GetBytes(salt + "\0" + key)));
        Assert.Equal(bucket, Bucket.Of(salt, key));
    }

    [Theory]
    [InlineData("", 0x00000000)]
    [InlineData("68656c6c6f", 0x248bfa47)]
    [InlineData("ffffffff", 0x76293b50)]
    public void The_hash_is_murmur_3(string hexadecimal, uint hash) => Assert.Equal(hash, Bucket.Hash(Convert.FromHexString(hexadecimal)));

    [Fact]
    public void Salt_and_key_are_not_mixed_up() => Assert.NotEqual(Bucket.Of("ab", "c"), Bucket.Of("a", "bc"));

    [Fact]
    public void A_long_key_falls_where_its_hash_says()
    {
        var key = string.Concat(Enumerable.Repeat("ключ-", 500));
        Assert.Equal((int)(((ulong)Bucket.Hash(Encoding.UTF8.GetBytes("salt\0" + key)) * 1_000_000) >> 32), Bucket.Of("salt", key));
    }

    [Fact]
    public void An_unknown_prompt_is_refused() => Assert.Equal(
        Decision.Unknown.Instance, Resolver.Resolve(Table(null), new ResolveRequest("refunds", "user-1")));

    [Fact]
    public void Without_a_release_everybody_gets_stable() =>
        Assert.Equal(new Decision.Serve(Stable, Arm.Stable, null, 0, 7, ResolveReason.NoRelease), Resolve(null, "user-1"));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Without_a_key_a_request_gets_stable_even_at_the_last_step(string? key) =>
        Assert.Equal(new Decision.Serve(Stable, Arm.Stable, new ReleaseId(2), 3, 7, ResolveReason.NoUnitKey), Resolve("100%", key));

    [Fact]
    public void A_unit_below_the_weight_gets_the_candidate() => Assert.Equal(
        new Decision.Serve(Candidate, Arm.Candidate, new ReleaseId(2), 3, 7, ResolveReason.InCanary), Resolve("18.0035%", "user-3"));

    [Fact]
    public void A_unit_at_the_weight_gets_stable() => Assert.Equal(
        new Decision.Serve(Stable, Arm.Stable, new ReleaseId(2), 3, 7, ResolveReason.OutsideCanary), Resolve("18.0034%", "user-3"));

    [Fact]
    public void A_key_is_taken_as_it_is() => Assert.NotEqual(Bucket.Of("rel-0001", "user-1"), Bucket.Of("rel-0001", "User-1"));

    [Fact]
    public void Nobody_is_covered_by_nothing_and_everybody_by_all()
    {
        Assert.False(default(Share).Covers(0));
        Assert.True(Share.All.Covers(0) && Share.All.Covers(999_999));
        Assert.All(Keys(10_000), key => Assert.Equal((Arm.Stable, Arm.Candidate), (ArmOf("0%", key), ArmOf("100%", key))));
    }

    [Fact]
    public void Whoever_is_in_the_canary_stays_in_it_while_it_grows() => Prop.ForAll(
        Gen.Choose(0, 1_000_000).Two().ToArbitrary(), ArbMap.Default.GeneratorFor<NonNull<string>>().ToArbitrary(), (weights, key) =>
        {
            var (small, large) = (Math.Min(weights.Item1, weights.Item2), Math.Max(weights.Item1, weights.Item2));
            return ArmOf(Percent(small), key.Item + "k") != Arm.Candidate || ArmOf(Percent(large), key.Item + "k") == Arm.Candidate;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void Every_key_falls_into_a_bucket_there_is() => Prop.ForAll<NonNull<string>, NonNull<string>>(
        (salt, key) => Bucket.Of(salt.Item, key.Item) is >= 0 and < 1_000_000).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("0.1%")]
    [InlineData("1%")]
    [InlineData("5%")]
    [InlineData("50%")]
    [InlineData("99%")]
    public void The_canary_gets_its_share_of_a_hundred_thousand_units(string weight)
    {
        const int Units = 100_000;
        var share = Some.Share(weight);
        var inCanary = Keys(Units).Count(key => share.Covers(Bucket.Of("rel-0001", key)));
        var expected = Units * share.Fraction;
        Assert.InRange(inCanary, expected - 4 * Deviation(Units, share.Fraction), expected + 4 * Deviation(Units, share.Fraction));
    }

    [Fact]
    public void Units_spread_evenly_over_a_hundred_buckets()
    {
        var counts = new int[100];
        foreach (var key in Keys(100_000)) counts[Bucket.Of("rel-0001", key) / 10_000]++;
        var chiSquare = counts.Sum(count => (count - 1000d) * (count - 1000d) / 1000);
        Assert.InRange(chiSquare, 55, 155);     // 99 degrees of freedom: 99.9 % lie below 149
    }

    [Fact]
    public void Two_rollouts_choose_their_first_units_independently()
    {
        const int Units = 100_000;
        var five = Some.Share("5%");
        var both = Keys(Units).Count(key => five.Covers(Bucket.Of("rel-0001", key)) && five.Covers(Bucket.Of("rel-0002", key)));
        Assert.InRange(both, 250 - 4 * Deviation(Units, 0.0025), 250 + 4 * Deviation(Units, 0.0025));
    }

    [Fact]
    public void The_table_follows_the_journal_through_a_release()
    {
        var installation = Some.Installation();
        Assert.Empty(Snapshot.Of(installation.State, Some.Production).Routes);
        installation.GoLive("1.0.0");
        var release = installation.Approve(installation.Propose("1.1.0"));
        Assert.Equal(Route("1.0.0", null), RouteIn(installation));

        installation.Start(release);
        Assert.Equal(Route("1.0.0", ("1.1.0", "1%", 1)), RouteIn(installation));
        installation.Do(new ReleaseCommand.Freeze(Some.Dora, release, "wait", []));
        Assert.Equal(Route("1.0.0", ("1.1.0", "1%", 1)), RouteIn(installation));
        installation.Do(new ReleaseCommand.Resume(Some.Clara, release, "go on"));
        installation.Advance(release);
        Assert.Equal(Route("1.0.0", ("1.1.0", "10%", 2)), RouteIn(installation));
        installation.RollBack(release);
        Assert.Equal(Route("1.0.0", null), RouteIn(installation));

        installation.GoLive("1.2.0");
        Assert.Equal(Route("1.2.0", null), RouteIn(installation));
        Assert.Equal(installation.State.Head, Snapshot.Of(installation.State, Some.Production).Revision);
        Assert.Empty(Snapshot.Of(installation.State, EnvironmentName.Staging).Routes);
        Assert.Equal(installation.State.Prompts.Find(Some.Version("1.2.0"))!.Package, Snapshot.Of(installation.State, Some.Production).Routes["support_router"].Stable.Package);
    }

    [Fact]
    public void Only_whom_the_plan_lets_in_meets_the_candidate()
    {
        var installation = Some.LiveInstallation();
        var release = installation.Approve(installation.Propose("1.1.0", Some.Plan(["50%", "100%"], eligibility: new ConditionDocument("plan", "in", ["pro"]))));
        installation.Start(release);
        var snapshot = Snapshot.Of(installation.State, Some.Production);
        var candidate = snapshot.Routes["support_router"].Candidate!;
        var unit = Keys(100).First(key => candidate.Weight.Covers(Bucket.Of(candidate.Salt, key)));
        Assert.Equal(
            [(Arm.Candidate, ResolveReason.InCanary), (Arm.Stable, ResolveReason.NotEligible), (Arm.Stable, ResolveReason.NotEligible)],
            new[] { new Dictionary<string, string> { ["plan"] = "pro" }, new() { ["plan"] = "free" }, null }
                .Select(attributes => (Decision.Serve)Resolver.Resolve(snapshot, new ResolveRequest("support_router", unit, Attributes: attributes))).Select(serve => (serve.Arm, serve.Reason)));
    }

    private static (string, (string, string, int)?) Route(string stable, (string, string, int)? candidate) => (stable, candidate);

    private static (string, (string, string, int)?) RouteIn(Installation installation)
    {
        var route = Snapshot.Of(installation.State, Some.Production).Routes["support_router"];
        return (route.Stable.Version.Number.Text, route.Candidate is { } candidate ? (candidate.Served.Version.Number.Text, candidate.Weight.ToString(), candidate.Epoch) : null);
    }

    private static double Deviation(int units, double share) => Math.Sqrt(units * share * (1 - share));

    private static IEnumerable<string> Keys(int count) => Enumerable.Range(1, count).Select(number => $"conversation-{number}");

    private static string Percent(int partsPerMillion) => (partsPerMillion / 10_000m).ToString("0.####", CultureInfo.InvariantCulture) + "%";

    private static Arm ArmOf(string weight, string key) => Assert.IsType<Decision.Serve>(Resolve(weight, key)).Arm;

    private static Decision Resolve(string? weight, string? key) => Resolver.Resolve(Table(weight), new ResolveRequest("support_router", key));

    private static Snapshot Table(string? weight) => Snapshot.Empty(Some.Production).With([new Route(
        Some.Prompt, 7, Stable, weight is null ? null : new CandidateRoute(new ReleaseId(2), Candidate, Some.Share(weight), "rel-0001", 3, Eligibility.Everybody), null, ServingPolicy.Default)]);
}
