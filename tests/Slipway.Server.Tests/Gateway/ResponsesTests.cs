using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Core.Calls;
using Slipway.Core.Contracts;
using Slipway.Tests;

namespace Slipway.Server.Tests.Gateway;

/// <summary>OpenAI's responses with a prompt of ours, against a fake model.</summary>
public sealed class ResponsesTests(AgentInstallation shared) : IClassFixture<AgentInstallation>
{
    private static readonly Lazy<IReadOnlyDictionary<string, JsonSchema>> Official = new(ReadOfficial);
    private readonly string trace = Guid.NewGuid().ToString("N");
    private readonly FakeOpenAi upstream = shared.Renewed();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_response_says_which_version_answered_and_what_it_froze()
    {
        var (response, body) = await AskAsync("""{"prompt": {"id": "agent", "variables": {"library": {"type": "input_text", "text": "city"}}}, "input": "Where is Emma?", "metadata": {"team": "desk"}, "store": true}""");
        Assert.Equal((HttpStatusCode.OK, "1.0.0"), (response.StatusCode, response.Header("x-slipway-version")));
        Same("""{"id": "agent", "version": "1.0.0", "variables": {"library": {"type": "input_text", "text": "city"}}}""", body.GetProperty("prompt"));
        Same("""{"team": "desk"}""", body.GetProperty("metadata"));
        Same($$"""[{"type": "output_text", "text": {{JsonSerializer.Serialize(FakeOpenAi.Valid)}}, "annotations": [], "logprobs": []}]""", body.GetProperty("output")[0].GetProperty("content"));
        Assert.Equal(($"resp_{trace}", "completed", "gpt-test-2026-01-01", 60, false), (
            body.GetProperty("id").GetString(), body.GetProperty("status").GetString(), body.GetProperty("model").GetString(), body.GetProperty("max_output_tokens").GetInt32(), body.GetProperty("store").GetBoolean()));
        Assert.StartsWith("You help the readers of the city library.", upstream.Requests.Single().Body.GetProperty("messages")[0].GetProperty("content").GetString(), StringComparison.Ordinal);
        Assert.True(await RecordAsync() is { Door: "responses", PromptVersion: "1.0.0", InputTokens: 21, Error: null });
    }

    [Fact]
    public async Task A_hosted_prompts_id_and_the_number_of_its_version_are_kept()
    {
        const string Id = "pmpt_685061e957dc8196a30dfd58aba02b940984717f96494ab6";
        await shared.Server.Ana.SubmitAsync(AgentInstallation.Submission(AgentInstallation.Agent, Id), Cancellation).Ok();
        await shared.Server.BootstrapAsync($"{Id}:v1.0.0");
        var (response, body) = await AskAsync($$"""{"prompt": {"id": "{{Id}}", "version": "1", "variables": {"library": "city"} }, "input": "Where is Emma?"}""");
        Assert.True(response.IsSuccessStatusCode, body.GetRawText());
        Same($$"""{"id": "{{Id}}", "version": "1.0.0", "variables": {"library": "city"} }""", body.GetProperty("prompt"));
    }

    [Fact]
    public async Task A_prompt_that_holds_all_that_is_asked_needs_no_input()
    {
        var (response, body) = await AskAsync("""{"prompt": {"prompt_id": "silent", "variables": {"library": "city"}}}""");
        Assert.True(response.IsSuccessStatusCode, body.GetRawText());
        var (told, _) = await AskAsync("""{"prompt": {"id": "agent", "variables": {"library": "city"}}}""");
        Assert.Equal(HttpStatusCode.OK, told.StatusCode);
        Assert.Single(upstream.Requests.Last().Body.GetProperty("messages").EnumerateArray());
    }

