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
        routes.MapGet("/v1/models", Models).WithTags("Gateway").Does("List the prompts that are live, as OpenAI lists models", StatusCodes.Status200OK);
    }

    private static async Task<IResult> CompleteAsync(HttpContext context, Caller caller, GatewayPipeline pipeline, PassThrough passThrough)
    {
        if (caller.Access.Deny(caller.Name, "call prompts", Role.Application, Role.Author) is Verdict.Refuse denied) return Refusals.Of(denied.Why);
        using var body = await RequestBody.ReadAsync(context);
        if (PlainCall.Is(body.Bytes.Span)) return await passThrough.RunAsync(context, caller, body.Bytes, "chat", "/chat/completions");
        try
        {
            using var json = JsonDocument.Parse(body.Bytes);
            return ChatRequest.Parse(json.RootElement, context.Request.Headers, out var error) is { } request ? await pipeline.RunAsync(context, caller, request) : error!;
        }
        catch (JsonException exception)
        {
            return OpenAiError.Invalid(null, $"The body is not JSON: {exception.Message}");
        }
    }

    private static Microsoft.AspNetCore.Http.HttpResults.FileContentHttpResult Models(Caller caller, ModelList models) =>
        TypedResults.Bytes(models.Write(caller.Access), "application/json");
}
