using System.Text.Json;

namespace Slipway.Core.Contracts;

/// <summary>Equality as JSON Schema means it: 1 equals 1.0, the order of members is nothing, that of items is all.</summary>
internal sealed class JsonValueComparer : IEqualityComparer<JsonElement>
{
    public static readonly JsonValueComparer Instance = new();

    public bool Equals(JsonElement x, JsonElement y) => JsonElement.DeepEquals(x, y);

    public int GetHashCode(JsonElement obj)
    {
        switch (obj.ValueKind)
        {
            case JsonValueKind.String:
                return obj.GetString()!.GetHashCode(StringComparison.Ordinal);
            case JsonValueKind.Number:
                return new ExactNumber(JsonText.Raw(obj)).Hash();
            case JsonValueKind.Array:
                var hash = new HashCode();
                foreach (var item in obj.EnumerateArray()) hash.Add(GetHashCode(item));
                return hash.ToHashCode();
            case JsonValueKind.Object:
                // A sum, so that the order of members does not matter.
                var sum = 0;
                foreach (var member in obj.EnumerateObject())
                    sum = unchecked(sum + HashCode.Combine(member.Name.GetHashCode(StringComparison.Ordinal), GetHashCode(member.Value)));
                return sum;
            default:
                return (int)obj.ValueKind;
        }
    }
}
