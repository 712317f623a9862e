using System.Collections.Immutable;
using System.Text.Json;

namespace Slipway.Server.Gateway;

/// <summary>What a caller says of a request beside the request: it steers routing and stands in the record.</summary>
/// <param name="UnitKey">The sticky unit, usually a conversation id; where none is named the user. Null where neither is.</param>
/// <param name="Tenant">The application's customer; null where none is named.</param>
/// <param name="UserKey">The application's user; null where none is named.</param>
/// <param name="Workflow">The step of the application; null where none is named.</param>
/// <param name="Attributes">What else is said, by name; null for nothing.</param>
internal sealed record CallerFacts(string? UnitKey, string? Tenant, string? UserKey, string? Workflow, ImmutableSortedDictionary<string, string>? Attributes)
{
    /// <summary>The header that names the sticky unit.</summary>
    public const string UnitHeader = "x-slipway-unit";

    /// <summary>The header that names the customer.</summary>
    public const string TenantHeader = "x-slipway-tenant";

    /// <summary>The header that names the user; it wins over the body's <c>safety_identifier</c> and <c>user</c>.</summary>
    public const string UserHeader = "x-slipway-user";

    /// <summary>The header that names the step of the application.</summary>
    public const string WorkflowHeader = "x-slipway-workflow";

    // As OpenAI limits its metadata; a key that is longer than any id names nobody.
    private const int LongestKey = 500, MostAttributes = 16, LongestName = 64, LongestValue = 512;

    /// <summary>Reads what headers and body say.</summary>
    /// <param name="headers">Of the request.</param>
    /// <param name="user">The body's <c>safety_identifier</c> or <c>user</c>; null where it has neither.</param>
    /// <param name="metadata">The body's <c>metadata</c>: texts by name; <c>default</c> where it is missing.</param>
    /// <param name="error">What is wrong; null where nothing is.</param>
    /// <returns>Null where something is wrong.</returns>
    public static CallerFacts? Read(IHeaderDictionary headers, string? user, JsonElement metadata, out OpenAiError? error)
    {
        if (!Header(headers, UnitHeader, out var unit, out error) || !Header(headers, TenantHeader, out var tenant, out error)
            || !Header(headers, UserHeader, out var named, out error) || !Header(headers, WorkflowHeader, out var workflow, out error)) return null;
        if (user is { Length: > LongestKey }) return Wrong("user", $"The unit key is longer than {LongestKey} characters.", out error);
        var userKey = named ?? (string.IsNullOrEmpty(user) ? null : user);
        var attributes = Attribute(metadata, out error);
        return error is null ? new CallerFacts(unit ?? userKey, tenant, userKey, workflow, attributes) { IsRetry = headers.TryGetValue("x-stainless-retry-count", out var count) && count != "0" } : null;
    }

    /// <summary>Whether the caller's client asks this once more after a failure: then the gateway does not retry as well.</summary>
    public bool IsRetry { get; private init; }

    private static bool Header(IHeaderDictionary headers, string name, out string? value, out OpenAiError? error)
    {
        value = headers.TryGetValue(name, out var given) && given.ToString() is { Length: > 0 } text ? text : null;
        error = value is { Length: > LongestKey } ? OpenAiError.Invalid(name, $"{name} is longer than {LongestKey} characters.") : null;
        return error is null;
    }

    private static ImmutableSortedDictionary<string, string>? Attribute(JsonElement metadata, out OpenAiError? error)
    {
        error = null;
        if (metadata.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null) return null;
        if (metadata.ValueKind != JsonValueKind.Object) return Wrong<ImmutableSortedDictionary<string, string>>("metadata", "metadata must be an object of texts by name.", out error);
        var attributes = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var field in metadata.EnumerateObject())
        {
            if (field.Value.ValueKind != JsonValueKind.String) error = OpenAiError.Invalid($"metadata.{field.Name}", $"metadata.{field.Name} must be a text.");
            else if (field.Name.Length is 0 or > LongestName) error = OpenAiError.Invalid("metadata", $"A name in metadata is 1 to {LongestName} characters long.");
            else if (field.Value.GetString() is { Length: > LongestValue }) error = OpenAiError.Invalid($"metadata.{field.Name}", $"metadata.{field.Name} is longer than {LongestValue} characters.");
            else attributes[field.Name] = field.Value.GetString()!;
            if (error is not null) return null;
        }
        if (attributes.Count > MostAttributes) return Wrong<ImmutableSortedDictionary<string, string>>("metadata", $"metadata has more than {MostAttributes} names.", out error);
        return attributes.Count == 0 ? null : attributes.ToImmutable();
    }

    private static CallerFacts? Wrong(string param, string message, out OpenAiError? error) => Wrong<CallerFacts>(param, message, out error);

    private static T? Wrong<T>(string param, string message, out OpenAiError? error) where T : class
    {
        error = OpenAiError.Invalid(param, message);
        return null;
    }
}
