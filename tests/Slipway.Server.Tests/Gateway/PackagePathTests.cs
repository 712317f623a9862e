using System.Net;
using System.Text.Json;
using Slipway.Core.Calls;

namespace Slipway.Server.Tests.Gateway;

/// <summary>What a package freezes beside its template is acted on, from the caller's request to the call record.</summary>
public sealed class PackagePathTests(AgentInstallation shared) : IClassFixture<AgentInstallation>
{
    private const string FindEmma = """[{"id":"call_1","type":"function","function":{"name":"find_book","arguments":"{\"title\":\"Emma\"}"},"extra":7}]""";
    private const string Fenced = "```json\n{\"department\": \"loans\", \"urgency\": \"low\"}\n```\n";

    private readonly string trace = Guid.NewGuid().ToString("N");
    private readonly FakeOpenAi upstream = shared.Renewed();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_model_gets_the_tools_of_the_version_and_the_parts_of_the_caller()
    {
        await AskAsync(AgentInstallation.Agent, """[{"role":"user","name":"ida","content":[{"type":"text","text":"What is this? {{library}}"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA","detail":"low"}}]}]""");
        var sent = Assert.Single(upstream.Requests).Body;
        Assert.Equal(["model", "messages", "tools", "max_tokens"], sent.EnumerateObject().Select(field => field.Name));
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(AgentInstallation.Tools), sent.GetProperty("tools")));
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse("""
            [{"role":"system","content":"You help the readers of the city library."},
             {"role":"user","name":"ida","content":[{"type":"text","text":"What is this? {{library}}"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA","detail":"low"}}]}]
            """), sent.GetProperty("messages")), sent.GetRawText());
    }

    [Fact]
    public async Task The_model_gets_what_tools_said_as_far_back_as_the_memory_reaches()
    {
        await AskAsync(AgentInstallation.Agent, $$"""
            [{"role":"user","content":"forgotten"},{"role":"assistant","content":"forgotten"},
             {"role":"user","content":"Where is Emma?"},{"role":"assistant","content":null,"refusal":null,"tool_calls":{{FindEmma}}},{"role":"tool","tool_call_id":"call_1","content":"Shelf 3"},{"role":"assistant","content":"Shelf 3."},
             {"role":"user","content":"Thanks"}]
            """);
        var sent = Assert.Single(upstream.Requests).Body.GetProperty("messages");
        Assert.Equal(["system", "user", "assistant", "tool", "assistant", "user"], sent.EnumerateArray().Select(message => message.GetProperty("role").GetString()));
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(FindEmma), sent[2].GetProperty("tool_calls")));
        Assert.Equal("call_1", sent[3].GetProperty("tool_call_id").GetString());
    }

    [Fact]
    public async Task A_whole_answer_that_calls_tools_is_passed_on_as_it_came()
    {
        shared.Calls(FindEmma);
        var (response, text) = await AskAsync(AgentInstallation.Agent);
        var choice = JsonElement.Parse(text).GetProperty("choices")[0];
        Assert.Equal("tool_calls", choice.GetProperty("finish_reason").GetString());
        Assert.Equal(JsonValueKind.Null, choice.GetProperty("message").GetProperty("content").ValueKind);
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(FindEmma), choice.GetProperty("message").GetProperty("tool_calls")), text);
        Assert.Equal("kept", response.Header("x-slipway-contract"));
        Assert.True(await RecordAsync() is { ToolCallsValid: true, SchemaValid: null, ContractViolation: null, FinishReason: "tool_calls", Refused: false });
    }

    [Fact]
    public async Task Words_that_go_with_a_call_are_passed_on_and_held_against_nothing()
    {
        shared.Calls(FindEmma, content: "\"I look it up.\"", finish: "stop");
        var (_, text) = await AskAsync(AgentInstallation.Fenced);
        var choice = JsonElement.Parse(text).GetProperty("choices")[0];
        Assert.Equal(("I look it up.", "stop"), (choice.GetProperty("message").GetProperty("content").GetString(), choice.GetProperty("finish_reason").GetString()));
        Assert.True(await RecordAsync() is { ToolCallsValid: true, SchemaValid: null });
    }

    [Theory]
    [InlineData("""[{"id":"c","type":"function","function":{"name":"burn_book","arguments":"{}"}}]""", "The answer calls burn_book, which is none of the prompt's tools: call_librarian, find_book")]
    [InlineData("""[{"id":"c","type":"function","function":{"name":"find_book","arguments":"{\"title\":"}}]""", "The arguments of find_book are wrong: ")]
    [InlineData("""[{"id":"c","type":"function","function":{"name":"call_librarian","arguments":"{}"}},{"id":"d","type":"function","function":{"name":"find_book","arguments":"{}"}}]""", "The arguments of find_book are wrong: ")]
    public async Task A_call_that_does_not_fit_is_served_and_recorded_as_broken(string calls, string violation)
    {
        shared.Calls(calls);
        var (response, text) = await AskAsync(AgentInstallation.Agent);
        Assert.Equal((HttpStatusCode.OK, "broken"), (response.StatusCode, response.Header("x-slipway-contract")));
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(calls), JsonElement.Parse(text).GetProperty("choices")[0].GetProperty("message").GetProperty("tool_calls")), text);
        var record = await RecordAsync();
        Assert.True(record is { ToolCallsValid: false, SchemaValid: null });
        Assert.StartsWith(violation, record.ContractViolation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_that_does_not_fit_is_on_record()
    {
        shared.Calls("""[{"id":"c","type":"function","function":{"name":"find_book","arguments":"{\"titel\":1}"}}]""");
        await AskAsync(AgentInstallation.Agent);
        Assert.Equal("The arguments of find_book are wrong: \"title\" is missing; The arguments of find_book are wrong: \"titel\" is not an allowed property", (await RecordAsync()).ContractViolation);
    }

    [Theory]
    [InlineData("7")]
    [InlineData("\"find\"")]
    [InlineData("[7]")]
    [InlineData("""[{"index":"first"}]""")]
    [InlineData("""[{"function":{"name":"\ud800"}}]""")]
    public async Task Calls_that_are_none_are_nonsense_of_the_provider(string calls)
    {
        shared.Calls(calls);
        Assert.Equal(HttpStatusCode.BadGateway, (await AskAsync(AgentInstallation.Agent)).Response.StatusCode);
        shared.Streams("tool_calls", $$"""{"tool_calls":{{calls}} }""");
        Assert.Equal(HttpStatusCode.BadGateway, (await AskAsync(AgentInstallation.Agent, stream: true)).Response.StatusCode);
    }

    [Fact]
    public async Task Streamed_calls_are_passed_on_piece_by_piece_and_held_to_the_tools_as_a_whole()
    {
        string[] deltas =
        [
            """{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"find_book","arguments":""}}]}""",
            """{"tool_calls":[{"index":0,"function":{"arguments":"{\"title\":"}}]}""",
            """{"tool_calls":[{"index":1,"id":"call_2","type":"function","function":{"name":"call_librarian","arguments":"{"}}]}""",
            """{"tool_calls":[{"index":0,"function":{"arguments":"\"Emma\"}"}},{"index":1,"function":{"arguments":"}"}}]}""",
        ];
        shared.Streams("tool_calls", deltas);
        var chunks = Chunks((await AskAsync(AgentInstallation.Agent, stream: true)).Text);
        Assert.Equal(
            deltas.Select(delta => JsonElement.Parse(delta).GetProperty("tool_calls")),
            chunks.Select(choice => choice.GetProperty("delta")).Where(delta => delta.TryGetProperty("tool_calls", out _)).Select(delta => delta.GetProperty("tool_calls")), JsonElement.DeepEquals);
        Assert.Equal(("assistant", JsonValueKind.Null), (chunks[0].GetProperty("delta").GetProperty("role").GetString(), chunks[0].GetProperty("delta").GetProperty("content").ValueKind));
        Assert.Equal("tool_calls", chunks[^1].GetProperty("finish_reason").GetString());
        Assert.True(await RecordAsync() is { ToolCallsValid: true, SchemaValid: null, Streamed: true, FinishReason: "tool_calls", OutputTokens: 9 });
    }

    [Theory]
    [InlineData(AgentInstallation.Agent)]
    [InlineData(AgentInstallation.Fenced)]
    public async Task Streamed_calls_that_do_not_fit_are_recorded_as_broken(string prompt)
    {
        shared.Streams("tool_calls", """{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"find_book","arguments":"{\"ti"}}]}""", """{"tool_calls":[{"index":0,"function":{"arguments":"tle\":3}"}}]}""");
        await AskAsync(prompt, stream: true);
        var record = await RecordAsync();
        Assert.True(record is { ToolCallsValid: false, SchemaValid: null });
        Assert.Contains("title", record.ContractViolation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calls_without_an_index_begin_with_an_id()
    {
        shared.Streams(
            "tool_calls", """{"tool_calls":[{"id":"a","type":"function","function":{"name":"find_book","arguments":"{\"title\":\"Emma\"}"}}]}""",
            """{"tool_calls":[{"id":"b","type":"function","function":{"name":"call_librarian"}}]}""", """{"tool_calls":[{"function":{"arguments":"{}"}}]}""");
        await AskAsync(AgentInstallation.Agent, stream: true);
        Assert.True(await RecordAsync() is { ToolCallsValid: true });
    }

    [Fact]
    public async Task Without_an_output_schema_there_is_nothing_to_keep()
    {
        var (response, text) = await AskAsync(AgentInstallation.Agent);
        Assert.Equal((HttpStatusCode.OK, "none"), (response.StatusCode, response.Header("x-slipway-contract")));
        Assert.Contains("loans", text, StringComparison.Ordinal);
        Assert.True(await RecordAsync() is { SchemaValid: null, ToolCallsValid: null, ContractViolation: null, Refused: false });
    }

    [Fact]
    public async Task A_whole_answer_is_finished_before_it_is_checked_and_given_on()
    {
        upstream.Answer = (context, _) => FakeOpenAi.Whole(context, Fenced);
        var (response, text) = await AskAsync(AgentInstallation.Fenced);
        Assert.Equal(FakeOpenAi.Valid, JsonElement.Parse(text).GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
        Assert.Equal("kept", response.Header("x-slipway-contract"));
        Assert.True(await RecordAsync() is { SchemaValid: true });
    }

    [Fact]
    public async Task A_streamed_answer_that_has_to_be_finished_comes_in_one_piece_of_content()
    {
        upstream.Answer = (context, _) => FakeOpenAi.Stream(context, Fenced);
        var (_, text) = await AskAsync(AgentInstallation.Fenced, stream: true);
        var chunks = Chunks(text);
        Assert.Equal(2, chunks.Count);
        Assert.Equal(("assistant", FakeOpenAi.Valid), (chunks[0].GetProperty("delta").GetProperty("role").GetString(), chunks[0].GetProperty("delta").GetProperty("content").GetString()));
        Assert.Equal("stop", chunks[1].GetProperty("finish_reason").GetString());
        Assert.Contains("\"total_tokens\":30", text, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", text, StringComparison.Ordinal);
        Assert.True(await RecordAsync() is { SchemaValid: true, Streamed: true, TimeToFirstTokenMs: > 0, InputTokens: 21 });
    }

    [Fact]
    public async Task Streamed_calls_of_a_prompt_that_finishes_its_answers_come_in_one_piece_too()
    {
        shared.Streams("tool_calls", """{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"find_book","arguments":"{\"title\":"}}]}""", """{"tool_calls":[{"index":0,"function":{"arguments":"\"Emma\"}"}}]}""");
        var chunks = Chunks((await AskAsync(AgentInstallation.Fenced, stream: true)).Text);
        Assert.Equal(2, chunks.Count);
        Assert.True(JsonElement.DeepEquals(
            JsonElement.Parse("""[{"index":0,"id":"call_1","type":"function","function":{"name":"find_book","arguments":"{\"title\":\"Emma\"}"}}]"""), chunks[0].GetProperty("delta").GetProperty("tool_calls")));
        Assert.True(await RecordAsync() is { ToolCallsValid: true });
    }

    [Fact]
    public async Task A_stream_that_breaks_off_before_it_could_be_finished_gets_a_proper_status()
    {
        upstream.Answer = (context, _) => FakeOpenAi.Piece(context, """{"choices":[{"index":0,"delta":{"content":"```json"},"finish_reason":null}]}""");
        var (response, _) = await AskAsync(AgentInstallation.Fenced, stream: true);
        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.True(await RecordAsync() is { SchemaValid: null, Error: "The answer of openai broke off." });
    }

    [Theory]
    [InlineData("")]
    [InlineData(""", "messages": []""")]
    [InlineData(""", "messages": null""")]
    public async Task A_prompt_whose_messages_are_all_its_own_needs_none(string messages)
    {
        var (response, text) = await SendAsync($$$"""{"model": "slipway/silent", "prompt": {"variables": {"library": "city"}}{{{messages}}} }""");
        Assert.True(response.IsSuccessStatusCode, text);
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse("""
            [{"role":"system","content":"Be brief."},{"role":"user","content":[{"type":"text","text":"Praise the city library."},{"type":"image_url","image_url":{"url":"https://example.org/city.png"}}]}]
            """), Assert.Single(upstream.Requests).Body.GetProperty("messages")));
    }

    [Fact]
    public async Task A_prompt_whose_messages_are_all_its_own_takes_none_and_that_is_on_record()
    {
        const string Sentence = "The prompt takes no messages of the caller's: its own have no placeholder for them.";
        var (response, text) = await AskAsync(AgentInstallation.Silent);
        var error = JsonElement.Parse(text).GetProperty("error");
        Assert.Equal((HttpStatusCode.BadRequest, "messages", Sentence), (response.StatusCode, error.GetProperty("param").GetString(), error.GetProperty("message").GetString()));
        Assert.Equal(Sentence, (await RecordAsync()).Error);
        Assert.Empty(upstream.Requests);
    }

    [Theory]
    [InlineData("""[{"check": "schema"}]""", FindEmma, "Pass")]
    [InlineData("""[{"check": "schema"}]""", """[{"id":"c","type":"function","function":{"name":"find_book","arguments":"{}"}}]""", "Fail")]
    [InlineData("""[{"check": "schema"}]""", null, "Pass")]
    public async Task An_evaluation_asks_finishes_and_checks_as_the_gateway_does(string expect, string? calls, string verdict)
    {
        var prompt = $"untried-{trace[..8]}";
        await shared.Server.Ana.SubmitAsync(AgentInstallation.Submission(AgentInstallation.Fenced, prompt), Cancellation).Ok();
        await shared.Server.Ana.PushGoldenSetAsync(Some.Value<Core.Evaluations.GoldenSetId>($"{prompt}:v1"), $$"""
            {"id": "one", "kind": "normal", "variables": {"library": "city"}, "messages": [{"role": "user", "content": "Where is Emma, asks {{trace}}?"}], "expect": {{expect}} }
            """, Cancellation).Ok();
        if (calls is not null) shared.Calls(calls);
        else upstream.Answer = (context, _) => FakeOpenAi.Whole(context, Fenced);
        var evaluation = await shared.Server.Ana.EvaluateAsync(
            $$"""{"candidate_prompt": "{{prompt}}:v1.0.0", "dataset": "{{prompt}}:v1", "model": "{{AgentInstallation.Model}}", "gates": {"schema_pass_rate": ">= 99%"} }""", Cancellation).Ok();
        Assert.Equal(verdict, evaluation.Report.Verdict.ToString());
        Assert.True(Assert.Single(upstream.Requests).Body.TryGetProperty("tools", out _));
    }

    private Task<(HttpResponseMessage Response, string Text)> AskAsync(string prompt, string messages = """[{"role":"user","content":"Where is Emma?"}]""", bool stream = false) => SendAsync(
        $$$"""{"model": "slipway/{{{prompt}}}", "prompt": {"variables": {"library": "city"}}, "messages": {{{messages}}}, "stream": {{{(stream ? "true" : "false")}}}, "stream_options": {"include_usage": true}}""");

    private async Task<(HttpResponseMessage Response, string Text)> SendAsync(string body)
    {
        using var http = shared.Server.Http("shop");
        var response = await http.ChatAsync(body, ("traceparent", $"00-{trace}-00f067aa0ba902b7-01"));
        return (response, await response.Content.ReadAsStringAsync(Cancellation));
    }

    private static List<JsonElement> Chunks(string stream) => [.. stream.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)[..^1]
        .Select(line => JsonElement.Parse(line["data: ".Length..]).GetProperty("choices")).Where(choices => choices.GetArrayLength() > 0).Select(choices => choices[0])];

    private async Task<CallRecord> RecordAsync()
    {
        CallRecord? found = null;
        await Some.Eventually(async () => (found = (await shared.Server.Dan.CallsAsync(null, null, trace, 1, Cancellation).Ok()).FirstOrDefault()) is not null, "a call record");
        return found!;
    }
}
