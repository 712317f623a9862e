using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.OpenApi;
using Slipway.Core.Wire;
using Slipway.Server.Access;

namespace Slipway.Server.Api;

/// <summary>The id of a command: the caller's <c>Idempotency-Key</c>, or a new one. It stands in the journal's entries.</summary>
/// <param name="Value">1 to 100 visible ASCII characters.</param>
/// <param name="Request">The digest of the request it came with; null for a new one, which nobody can repeat.</param>
internal sealed record CommandId(string Value, ContentHash? Request = null) : IEndpointParameterMetadataProvider
{
    /// <summary>A new one, for commands of the server itself.</summary>
    public static CommandId New() => new(Guid.CreateVersion7().ToString());

    /// <summary>Tells the API's description of the header.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new TakesParameter("Idempotency-Key", ParameterLocation.Header, "An id of your own, 1 to 100 visible ASCII characters: the command is carried out once, and repeated it gives its first answer."));

    public static ValueTask<CommandId> BindAsync(HttpContext context) => ValueTask.FromResult(context.Features.Get<CommandId>() ?? New());

    /// <summary>Reads the id of a request that has one. Runs before the endpoints read the body, of which the digest is made.</summary>
    public static async Task ReadAsync(HttpContext context, RequestDelegate next)
    {
        var given = context.Request.Headers["Idempotency-Key"].ToString();
        if (given.Length > 0 && context.Request.Path.StartsWithSegments("/api") && !HttpMethods.IsGet(context.Request.Method))
        {
            if (!IsValid(given)) throw new BadHttpRequestException("The Idempotency-Key must be 1 to 100 visible ASCII characters.");
            var body = new MemoryStream();
            context.Response.RegisterForDispose(body);
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            body.Position = 0;
            context.Request.Body = body;
            context.Features.Set(new CommandId(given, Digest(context, body)));
        }
        await next(context);
    }

    // Lengths keep one field from running into the next.
    private static ContentHash Digest(HttpContext context, MemoryStream body)
    {
        var request = context.Request;
        var caller = context.Features.Get<Caller>()?.Name.Value;
        using var all = new MemoryStream();
        foreach (var field in (string?[])[request.Method, request.Path, request.QueryString.Value, caller])
        {
            var bytes = Encoding.UTF8.GetBytes(field ?? "");
            all.Write(BitConverter.GetBytes(bytes.Length));
            all.Write(bytes);
        }
        body.WriteTo(all);
        return ContentHash.Of(all.GetBuffer().AsSpan(0, (int)all.Length));
    }

    private static bool IsValid([NotNullWhen(true)] string given) => given.Length <= 100 && given.All(c => c is > ' ' and <= '~');
}
