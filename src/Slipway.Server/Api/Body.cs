using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Metadata;
using Slipway.Core.Wire;

namespace Slipway.Server.Api;

/// <summary>An endpoint's JSON body, of whatever content type: the one way this API reads JSON.</summary>
/// <param name="Value">What it says.</param>
/// <typeparam name="T">A document of <see cref="ApiJson"/>.</typeparam>
internal sealed record Body<T>(T Value) : IEndpointParameterMetadataProvider where T : class
{
    private static readonly JsonTypeInfo<T> Type = (JsonTypeInfo<T>)ApiJson.Default.GetTypeInfo(typeof(T))!;
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>Tells the API's description what the body is.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) => builder.Metadata.Add(new BodyDocument(typeof(T)));

    /// <summary>Reads the request's body.</summary>
    /// <exception cref="BadBodyException">It does not fit.</exception>
    public static async ValueTask<Body<T>> BindAsync(HttpContext context)
    {
        using var document = await ParseAsync(context);
        try
        {
            return new Body<T>(document.RootElement.Deserialize(Type)!);
        }
        catch (JsonException)
        {
            throw new BadBodyException(JsonMistakes.In(document.RootElement, Type));
        }
    }

    private static async Task<JsonDocument> ParseAsync(HttpContext context)
    {
        using var bytes = new MemoryStream();
        await context.Request.Body.CopyToAsync(bytes, context.RequestAborted);
        if (bytes.Length == 0) throw new BadBodyException(["The request has no body; it must be a JSON object."]);
        try
        {
            var document = JsonDocument.Parse(bytes.GetBuffer().AsMemory(0, (int)bytes.Length), Strict);
            if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
            document.Dispose();
            throw new BadBodyException(["The request's body must be an object."]);
        }
        catch (JsonException exception)
        {
            throw new BadBodyException([exception.LineNumber is { } line
                ? FormattableString.Invariant($"The request's body is not JSON (line {line + 1}, byte {exception.BytePositionInLine + 1}).")
                : "The request's body names a field twice."]);
        }
    }
}

/// <summary>Which document an endpoint takes, for the API's description. The framework's own metadata would refuse what does not call itself JSON.</summary>
/// <param name="Type">A document of <see cref="ApiJson"/>.</param>
/// <param name="MediaType">How it calls itself.</param>
internal sealed record BodyDocument(Type Type, string MediaType = "application/json");

/// <summary>A body that does not fit.</summary>
/// <param name="errors">What is wrong, a sentence each; at least one.</param>
internal sealed class BadBodyException(IReadOnlyCollection<string> errors) : Exception(errors.First())
{
    /// <summary>What is wrong, a sentence each.</summary>
    public IReadOnlyCollection<string> Errors { get; } = errors;
}
