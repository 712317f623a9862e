using System.Net;
using Slipway.Server.Access;

namespace Slipway.Server.Tests.Access;

public sealed class FailureLimiterTests
{
    private static readonly IPAddress Address = IPAddress.Parse("192.0.2.7");
    private readonly SettableClock clock = new();
    private readonly FailureLimiter limiter;

    public FailureLimiterTests() => limiter = new FailureLimiter(clock);

    [Fact]
    public void Ten_failures_within_a_minute_are_answered_and_the_next_must_wait_until_the_first_is_a_minute_old()
    {
        for (var failure = 0; failure < FailureLimiter.Most; failure++)
        {
            Assert.Null(limiter.Wait(Address));
            Assert.Null(limiter.Add(Address));
            clock.Now += TimeSpan.FromSeconds(2);
        }
        Assert.Equal(TimeSpan.FromSeconds(40), limiter.Add(Address));
        Assert.Equal(TimeSpan.FromSeconds(40), limiter.Wait(Address));
        clock.Now += TimeSpan.FromSeconds(39);
        Assert.Equal(TimeSpan.FromSeconds(1), limiter.Add(Address));
        clock.Now += TimeSpan.FromSeconds(1);
        Assert.Null(limiter.Add(Address));
        Assert.Equal(TimeSpan.FromSeconds(2), limiter.Add(Address));
    }

    [Fact]
    public void Slow_failures_never_wait()
    {
        for (var failure = 0; failure < 100; failure++)
        {
            Assert.Null(limiter.Add(Address));
            clock.Now += TimeSpan.FromSeconds(6);
        }
    }

    [Fact]
    public void An_address_does_not_wait_for_another_one()
    {
        Exhaust(Address);
        Assert.Null(limiter.Add(IPAddress.Parse("192.0.2.8")));
        Assert.NotNull(limiter.Add(IPAddress.Parse("::ffff:192.0.2.7")));
    }

    [Fact]
    public void The_addresses_of_one_ipv6_network_count_as_one()
    {
        Exhaust(IPAddress.Parse("2001:db8:1:2::1"));
        Assert.NotNull(limiter.Add(IPAddress.Parse("2001:db8:1:2:ffff::9")));
        Assert.Null(limiter.Add(IPAddress.Parse("2001:db8:1:3::1")));
    }

    [Fact]
    public void A_connection_without_an_address_is_limited_too()
    {
        Exhaust(null);
        Assert.NotNull(limiter.Add(null));
    }

    [Fact]
    public void Only_so_many_addresses_are_remembered_and_the_one_that_failed_longest_ago_goes_first()
    {
        Exhaust(Address);
        for (var other = 1; other < FailureLimiter.MostAddresses; other++) limiter.Add(Numbered(other));
        Assert.NotNull(limiter.Add(Address));
        Assert.Equal(FailureLimiter.MostAddresses, limiter.Addresses);
        for (var other = 0; other < 1_000; other++) limiter.Add(Numbered(FailureLimiter.MostAddresses + other));
        Assert.Equal(FailureLimiter.MostAddresses, limiter.Addresses);
        Assert.Null(limiter.Wait(Address));
    }

    [Fact]
    public void What_is_over_is_forgotten()
    {
        for (var other = 0; other < 500; other++) limiter.Add(Numbered(other));
        clock.Now += FailureLimiter.Window;
        limiter.Add(Address);
        Assert.Equal(1, limiter.Addresses);
    }

    [Fact]
    public void Failures_at_once_from_many_threads_are_all_counted()
    {
        var answered = 0;
        Parallel.For(0, 1_000, _ =>
        {
            if (limiter.Add(Address) is null) Interlocked.Increment(ref answered);
        });
        Assert.Equal(FailureLimiter.Most, answered);
    }

    private static IPAddress Numbered(int number) => new([10, (byte)(number >> 16), (byte)(number >> 8), (byte)number]);

    private void Exhaust(IPAddress? address)
    {
        for (var failure = 0; failure < FailureLimiter.Most; failure++) limiter.Add(address);
    }
}
