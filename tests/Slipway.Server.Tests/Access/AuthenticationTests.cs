using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using Slipway.Client;
using Slipway.Core.Access;
using Slipway.Core.Wire;
using Slipway.Server.Access;
using Slipway.Server.Tests.Gateway;

namespace Slipway.Server.Tests.Access;

/// <summary>Good keys, bad keys and keys that were good.</summary>
public sealed class AuthenticationTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_bad_key_is_told_whether_it_is_unknown_revoked_or_expired()
    {
        var clock = new SettableClock();
        await using var installation = await TestInstallation.StartAsync(clock: clock);
        var ana = Some.Value<MemberName>("ana");
        var revoked = await installation.Admin.IssueKeyAsync(new KeyRequest(ana), Cancellation).Ok();
        var ending = await installation.Admin.IssueKeyAsync(new KeyRequest(ana, ExpiresAt: clock.Now.AddDays(1)), Cancellation).Ok();
        using var endingApi = new SlipwayApi(installation.Address, ending.Secret);
        await endingApi.LiveAsync(null, null, null, Cancellation).Ok();
        await installation.Admin.RevokeKeyAsync(revoked.KeyId, "It stood in a ticket.", Cancellation).Ok();
        clock.Now += TimeSpan.FromDays(1);

        Assert.Equal((401, $"The API key {revoked.KeyId} of ana was revoked on 2026-03-02 12:00 UTC; it opens nothing any more."), await RefusalAsync(installation, "/api/v1/live", $"Bearer {revoked.Secret}"));
        Assert.Equal((401, $"The API key {ending.KeyId} of ana expired on 2026-03-03 12:00 UTC; have a new one issued."), await RefusalAsync(installation, "/api/v1/live", $"Bearer {ending.Secret}"));
        Assert.Equal((401, "The API key is unknown. Send it as \"Authorization: Bearer slw_…\"."), await RefusalAsync(installation, "/api/v1/live", "Bearer slw_guess"));
        Assert.Equal((401, "The Authorization header holds no API key. Send it as \"Authorization: Bearer slw_…\"."), await RefusalAsync(installation, "/api/v1/live", "Basic YTpi"));
        Assert.Equal((401, "This needs an API key. Send it as \"Authorization: Bearer slw_…\"."), await RefusalAsync(installation, "/api/v1/live", null));
        await endingApi.LiveAsync(null, null, null, Cancellation).Refused();
    }

    [Fact]
    public async Task An_address_with_bad_keys_must_wait_while_a_good_key_from_it_passes()
    {
        var clock = new SettableClock();
        await using var installation = await TestInstallation.StartAsync(clock: clock);
        for (var failure = 0; failure < FailureLimiter.Most; failure++) Assert.Equal(401, (await RefusalAsync(installation, "/v1/models", "Bearer slw_old")).Status);
        clock.Now += TimeSpan.FromSeconds(20);

        using var stranger = installation.Http(null);
        stranger.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "slw_old");
        using var limited = await stranger.GetAsync("/v1/models", Cancellation);
        Assert.Equal((HttpStatusCode.TooManyRequests, "40"), (limited.StatusCode, limited.Header("Retry-After")));
        var error = (await limited.JsonAsync()).GetProperty("error");
        Assert.Equal(("rate_limit_error", "rate_limit_exceeded"), (error.GetProperty("type").GetString(), error.GetProperty("code").GetString()));
        using var api = await stranger.GetAsync("/api/v1/live", Cancellation);
        Assert.Equal((HttpStatusCode.TooManyRequests, "40", "application/problem+json"), (api.StatusCode, api.Header("Retry-After"), api.Content.Headers.ContentType?.MediaType));
        Assert.Equal(
            "10 requests with a wrong API key came from this address within 60 s; wait 40 s. A valid key is let through at once.", (await api.JsonAsync()).GetProperty("detail").GetString());

        await installation.Ana.LiveAsync(null, null, null, Cancellation).Ok();
        Assert.Equal(401, (await RefusalAsync(installation, "/api/v1/live", null)).Status);
        clock.Now += TimeSpan.FromSeconds(40);
        Assert.Equal(401, (await RefusalAsync(installation, "/v1/models", "Bearer slw_old")).Status);
    }

    [Fact]
    public async Task A_revoked_key_opens_nothing_from_the_answer_on_in_the_middle_of_a_storm()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        var key = await installation.Admin.IssueKeyAsync(Some.Value<MemberName>("shop"), Cancellation).Ok();
        using var http = installation.Http(null);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Secret);
        var seen = new ConcurrentBag<(long Started, HttpStatusCode Status)>();
        var busy = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var over = new CancellationTokenSource();
        var storm = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (!over.IsCancellationRequested)
            {
                var started = Stopwatch.GetTimestamp();
                using var response = await http.ChatAsync(Chat.Body());
                seen.Add((started, response.StatusCode));
                if (seen.Count >= 200) busy.TrySetResult();
            }
        }, Cancellation)).ToList();

        await busy.Task.WaitAsync(Cancellation);
        await installation.Admin.RevokeKeyAsync(key.KeyId, cancellation: Cancellation).Ok();
        var revoked = Stopwatch.GetTimestamp();
        await Some.Eventually(() => Task.FromResult(seen.Count(call => call.Started > revoked) >= 100), "a hundred calls after the revocation");
        await over.CancelAsync();
        await Task.WhenAll(storm);

        Assert.Contains(seen, call => call.Status == HttpStatusCode.OK);
        Assert.All(seen.Where(call => call.Started > revoked), call => Assert.True(call.Status is HttpStatusCode.Unauthorized or HttpStatusCode.TooManyRequests, $"{call.Status}"));
    }

    [Fact]
    public async Task A_key_that_is_recovered_beside_a_running_server_opens_at_once()
    {
        await using var installation = await TestInstallation.StartAsync();
        var (id, member, secret) = KeyRecovery.Recover(installation.Folder);
        Assert.Equal(("key-7", "admin"), (id, member.Value));
        using var api = new SlipwayApi(installation.Address, secret);
        var line = (await api.LogAsync(null, Cancellation).Ok())[^1];
        Assert.Equal(("system", "issued key-7 to admin: recovered by who can write the installation's journal"), (line.Actor.Value, line.Sentence));
        await api.RevokeKeyAsync("key-1", "Lost.", Cancellation).Ok();
        Assert.Equal(401, (await installation.Admin.MembersAsync(Cancellation).Refused()).Status);
    }

    private static async Task<(int Status, string Sentence)> RefusalAsync(TestInstallation installation, string path, string? authorization)
    {
        using var http = installation.Http(null);
        if (authorization is not null) http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);
        using var response = await http.GetAsync(path, Cancellation);
        var json = await response.JsonAsync();
        return ((int)response.StatusCode, (json.TryGetProperty("error", out var error) ? error.GetProperty("message") : json.GetProperty("detail")).GetString()!);
    }
}
