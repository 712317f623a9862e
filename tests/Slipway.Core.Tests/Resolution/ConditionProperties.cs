using System.Globalization;
using System.Net;
using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using Slipway.Core.Resolution;

namespace Slipway.Core.Tests.Resolution;

public sealed class ConditionProperties
{
    private static readonly Config Thorough = Config.QuickThrowOnFailure.WithMaxTest(2000);

    private static readonly Gen<string> Identifier = Gen.OneOf(
        Gen.Choose(0, 12).Select(Invariant), Gen.Elements("alpha", "beta", "rc", "x-y", "-", "0a", "A", "18446744073709551616"));

    private static readonly Gen<string> Version =
        from core in Gen.Choose(0, 12).Select(Invariant).ArrayOf(3)
        from labels in Identifier.ArrayOf().Resize(3)
        from build in Gen.Elements("", "", "+7", "+007.a-b")
        select string.Join('.', core) + (labels.Length == 0 ? "" : "-" + string.Join('.', labels)) + build;

    // The platform takes ::ffff:10.0.0.1 for an IPv6 address, we for the IPv4 address that it is: examples say so.
    private static readonly Gen<IPAddress> AnyAddress = Gen.OneOf(
        ArbMap.Default.GeneratorFor<byte>().ArrayOf(4), ArbMap.Default.GeneratorFor<byte>().ArrayOf(16),
        Gen.Elements<byte>(0, 0, 0, 1, 255).ArrayOf(16), Gen.Elements<byte>(0, 10, 255).ArrayOf(4)).Select(bytes => new IPAddress(bytes)).Where(address => !address.IsIPv4MappedToIPv6);

    [Fact]
    public void Not_is_the_opposite_whatever_is_compared() => Prop.ForAll(Conditions().ToArbitrary(), Texts().ToArbitrary(), (condition, value) =>
    {
        var attributes = value is null ? null : new Dictionary<string, string> { ["a"] = value };
        return condition.Holds(attributes) != new Condition("a", condition.Operator, condition.Values, !condition.Not).Holds(attributes);
    }).Check(Thorough);

    [Fact]
    public void In_is_equals_of_any() => Prop.ForAll(Gen.Elements("a", "b", "c", "").NonEmptyListOf().ToArbitrary(), Gen.Elements("a", "b", "c", "d", "").ToArbitrary(), (values, value) =>
        Holds(ConditionOperator.In, value, [.. values]) == values.Any(one => Holds(ConditionOperator.Equals, value, one))).QuickCheckThrowOnFailure();

    [Fact]
    public void A_text_begins_with_every_beginning_of_it() => Prop.ForAll<NonNull<string>, NonNull<string>>((begin, rest) =>
        Holds(ConditionOperator.Prefix, begin.Item + rest.Item, begin.Item)).QuickCheckThrowOnFailure();

    [Fact]
    public void Exactly_one_of_smaller_equal_and_larger_holds_between_numbers() => Prop.ForAll(
        ArbMap.Default.GeneratorFor<NormalFloat>().Two().ToArbitrary(), pair =>
        {
            var (left, right) = (pair.Item1.Item.ToString("R", CultureInfo.InvariantCulture), pair.Item2.Item.ToString("R", CultureInfo.InvariantCulture));
            return OneHolds(left, right, ConditionOperator.NumberLt, ConditionOperator.NumberEq, ConditionOperator.NumberGt)
                && Holds(ConditionOperator.NumberGt, left, right) == pair.Item1.Item > pair.Item2.Item;
        }).Check(Thorough);

    [Fact]
    public void Versions_are_in_a_total_order() => Prop.ForAll(Version.Three().ToArbitrary(), three =>
    {
        var (a, b, c) = three;
        return OneHolds(a, b, ConditionOperator.VersionLt, ConditionOperator.VersionEq, ConditionOperator.VersionGt)
            && Holds(ConditionOperator.VersionLt, a, b) == Holds(ConditionOperator.VersionGt, b, a)
            && (!Holds(ConditionOperator.VersionLte, a, b) || !Holds(ConditionOperator.VersionLte, b, c) || Holds(ConditionOperator.VersionLte, a, c));
    }).Check(Thorough);

