using System.Buffers;
using System.Text.Json;
using Slipway.Core.Access;
using Slipway.Server.Providers;
using Slipway.Server.Snapshots;

namespace Slipway.Server.Gateway;

/// <summary>The prompts that are live, as OpenAI lists models.</summary>
internal sealed class ModelList(SnapshotPublisher snapshots, PackageCache packages, ModelProviders providers, ServerOptions options)
{
    /// <summary>The list as JSON.</summary>
    /// <param name="access">As the caller sees it: a key that is limited to prompts lists those.</param>
    public byte[] Write(AccessState access)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WriteString("object", "list");
        writer.WriteStartArray("data");
        foreach (var (prompt, route) in snapshots.Current(options.Environment).Routes.OrderBy(route => route.Key, StringComparer.Ordinal))
        {
            if (!access.Sees(route.Stable.Version.Prompt, options.Environment)) continue;
            var model = packages.Get(route.Stable.Package).Model;
            writer.WriteStartObject();
            writer.WriteString("id", $"{PromptNaming.Prefix}{prompt}");
            writer.WriteString("object", "model");
            writer.WriteNumber("created", 0);
            writer.WriteString("owned_by", "slipway");
            writer.WriteString("description", $"{route.Stable.Version} on {model}{(providers.Find(model.Provider) is { } provider ? $", {provider.Description}" : "")}");
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
