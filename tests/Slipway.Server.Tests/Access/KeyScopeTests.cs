using System.Text.Json;
using Slipway.Client;
using Slipway.Core.Access;
using Slipway.Core.Evaluations;
using Slipway.Core.Models;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Wire;
using Slipway.Server.Tests.Gateway;

namespace Slipway.Server.Tests.Access;

/// <summary>What a limited key, an application and a person may do through every door.</summary>
public sealed class KeyScopeTests(KeyScopeTests.TwoPrompts shared) : IClassFixture<KeyScopeTests.TwoPrompts>
{
    /// <summary>A server on which two prompts are live, and keys that are limited.</summary>
    public sealed class TwoPrompts : IAsyncLifetime
    {
        internal TestInstallation Server { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Server = await TestInstallation.StartWithRouterAsync();
            await Server.Ana.SubmitAsync(Router.Submission(Router.First, prompt: "billing"), Cancellation).Ok();
            await Server.BootstrapAsync("billing:v1.0.0");
            using var shop = Server.Http("shop");
            foreach (var prompt in (string[])[Router.Prompt, "billing"])
                using (await shop.ChatAsync(Chat.Body(prompt: prompt))) { }
        }

        public ValueTask DisposeAsync() => Server.DisposeAsync();

        /// <summary>A key of a member that is limited to some prompts.</summary>
        internal async Task<(string Id, SlipwayApi Api, string Secret)> LimitedAsync(string member, string? prompt = Router.Prompt, string? environment = null, params Role[] roles)
        {
            var key = await Server.Admin.IssueKeyAsync(
                new KeyRequest(
                    Some.Value<MemberName>(member), roles.Length == 0 ? null : [.. roles], environment is null ? null : [Some.Value<EnvironmentName>(environment)],
                    prompt is null ? null : [Some.Value<PromptPattern>(prompt)]), Cancellation).Ok();
            return (key.KeyId, new SlipwayApi(Server.Address, key.Secret), key.Secret);
        }
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private TestInstallation Server => shared.Server;

    [Fact]
    public async Task A_key_that_is_limited_to_a_prompt_pushes_that_one_alone()
    {
        var (id, api, _) = await shared.LimitedAsync("ana", roles: Role.Author);
        using (api)
        {
            await api.PushGoldenSetAsync(Some.Value<GoldenSetId>(Router.GoldenSet), Router.Cases, Cancellation).Ok();
            await api.SubmitAsync(Router.Submission(Router.Good), Cancellation).Ok();
            var refused = await api.SubmitAsync(Router.Submission(Router.Good, prompt: "billing"), Cancellation).Refused();
            Assert.Equal((403, $"{id} of ana may not submit versions of billing: it is limited to router. admin can issue a key that may."), (refused.Status, refused.Message));
            Assert.Equal($"{id} of ana may not evaluate billing:v1.0.0 against router:v1.0.0: it is limited to router. admin can issue a key that may.", (await api.EvaluateAsync(
                $$"""{"candidate_prompt": "billing:v1.0.0", "baseline_prompt": "router:v1.0.0", "dataset": "{{Router.GoldenSet}}", "gates": {"schema_pass_rate": ">= 99%"} }""", Cancellation).Refused()).Message);
            // The cases belong to billing too, which names them.
            Assert.Equal($"{id} of ana may not push router_golden:v2: it is limited to router. admin can issue a key that may.",
                (await api.PushGoldenSetAsync(Some.Value<GoldenSetId>("router_golden:v2"), Router.Cases[..Router.Cases.IndexOf('\n')], Cancellation).Refused()).Message);
        }
    }

