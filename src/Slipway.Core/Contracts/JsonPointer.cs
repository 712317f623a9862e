using System.Globalization;
using System.Text.Json;

namespace Slipway.Core.Contracts;

/// <summary>JSON pointers (RFC 6901) as text.</summary>
internal static class JsonPointer
{
    public static string Append(string pointer, string token) =>
        $"{pointer}/{token.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";

    public static string Append(string pointer, int index) => string.Create(CultureInfo.InvariantCulture, $"{pointer}/{index}");

    /// <summary>Follows a pointer and lists the canonical pointer to every value on the way, the start not included.</summary>
    public static bool TryFollow(JsonElement start, string pointer, out JsonElement found, out List<string> steps)
    {
        found = start;
        steps = [];
        if (pointer.Length == 0) return true;
        var path = "";
        foreach (var token in pointer[1..].Split('/').Select(Unescape))
        {
            if (!TryStep(found, token, out found)) return false;
            steps.Add(path = Append(path, token));
        }
        return true;
    }

    private static string Unescape(string token) =>
        token.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);

    private static bool TryStep(JsonElement value, string token, out JsonElement next)
    {
        next = default;
        if (value.ValueKind == JsonValueKind.Object) return value.TryGetProperty(token, out next);
        if (value.ValueKind != JsonValueKind.Array) return false;
        if (!int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var index)) return false;
        if (index >= value.GetArrayLength() || (token[0] == '0' && token.Length > 1)) return false;
        next = value[index];
        return true;
    }
}
