using System.Text.Json;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Server.Access;
using Slipway.Server.Api;

namespace Slipway.Server.Gateway;

/// <summary>The OpenAI-compatible door: an official client needs only another base URL.</summary>
internal static class ChatEndpoint
{
    /// <summary>The header that names the sticky unit, usually a conversation id.</summary>
    public const string UnitHeader = "x-slipway-unit";

    private const int LongestUnitKey = 500;

    public static void MapGateway(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/chat/completions", CompleteAsync).WithTags("Gateway").Takes("application/json").Does("Answer a chat, as OpenAI's chat completions do", StatusCodes.Status200OK);
        routes.MapGet("/v1/models", Models).WithTags("Gateway").Does("List the prompts that are live, as OpenAI lists models", StatusCodes.Status200OK);
    }

    private static async Task<IResult> CompleteAsync(HttpContext context, Caller caller, GatewayPipeline pipeline, ServerOptions options)
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
            if (ChatRequest.Parse(body.RootElement, context.Request.Headers[UnitHeader], out var error) is not { } request) return error!;
            if (caller.Access.DenyReach(Subject.Of($"call {request.Prompt} in {options.Environment}", request.Prompt, options.Environment)) is Verdict.Refuse beyond) return Refusals.Of(beyond.Why);
            return request.UnitKey is { Length: > LongestUnitKey }
                ? OpenAiError.Invalid("user", $"The unit key is longer than {LongestUnitKey} characters.")
                : await pipeline.RunAsync(context, request);
        }
    }

    private static Microsoft.AspNetCore.Http.HttpResults.FileContentHttpResult Models(Caller caller, GatewayPipeline pipeline) =>
        TypedResults.Bytes(pipeline.ListModels(caller.Access), "application/json");
}