    [Fact]
    public async Task A_key_that_is_limited_to_a_prompt_reads_of_that_one_alone()
    {
        var (id, api, _) = await shared.LimitedAsync("ana");
        using (api)
        {
            foreach (var (asked, what) in ((Task<ApiFailure>, string)[])[
                (api.VersionAsync("billing", Cancellation).Refused(), "read versions of billing"), (api.VersionAsync("billing:v1.0.0", Cancellation).Refused(), "read versions of billing"),
                (api.RenderAsync(Some.Value<VersionId>("billing:v1.0.0"), null, Cancellation).Refused(), "read versions of billing"),
                (api.ResolveAsync(new ResolveQuery("billing"), Cancellation).Refused(), "resolve billing in production"), (api.LiveAsync("billing", null, null, Cancellation).Refused(), "read what is live of billing in production"),
                (api.ReleaseAsync("rel-2", Cancellation).Refused(), "read rel-2"), (api.LogAsync("billing", Cancellation).Refused(), "read the log of billing"),
                (api.CallsAsync("billing", null, null, null, Cancellation).Refused(), "read the calls of billing"), (api.CallsAsync(null, "rel-2", null, null, Cancellation).Refused(), "read the calls of rel-2"),
                (api.CallsAsync(null, null, null, null, Cancellation).Refused(), "read the calls of all prompts (name one)"), (api.MembersAsync(Cancellation).Refused(), "list members"),
                (api.ModelsAsync(Cancellation).Refused(), "read the model catalog"), (api.ExportAsync(Cancellation).Refused(), "export the journal"),
                (api.SetModelAsync("other", Some.Value<ModelReference>("offline/offline-2026-11"), Cancellation).Refused(), "change the model catalog")])
            {
                var failure = await asked;
                Assert.Equal(403, failure.Status);
                Assert.True(failure.Message == $"{id} of ana may not {what}: it is limited to router. admin can issue a key that may." || failure.Message.StartsWith($"ana may not {what}: it needs", StringComparison.Ordinal), failure.Message);
            }
            Assert.Equal(["router"], (await api.LiveAsync(null, null, null, Cancellation).Ok()).Select(live => live.Prompt.Value));
            Assert.All(await api.ReleasesAsync(Cancellation).Ok(), release => Assert.Equal("router", release.Candidate.Prompt.Value));
            var log = await api.LogAsync(null, Cancellation).Ok();
            Assert.NotEmpty(log);
            Assert.All(log, line => Assert.DoesNotContain("billing", line.Sentence, StringComparison.Ordinal));
            Assert.All(log, line => Assert.DoesNotContain("issued", line.Sentence, StringComparison.Ordinal));
            await Some.Eventually(async () => !(await api.CallsAsync("router", null, null, null, Cancellation).Ok()).IsEmpty, "the calls of router are readable");
            Assert.Equal("router:v1.0.0", (await api.VersionAsync("router", Cancellation).Ok()).Version.ToString());
        }
    }

    [Fact]
    public async Task A_key_that_is_limited_to_a_prompt_calls_that_one_alone()
    {
        var (id, api, secret) = await shared.LimitedAsync("shop");
        api.Dispose();
        using var http = Server.Http(null);
        http.DefaultRequestHeaders.Authorization = new("Bearer", secret);
        using var own = await http.ChatAsync(Chat.Body());
        Assert.Equal(200, (int)own.StatusCode);
        using var other = await http.ChatAsync(Chat.Body(prompt: "billing"));
        Assert.Equal(403, (int)other.StatusCode);
        var error = (await other.JsonAsync()).GetProperty("error");
        Assert.Equal(
            ("permission_error", $"{id} of shop may not call billing in production: it is limited to router. admin can issue a key that may."),
            (error.GetProperty("type").GetString(), error.GetProperty("message").GetString()));
        using var models = await http.GetAsync("/v1/models", Cancellation);
        Assert.Equal(["slipway/router"], (await models.JsonAsync()).GetProperty("data").EnumerateArray().Select(model => model.GetProperty("id").GetString()));
    }

    [Fact]
    public async Task A_key_that_is_limited_to_an_environment_acts_there_alone()
    {
        var (id, api, secret) = await shared.LimitedAsync("dan", prompt: null, environment: "staging");
        using (api)
        {
            Assert.Equal($"{id} of dan may not roll back router in production: it is limited to staging. admin can issue a key that may.",
                (await api.RollBackAsync(new RollbackRequest(Some.Value<PromptName>(Router.Prompt), "x"), Cancellation).Refused()).Message);
            Assert.Equal(403, (await api.LiveAsync(null, null, null, Cancellation).Refused()).Status);
            Assert.Empty(await api.LiveAsync(null, "staging", null, Cancellation).Ok());
            Assert.Empty(await api.ReleasesAsync(Cancellation).Ok());
            Assert.All(await api.LogAsync(null, Cancellation).Ok(), line => Assert.DoesNotContain("rel-", line.Sentence, StringComparison.Ordinal));
        }
        var (_, callerApi, callerSecret) = await shared.LimitedAsync("shop", prompt: null, environment: "staging");
        callerApi.Dispose();
        using var http = Server.Http(null);
        http.DefaultRequestHeaders.Authorization = new("Bearer", callerSecret);
        using var call = await http.ChatAsync(Chat.Body());
        Assert.Equal(403, (int)call.StatusCode);
        Assert.NotEqual(secret, callerSecret);
    }

