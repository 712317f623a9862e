using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Slipway.Core.Wire;

/// <summary>The names of an enumeration as files and reports spell them: <c>missing_context</c>.</summary>
internal static class SnakeCase<T> where T : struct, Enum
{
    private static readonly FrozenDictionary<string, T> Values =
        Enum.GetValues<T>().ToFrozenDictionary(value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()), StringComparer.Ordinal);

    /// <summary>All names, in the enumeration's order.</summary>
    public static IEnumerable<string> Names => Enum.GetValues<T>().Select(Of);

    /// <summary>The name of a value.</summary>
    public static string Of(T value) => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    /// <summary>The value of a name, spelled exactly so; null for another text.</summary>
    public static T? Parse(string name) => Values.TryGetValue(name, out var value) ? value : null;
}

/// <summary>The same names in documents; numbers are refused.</summary>
internal sealed class SnakeCaseConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) where T : struct, Enum;
