using System.Text.Json;
using System.Text.Json.Serialization;

namespace Slipway.Core.Rollouts;

/// <summary>The JSON of decisions and of stored evidence: snake_case names, null where there is nothing to say.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DictionaryKeyPolicy = JsonKnownNamingPolicy.Unspecified, NumberHandling = JsonNumberHandling.Strict,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(RolloutDecision))]
[JsonSerializable(typeof(RolloutEvidenceState))]
[JsonSerializable(typeof(PlanForecast))]
public sealed partial class RolloutJson : JsonSerializerContext;