    [Theory]
    [InlineData("members", "list members")]
    [InlineData("keys", "list keys")]
    [InlineData("models", "read the model catalog")]
    [InlineData("releases", "read releases")]
    [InlineData("releases/rel-1", "read releases")]
    [InlineData("live", "read what is live")]
    [InlineData("log", "read the log")]
    [InlineData("log/entries", "export the journal")]
    [InlineData("calls", "read calls")]
    public async Task What_people_do_is_not_for_applications(string path, string what)
    {
        using var shop = Server.Http("shop");
        using var refused = await shop.GetAsync($"/api/v1/{path}", Cancellation);
        Assert.Equal(403, (int)refused.StatusCode);
        Assert.Equal($"shop may not {what}: it needs a role other than application, which admin, ana, ben, cleo, dan have.", (await refused.JsonAsync()).GetProperty("detail").GetString());
        using var dan = Server.Http("dan");
        using var answered = await dan.GetAsync($"/api/v1/{path}", Cancellation);
        Assert.Equal(200, (int)answered.StatusCode);
    }

    [Fact]
    public async Task An_application_resolves_and_renders_what_it_calls()
    {
        using var shop = Server.Api("shop");
        var version = (await shop.ResolveAsync(new ResolveQuery(Router.Prompt), Cancellation).Ok()).Version;
        await shop.RenderAsync(version, JsonElement.Parse("""{"library": "city"}"""), Cancellation).Ok();
        await shop.VersionAsync(version.ToString(), Cancellation).Ok();
    }

    [Fact]
    public async Task Keys_are_listed_without_their_secrets_and_everybody_sees_their_own()
    {
        var (id, api, secret) = await shared.LimitedAsync("ben", prompt: "router", roles: Role.Reviewer);
        using (api)
        {
            Assert.Equal("ben may not list keys of others: it needs the role admin, which admin has.", (await Server.Ben.KeysAsync("ana", Cancellation).Refused()).Message);
            var own = await Server.Ben.KeysAsync(cancellation: Cancellation).Ok();
            Assert.All(own, key => Assert.Equal("ben", key.Member.Value));
            var listed = own.Single(key => key.KeyId == id);
            Assert.Equal((KeyState.Active, "router", "admin", Role.Reviewer), (listed.State, listed.Prompts!.Value.Single().Value, listed.IssuedBy.Value, listed.Roles!.Value.Single()));
        }
        var all = await Server.Admin.KeysAsync(cancellation: Cancellation).Ok();
        Assert.Contains(all, key => key.Member.Value == "ana");
        Assert.Contains(await Server.Admin.KeysAsync("shop", Cancellation).Ok(), key => key.KeyId == "key-6");
        using var admin = Server.Http("admin");
        var text = await admin.GetStringAsync("/api/v1/keys", Cancellation);
        Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
        Assert.DoesNotContain("sha256", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_member_issues_themselves_a_key_for_a_pipeline_and_takes_it_back()
    {
        var pipeline = await Server.Ana.IssueKeyAsync(new KeyRequest(Some.Value<MemberName>("ana"), [Role.Author], null, [Some.Value<PromptPattern>("router")], Note: "pipeline"), Cancellation).Ok();
        Assert.Equal("key-2", pipeline.IssuedWith);
        using var api = new SlipwayApi(Server.Address, pipeline.Secret);
        Assert.Equal(403, (await api.IssueKeyAsync(new KeyRequest(Some.Value<MemberName>("ana"), [Role.Author], null, [Some.Value<PromptPattern>("billing")]), Cancellation).Refused()).Status);
        var ended = await Server.Ana.RevokeKeyAsync(pipeline.KeyId, "No pipeline any more.", Cancellation).Ok();
        Assert.Equal((pipeline.KeyId, KeyState.Revoked), (ended.Single().KeyId, ended.Single().State));
        Assert.Equal(401, (await api.LiveAsync(null, null, null, Cancellation).Refused()).Status);
        Assert.Equal(ended.Single().RevokedAt, (await Server.Ana.RevokeKeyAsync(pipeline.KeyId, null, Cancellation).Ok()).Single().RevokedAt);
    }
}
