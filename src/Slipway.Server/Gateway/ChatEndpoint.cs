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

    private static Task<IResult> CompleteAsync(HttpContext context, Caller caller, GatewayPipeline pipeline) => RunAsync(context, caller, pipeline, ChatRequest.Parse);

    private static Task<IResult> RespondAsync(HttpContext context, Caller caller, GatewayPipeline pipeline) => RunAsync(context, caller, pipeline, ResponsesRequest.Parse);

    private static async Task<IResult> RunAsync(HttpContext context, Caller caller, GatewayPipeline pipeline, Parse parse)
    {
        if (caller.Access.Deny(caller.Name, "call prompts", Role.Application, Role.Author) is Verdict.Refuse denied) return Refusals.Of(denied.Why);
        JsonDocument body;
        try
        {
            body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        }
        catch (JsonException exception)
        {
            return OpenAiError.Invalid(null, $"The body is not JSON: {exception.Message}");
        }
        using (body)
        {
            return parse(body.RootElement, context.Request.Headers, out var error) is { } request ? await pipeline.RunAsync(context, caller, request) : error!;
        }
    }
}
