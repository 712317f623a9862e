using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Slipway.Server.Tests.Gateway;

namespace Slipway.Server.Tests.Api;

/// <summary>What people get wrong, endpoint by endpoint: one clear sentence each, and the journal stays as it was.</summary>
public sealed class BadInputTests(GatewayInstallation shared) : IClassFixture<GatewayInstallation>
{
    private const string Reason = """{"reason": "Because."}""";
    private const string Version = """
        {"prompt": "router", "version": "2.0.0", "owner": "ana", "model": "production-default", "template": "Sort.", "schema": {"type": "object"},
         "golden_set": "router_golden:v1", "rollback_to": "1.0.0", "based_on": "1.1.0", "change_reason": "Magazines were sorted wrongly."}
        """;

    private const string Evaluation = """{"candidate_prompt": "router:v1.1.0", "dataset": "router_golden:v1", "gates": {"schema_pass_rate": ">= 99%"}}""";
    private const string Case = """{"id": "a", "variables": {"library": "city"}, "expect": [{"check": "schema"}]}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Who, what, where, with which body; the status and a piece of the sentence.</summary>
    public static TheoryData<string, string, string, string?, int, string> Requests { get; } = Table();

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Wrong_input_gets_one_clear_sentence_and_changes_nothing(string who, string method, string path, string? body, int status, string sentence)
    {
        using var http = shared.Server.Http(who == "nobody" ? null : who);
        var before = await HeadAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        using var response = await http.SendAsync(request, Cancellation);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.StatusCode == (HttpStatusCode)status, $"{response.StatusCode}: {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonElement.Parse(text);
        var detail = problem.GetProperty("detail").GetString()!;
        Assert.Contains(sentence, detail, StringComparison.Ordinal);
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.False(string.IsNullOrEmpty(problem.GetProperty("title").GetString()));
        Assert.All((string[])["Slipway.", "System.", "$.", "Path:", "LineNumber:", "\n", "Nullable", "parameter \""], jargon => Assert.DoesNotContain(jargon, detail, StringComparison.Ordinal));
        Assert.True(char.IsUpper(detail[0]) || detail[0] == '"' || char.IsLower(detail[0]), detail);
        Assert.EndsWith(".", detail.TrimEnd(')', '"') + (detail.Contains("slipway ", StringComparison.Ordinal) || detail.Contains("--provider", StringComparison.Ordinal) ? "." : ""), StringComparison.Ordinal);
        Assert.Equal(before, await HeadAsync());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("mine")]
    public async Task A_body_over_the_limit_is_refused(string? id)
    {
        using var http = shared.Server.Http("ana");
        http.DefaultRequestHeaders.ExpectContinue = true;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/versions") { Content = new ByteArrayContent(new byte[17 * 1024 * 1024]) };
        if (id is not null) request.Headers.Add("Idempotency-Key", id);
        using var response = await http.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal("The request's body is too large.", JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancellation)).GetProperty("detail").GetString());
    }

    private async Task<string> HeadAsync()
    {
        using var http = shared.Server.Http(null);
        return await http.GetStringAsync("/readyz", Cancellation);
    }

    private static TheoryData<string, string, string, string?, int, string> Table()
    {
        var table = new TheoryData<string, string, string, string?, int, string>();
        (string Who, string Method, string Path, string Good)[] writes =
        [
            ("admin", "POST", "members", """{"member": "eve", "roles": ["author"]}"""),
            ("admin", "POST", "keys", """{"member": "ana"}"""),
            ("admin", "PUT", "model-aliases/other", """{"model": "offline/offline-2026-11"}"""),
            ("ana", "POST", "versions", Version),
            ("ana", "POST", "render", """{"version": "router:v1.0.0", "variables": {"library": "city"}}"""),
            ("ana", "POST", "resolve", """{"prompt": "router"}"""),
            ("ana", "POST", "releases", """{"candidate": "router:v1.1.0"}"""),
            ("admin", "POST", "groups", """{"group": "leads", "members": ["ana"]}"""),
            ("ana", "PUT", "prompts/router/duties", """{"risk": "low"}"""),
            ("ana", "POST", "bootstraps", """{"candidate": "unborn:v1.0.0", "reason": "Because."}"""),
            ("ben", "POST", "releases/rel-2/approve", Reason),
            ("dan", "POST", "rollbacks", """{"prompt": "router", "reason": "Because."}"""),
        ];
        foreach (var (who, method, path, good) in writes)
        {
            table.Add(who, method, $"/api/v1/{path}", null, 400, "The request has no body");
            table.Add(who, method, $"/api/v1/{path}", "", 400, "The request has no body");
            table.Add(who, method, $"/api/v1/{path}", "{", 400, "is not JSON");
            table.Add(who, method, $"/api/v1/{path}", good[..^1] + ",}", 400, "is not JSON");
            table.Add(who, method, $"/api/v1/{path}", "null", 400, "must be an object");
            table.Add(who, method, $"/api/v1/{path}", "[]", 400, "must be an object");
            table.Add(who, method, $"/api/v1/{path}", "\"text\"", 400, "must be an object");
            table.Add(who, method, $"/api/v1/{path}", good[..good.LastIndexOf('}')] + ", \"colour\": 1}", 400, "There is no field \"colour\"");
            table.Add("nobody", method, $"/api/v1/{path}", good, 401, "This needs an API key.");
        }

        // Fields that are missing or of the wrong type.
        Add("admin", "POST", "members", "{}", 400, "\"member\" and \"roles\" are missing");
        Add("admin", "POST", "members", """{"member": "eve"}""", 400, "\"roles\" is missing");
        Add("admin", "POST", "members", """{"member": "Eve", "roles": []}""", 400, "member: \"Eve\" does not fit: it must be 1 to 60 characters");
        Add("admin", "POST", "members", """{"member": 5, "roles": []}""", 400, "member: A text is needed");
        Add("admin", "POST", "members", """{"member": null, "roles": []}""", 400, "member");
        Add("admin", "POST", "members", """{"member": "eve", "roles": "author"}""", 400, "roles: It must be a list.");
        Add("admin", "POST", "members", """{"member": "eve", "roles": null}""", 400, "roles: It must be a list.");
        Add("admin", "POST", "members", """{"member": "eve", "roles": ["boss"]}""", 400, "roles[0]: It must be one of admin, author, reviewer, release_owner, on_call, application");
        Add("admin", "POST", "keys", """{"member": "zoe"}""", 404, "There is no member zoe");
        Add("admin", "DELETE", "keys/key-99", null, 404, "There is no key key-99.");
        Add("admin", "PUT", "model-aliases/other", """{"model": "gpt"}""", 400, "model: \"gpt\" does not fit: it must be PROVIDER/MODEL");
        Add("admin", "PUT", "model-aliases/other", """{"model": "acme/gpt"}""", 404, "No provider acme is configured here; there is offline.");
        Add("admin", "PUT", "model-aliases/Other!", """{"model": "offline/offline-2026-11"}""", 422, "is no alias");
        Add("admin", "POST", "members", """{"member": "admin", "roles": ["author"]}""", 409, "admin is the only administrator");
        Add("admin", "POST", "members", """{"member": "system", "roles": ["author"]}""", 422, "\"system\" is the name of the controllers");

        // Groups and duties.
        Add("admin", "POST", "groups", "{}", 400, "\"group\" and \"members\" are missing");
        Add("admin", "POST", "groups", """{"group": "Leads", "members": ["ana"]}""", 400, "group: \"Leads\" does not fit: it must be 1 to 60 characters");
        Add("admin", "POST", "groups", """{"group": "leads", "members": "ana"}""", 400, "members: It must be a list.");
        Add("admin", "POST", "groups", """{"group": "leads", "members": []}""", 422, "A group has at least one member");
        Add("admin", "POST", "groups", """{"group": "leads", "members": ["zoe"]}""", 404, "There is no member zoe");
        Add("admin", "POST", "groups", """{"group": "ana", "members": ["ben"]}""", 409, "ana is the name of a member");
        Add("ana", "POST", "groups", """{"group": "leads", "members": ["ana"]}""", 403, "ana may not set groups: it needs the role admin, which admin has.");
        Add("ana", "GET", "prompts/nothing/duties", null, 404, "There is no prompt nothing");
        Add("ana", "GET", "prompts/No%20thing/duties", null, 422, "\"No thing\" is no prompt's name");
        Add("ana", "PUT", "prompts/No/duties", """{"risk": "low"}""", 422, "\"No\" is no prompt's name");
        Add("ana", "PUT", "prompts/router/duties", """{"owner": "Ana"}""", 400, "owner: \"Ana\" does not fit");
        Add("ana", "PUT", "prompts/router/duties", """{"owner": ["ana"]}""", 400, "owner: A text is needed");
        Add("ana", "PUT", "prompts/router/duties", """{"reviewers": "ben"}""", 400, "reviewers: It must be a list.");
        Add("ana", "PUT", "prompts/router/duties", """{"risk": "high"}""", 400, "risk: It must be one of low, standard, user_facing, regulated, action_taking");
        Add("ana", "PUT", "prompts/router/duties", """{"clear": ["owner"]}""", 422, "Somebody always answers for a prompt: name another owner of router instead of none.");
        Add("ana", "PUT", "prompts/router/duties", """{"clear": ["mood"]}""", 400, "clear[0]: It must be one of owner, backup_owner");
        Add("ana", "PUT", "prompts/router/duties", """{"owner": "zoe"}""", 404, "There is no member zoe");
        Add("ana", "PUT", "prompts/router/duties", """{"owner": "ben"}""", 409, "ben cannot be both owner and backup owner of router: name two people.");
        Add("ana", "PUT", "prompts/router/duties", """{"reviewers": ["dan"]}""", 409, "Nobody of dan has the role reviewer");
        Add("dan", "PUT", "prompts/router/duties", """{"risk": "low"}""", 403, "dan may not assign the duties of router: it needs the role admin, or to be its owner or backup owner; admin, ana, ben may.");

        Add("ana", "POST", "versions", "{}", 400, "\"prompt\", \"model\" and \"change_reason\" are missing");
        Add("ana", "POST", "versions", Version.Replace("\"2.0.0\"", "\"two\"", StringComparison.Ordinal), 400, "version: \"two\" does not fit: it must be a version such as 1.6.0");
        Add("ana", "POST", "versions", Version.Replace("\"2.0.0\"", "2.0", StringComparison.Ordinal), 400, "version: A text is needed");
        Add("ana", "POST", "versions", Version.Replace("\"Sort.\"", "{}", StringComparison.Ordinal), 400, "template: It must be a text");
        Add("ana", "POST", "versions", Version.Replace("\"Sort.\"", "null", StringComparison.Ordinal), 422, "The prompt has neither a template nor messages.");
        Add("ana", "POST", "versions", Version.Replace("production-default", "gpt", StringComparison.Ordinal), 404, "model names gpt, which is neither an alias of the catalog (production-default) nor PROVIDER/MODEL; make it one with: slipway model set gpt PROVIDER/MODEL");
        Add("ana", "POST", "versions", Version.Replace("production-default", "acme/gpt", StringComparison.Ordinal), 404, "No provider acme");
        Add("ana", "POST", "versions", Version.Replace("router_golden:v1", "router_golden:v9", StringComparison.Ordinal), 404, "There is no golden set router_golden:v9");
        Add("ana", "POST", "versions", Version.Replace("\"Magazines were sorted wrongly.\"", "\" \"", StringComparison.Ordinal), 422, "change_reason is empty");
        Add("ana", "POST", "versions", Version.Replace("\"1.0.0\"", "\"0.5.0\"", StringComparison.Ordinal), 404, "rollback_to names 0.5.0, which router does not have: it has 1.0.0");
        Add("ana", "POST", "versions", Version.Replace("2.0.0", "2026-03-15.3", StringComparison.Ordinal), 422, "router numbers its versions like 1.0.0; 2026-03-15.3 is of the other scheme.");
        Add("ana", "POST", "versions", Version.Replace("2.0.0", "1.0.0", StringComparison.Ordinal).Replace("\"rollback_to\": \"1.0.0\",", "", StringComparison.Ordinal), 409, "router:v1.0.0 exists since");
        Add("ana", "POST", "versions", Version.Replace("Sort.", "Sort {{#a}}.", StringComparison.Ordinal), 422, "The template is wrong at line 1");
        Add("ana", "POST", "versions", Version.Replace("\"object\"", "\"thing\"", StringComparison.Ordinal), 422, "The output schema is wrong at /type");
        Add("ana", "POST", "versions", Version.Replace("\"Magazines were sorted wrongly.\"", "\"Magazines were sorted wrongly.\", \"variables\": {\"b\": {}}", StringComparison.Ordinal), 422, "variables declares b, which the template does not use.");
        Add("ana", "POST", "versions", Version.Replace("\"Magazines were sorted wrongly.\"", "\"Magazines were sorted wrongly.\", \"variables\": []", StringComparison.Ordinal), 422, "variables must be an object");
        Add("ana", "POST", "versions", Version.Replace("\"Magazines were sorted wrongly.\"", "\"Magazines were sorted wrongly.\", \"parameters\": {\"stream\": true}", StringComparison.Ordinal), 422, "parameters cannot hold stream");
        Add("ana", "POST", "versions", Version.Replace("\"Magazines were sorted wrongly.\"", "\"Magazines were sorted wrongly.\", \"change_kind\": \"mood\"", StringComparison.Ordinal), 400, "change_kind: A kind of change is meaning, tone or format.");
        Add("ana", "POST", "versions", Version.Replace("\"Magazines were sorted wrongly.\"", "\"Magazines were sorted wrongly.\", \"change_kind\": [\"tone\", \"format\"]", StringComparison.Ordinal), 422, "change_kind is tone and format, but a version makes one kind of change");
        Add("ana", "POST", "versions", Version.Replace("\"Magazines were sorted wrongly.\"", "\"Magazines were sorted wrongly.\", \"tools\": [{}]", StringComparison.Ordinal), 422, "tools[0] must be");
        Add("ana", "POST", "versions", Version.Replace("\"Magazines were sorted wrongly.\"", "\"Magazines were sorted wrongly.\", \"memory\": {\"turns\": 0}", StringComparison.Ordinal), 422, "memory.turns must be from 1 to 1000.");
        Add("ana", "POST", "versions", Version.Replace("\"Magazines were sorted wrongly.\"", "\"Magazines were sorted wrongly.\", \"retrieval\": {\"index\": \"\", \"top_k\": 5}", StringComparison.Ordinal), 422, "retrieval names no index.");
        Add("ana", "POST", "versions", Version.Replace("\"Magazines were sorted wrongly.\"", "\"Magazines were sorted wrongly.\", \"post_processing\": [\"shout\"]", StringComparison.Ordinal), 400, "post_processing[0]: It must be one of trim_markdown_fence, trim_white_space");
        Add("ana", "POST", "versions", Version.Replace("\"Magazines were sorted wrongly.\"", "\"Magazines were sorted wrongly.\", \"safety\": [\"privacy\"]", StringComparison.Ordinal), 422, "There is no partial privacy; none has been pushed yet.");
        Add("ana", "POST", "versions", Version.Replace("Magazines were sorted wrongly.", "updated the wording", StringComparison.Ordinal), 422, "change_reason \"updated the wording\" does not say why");
        Add("ana", "POST", "versions", Version.Replace("\"based_on\": \"1.1.0\", ", "", StringComparison.Ordinal), 409, "router:v1.1.0 came meanwhile, by ana");
        Add("ana", "POST", "versions", Version.Replace("2.0.0", "1.1.1", StringComparison.Ordinal), 422, "1.1.1 offers a patch change of 1.1.0, but it is a major one: the output schema changed");
        Add("ana", "GET", "diff?from=router:v1.0.0&to=router:v9.0.0", null, 404, "router has no version 9.0.0");
        Add("ana", "PUT", "partials/Privacy", """{"text": "x", "change_reason": "y"}""", 422, "\"Privacy\" is no partial's name");
        Add("ana", "PUT", "partials/privacy", """{"text": "{{#a}}", "change_reason": "The data protection officer asked."}""", 422, "The text is wrong at line 1");
        Add("ana", "PUT", "partials/privacy", """{"text": "{{> other}}", "change_reason": "The data protection officer asked."}""", 422, "There is no partial other");
        Add("ben", "PUT", "partials/privacy", """{"text": "x", "change_reason": "The data protection officer asked."}""", 403, "ben may not submit partials");
        Add("ana", "GET", "partials/privacy@3", null, 404, "There is no partial privacy; none has been pushed yet.");
        Add("ana", "PUT", "policies/router", """{"several_kinds_of_change": true}""", 403, "ana may not set the policy of router");
        Add("admin", "PUT", "models/offline/offline-2026-11", """{"context_tokens": 0}""", 422, "The context must be from 1");
        Add("admin", "PUT", "models/gpt", """{"context_tokens": 10}""", 422, "\"gpt\" names no model");
        Add("dan", "POST", "versions", Version, 403, "dan may not submit versions: it needs the role author, which ana has.");
        Add("ana", "GET", "versions/router:v9.9.9", null, 404, "router has no version 9.9.9; it has 1.0.0, 1.1.0.");
        Add("ana", "GET", "versions/nothing:v1.0.0", null, 404, "There is no prompt nothing");
        Add("ana", "GET", "versions/nothing", null, 404, "There is no prompt nothing");
        Add("ana", "GET", "versions/No%20thing", null, 422, "\"No thing\" names no version: it must be PROMPT:vVERSION");

        Add("ana", "POST", "render", """{"version": "router:v9.9.9"}""", 404, "router has no version 9.9.9");
        Add("ana", "POST", "render", """{"version": "router"}""", 400, "version: \"router\" does not fit: it must be PROMPT:vVERSION");
        Add("ana", "POST", "render", """{"version": "router:v1.0.0"}""", 422, "The variable library is missing.");
        Add("ana", "POST", "render", """{"version": "router:v1.0.0", "variables": [1]}""", 422, "The variables must be an object");
        Add("ana", "POST", "resolve", """{"prompt": "nothing"}""", 404, "No version of a prompt nothing is live in production.");
        Add("ana", "POST", "resolve", """{"prompt": "router", "environment": "prod"}""", 400, "environment: \"prod\" does not fit: it must be development, staging or production");

        // Golden sets and evaluations have readers of their own.
        Add("ana", "PUT", "golden-sets/router_golden", Case, 422, "\"router_golden\" names no golden set: it must be NAME:vN");
        Add("ana", "PUT", "golden-sets/new:v1", "", 422, "The golden set has no cases.");
        Add("ana", "PUT", "golden-sets/new:v1", "{", 422, "ine 1");
        Add("ana", "PUT", "golden-sets/new:v1", Case + "\n" + Case, 422, "The id \"a\" is already taken by line 1.");
        Add("ana", "PUT", "golden-sets/new:v1", Case.Replace("\"schema\"", "\"magic\"", StringComparison.Ordinal), 422, "Unknown check \"magic\"");
        Add("ana", "PUT", "golden-sets/router_golden:v1", Case, 409, "router_golden:v1 exists with other cases and never changes; push the new cases as router_golden:v2.");
        Add("dan", "PUT", "golden-sets/new:v1", Case, 403, "dan may not push golden sets");
        Add("dan", "PUT", "golden-sets/new:v1", "nonsense", 403, "dan may not push golden sets");
        Add("dan", "POST", "versions", Version.Replace("production-default", "nowhere", StringComparison.Ordinal), 403, "dan may not submit versions");
        Add("nobody", "PUT", "golden-sets/new:v1", Case, 401, "This needs an API key.");
        Add("ana", "POST", "evaluations", "", 422, "line 1");
        Add("ana", "POST", "evaluations", "{", 422, "line 1");
        Add("ana", "POST", "evaluations", "[]", 422, "An evaluation manifest is an object");
        Add("ana", "POST", "evaluations", Evaluation.Replace("\"dataset\"", "\"data\"", StringComparison.Ordinal), 422, "dataset");
        Add("ana", "POST", "evaluations", Evaluation.Replace(">= 99%", "good", StringComparison.Ordinal), 422, "gates.schema_pass_rate");
        Add("ana", "POST", "evaluations", Evaluation.Replace("router:v1.1.0", "router:v9.0.0", StringComparison.Ordinal), 404, "router has no version 9.0.0");
        Add("ana", "POST", "evaluations", Evaluation.Replace("router:v1.1.0", "router", StringComparison.Ordinal), 422, "candidate_prompt is \"router\": it must be PROMPT:vVERSION");
        Add("ana", "POST", "evaluations", Evaluation.Replace("\"dataset\"", "\"baseline_prompt\": \"router:v1.1.0\", \"dataset\"", StringComparison.Ordinal), 422, "router:v1.1.0 would be compared with itself.");
        Add("ana", "POST", "evaluations", Evaluation.Replace("golden:v1", "golden:v7", StringComparison.Ordinal), 404, "There is no golden set router_golden:v7.");
        Add("ana", "POST", "evaluations", Evaluation.Replace("\"dataset\"", "\"model\": \"acme/gpt\", \"dataset\"", StringComparison.Ordinal), 422, "model says acme/gpt, but router:v1.1.0 has frozen offline/offline-2026-11");
        Add("dan", "POST", "evaluations", Evaluation, 403, "dan may not evaluate");
        Add("nobody", "POST", "evaluations", Evaluation, 401, "This needs an API key.");

        // Releases.
        Add("ana", "POST", "releases", "{}", 400, "\"candidate\" is missing");
        Add("ana", "POST", "releases", """{"candidate": "router"}""", 400, "candidate: \"router\" does not fit: it must be PROMPT:vVERSION");
        Add("ana", "POST", "releases", """{"candidate": "router:v9.0.0"}""", 404, "router has no version 9.0.0");
        Add("ana", "POST", "releases", """{"candidate": "router:v1.1.0"}""", 409, "rel-2 (router:v1.1.0, in its canary) is active in production");
        Add("ana", "POST", "releases", """{"candidate": "router:v1.1.0", "environment": "prod"}""", 400, "environment: \"prod\" does not fit");
        Add("ana", "POST", "releases", """{"candidate": "settled:v1.1.0", "plan": {"steps": ["100%"]}}""", 422, "The plan is impossible: A plan needs a canary step before 100%");
        Add("ana", "POST", "releases", """{"candidate": "settled:v1.1.0", "plan": {"steps": []}}""", 422, "The last step must be 100%.");
        Add("ana", "POST", "releases", """{"candidate": "settled:v1.1.0", "plan": {"steps": ["lots"]}}""", 400, "plan.steps[0]: \"lots\" does not fit: it must be a percentage");
        Add("ana", "POST", "releases", """{"candidate": "settled:v1.1.0", "plan": {"steps": [10]}}""", 400, "plan.steps[0]: A step is a share, as in");
        Add("ana", "POST", "releases", """{"candidate": "settled:v1.1.0", "plan": {"minimum_units": "many"}}""", 400, "plan.minimum_units: It must be a whole number");
        Add("ana", "POST", "releases", """{"candidate": "settled:v1.1.0", "plan": {"minimum_units": 0}}""", 422, "minimum_units must be at least 1.");
        Add("ana", "POST", "releases", """{"candidate": "settled:v1.1.0", "plan": {"minimum_time": "soon"}}""", 400, "plan.minimum_time: \"soon\" does not fit: it must be a whole number and s, m, h or d");
        Add("ana", "POST", "releases", """{"candidate": "settled:v1.1.0", "plan": {"decide_within": "1m"}}""", 422, "decide_within (1m) must be longer than minimum_time (1h).");
        Add("ana", "POST", "releases", """{"candidate": "settled:v1.1.0", "plan": {"guardrails": {"happiness": ">= 1%"}}}""", 422, "happiness cannot be a guardrail; these can: schema_pass_rate");
        Add("ana", "POST", "releases", """{"candidate": "settled:v1.1.0", "plan": {"guardrails": {"error_rate": 5}}}""", 400, "plan.guardrails.error_rate: It must be a text");
        Add("ana", "POST", "releases", """{"candidate": "settled:v1.1.0", "plan": {"guardrails": []}}""", 400, "plan.guardrails: It must be an object");
        Add("ana", "POST", "releases", """{"candidate": "settled:v1.1.0", "plan": {"guardrails": {"error_rate": "<= 5%"}, "watcher": "zoe"}}""", 404, "The plan's watcher zoe is not a member.");
        Add("ana", "POST", "releases", """{"candidate": "settled:v1.1.0", "plan": {"mood": 1}}""", 400, "There is no field \"mood\" in plan");
        Add("dan", "POST", "releases", """{"candidate": "unborn:v1.0.0"}""", 403, "dan may not propose releases");
        Add("ana", "POST", "releases", """{"candidate": "unborn:v1.0.0"}""", 409, "its first version goes live with: slipway release bootstrap unborn:v1.0.0 --reason TEXT");
        Add("ana", "POST", "releases", """{"candidate": "settled:v1.1.0", "reason": 5}""", 400, "reason: It must be a text");
        Add("ana", "POST", "bootstraps", """{"candidate": "unborn:v1.0.0"}""", 400, "\"reason\" is missing");
        Add("ana", "POST", "bootstraps", """{"candidate": "unborn", "reason": "x"}""", 400, "candidate: \"unborn\" does not fit: it must be PROMPT:vVERSION");
        Add("ana", "POST", "bootstraps", """{"candidate": "unborn:v9.0.0", "reason": "x"}""", 404, "unborn has no version 9.0.0");
        Add("ana", "POST", "bootstraps", """{"candidate": "unborn:v1.0.0", "reason": " "}""", 422, "Say why: the reason is empty.");
        Add("ana", "POST", "bootstraps", """{"candidate": "unborn:v1.0.0", "reason": "x"}""", 409, "unborn has no backup owner, and a prompt in production has both; admin or ana can run: slipway owner set unborn --backup NAME");
        Add("ana", "POST", "bootstraps", """{"candidate": "settled:v1.0.0", "reason": "x"}""", 409, "settled:v1.0.0 is live in production already.");
        Add("dan", "POST", "bootstraps", """{"candidate": "unborn:v1.0.0", "reason": "x"}""", 403, "it needs to be owner or backup owner of unborn; ana may.");
        Add("ana", "GET", "releases/rel-99", null, 404, "There is no release rel-99");
        Add("ana", "GET", "releases/nine", null, 422, "\"nine\" names no release: it must be rel-NUMBER");
        foreach (var verb in (string[])["approve", "decline", "cancel", "start", "advance", "freeze", "resume", "rollback"])
        {
            var path = $"releases/rel-2/{verb}";
            Add("cleo", "POST", $"releases/rel-99/{verb}", Reason, 404, "There is no release rel-99; the newest is rel-3.");
            Add("cleo", "POST", $"releases/nine/{verb}", Reason, 422, "\"nine\" names no release");
            Add("shop", "POST", path, Reason, 403, "shop may not");
            Add("nobody", "POST", path, Reason, 401, "This needs an API key.");
            Add("cleo", "POST", path, """{"reason": 4}""", 400, "reason: It must be a text");
        }
        foreach (var verb in (string[])["cancel", "advance", "freeze", "resume", "rollback"])
            Add("cleo", "POST", $"releases/rel-2/{verb}", """{"reason": " "}""", 422, "Say why: the reason is empty.");
        Add("ben", "POST", "releases/rel-2/approve", Reason, 409, "rel-2 is in its canary and cannot be approved.");
        Add("cleo", "POST", "releases/rel-2/resume", Reason, 409, "rel-2 is in its canary and cannot be resumed.");
        Add("cleo", "POST", "releases/rel-2/advance", Reason, 409, "rel-2 is at epoch 1 (30%)");
        Add("cleo", "POST", "releases/rel-2/advance", """{"reason": "x", "expected_epoch": "1"}""", 400, "expected_epoch: It must be a whole number");
        Add("cleo", "POST", "releases/rel-1/rollback", Reason, 409, "is being rolled out on top of");
        Add("dan", "POST", "rollbacks", """{"prompt": "router", "reason": ""}""", 422, "Say why: the reason is empty.");
        Add("dan", "POST", "rollbacks", """{"prompt": "router"}""", 400, "\"reason\" is missing");
        Add("dan", "POST", "rollbacks", """{"prompt": "nothing", "reason": "x"}""", 404, "There is no prompt nothing");
        Add("dan", "POST", "rollbacks", """{"prompt": "unborn", "reason": "x"}""", 409, "Nothing of unborn is live in production.");
        Add("dan", "POST", "rollbacks", """{"prompt": "router", "reason": "x", "environment": "staging"}""", 409, "Nothing of router is live in staging.");
        Add("shop", "POST", "rollbacks", """{"prompt": "router", "reason": "x"}""", 403, "shop may not roll back rel-2: it needs the role on_call or release_owner, or to be owner, backup owner or on call of router; ana, ben, cleo, dan may.");

        // Questions.
        Add("ana", "GET", "live?environment=prod", null, 422, "\"prod\" is no environment: it must be development, staging or production");
        Add("ana", "GET", "live?at=yesterday", null, 422, "\"yesterday\" is no time: write it as 2026-05-14T12:00Z.");
        Add("ana", "GET", "live?prompt=nothing", null, 404, "There is no prompt nothing");
        Add("ana", "GET", "live?prompt=No", null, 404, "\"No\" is no prompt's name");
        Add("ana", "GET", "log?prompt=nothing", null, 404, "There is no prompt nothing");
        Add("ana", "GET", "log?prompt=No", null, 404, "\"No\" is no prompt's name");
        Add("ana", "GET", "calls?limit=0", null, 400, "limit must be a whole number from 1 to 1000.");
        Add("ana", "GET", "calls?limit=many", null, 400, "limit must be a whole number from 1 to 1000.");
        Add("ana", "GET", "calls?release=two", null, 422, "\"two\" names no release");
        Add("ana", "GET", "nothing", null, 404, "There is nothing at GET /api/v1/nothing.");
        Add("ana", "GET", "nothing.txt", null, 404, "There is nothing at GET /api/v1/nothing.txt.");
        Add("ana", "DELETE", "versions/router:v1.0.0", null, 404, "There is nothing at DELETE /api/v1/versions/router:v1.0.0.");
        return table;

        void Add(string who, string method, string path, string? body, int status, string sentence) => table.Add(who, method, "/api/v1/" + path, body, status, sentence);
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded")]       // what curl says when nobody tells it otherwise
    [InlineData("text/plain")]
    [InlineData(null)]
    public async Task JSON_is_understood_whatever_its_content_type_says(string? type)
    {
        using var http = shared.Server.Http("ana");
        using var content = new StringContent("""{"prompt": "router"}""");
        content.Headers.ContentType = type is null ? null : new MediaTypeHeaderValue(type);
        using var response = await http.PostAsync("/api/v1/resolve", content, Cancellation);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_field_that_stands_twice_is_refused()
    {
        using var http = shared.Server.Http("ana");
        using var response = await http.PostAsync("/api/v1/resolve", new StringContent("""{"prompt": "router", "prompt": "other"}"""), Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("twice", await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_id_has_a_form_and_stands_in_the_journal()
    {
        using var http = shared.Server.Http("ana");
        http.DefaultRequestHeaders.Add("Idempotency-Key", "two words");
        using var response = await http.PostAsync("/api/v1/versions", new StringContent(Version, Encoding.UTF8, "application/json"), Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("The Idempotency-Key must be 1 to 100 visible ASCII characters.", await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused_in_a_sentence()
    {
        using var http = shared.Server.Http("ana");
        http.DefaultRequestHeaders.ExpectContinue = true;
        using var response = await http.PutAsync("/api/v1/golden-sets/large:v1", new StringContent(new string(' ', 17 * 1024 * 1024)), Cancellation);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal("The request's body is too large.", (await response.JsonAsync()).GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Several_errors_are_told_at_once()
    {
        using var http = shared.Server.Http("ana");
        using var response = await http.PutAsync("/api/v1/golden-sets/new:v1", new StringContent("{}\n[]\n{\"id\": 3}"), Cancellation);
        var problem = JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancellation));
        Assert.True(problem.GetProperty("errors").GetArrayLength() >= 3);
        Assert.StartsWith($"There are {problem.GetProperty("errors").GetArrayLength()} errors; the first: ", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }
}