    [Fact]
    public async Task An_input_of_many_kinds_becomes_a_conversation()
    {
        await AskAsync("""
            {"model": "slipway/agent", "prompt": {"variables": {"library": "city"}}, "input": [
              {"role": "user", "content": [{"type": "input_text", "text": "This?"}, {"type": "input_image", "image_url": "https://example.org/a.png", "detail": "low"}]},
              {"type": "reasoning", "id": "rs_1", "summary": []},
              {"type": "message", "id": "msg_1", "status": "completed", "role": "assistant", "content": [{"type": "output_text", "text": "I look.", "annotations": []}]},
              {"type": "function_call", "id": "fc_1", "call_id": "a", "name": "find_book", "arguments": "{\"title\":\"Emma\"}", "status": "completed"},
              {"type": "function_call", "call_id": "b", "name": "call_librarian", "arguments": "{}"},
              {"type": "function_call_output", "call_id": "a", "output": "Shelf 3"},
              {"type": "function_call_output", "call_id": "b", "output": [{"type": "input_text", "text": "Ida"}]},
              {"role": "assistant", "content": [{"type": "refusal", "refusal": "No."}]},
              {"role": "user", "content": "Thanks"}]}
            """);
        var messages = upstream.Requests.Single().Body.GetProperty("messages");
        Same("""
            [{"role":"user","content":[{"type":"text","text":"This?"},{"type":"image_url","image_url":{"url":"https://example.org/a.png","detail":"low"}}]},
             {"role":"assistant","content":"I look.","tool_calls":[{"id":"a","type":"function","function":{"name":"find_book","arguments":"{\"title\":\"Emma\"}"}},{"id":"b","type":"function","function":{"name":"call_librarian","arguments":"{}"}}]},
             {"role":"tool","content":"Shelf 3","tool_call_id":"a"}, {"role":"tool","content":"Ida","tool_call_id":"b"},
             {"role":"assistant","content":null,"refusal":"No."}, {"role":"user","content":"Thanks"}]
            """, JsonSerializer.SerializeToElement(messages.EnumerateArray().Skip(1)));
    }