    [Fact]
    public void Versions_are_ordered_as_a_plain_reading_of_SemVer_orders_them() => Prop.ForAll(Version.Two().ToArbitrary(), two =>
        Math.Sign(PlainOrder(two.Item1, two.Item2)) == (Holds(ConditionOperator.VersionGt, two.Item1, two.Item2) ? 1 : Holds(ConditionOperator.VersionLt, two.Item1, two.Item2) ? -1 : 0))
        .Check(Thorough);

    [Fact]
    public void The_order_of_the_standard_holds()
    {
        string[] rising = ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.1.0", "2.0.0"];
        for (var older = 0; older < rising.Length; older++)
            for (var newer = older + 1; newer < rising.Length; newer++) Assert.True(Holds(ConditionOperator.VersionLt, rising[older], rising[newer]), $"{rising[older]} < {rising[newer]}");
    }

    [Theory]
    [InlineData("1.0")]
    [InlineData("1.0.0.0")]
    [InlineData("01.0.0")]
    [InlineData("1.0.0-")]
    [InlineData("1.0.0-01")]
    [InlineData("1.0.0-a..b")]
    [InlineData("1.0.0+")]
    [InlineData("1.0.0+a+b")]
    [InlineData("1.0.0-ä")]
    [InlineData("v1.0.0")]
    [InlineData(" 1.0.0")]
    [InlineData("1.0.-1")]
    [InlineData("")]
    public void What_is_no_version_is_older_newer_and_equal_to_none(string text) => Assert.All(
        [ConditionOperator.VersionEq, ConditionOperator.VersionGt, ConditionOperator.VersionGte, ConditionOperator.VersionLt, ConditionOperator.VersionLte],
        comparison => Assert.False(Holds(comparison, text, "1.0.0")));

    [Fact]
    public void A_network_holds_what_the_platform_says_it_holds() => Prop.ForAll(AnyAddress.Two().ToArbitrary(), Gen.Choose(0, 128).ToArbitrary(), (addresses, length) =>
    {
        var network = Around(addresses.Item1, length);
        return Holds(ConditionOperator.Cidr, addresses.Item1.ToString(), network.ToString()) && Holds(ConditionOperator.Cidr, addresses.Item2.ToString(), network.ToString()) == network.Contains(addresses.Item2);
    }).Check(Thorough);

    [Fact]
    public void A_wider_network_holds_all_that_a_narrower_one_holds() => Prop.ForAll(AnyAddress.Two().ToArbitrary(), Gen.Choose(0, 128).Two().ToArbitrary(), (addresses, lengths) =>
    {
        var (wide, narrow) = (Around(addresses.Item1, Math.Min(lengths.Item1, lengths.Item2)), Around(addresses.Item1, Math.Max(lengths.Item1, lengths.Item2)));
        return !Holds(ConditionOperator.Cidr, addresses.Item2.ToString(), narrow.ToString()) || Holds(ConditionOperator.Cidr, addresses.Item2.ToString(), wide.ToString());
    }).Check(Thorough);

    [Fact]
    public void Every_spelling_of_an_address_is_that_address() => Prop.ForAll(Gen.Choose(0, 0xffff).ArrayOf(8).ToArbitrary(), groups =>
    {
        var address = IPAddress.Parse(string.Join(':', groups.Select(group => group.ToString("x", CultureInfo.InvariantCulture))));
        if (address.IsIPv4MappedToIPv6) return true;
        var spelt = groups.Select(group => group.ToString("X4", CultureInfo.InvariantCulture)).ToList();
        var dotted = $"{string.Join(':', spelt[..6])}:{groups[6] >> 8}.{groups[6] & 255}.{groups[7] >> 8}.{groups[7] & 255}";
        return Holds(ConditionOperator.Cidr, string.Join(':', spelt), address.ToString()) && Holds(ConditionOperator.Cidr, dotted, address.ToString());
    }).Check(Thorough);

