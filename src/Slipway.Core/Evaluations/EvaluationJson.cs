using System.Text.Json;
using System.Text.Json.Serialization;

namespace Slipway.Core.Evaluations;

/// <summary>The JSON of evaluation reports: snake_case names, null where there is nothing to say.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DictionaryKeyPolicy = JsonKnownNamingPolicy.Unspecified, NumberHandling = JsonNumberHandling.Strict,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    Converters = [typeof(SnakeCaseConverter<MetricKind>)])]     // named here: the thresholds' file knows nothing of documents
[JsonSerializable(typeof(EvaluationReport))]
[JsonSerializable(typeof(string))]
public sealed partial class EvaluationJson : JsonSerializerContext;
