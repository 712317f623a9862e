using System.Buffers;
using System.Text.Json;
using Slipway.Core.Resolution;
using Slipway.Server.Access;
using Slipway.Server.Api;
using Slipway.Server.Providers;
using Slipway.Server.Snapshots;

namespace Slipway.Server.Gateway;

/// <summary>The prompts that are live, as OpenAI lists models; each as the caller's key lets it see them.</summary>
internal sealed class ModelsEndpoint(SnapshotPublisher snapshots, PackageCache packages, ModelProviders providers, ServerOptions options)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/models", (Caller caller, ModelsEndpoint models) => models.All(caller)).WithTags("Gateway").Does("List the prompts that are live, as OpenAI lists models", StatusCodes.Status200OK);
        // Names hold slashes, and some clients write them as they are, some as %2F, which routing leaves as it is.
        routes.MapGet("/v1/models/{**id}", (string id, Caller caller, ModelsEndpoint models) => models.One(Uri.UnescapeDataString(id), caller))
            .WithTags("Gateway").Does("Show a prompt that is live, as OpenAI shows a model", StatusCodes.Status200OK);
    }

    private Microsoft.AspNetCore.Http.HttpResults.FileContentHttpResult All(Caller caller) => Json(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("object"u8, "list"u8);
        writer.WriteStartArray("data"u8);
        foreach (var (prompt, route) in snapshots.Current(options.Environment).Routes.OrderBy(route => route.Key, StringComparer.Ordinal))
            if (caller.Access.Sees(route.Stable.Version.Prompt, options.Environment)) Write(writer, PromptNaming.Prefix + prompt, route.Stable);
        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    private IResult One(string id, Caller caller)
    {
        var (name, version) = Named(id);
        var route = snapshots.Current(options.Environment).Routes.GetValueOrDefault(name);
        var served = route is null || !caller.Access.Sees(route.Stable.Version.Prompt, options.Environment) ? null
            : version is null ? route.Stable
            : new[] { route.Stable, route.Candidate?.Served, route.RollbackTo }.FirstOrDefault(one => one?.Version.Number.Text == version);
        return served is null
            ? new OpenAiError(StatusCodes.Status404NotFound, "invalid_request_error", "model_not_found", "model", $"There is no model {id} here; GET /v1/models lists those there are.")
            : Json(writer => Write(writer, id, served));
    }

    // slipway/NAME, slipway/NAME@1.6.0, NAME:v1.6.0
    private static (string Name, string? Version) Named(string id)
    {
        var name = id.StartsWith(PromptNaming.Prefix, StringComparison.Ordinal) ? id[PromptNaming.Prefix.Length..] : id;
        var at = name.IndexOfAny(['@', ':']);
        return at < 0 ? (name, null) : (name[..at], name[(at + 1)..].TrimStart('v'));
    }

    private void Write(Utf8JsonWriter writer, string id, ServedVersion served)
    {
        var model = packages.Get(served.Package).Model;
        writer.WriteStartObject();
        writer.WriteString("id"u8, id);
        writer.WriteString("object"u8, "model"u8);
        writer.WriteNumber("created"u8, 0);
        writer.WriteString("owned_by"u8, "slipway"u8);
        writer.WriteString("description"u8, $"{served.Version} on {model}{(providers.Find(model.Provider) is { } provider ? $", {provider.Description}" : "")}");
        writer.WriteEndObject();
    }

    private static Microsoft.AspNetCore.Http.HttpResults.FileContentHttpResult Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer)) write(writer);
        return TypedResults.Bytes(buffer.WrittenMemory, "application/json");
    }
}
