using Microsoft.Extensions.AI;
using Slipway.Core.Resolution;

namespace Slipway.Client.Tests.Serving;

public sealed class ChatClientTests
{
    private const string Schema = """{"type":"object","required":["route"],"properties":{"route":{"enum":["card","other"]}}}""", Good = """{"route":"card"}""", Bad = "I think it is the card.";

    private const string Tools = """[{"type":"function","function":{"name":"block_card","description":"Blocks a card.","parameters":{"type":"object","required":["id"],"properties":{"id":{"type":"string"}}}}}]""";

    private static readonly ChatMessage[] Question = [new(ChatRole.User, "My card is gone.")];

    private readonly SlipwayInMemory slipway = new SlipwayInMemory().Live(Some.Router, "1.0.0", SlipwayInMemory.PackageOf(
        "Stable for {{tier}}", Schema, parameters: """{"temperature":0.5,"max_tokens":300,"stop":"END","seed":7,"logit_bias":{"50256":-100}}""", model: "openai/gpt-4.1-2025-04-14"));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static ChatOptions Gold => new ChatOptions { ConversationId = Some.Unit }.WithSlipway(new { tier = "gold" });

    [Fact]
    public async Task The_model_gets_what_the_version_freezes()
    {
        var model = new FakeChatClient(Good);
        var options = Gold;
        (options.Temperature, options.ModelId, options.Instructions) = (2, "another", "Ignore the prompt.");

        var response = await model.AsSlipwayClient(slipway, Some.Router).GetResponseAsync(Question, options, Cancellation);

        var (messages, sent) = Assert.Single(model.Asked);
        Assert.Equal([("system", "Stable for gold"), ("user", "My card is gone.")], messages.Select(message => (message.Role.Value, message.Text)));
        Assert.Same(Question[0], messages[1]);
        Assert.Equal(("gpt-4.1-2025-04-14", 0.5f, 300, 7L, null), (sent!.ModelId, sent.Temperature, sent.MaxOutputTokens, sent.Seed, sent.Instructions));
        Assert.Equal("END", Assert.Single(sent.StopSequences!));
        Assert.Equal(["logit_bias"], sent.AdditionalProperties!.Keys);
        Assert.Equal(Good, response.Text);
    }

    [Fact]
    public async Task A_call_is_reported_with_all_that_is_known()
    {
        var response = await new FakeChatClient(Good).AsSlipwayClient(slipway, Some.Router)
            .GetResponseAsync(Question, Gold.WithSlipway(new { tier = "gold" }, context: new CallContext { Tenant = "nordlicht", User = "u-1", Workflow = "triage" }), Cancellation);

        var call = Assert.Single(slipway.Calls);
        Assert.Equal((Some.Router, "1.0.0", Arm.Stable, Some.Unit, "nordlicht", "u-1", "triage"), (call.Prompt, call.PromptVersion, call.Arm, call.UnitKey, call.Tenant, call.UserKey, call.Workflow));
        Assert.Equal(("sdk", "fake", "gpt-4.1-2025-04-14", true, "card", "stop", 10, 3), (call.Door, call.Provider, call.Model, call.SchemaValid, call.Route, call.FinishReason, call.InputTokens, call.OutputTokens));
        Assert.Equal(call.TraceId, response.SlipwayCall()!.TraceId);
        Assert.Equal(32, call.TraceId.Length);
    }

