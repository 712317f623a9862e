using System.IO.Pipelines;
using System.Net.ServerSentEvents;
using System.Text;
using Slipway.Core.Access;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;
using Slipway.Server.Snapshots;

namespace Slipway.Server.Tests.Snapshots;

/// <summary>What is published, and how a stream is brought up to it.</summary>
public sealed class EditionTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Editions_made_change_by_change_are_the_one_that_is_made_at_once(int seed)
    {
        var random = new Random(seed);
        var (edition, revision) = (Edition.Of(Snapshot.Empty(EnvironmentName.Production)), 0L);
        for (var turn = 0; turn < 150; turn++)
        {
            var before = edition;
            // One prompt may have changed twice before anybody looked: only its newest record is published.
            var changed = Enumerable.Range(0, random.Next(1, 4)).Select(_ => Of(random.Next(25), revision += random.Next(1, 5))).GroupBy(route => route.Prompt).Select(group => group.Last()).ToList();
            edition = edition.Next(edition.Snapshot.With(changed), changed, Noon);
            Assert.All(edition.Records, record => Assert.True(changed.Contains(record.Route) || before.Records.Contains(record)));
        }
        var whole = Edition.Of(edition.Snapshot);
        Assert.Equal(whole.Records.Select(Told), edition.Records.Select(Told));
        Assert.Equal(edition.Records.Select(record => record.Route.Prompt.Value).Order(StringComparer.Ordinal), edition.Records.Select(record => record.Route.Prompt.Value));
        var reach = new Reach("p1*");
        for (var after = 0L; after <= revision; after++)
        {
            Assert.Equal(edition.Records.Select(record => record.Revision).Where(one => one > after).Order(), edition.After(after).ToArray().Select(record => record.Revision));
            Assert.Equal(edition.Records.FirstOrDefault(record => record.Revision == after), edition.Find(after));
        }
        Assert.Equal(edition.Records.Max(record => record.Revision), edition.RevisionOf(Reach.Everything));
        Assert.Equal(edition.Records.Where(record => reach.Covers(record.Route.Prompt)).Max(record => record.Revision), edition.RevisionOf(reach));
        Assert.Equal(0, edition.RevisionOf(new Reach("billing")));
    }

    [Theory]
    [InlineData(RouteStream.MostMissed, "route")]
    [InlineData(RouteStream.MostMissed + 1, "snapshot")]
    public async Task Who_missed_too_much_gets_the_whole_table(int missed, string first)
    {
        var routes = Enumerable.Range(1, missed + 10).Select(number => Of(number, number)).ToList();
        var edition = Edition.Of(Snapshot.Empty(EnvironmentName.Production).With(routes));
        Assert.True(MemberName.TryParse("shop", out var shop));
        var key = new ApiKey("key-1", shop, KeyScope.Everything, null, shop, Noon, null, null);
        var pipe = new Pipe();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        using var stream = new RouteStream(() => edition, key, pipe.Writer, null, TimeProvider.System, end);
        var running = stream.RunAsync(after: 10);
        stream.Beat();
        var events = new List<SseItem<int>>();
        await foreach (var item in SseParser.Create(pipe.Reader.AsStream(), (_, bytes) => bytes.Length).EnumerateAsync(Cancellation))
        {
            if (item.EventType == "heartbeat") break;
            events.Add(item);
        }
        Assert.Equal((first, first == "route" ? missed : 1), (events[0].EventType, events.Count));
        Assert.Equal($"{missed + 10}", events[^1].EventId);
        await end.CancelAsync();
        await running;
    }

    [Fact]
    public void Keys_that_see_the_same_have_one_reach_however_they_are_written()
    {
        Assert.Equal(Reach.Of(Key("b", "a", "b")), Reach.Of(Key("a", "b")));
        Assert.Equal(Reach.Of(Key("b", "a")).Tag(7), Reach.Of(Key("a", "b")).Tag(7));
        Assert.NotEqual(Reach.Of(Key("a")).Tag(7), Reach.Everything.Tag(7));
        // A key for no prompt at all sees nothing, not everything.
        Assert.NotEqual(Reach.Everything, Reach.Of(Key()));
        Assert.False(Reach.Of(Key()).Covers(Of(1, 1).Prompt));

        static ApiKey Key(params string[] prompts)
        {
            Assert.True(MemberName.TryParse("shop", out var shop));
            return new ApiKey("key-1", shop, KeyScope.Everything with { Prompts = [.. prompts.Select(Some.Value<PromptPattern>)] }, null, shop, Noon, null, null);
        }
    }

    private static Route Of(int prompt, long revision)
    {
        var version = Some.Value<VersionId>($"p{prompt}:v1.0.0");
        return new Route(version.Prompt, revision, new ServedVersion(version, ContentHash.Of("a package"u8)), null, null, ServingPolicy.Default);
    }

    private static string Told(RouteRecord record) => Encoding.UTF8.GetString(record.Event);
}
