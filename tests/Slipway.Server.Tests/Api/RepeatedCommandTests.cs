using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Slipway.Core.Wire;
using Slipway.Server.Tests.Storage;

namespace Slipway.Server.Tests.Api;

/// <summary>A caller who does not know whether its command arrived sends it again under the same <c>Idempotency-Key</c>.</summary>
public sealed class RepeatedCommandTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Who_repeats_a_command_gets_its_first_answer_even_after_a_restart(string engine)
    {
        using var storage = TestEngine.Named(engine);
        await using var installation = await TestInstallation.StartWithRouterAsync(storage.Configure);
        var submission = JsonSerializer.Serialize(Router.Submission(Router.Good), ApiJson.Default.Submission);
        (string Who, HttpMethod Method, string Path, string Body)[] commands =
        [
            ("admin", HttpMethod.Post, "members", """{"member": "eve", "roles": ["author"]}"""),
            ("admin", HttpMethod.Put, "model-aliases/other", """{"model": "offline/offline-2026-11"}"""),
            ("ana", HttpMethod.Put, "golden-sets/more:v1", Router.Cases),
            ("ana", HttpMethod.Post, "versions", submission),
            ("ana", HttpMethod.Post, "evaluations", Router.Evaluation(Router.Good)),
            ("ana", HttpMethod.Post, "releases", """{"candidate": "router:v1.1.0", "plan": {"steps": ["50%", "100%"], "guardrails": {"schema_pass_rate": ">= baseline - 30pp"}, "minimum_units": 5}}"""),
            ("ben", HttpMethod.Post, "releases/rel-2/approve", """{"reason": "Reads well."}"""),
            ("cleo", HttpMethod.Post, "releases/rel-2/cancel", """{"reason": "Not now."}"""),
            ("admin", HttpMethod.Delete, "keys/key-6", ""),
        ];
        var first = new List<string>();
        foreach (var (who, method, path, body) in commands)
        {
            first.Add(await SendAsync(installation, who, method, path, body, $"id-{first.Count}"));
            Assert.StartsWith("2", first[^1], StringComparison.Ordinal);
        }
        var head = await HeadAsync(installation);
        foreach (var restart in (bool[])[false, true])
        {
            if (restart) await installation.RestartAsync();
            for (var i = 0; i < commands.Length; i++)
                Assert.Equal(first[i], await SendAsync(installation, commands[i].Who, commands[i].Method, commands[i].Path, commands[i].Body, $"id-{i}"));
            Assert.Equal(head, await HeadAsync(installation));
        }
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task The_same_id_with_anything_else_is_refused(string engine)
    {
        using var storage = TestEngine.Named(engine);
        await using var installation = await TestInstallation.StartAsync(storage.Configure);
        await SendAsync(installation, "admin", HttpMethod.Post, "members", """{"member": "eve", "roles": ["author"]}""", "mine");
        var head = await HeadAsync(installation);
        foreach (var (who, method, path, body) in ((string, HttpMethod, string, string)[])
        [
            ("admin", HttpMethod.Post, "members", """{"member": "eve", "roles": ["admin"]}"""),
            ("admin", HttpMethod.Post, "members", """{"member": "eve",  "roles": ["author"]}"""),
            ("admin", HttpMethod.Post, "members?really", """{"member": "eve", "roles": ["author"]}"""),
            ("admin", HttpMethod.Post, "keys", """{"member": "eve"}"""),
            ("ana", HttpMethod.Post, "members", """{"member": "eve", "roles": ["author"]}"""),
        ])
        {
            var answer = await SendAsync(installation, who, method, path, body, "mine");
            Assert.StartsWith("409", answer, StringComparison.Ordinal);
            Assert.Contains("The Idempotency-Key mine was used for another request; use a new one.", answer, StringComparison.Ordinal);
        }
        Assert.Equal(head, await HeadAsync(installation));
    }

    [Fact]
    public async Task A_refused_command_may_be_tried_again_under_its_id()
    {
        await using var installation = await TestInstallation.StartAsync();
        const string Key = """{"member": "eve"}""";
        Assert.StartsWith("404", await SendAsync(installation, "admin", HttpMethod.Post, "keys", Key, "early"), StringComparison.Ordinal);
        await SendAsync(installation, "admin", HttpMethod.Post, "members", """{"member": "eve", "roles": ["author"]}""", "eve");
        Assert.StartsWith("200", await SendAsync(installation, "admin", HttpMethod.Post, "keys", Key, "early"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_keys_secret_is_shown_once_however_often_it_is_asked_for()
    {
        await using var installation = await TestInstallation.StartAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => SendAsync(installation, "admin", HttpMethod.Post, "keys", """{"member": "ana"}""", "one")));
        Assert.Single(answers, answer => answer.Contains("slw_", StringComparison.Ordinal));
        Assert.All(answers.Where(answer => !answer.StartsWith("200", StringComparison.Ordinal)), answer => Assert.Contains(
            "key-7 of ana exists already: it was issued under this Idempotency-Key, and its secret was shown that once. If it is lost, revoke it and issue another.", answer, StringComparison.Ordinal));
        Assert.Single(await installation.Admin.LogAsync(null, Cancellation).Ok(), line => line.Sentence == "issued key-7 to ana");
    }

    [Fact]
    public async Task An_evaluation_is_not_run_again()
    {
        await using var upstream = await FakeOpenAi.StartAsync();
        await using var installation = await TestInstallation.StartWithRouterAsync(options => options with { Providers = [upstream.Provider] }, "openai/gpt-test-2026-01-01");
        await installation.Ana.SubmitAsync(Router.Submission(Router.Good, "openai/gpt-test-2026-01-01"), Cancellation).Ok();
        var manifest = Router.Evaluation(Router.Good).Replace("production-default", "openai/gpt-test-2026-01-01", StringComparison.Ordinal);
        var first = await SendAsync(installation, "ana", HttpMethod.Post, "evaluations", manifest, "once");
        var asked = upstream.Requests.Count;
        Assert.Equal(10, asked);
        Assert.Equal(first, await SendAsync(installation, "ana", HttpMethod.Post, "evaluations", manifest, "once"));
        Assert.Equal(asked, upstream.Requests.Count);
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Two_servers_that_get_the_same_command_at_once_do_it_once(string engine)
    {
        using var storage = TestEngine.Named(engine);
        await using var installation = await TestInstallation.StartAsync(storage.Configure);
        await using var second = await SlipwayServer.StartAsync(installation.Options, cancellation: Cancellation);
        for (var round = 0; round < 10; round++)
        {
            var body = $$"""{"member": "m{{round}}", "roles": ["author"]}""";
            var answers = await Task.WhenAll(((Uri[])[installation.Address, second.Address, installation.Address, second.Address])
                .Select(server => SendAsync(installation, "admin", HttpMethod.Post, "members", body, $"round-{round}", server)));
            Assert.Single(answers.Distinct());
        }
        var log = await installation.Admin.LogAsync(null, Cancellation).Ok();
        Assert.Equal(10, log.Count(line => line.Sentence.StartsWith("made m", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_id_of_a_wrong_form_is_refused()
    {
        await using var installation = await TestInstallation.StartAsync();
        Assert.StartsWith("400", await SendAsync(installation, "admin", HttpMethod.Post, "members", "{}", new string('x', 101)), StringComparison.Ordinal);
    }

    private static async Task<string> SendAsync(TestInstallation installation, string who, HttpMethod method, string path, string body, string id, Uri? server = null)
    {
        using var http = new HttpClient { BaseAddress = server ?? installation.Address };
        using var request = new HttpRequestMessage(method, "/api/v1/" + path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", installation.Key(who));
        request.Headers.Add("Idempotency-Key", id);
        using var answer = await http.SendAsync(request, Cancellation);
        return $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(Cancellation)}";
    }

    private static async Task<int> HeadAsync(TestInstallation installation) => (await installation.Admin.LogAsync(null, Cancellation).Ok()).Length;
}