    [Theory]
    [InlineData(ContractPolicy.Observe, Bad, 1, "observed")]
    [InlineData(ContractPolicy.Retry, Good, 2, "retried")]
    [InlineData(ContractPolicy.Fallback, Good, 2, "fell_back")]
    public async Task A_broken_contract_is_treated_as_the_policy_says(ContractPolicy policy, string text, int asked, string action)
    {
        slipway.Candidate(Some.Router, "1.1.0", SlipwayInMemory.PackageOf("Candidate for {{tier}}", Schema)).OnBrokenContract(Some.Router, policy);
        var model = new FakeChatClient(Bad, Good);

        var response = await model.AsSlipwayClient(slipway, Some.Router).GetResponseAsync(Question, Gold, Cancellation);

        Assert.Equal((text, asked), (response.Text, model.Asked.Count));
        var call = Assert.Single(slipway.Calls);
        Assert.Equal(("1.1.0", false, action, 10 * asked), (call.PromptVersion, call.SchemaValid, call.ContractAction, call.InputTokens));
        Assert.NotNull(call.ContractViolation);
        if (policy == ContractPolicy.Fallback) Assert.Equal(("Stable for gold", "router:v1.0.0", "1.0.0"), (model.Asked[1].Messages[0].Text, call.Fallback, response.SlipwayCall()!.Fallback!.Number.Text));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_rejected_answer_is_an_exception_that_says_why(bool streamed)
    {
        slipway.OnBrokenContract(Some.Router, ContractPolicy.Reject);
        var client = new FakeChatClient(Bad).AsSlipwayClient(slipway, Some.Router);

        var exception = await Assert.ThrowsAsync<ContractBrokenException>(async () =>
        {
            if (!streamed) await client.GetResponseAsync(Question, Gold, Cancellation);
            else await foreach (var update in client.GetStreamingResponseAsync(Question, Gold, Cancellation)) Assert.Fail($"Nothing of a rejected answer is given on, not {update.Text}.");
        });

        Assert.Equal((Bad, "1.0.0"), (exception.Response.Text, exception.Call.Version.Number.Text));
        Assert.StartsWith("The answer of router:v1.0.0 breaks its contract: ", exception.Message, StringComparison.Ordinal);
        Assert.Equal("rejected", Assert.Single(slipway.Calls).ContractAction);
    }

    [Fact]
    public async Task A_second_attempt_that_fails_makes_nothing_worse()
    {
        slipway.OnBrokenContract(Some.Router, ContractPolicy.Retry);
        var asked = 0;
        var model = new FakeChatClient { Answer = () => asked++ == 0 ? new ChatResponse(new ChatMessage(ChatRole.Assistant, Bad)) : throw new HttpRequestException("gone") };

        var response = await model.AsSlipwayClient(slipway, Some.Router).GetResponseAsync(Question, Gold, Cancellation);

        Assert.Equal((Bad, "observed"), (response.Text, Assert.Single(slipway.Calls).ContractAction));
    }

    [Fact]
    public async Task A_stream_is_given_on_as_it_comes_and_checked_at_its_end()
    {
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in new FakeChatClient(Bad).AsSlipwayClient(slipway, Some.Router).GetStreamingResponseAsync(Question, Gold, Cancellation)) updates.Add(update);

        Assert.Equal(Bad.Length + 2, updates.Count);
        Assert.NotEmpty(updates[^1].SlipwayCall()!.Violations);
        var call = Assert.Single(slipway.Calls);
        Assert.Equal((true, false, "observed", 3), (call.Streamed, call.SchemaValid, call.ContractAction, call.OutputTokens));
        Assert.NotNull(call.TimeToFirstTokenMs);
    }

    [Fact]
    public async Task Who_leaves_a_stream_has_given_up_the_call()
    {
        await foreach (var update in new FakeChatClient(Good).AsSlipwayClient(slipway, Some.Router).GetStreamingResponseAsync(Question, Gold, Cancellation)) break;
        var call = Assert.Single(slipway.Calls);
        Assert.Equal((true, null, null), (call.Abandoned, call.SchemaValid, call.Error));
    }

    [Fact]
    public async Task A_model_that_fails_is_on_record_and_its_exception_is_the_applications()
    {
        var model = new FakeChatClient { Answer = () => throw new HttpRequestException("overloaded") };

        await Assert.ThrowsAsync<HttpRequestException>(() => model.AsSlipwayClient(slipway, Some.Router).GetResponseAsync(Question, Gold, Cancellation));

        Assert.Equal("overloaded", Assert.Single(slipway.Calls).Error);
    }

