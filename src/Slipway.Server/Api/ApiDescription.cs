using Microsoft.OpenApi;
using Slipway.Core.Wire;

namespace Slipway.Server.Api;

/// <summary>Something an endpoint takes in a way of its own, for the API's description.</summary>
internal sealed record TakesParameter(string Name, ParameterLocation Place, string Description);

/// <summary>The OpenAPI description of the HTTP API, and the page to try it: <c>/openapi/v1.json</c> and <c>/api</c>. Neither needs a key; trying does.</summary>
internal static class ApiDescription
{
    private const string Key = "key";

    /// <summary>Where the description and its page lie.</summary>
    public static bool Covers(PathString path) => path.StartsWithSegments("/openapi") || path.StartsWithSegments("/api") && !path.StartsWithSegments("/api/v1");

    /// <summary>Makes the description.</summary>
    public static void AddApiDescription(this IServiceCollection services) => services.AddOpenApi(options =>
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Slipway",
                Version = "v1",
                Description = "Release engineering for LLM prompts. What is refused is answered as RFC 9457 says, with one sentence in `detail` and all of them in `errors`. " +
                    "A command with an `Idempotency-Key` is carried out once. Lists go on at `Link: <…>; rel=\"next\"`. Answers have an `ETag`.",
            };
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal);
            document.Components.SecuritySchemes[Key] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "An API key, slw_…" };
            document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Key, document)] = [] }];
            return Task.CompletedTask;
        });
        options.AddOperationTransformer(async (operation, context, cancellation) =>
        {
            if (context.Description.ActionDescriptor.EndpointMetadata.OfType<BodyDocument>().FirstOrDefault() is not { } body) return;
            var schema = await context.GetOrCreateSchemaAsync(body.Type, cancellationToken: cancellation);
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal) { [body.MediaType] = new() { Schema = schema } },
            };
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            foreach (var (name, place, description) in context.Description.ActionDescriptor.EndpointMetadata.OfType<TakesParameter>())
                (operation.Parameters ??= []).Add(new OpenApiParameter { Name = name, In = place, Description = description, Schema = new OpenApiSchema { Type = JsonSchemaType.String } });
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer((schema, context, _) =>
        {
            // A value that is written as one text: what it must look like is the best description it can have.
            if (FormOf(context.JsonTypeInfo.Type) is not { } form) return Task.CompletedTask;
            (schema.Type, schema.Description) = (JsonSchemaType.String, form);
            return Task.CompletedTask;
        });
    });

    /// <summary>Serves the page to try the API; before the authentication, because it holds nothing.</summary>
    public static void UseApiPage(this WebApplication app) => app.UseSwaggerUI(page =>
    {
        page.RoutePrefix = "api";
        page.DocumentTitle = "Slipway API";
        page.SwaggerEndpoint("/openapi/v1.json", "Slipway v1");
    });

    /// <summary>Says what an endpoint does and what it answers.</summary>
    /// <typeparam name="T">The document it answers with.</typeparam>
    /// <param name="endpoint">Which.</param>
    /// <param name="summary">What it does, as a command: "Submit a version".</param>
    public static RouteHandlerBuilder Gives<T>(this RouteHandlerBuilder endpoint, string summary) =>
        endpoint.WithSummary(summary).Produces<T>().Produces<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, "application/problem+json");

    /// <summary>Says what an endpoint does whose answer is no document.</summary>
    public static RouteHandlerBuilder Does(this RouteHandlerBuilder endpoint, string summary, int status = StatusCodes.Status204NoContent) => endpoint.WithSummary(summary).Produces(status);

    /// <summary>Says what an endpoint takes whose body has a reader of its own.</summary>
    public static RouteHandlerBuilder Takes(this RouteHandlerBuilder endpoint, string mediaType) => endpoint.WithMetadata(new BodyDocument(typeof(string), mediaType));

    private static string? FormOf(Type type) =>
        type.GetInterfaces().Any(one => one.IsGenericType && one.GetGenericTypeDefinition() == typeof(ITextValue<>))
            ? (string?)type.GetProperty("Form")?.GetValue(null)
            : null;
}
