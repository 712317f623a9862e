using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Slipway.Core.Prompts;

namespace Slipway.Server.Tests.Gateway;

/// <summary>A server whose model is a fake of OpenAI's, and whose live prompts freeze more than a template.</summary>
public sealed class AgentInstallation : IAsyncLifetime
{
    /// <summary>A prompt with tools and without an output schema.</summary>
    public const string Agent = "agent";

    /// <summary>A prompt with tools, an output schema and post-processing.</summary>
    public const string Fenced = "fenced";

    /// <summary>A prompt that takes no messages: what it asks is all its own.</summary>
    public const string Silent = "silent";

    /// <summary>The model all of them freeze.</summary>
    public const string Model = "openai/gpt-test-2026-01-01";

    /// <summary>What the agent may call.</summary>
    public const string Tools = """
        [{"type":"function","function":{"name":"find_book","description":"Finds a book.","parameters":{"type":"object","required":["title"],"properties":{"title":{"type":"string"}},"additionalProperties":false},"strict":true}},
         {"type":"function","function":{"name":"call_librarian"}}]
        """;

    /// <summary>The fake.</summary>
    public FakeOpenAi Upstream { get; private set; } = null!;

    /// <summary>The server.</summary>
    public TestInstallation Server { get; private set; } = null!;

    /// <summary>The fake as it was at the beginning.</summary>
    public FakeOpenAi Renewed()
    {
        Upstream.Answer = FakeOpenAi.Usual;
        Upstream.Requests.Clear();
        return Upstream;
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        Upstream = await FakeOpenAi.StartAsync();
        Server = await TestInstallation.StartWithRouterAsync(options => options with { Providers = [Upstream.Provider] }, Model);
        foreach (var prompt in (string[])[Agent, Fenced, Silent])
        {
            await Server.Ana.SubmitAsync(Submission(prompt), TestContext.Current.CancellationToken).Ok();
            await Server.BootstrapAsync($"{prompt}:v1.0.0");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Upstream.DisposeAsync();
        await Server.DisposeAsync();
    }

    /// <summary>What is submitted for one of the prompts.</summary>
    internal static Submission Submission(string kind, string? prompt = null)
    {
        var router = Router.Submission(Router.First, Model, prompt ?? kind);
        return kind switch
        {
            Agent => router with { Template = "You help the readers of the {{library}} library.", Schema = null, Tools = JsonElement.Parse(Tools), Memory = new MemoryPolicy(2) },
            Fenced => router with { Tools = JsonElement.Parse(Tools), PostProcessing = [PostProcessingStep.TrimMarkdownFence, PostProcessingStep.TrimWhiteSpace] },
            Silent => router with
            {
                Template = null,
                Schema = null,
                Messages = JsonElement.Parse("""[{"role":"system","content":"Be brief."},{"role":"user","content":[{"type":"text","text":"Praise the {{library}} library."},{"type":"image_url","image_url":{"url":"https://example.org/{{library}}.png"}}]}]"""),
            },
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There are three prompts."),
        };
    }

    /// <summary>The upstream answers whole, with the calls given.</summary>
    public void Calls(string calls, string content = "null", string finish = "tool_calls") => Upstream.Answer = (context, _) => Answer(context, $$$"""
        {"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"gpt-test-2026-01-01","choices":[{"index":0,"message":{"role":"assistant","content":{{{content}}},"tool_calls":{{{calls}}} },"finish_reason":"{{{finish}}}"}],
         "usage":{"prompt_tokens":21,"completion_tokens":9,"total_tokens":30}}
        """);

    /// <summary>The upstream streams, a piece for each delta, then the finish reason, the usage and the end.</summary>
    public void Streams(string finish, params string[] deltas) => Upstream.Answer = async (context, _) =>
    {
        foreach (var delta in deltas) await FakeOpenAi.Piece(context, $$$"""{"choices":[{"index":0,"delta":{{{delta}}} ,"finish_reason":null}]}""");
        await FakeOpenAi.Piece(context, $$$"""{"choices":[{"index":0,"delta":{},"finish_reason":"{{{finish}}}"}]}""");
        await FakeOpenAi.Piece(context, """{"choices":[],"usage":{"prompt_tokens":21,"completion_tokens":9,"total_tokens":30}}""");
        await FakeOpenAi.Piece(context, "[DONE]");
    };

    private static Task Answer(HttpContext context, string json)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(json, context.RequestAborted);
    }
}
