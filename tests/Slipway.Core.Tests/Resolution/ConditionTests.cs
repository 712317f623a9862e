using Slipway.Core.Resolution;
using Slipway.Core.Wire;

namespace Slipway.Core.Tests.Resolution;

public sealed class ConditionTests
{
    [Theory]
    [InlineData("equals", "pro", "pro", true)]
    [InlineData("equals", "pro", "Pro", false)]
    [InlineData("equals", "pro", "pro ", false)]
    [InlineData("equals", "", "", true)]
    [InlineData("in", "pro|team", "team", true)]
    [InlineData("in", "pro|team", "tea", false)]
    [InlineData("prefix", "eu-|us-", "us-east-1", true)]
    [InlineData("prefix", "eu-|us-", "ap-eu-1", false)]
    [InlineData("present", null, "", true)]
    [InlineData("number_eq", "5", "5.0", true)]
    [InlineData("number_eq", "5", "5e0", true)]
    [InlineData("number_gt", "5", "5", false)]
    [InlineData("number_gt", "9", "10", true)]
    [InlineData("number_gte", "5", "5", true)]
    [InlineData("number_lt", "-1.5", "-2", true)]
    [InlineData("number_lte", "0.3", "0.30", true)]
    [InlineData("number_gt", "0", "ten", false)]
    [InlineData("number_lt", "0", "NaN", false)]
    [InlineData("number_gt", "0", "Infinity", false)]
    [InlineData("number_gt", "0", "1e999", false)]
    [InlineData("number_gt", "0", "1,000", false)]
    [InlineData("number_gt", "0", " 1", false)]
    [InlineData("number_gt", "0", "", false)]
    [InlineData("version_eq", "1.2.3", "1.2.3+build.7", true)]
    [InlineData("version_gt", "1.2.3", "1.10.0", true)]
    [InlineData("version_gt", "2.0.0-rc.2", "2.0.0-rc.10", true)]
    [InlineData("version_gte", "2.0.0", "2.0.0-rc.10", false)]
    [InlineData("version_lt", "2.0.0", "2.0.0-rc.10", true)]
    [InlineData("version_lte", "2.0.0", "2.0.0", true)]
    [InlineData("version_gte", "1.0.0", "v2.0.0", false)]
    [InlineData("version_gte", "1.0.0", "2.0", false)]
    [InlineData("cidr", "10.0.0.0/8", "10.200.3.4", true)]
    [InlineData("cidr", "10.0.0.0/8", "11.0.0.1", false)]
    [InlineData("cidr", "192.168.0.0/24|10.0.0.7", "10.0.0.7", true)]
    [InlineData("cidr", "2001:db8::/32", "2001:DB8:1::9", true)]
    [InlineData("cidr", "2001:db8::/32", "2001:db9::9", false)]
    [InlineData("cidr", "10.0.0.0/8", "::ffff:10.1.2.3", true)]
    [InlineData("cidr", "::/0", "10.1.2.3", false)]
    [InlineData("cidr", "0.0.0.0/0", "::1", false)]
    [InlineData("cidr", "0.0.0.0/0", "010.0.0.1", false)]
    [InlineData("cidr", "0.0.0.0/0", "167772161", false)]
    [InlineData("cidr", "0.0.0.0/0", "10.0.0.1:443", false)]
    [InlineData("cidr", "fe80::/10", "fe80::1%eth0", false)]
    public void A_value_fits_or_does_not_and_never_both(string comparison, string? values, string value, bool fits)
    {
        Assert.Equal(fits, Holds(comparison, values, value));
        Assert.Equal(!fits, Holds(comparison, values, value, not: true));
    }

    [Theory]
    [InlineData("equals", "")]
    [InlineData("in", "pro")]
    [InlineData("prefix", "")]
    [InlineData("present", null)]
    [InlineData("number_lt", "9")]
    [InlineData("version_lt", "9.0.0")]
    [InlineData("cidr", "0.0.0.0/0")]
    public void An_attribute_that_is_not_there_fits_nothing(string comparison, string? values)
    {
        Assert.False(Holds(comparison, values, null));
        Assert.True(Holds(comparison, values, null, not: true));
        Assert.False(Make(comparison, values).Holds(null));
        Assert.True(Make(comparison, values, not: true).Holds(null));
    }

