using System.Text.Json;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Server.Access;
using Slipway.Server.Api;

namespace Slipway.Server.Gateway;

/// <summary>The OpenAI-compatible door: an official client needs only another base URL.</summary>
internal static class ChatEndpoint
{
    public static void MapGateway(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/chat/completions", CompleteAsync).WithTags("Gateway").Takes("application/json").Does("Answer a chat, as OpenAI's chat completions do", StatusCodes.Status200OK);
        routes.MapPost("/v1/responses", RespondAsync).WithTags("Gateway").Takes("application/json").Does("Answer as OpenAI's responses do, with the prompt named by prompt.id", StatusCodes.Status200OK);
        ModelsEndpoint.Map(routes);
    }

    private delegate GatewayRequest? Parse(JsonElement body, IHeaderDictionary headers, out OpenAiError? error);

    private static Task<IResult> CompleteAsync(HttpContext context, Caller caller, GatewayPipeline pipeline, PassThrough passThrough) =>
        RunAsync(context, caller, pipeline, ChatRequest.Parse, body => passThrough.RunAsync(context, caller, body, "chat", "/chat/completions"));

    private static Task<IResult> RespondAsync(HttpContext context, Caller caller, GatewayPipeline pipeline, PassThrough passThrough) =>
        RunAsync(context, caller, pipeline, ResponsesRequest.Parse, body => passThrough.RunAsync(context, caller, body, "responses", "/responses"));

    private static async Task<IResult> RunAsync(HttpContext context, Caller caller, GatewayPipeline pipeline, Parse parse, Func<ReadOnlyMemory<byte>, Task<IResult>> passThrough)
    {
        if (caller.Access.Deny(caller.Name, "call prompts", Role.Application, Role.Author) is Verdict.Refuse denied) return Refusals.Of(denied.Why);
        using var body = await RequestBody.ReadAsync(context);
        if (PlainCall.Is(body.Bytes.Span)) return await passThrough(body.Bytes);
        try
        {
            using var json = JsonDocument.Parse(body.Bytes);
            return parse(json.RootElement, context.Request.Headers, out var error) is { } request ? await pipeline.RunAsync(context, caller, request) : error!;
        }
        catch (JsonException exception)
        {
            return OpenAiError.Invalid(null, $"The body is not JSON: {exception.Message}");
        }
    }
}
