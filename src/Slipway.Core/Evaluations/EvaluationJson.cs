using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Core.Rendering;

namespace Slipway.Core.Evaluations;

/// <summary>The JSON of evaluation reports and stored answers: snake_case names, null where there is nothing to say.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DictionaryKeyPolicy = JsonKnownNamingPolicy.Unspecified, NumberHandling = JsonNumberHandling.Strict,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(EvaluationReport))]
[JsonSerializable(typeof(SideBySide))]
[JsonSerializable(typeof(ReviewPlan))]
[JsonSerializable(typeof(ReviewResults))]
[JsonSerializable(typeof(Answer))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
[JsonSerializable(typeof(ChatMessage))]
[JsonSerializable(typeof(string))]
public sealed partial class EvaluationJson : JsonSerializerContext;