    // The platform is laxer with IPv4 (010.1 is an address to it), never stricter.
    [Fact]
    public void No_text_is_an_address_that_the_platform_does_not_take_for_one() => Prop.ForAll(
        Gen.Elements('0', '1', '9', 'a', 'f', ':', ':', '.', '/', 'g').ArrayOf().Resize(20).Select(letters => new string(letters)).ToArbitrary(), text =>
        {
            var taken = Holds(ConditionOperator.Cidr, text, "::/0") || Holds(ConditionOperator.Cidr, text, "0.0.0.0/0");
            return text.Contains(':', StringComparison.Ordinal) ? taken == (IPAddress.TryParse(text, out _) && !text.Contains('/', StringComparison.Ordinal)) : !taken || IPAddress.TryParse(text, out _);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));

    private static IPNetwork Around(IPAddress address, int length)
    {
        var bytes = address.GetAddressBytes();
        length = Math.Min(length, bytes.Length * 8);
        for (var bit = length; bit < bytes.Length * 8; bit++) bytes[bit / 8] &= (byte)~(0x80 >> bit % 8);
        return new IPNetwork(new IPAddress(bytes), length);
    }

    private static int PlainOrder(string left, string right)
    {
        var ((ours, ourLabels), (theirs, theirLabels)) = (Parts(left), Parts(right));
        for (var i = 0; i < 3; i++)
            if (ours[i] != theirs[i]) return ours[i].CompareTo(theirs[i]);
        if (ourLabels.Length == 0 || theirLabels.Length == 0) return theirLabels.Length - ourLabels.Length;
        foreach (var (our, their) in ourLabels.Zip(theirLabels))
        {
            var (ourNumber, theirNumber) = (BigInteger.TryParse(our, NumberStyles.None, CultureInfo.InvariantCulture, out var o), BigInteger.TryParse(their, NumberStyles.None, CultureInfo.InvariantCulture, out var t));
            var order = ourNumber && theirNumber ? o.CompareTo(t) : ourNumber ? -1 : theirNumber ? 1 : string.CompareOrdinal(our, their);
            if (order != 0) return order;
        }
        return ourLabels.Length - theirLabels.Length;

        static (int[] Core, string[] Labels) Parts(string version)
        {
            var halves = version.Split('+')[0].Split('-', 2);
            return ([.. halves[0].Split('.').Select(number => int.Parse(number, CultureInfo.InvariantCulture))], halves.Length == 1 ? [] : halves[1].Split('.'));
        }
    }

    private static bool OneHolds(string left, string right, params ConditionOperator[] comparisons) => comparisons.Count(comparison => Holds(comparison, left, right)) == 1;

    private static bool Holds(ConditionOperator comparison, string value, params string[] values) =>
        new Condition("a", comparison, [.. values]).Holds(new Dictionary<string, string> { ["a"] = value });

    private static Gen<Condition> Conditions() =>
        from comparison in Gen.Elements(Enum.GetValues<ConditionOperator>())
        from value in comparison switch
        {
            ConditionOperator.Present => Gen.Constant(""),
            ConditionOperator.Cidr => Gen.Elements("10.0.0.0/8", "2001:db8::/32", "1.1.1.1"),
            >= ConditionOperator.VersionEq => Version,
            >= ConditionOperator.NumberEq => Gen.Choose(-3, 3).Select(Invariant),
            _ => Gen.Elements("", "a", "pro"),
        }
        from not in Gen.Elements(true, false)
        select new Condition("a", comparison, comparison == ConditionOperator.Present ? [] : [value], not);

    private static Gen<string?> Texts() => Gen.OneOf(
        ArbMap.Default.GeneratorFor<string?>(), Version.Select(text => (string?)text), AnyAddress.Select(address => (string?)address.ToString()), Gen.Choose(-4, 4).Select(number => (string?)Invariant(number)));

    private static string Invariant(int number) => number.ToString(CultureInfo.InvariantCulture);
}