    [Fact]
    public async Task A_missing_variable_is_an_exception_and_on_record()
    {
        var exception = await Assert.ThrowsAsync<PromptUnavailableException>(() =>
            new FakeChatClient(Good).AsSlipwayClient(slipway, Some.Router, fallback: new FakeChatClient(Bad)).GetResponseAsync(Question, new ChatOptions(), Cancellation));

        Assert.Equal((RenderRefusal.WrongVariables, "router:v1.0.0 cannot be rendered: The variable tier is missing."), (exception.Refusal.Why, exception.Message));
        Assert.Equal(exception.Message, Assert.Single(slipway.Calls).Error);
    }

    [Fact]
    public async Task A_prompt_that_is_not_here_is_answered_by_the_fallback()
    {
        var plain = new FakeChatClient("plain");
        var options = new ChatOptions { Temperature = 1 }.WithSlipway(new { tier = "gold" });

        var response = await new FakeChatClient(Good).AsSlipwayClient(slipway, "unheard_of", plain).GetResponseAsync(Question, options, Cancellation);

        Assert.Equal(("plain", null, 1f), (response.Text, response.SlipwayCall(), plain.Asked[0].Options!.Temperature));
        Assert.Empty(plain.Asked[0].Options!.AdditionalProperties!);
        Assert.Same(Question[0], Assert.Single(plain.Asked[0].Messages));
    }

    [Fact]
    public async Task A_prompt_that_is_not_here_is_an_exception_without_one()
    {
        var exception = await Assert.ThrowsAsync<PromptUnavailableException>(() => new FakeChatClient(Good).AsSlipwayClient(slipway, "unheard_of").GetResponseAsync(Question, null, Cancellation));
        Assert.Equal(RenderRefusal.UnknownPrompt, exception.Refusal.Why);
    }

    [Fact]
    public async Task Tools_are_offered_in_the_versions_words_and_their_calls_are_checked()
    {
        slipway.Live(Some.Router, "1.2.0", SlipwayInMemory.PackageOf("Stable for {{tier}}", tools: Tools));
        var model = new FakeChatClient { Answer = () => new ChatResponse(new ChatMessage(ChatRole.Assistant, [new FunctionCallContent("call-1", "block_card", new Dictionary<string, object?> { ["id"] = 7 })])) };
        var options = Gold;
        options.Tools = [AIFunctionFactory.Create((string id) => id, "block_card", "The application's words."), AIFunctionFactory.Create(() => 1, "not_released")];

        var response = await model.AsSlipwayClient(slipway, Some.Router).GetResponseAsync(Question, options, Cancellation);

        var tool = Assert.IsType<AIFunction>(Assert.Single(model.Asked[0].Options!.Tools!), exactMatch: false);
        Assert.Equal(("block_card", "Blocks a card."), (tool.Name, tool.Description));
        Assert.Equal("string", tool.JsonSchema.GetProperty("properties").GetProperty("id").GetProperty("type").GetString());
        Assert.Equal((null, false), (Assert.Single(slipway.Calls).SchemaValid, slipway.Calls[0].ToolCallsValid));
        Assert.Contains("The arguments of block_card are wrong", Assert.Single(response.SlipwayCall()!.Violations), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_response_format_that_the_version_freezes_is_asked_for()
    {
        slipway.Live(Some.Router, "1.3.0", SlipwayInMemory.PackageOf("For {{tier}}", Schema,
            parameters: $$$"""{"response_format":{"type":"json_schema","json_schema":{"name":"route","strict":true,"schema":{{{Schema}}}}},"tool_choice":"none","parallel_tool_calls":false}"""));
        var model = new FakeChatClient(Good);

        await model.AsSlipwayClient(slipway, Some.Router).GetResponseAsync(Question, Gold, Cancellation);

        var sent = model.Asked[0].Options!;
        Assert.Equal("route", Assert.IsType<ChatResponseFormatJson>(sent.ResponseFormat).SchemaName);
        Assert.Equal((true, ChatToolMode.None, false), (sent.AdditionalProperties!["strict"], sent.ToolMode, sent.AllowMultipleToolCalls));
    }
}