    [Theory]
    [InlineData("matches", "a", "The condition on \"plan\" knows no operator matches; there are equals, in, prefix, present, cidr, number_eq,")]
    [InlineData("EQUALS", "a", "knows no operator EQUALS")]
    [InlineData("equals", null, "The condition on \"plan\": equals needs one value, not 0.")]
    [InlineData("equals", "a|b", "equals needs one value, not 2.")]
    [InlineData("in", null, "in needs at least one value.")]
    [InlineData("present", "a", "present takes no values.")]
    [InlineData("number_gt", "ten", "The condition on \"plan\": number_gt compares numbers such as 2.5, and \"ten\" is none.")]
    [InlineData("version_gte", "v2.0.0", "version_gte compares semantic versions such as 1.6.0, and \"v2.0.0\" is none.")]
    [InlineData("version_gte", "2", "and \"2\" is none.")]
    [InlineData("cidr", "10.0.0.0/8|10.0.0.7/8", "and \"10.0.0.7/8\" is none.")]
    [InlineData("cidr", "10.0.0.0/33", "and \"10.0.0.0/33\" is none.")]
    [InlineData("cidr", "localhost", "and \"localhost\" is none.")]
    public void A_condition_that_could_never_be_decided_is_refused_in_a_sentence_that_names_it(string comparison, string? values, string problem)
    {
        Assert.Null(Condition.Parse(Document(comparison, values), out var said));
        Assert.Contains(problem, said, StringComparison.Ordinal);
    }

    [Fact]
    public void A_condition_names_an_attribute()
    {
        Assert.Null(Condition.Parse(new ConditionDocument("", "present"), out var problem));
        Assert.Equal("A condition names an attribute of 1 to 100 characters.", problem);
    }

    [Fact]
    public void A_condition_holds_no_more_values_than_a_record_can_carry()
    {
        Assert.Null(Condition.Parse(new ConditionDocument("user", "in", [.. Enumerable.Range(0, 1001).Select(user => $"{user}")]), out var problem));
        Assert.Equal("The condition on \"user\" has 1001 values; 1000 are the most.", problem);
    }

    [Fact]
    public void All_conditions_must_hold()
    {
        var eligibility = new Eligibility([Make("in", "pro|team"), Make("prefix", "eu-", attribute: "region")]);
        Assert.True(eligibility.Covers(new Dictionary<string, string> { ["plan"] = "pro", ["region"] = "eu-1" }));
        Assert.False(eligibility.Covers(new Dictionary<string, string> { ["plan"] = "pro", ["region"] = "us-1" }));
        Assert.False(eligibility.Covers(new Dictionary<string, string> { ["region"] = "eu-1" }));
        Assert.True(Eligibility.Everybody.Covers(null));
    }

    [Fact]
    public void A_condition_reads_as_it_is_written() => Assert.Equal(
        ["plan in pro, team", "plan not version_lt 2.0.0", "plan present"],
        [Make("in", "pro|team").ToString(), Make("version_lt", "2.0.0", not: true).ToString(), Make("present", null).ToString()]);

    [Theory]
    [InlineData("equals", "pro", "pro")]
    [InlineData("in", "a|b|c|d|e", "e")]
    [InlineData("prefix", "eu-|us-", "us-east")]
    [InlineData("number_gte", "12.5", "13.25")]
    [InlineData("version_gte", "1.6.0-rc.1+7", "1.6.0-rc.2+8")]
    [InlineData("cidr", "10.0.0.0/8|2001:db8::/32", "2001:db8:0:1::42")]
    [InlineData("cidr", "10.0.0.0/8", "10.20.30.40")]
    public void Asking_allocates_nothing(string comparison, string values, string value)
    {
        var eligibility = new Eligibility([Make(comparison, values)]);
        var attributes = new Dictionary<string, string> { ["plan"] = value };
        Assert.True(eligibility.Covers(attributes));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) eligibility.Covers(attributes);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static bool Holds(string comparison, string? values, string? value, bool not = false) =>
        Make(comparison, values, not).Holds(value is null ? new Dictionary<string, string> { ["other"] = "x" } : new Dictionary<string, string> { ["plan"] = value });

    private static Condition Make(string comparison, string? values, bool not = false, string attribute = "plan") =>
        Condition.Parse(Document(comparison, values, not, attribute), out var problem) ?? throw new ArgumentException(problem, nameof(comparison));

    private static ConditionDocument Document(string comparison, string? values, bool not = false, string attribute = "plan") =>
        new(attribute, comparison, values is null ? null : [.. values.Split('|')], not);
}
