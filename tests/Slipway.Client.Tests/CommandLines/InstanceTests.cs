using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Slipway.Core.Releases;
using Slipway.Core.Wire;

namespace Slipway.Client.Tests.CommandLines;

/// <summary>Which instance serves what, on the command line.</summary>
public sealed class InstanceTests(Installation installation) : IClassFixture<Installation>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_shown_which_instance_serves_what_and_a_rollback_ends_with_the_proof()
    {
        await installation.GoLiveAsync();
        Assert.Equal("No instance in production was heard of within the last minute.", (await installation.AsAsync("dan", "live", "--instances")).Output.Trim());

        var key = (await installation.AsAsync("admin", "key", "issue", "shop")).Output.Trim();
        using var http = new HttpClient { BaseAddress = new Uri(installation.Address), Timeout = TimeSpan.FromSeconds(60), DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", key) } };
        var response = await http.GetAsync("/api/v1/snapshots/production/stream?instance=till-1", HttpCompletionOption.ResponseHeadersRead, Cancellation);
        var events = SseParser.Create(await response.Content.ReadAsStreamAsync(Cancellation)).EnumerateAsync(Cancellation).GetAsyncEnumerator(Cancellation);
        await AnswerAsync("snapshot");
        var table = (await installation.AsAsync("dan", "live", "support_router", "--instances")).Output;
        Assert.Contains("till-1", table, StringComparison.Ordinal);
        Assert.Matches(@"1 of 1 instances serve revision \d+\r?\n", table);
        var document = JsonSerializer.Deserialize((await installation.AsAsync("dan", "live", "--instances", "--json")).Output, ApiJson.Default.InstancesDocument)!;
        Assert.Equal(("till-1", true, true, "test/1"), (document.Instances[0].Instance, document.Instances[0].Current, document.Instances[0].Connected, document.Instances[0].Sdk));

        await installation.AsAsync("ana", "push", Path.Combine(Installation.Sample, "support_router.v1.6.0.yaml"));
        await installation.AsAsync("ana", "eval", Path.Combine(Installation.Sample, "evals", "v1.6.0.json"));
        await installation.AsAsync("ana", "release", "propose", "support_router:v1.6.0", "--plan", Path.Combine(Installation.Sample, "plan.json"));
        await installation.AsAsync("ben", "release", "approve", "rel-2");
        await installation.AsAsync("cleo", "release", "start", "rel-2");
        await AnswerAsync("route");

        var rollback = installation.AsAsync("dan", "rollback", "support_router", "--reason", "Complaints.", "--wait", "60s");
        await AnswerAsync("route");
        Assert.Matches(@"rolled back[\s\S]*\n  stable v1\.5\.2 on its one instance after [\d.]+ m?s\r?\n$", (await rollback).Output);
        Assert.Contains("stable v1.5.2 on its one instance after", (await installation.AsAsync("dan", "release", "show", "rel-2")).Output, StringComparison.Ordinal);
        Assert.Contains("saw the rollback of rel-2 to 1.5.2 reach its one instance after", (await installation.AsAsync("dan", "log", "support_router")).Output, StringComparison.Ordinal);
        var shown = JsonSerializer.Deserialize((await installation.AsAsync("dan", "release", "show", "rel-2", "--json")).Output, ApiJson.Default.ReleaseDocument)!;
        Assert.Equal((1, 1, 0, true), (shown.Rollback!.SoFar.Instances, shown.Rollback.SoFar.Back, shown.Rollback.SoFar.Expired, shown.Rollback.IsOver));
        response.Dispose();

        async Task AnswerAsync(string type)
        {
            do Assert.True(await events.MoveNextAsync());
            while (events.Current.EventType == "heartbeat");
            Assert.Equal(type, events.Current.EventType);
            var revision = long.Parse(events.Current.EventId!, System.Globalization.CultureInfo.InvariantCulture);
            using var body = new StringContent(JsonSerializer.Serialize(new AcknowledgementDocument("till-1", EnvironmentName.Production, revision, "test/1"), ApiJson.Default.AcknowledgementDocument));
            using var answer = await http.PostAsync("/api/v1/instances", body, Cancellation);
            Assert.True(answer.IsSuccessStatusCode);
        }
    }

    [Theory]
    [InlineData("\"soon\" is no time to wait", "rollback", "support_router", "--reason", "x", "--wait", "soon")]
    [InlineData("What instances served at another time is not known.", "live", "--instances", "--at", "2026-05-14")]
    [InlineData("\"moon\" is no environment", "live", "--instances", "--environment", "moon")]
    public async Task What_cannot_be_meant_is_said(string message, params string[] arguments)
    {
        var result = await installation.TryAsAsync("dan", arguments);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(message, result.Errors, StringComparison.Ordinal);
    }
}
