using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Slipway.Server.Api;

/// <summary>Gives every answer of the management API an entity tag: whoever has it already is told so, and a change can insist on what it was made from.</summary>
/// <remarks>The tag is a hash of the answer, so that two servers on one database give the same one.</remarks>
internal static class EntityTags
{
    /// <summary>Tags what GET answers, and answers 304 where the caller has it.</summary>
    public static async Task TagAsync(HttpContext context, RequestDelegate next)
    {
        if (!HttpMethods.IsGet(context.Request.Method) || !context.Request.Path.StartsWithSegments("/api/v1") || context.Request.Path.StartsWithSegments("/api/v1/log/entries")
            || context.GetEndpoint()?.Metadata.GetMetadata<Itself>() is not null)
        {
            await next(context);
            return;
        }
        var (body, response) = (context.Response.Body, context.Response);
        using var buffer = new MemoryStream();
        response.Body = buffer;
        try
        {
            await next(context);
        }
        finally
        {
            response.Body = body;
        }
        var bytes = buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
        if (response.StatusCode == StatusCodes.Status200OK)
        {
            var tag = Of(bytes.Span);
            response.Headers.ETag = tag;
            if (Names(context.Request.Headers.IfNoneMatch, tag))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                (response.ContentLength, response.ContentType) = (null, null);
                return;
            }
        }
        await body.WriteAsync(bytes, context.RequestAborted);
    }

    /// <summary>Says that an endpoint knows its tag better, or never ends: what it answers is neither held back nor tagged here.</summary>
    public static RouteHandlerBuilder TagsItself(this RouteHandlerBuilder endpoint) => endpoint.WithMetadata(new Itself());

    /// <summary>Answers 304, or what there is, under a tag that the caller may have already.</summary>
    /// <param name="context">Of the request.</param>
    /// <param name="tag">The tag of what there is.</param>
    /// <returns>Whether the caller has it: nothing more is to be done then.</returns>
    public static bool Has(HttpContext context, string tag)
    {
        context.Response.Headers.ETag = tag;
        if (!Names(context.Request.Headers.IfNoneMatch, tag)) return false;
        context.Response.StatusCode = StatusCodes.Status304NotModified;
        return true;
    }

    /// <summary>Lets a change insist, by <c>If-Match</c>, on the state that its caller saw; without the header nothing is asked.</summary>
    /// <param name="endpoint">Changes one document.</param>
    /// <param name="current">The document as GET would answer it now; null where it is nothing, which the endpoint itself refuses.</param>
    /// <param name="type">Its JSON as answers write it, which is <see cref="Core.Wire.ApiJsonFor.People"/>.</param>
    public static RouteHandlerBuilder MindsIfMatch<T>(this RouteHandlerBuilder endpoint, Func<HttpContext, T?> current, JsonTypeInfo<T> type) where T : class => endpoint.AddEndpointFilter(async (context, next) =>
    {
        var wanted = context.HttpContext.Request.Headers.IfMatch;
        if (wanted.Count == 0 || current(context.HttpContext) is not { } now || Names(wanted, Of(JsonSerializer.SerializeToUtf8Bytes(now, type)))) return await next(context);
        return Refusals.Precondition("It was changed since you looked at it; look again, and decide again.");
    });

    private static string Of(ReadOnlySpan<byte> bytes) => $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16))}\"";

    private static bool Names(StringValues header, string tag) =>
        EntityTagHeaderValue.TryParseList([.. header.OfType<string>()], out var tags) && tags.Any(one => one.Tag == "*" || one.Tag == tag);

    private sealed record Itself;
}