    [Theory]
    [InlineData("temperature", "\"temperature\": 1", "frozen")]
    [InlineData("tools", "\"tools\": []", "frozen")]
    [InlineData("text.format", "\"text\": {\"format\": {\"type\": \"text\"}}", "frozen")]
    [InlineData("reasoning.effort", "\"reasoning\": {\"effort\": \"low\"}", "frozen")]
    [InlineData("instructions", "\"instructions\": \"Be rude.\"", "frozen")]
    [InlineData("max_output_tokens", "\"max_output_tokens\": 5", "frozen")]
    [InlineData("model", "\"model\": \"gpt-x\"", "frozen")]
    [InlineData("truncation", "\"truncation\": \"auto\"", "frozen")]
    [InlineData("previous_response_id", "\"previous_response_id\": \"resp_1\"", "not kept here")]
    [InlineData("conversation", "\"conversation\": \"conv_1\"", "not kept here")]
    [InlineData("background", "\"background\": true", "not kept here")]
    [InlineData("include", "\"include\": [\"reasoning.encrypted_content\"]", "not kept here")]
    [InlineData("stream", "\"stream\": 1", "true or false")]
    [InlineData("input", "\"input\": 7", "a text or a list")]
    [InlineData("input[0].role", "\"input\": [{\"role\": \"developer\", \"content\": \"x\"}]", "frozen")]
    [InlineData("input[0].type", "\"input\": [{\"type\": \"computer_call\"}]", "must be message")]
    [InlineData("input[0]", "\"input\": [{\"type\": \"item_reference\", \"id\": \"msg_1\"}]", "not kept here")]
    [InlineData("input[0].content[0]", "\"input\": [{\"role\": \"user\", \"content\": [{\"type\": \"input_file\", \"file_id\": \"x\"}]}]", "files cannot be sent")]
    [InlineData("input[0].content[0]", "\"input\": [{\"role\": \"user\", \"content\": [{\"type\": \"input_image\", \"file_id\": \"x\"}]}]", "no image_url")]
    [InlineData("input[0].call_id", "\"input\": [{\"type\": \"function_call_output\", \"call_id\": \"a\", \"output\": \"x\"}]", "no item before it calls")]
    [InlineData("input[0].arguments", "\"input\": [{\"type\": \"function_call\", \"call_id\": \"a\", \"name\": \"x\"}]", "must be a text")]
    public async Task What_cannot_be_asked_is_refused_by_its_name(string param, string field, string sentence)
    {
        var (response, body) = await AskAsync($$$"""{"prompt": {"id": "agent", "variables": {"library": "city"}}, {{{field}}} }""");
        var error = body.GetProperty("error");
        Assert.Equal((HttpStatusCode.BadRequest, param), (response.StatusCode, error.GetProperty("param").GetString()));
        Assert.Contains(sentence, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(["message", "type", "param", "code"], error.EnumerateObject().Select(key => key.Name));
        Assert.Empty(upstream.Requests);
    }

    [Theory]
    [InlineData("prompt.variables.library", """{}""")]
    [InlineData("prompt.variables.town", """{"library": "city", "town": "x"}""")]
    [InlineData("prompt.variables.library", """{"library": {"type": "input_image", "image_url": "https://example.org/a.png"}}""")]
    [InlineData("prompt.variables.library", """{"library": {"type": "input_file", "file_id": "x"}}""")]
    [InlineData("prompt.variables.library", """{"library": {"type": "input_text"}}""")]
    public async Task Variables_that_do_not_fit_are_refused_by_their_name(string param, string variables)
    {
        var (response, body) = await AskAsync($$$"""{"prompt": {"id": "agent", "variables": {{{variables}}} }, "input": "x"}""");
        Assert.Equal((HttpStatusCode.BadRequest, param), (response.StatusCode, body.GetProperty("error").GetProperty("param").GetString()));
    }

    [Fact]
    public async Task An_answer_cut_at_its_limit_is_incomplete()
    {
        upstream.Answer = (context, _) => FakeOpenAi.Whole(context, "I lo", finish: "length");
        var (_, body) = await AskAsync(Good());
        Assert.Equal(("incomplete", "max_output_tokens"), (body.GetProperty("status").GetString(), body.GetProperty("incomplete_details").GetProperty("reason").GetString()));
    }

    [Fact]
    public async Task A_refusal_is_content_of_its_own_kind()
    {
        upstream.Answer = (context, _) => FakeOpenAi.Whole(context, null, refusal: "I cannot help with that.");
        var (_, body) = await AskAsync(Good());
        Same("""[{"type": "refusal", "refusal": "I cannot help with that."}]""", body.GetProperty("output")[0].GetProperty("content"));
    }

    [Theory]
    [InlineData("gpt-test-2026-01-01")]
    [InlineData("openai/gpt-test-2026-01-01")]
    [InlineData("slipway/agent")]
    public async Task A_model_beside_the_prompt_may_be_named_where_it_is_the_frozen_one(string model)
    {
        var (response, body) = await AskAsync($$$"""{"model": "{{{model}}}", "prompt": {"id": "agent", "variables": {"library": "city"}}, "input": "x"}""");
        Assert.True(response.IsSuccessStatusCode, body.GetRawText());
    }

    public static TheoryData<string> Answers => ["text", "length", "refusal", "calls", "text and calls"];

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task A_whole_response_is_what_the_official_description_says(string answer)
    {
        Answer(answer, stream: false);
        var (_, body) = await AskAsync(Good());
        Fits("Response", body);
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Each_event_is_what_the_official_description_says_and_the_last_holds_what_was_streamed(string answer)
    {
        Answer(answer, stream: true);
        var events = Events(await StreamAsync(Good(stream: true)));
        Assert.All(events, item => Fits("ResponseStreamEvent", item));
        Assert.Equal(Enumerable.Range(0, events.Count), events.Select(item => item.GetProperty("sequence_number").GetInt32()));
        Assert.Equal(["response.created", "response.in_progress"], events.Take(2).Select(Type));
        var last = events[^1].GetProperty("response");
        Assert.Equal(answer == "length" ? "response.incomplete" : "response.completed", Type(events[^1]));
        Assert.Equal(30, last.GetProperty("usage").GetProperty("total_tokens").GetInt32());
        Assert.True(JsonElement.DeepEquals(last.GetProperty("output"), JsonSerializer.SerializeToElement(events.Where(item => Type(item) == "response.output_item.done").Select(item => item.GetProperty("item")))));
        foreach (var (delta, done, whole) in ((string, string, string)[])[("response.output_text.delta", "response.output_text.done", "text"), ("response.refusal.delta", "response.refusal.done", "refusal"), ("response.function_call_arguments.delta", "response.function_call_arguments.done", "arguments")])
            Assert.Equal(
                string.Concat(events.Where(item => Type(item) == done).Select(item => item.GetProperty(whole).GetString())),
                string.Concat(events.Where(item => Type(item) == delta).Select(item => item.GetProperty("delta").GetString())));
    }

    [Fact]
    public async Task A_stream_that_breaks_says_so_and_has_no_proper_end()
    {
        upstream.Answer = (context, _) => FakeOpenAi.Piece(context, """{"choices":[{"index":0,"delta":{"content":"I lo"},"finish_reason":null}]}""");
        using var http = shared.Server.Http("shop");
        using var response = await http.ChatAsync(Good(stream: true), "/v1/responses", Traced);
        await using var stream = await response.Content.ReadAsStreamAsync(Cancellation);
        var read = new MemoryStream();
        await Assert.ThrowsAnyAsync<IOException>(() => stream.CopyToAsync(read, Cancellation));
        var events = Events(Encoding.UTF8.GetString(read.ToArray()));
        Assert.All(events, item => Fits("ResponseStreamEvent", item));
        Assert.Equal(["error", "response.failed"], events.TakeLast(2).Select(Type));
        Assert.Equal("The answer of openai broke off.", events[^2].GetProperty("message").GetString());
        Assert.Equal("The answer of openai broke off.", (await RecordAsync()).Error);
    }

    [Fact]
    public async Task A_provider_that_fails_before_the_first_piece_gets_a_proper_status()
    {
        upstream.Answer = (context, _) => FakeOpenAi.Error(context, 429, "Slow down.", retryAfter: "7");
        var (response, body) = await AskAsync(Good(stream: true));
        Assert.Equal((HttpStatusCode.TooManyRequests, "7", "rate_limit_exceeded"), (response.StatusCode, response.Header("Retry-After"), body.GetProperty("error").GetProperty("code").GetString()));
    }

    private void Answer(string kind, bool stream)
    {
        const string Calls = """[{"index":0,"id":"call_1","type":"function","function":{"name":"find_book","arguments":"{\"title\":\"Emma\"}"}},{"index":1,"id":"call_2","type":"function","function":{"name":"call_librarian","arguments":"{}"}}]""";
        if (kind == "text") upstream.Answer = FakeOpenAi.Usual;
        else if (stream)
            shared.Streams(kind switch { "length" => "length", "refusal" => "stop", _ => "tool_calls" }, kind switch
            {
                "length" => ["""{"role":"assistant","content":"I "}""", """{"content":"lo"}"""],
                "refusal" => ["""{"role":"assistant","refusal":"I can"}""", """{"refusal":"not."}"""],
                "calls" => [$$"""{"role":"assistant","tool_calls":{{Calls}} }"""],
                _ => ["""{"role":"assistant","content":"I look."}""", $$"""{"tool_calls":{{Calls}} }"""],
            });
        else if (kind is "length" or "refusal") upstream.Answer = (context, _) => FakeOpenAi.Whole(context, kind == "length" ? "I lo" : null, kind == "length" ? "length" : "stop", kind == "refusal" ? "I cannot." : null);
        else shared.Calls(Calls, kind == "calls" ? "null" : "\"I look.\"");
    }

    private static string Good(bool stream = false) =>
        $$$"""{"prompt": {"id": "agent", "variables": {"library": "city"}}, "input": "Where is Emma?", "stream": {{{(stream ? "true" : "false")}}}, "user": "reader-1"}""";

    private (string, string) Traced => ("traceparent", $"00-{trace}-00f067aa0ba902b7-01");

    private async Task<(HttpResponseMessage Response, JsonElement Body)> AskAsync(string body)
    {
        using var http = shared.Server.Http("shop");
        var response = await http.ChatAsync(body, "/v1/responses", Traced);
        return (response, await response.JsonAsync());
    }

    private async Task<string> StreamAsync(string body)
    {
        using var http = shared.Server.Http("shop");
        using var response = await http.ChatAsync(body, "/v1/responses", Traced);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return await response.Content.ReadAsStringAsync(Cancellation);
    }

    // The line that names an event says what its data says.
    private static List<JsonElement> Events(string stream) => [.. stream.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(block =>
    {
        var lines = block.Split('\n');
        var data = JsonElement.Parse(lines[1]["data: ".Length..]);
        Assert.Equal(lines[0], $"event: {Type(data)}");
        return data;
    })];

    private static string Type(JsonElement item) => item.GetProperty("type").GetString()!;

    private static void Same(string expected, JsonElement actual) => Assert.True(JsonElement.DeepEquals(JsonElement.Parse(expected), actual), actual.GetRawText());

    private static void Fits(string schema, JsonElement value)
    {
        var violations = Official.Value[schema].Validate(value);
        Assert.True(violations.IsEmpty, $"{string.Join("; ", violations)}\n{value.GetRawText()}");
    }

    private static Dictionary<string, JsonSchema> ReadOfficial()
    {
        var description = JsonNode.Parse(File.ReadAllBytes(SharedMaterial.Path("specs/openai-openapi/openapi.subset.json")))!;
        var compiled = new Dictionary<string, JsonSchema>(StringComparer.Ordinal);
        foreach (var name in (string[])["Response", "ResponseStreamEvent"])
        {
            var schema = new JsonObject { ["$ref"] = $"#/components/schemas/{name}", ["components"] = description["components"]!.DeepClone() };
            var compilation = JsonSchema.Compile(JsonSerializer.SerializeToElement(schema));
            if (compilation is SchemaCompilation.Refused { Errors: var errors }) Assert.Fail(string.Join("; ", errors));
            compiled[name] = ((SchemaCompilation.Compiled)compilation).Schema;
        }
        return compiled;
    }

    private async Task<CallRecord> RecordAsync()
    {
        CallRecord? found = null;
        await Some.Eventually(async () => (found = (await shared.Server.Dan.CallsAsync(null, null, trace, 1, Cancellation).Ok()).FirstOrDefault()) is not null, "a call record");
        return found!;
    }
}
