using System.Text.Json.Serialization;

namespace Slipway.Core.Wire;

/// <summary>Reads and writes an enumeration by the names its members carry; a number is refused, it could mean a member there is not.</summary>
/// <typeparam name="T">The enumeration.</typeparam>
internal sealed class EnumTextConverter<T>() : JsonStringEnumConverter<T>(namingPolicy: null, allowIntegerValues: false) where T : struct, Enum;
