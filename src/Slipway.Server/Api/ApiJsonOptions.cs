using System.Text.Json;
using Slipway.Core.Wire;

namespace Slipway.Server.Api;

/// <summary>Lets the endpoints speak exactly the JSON of <see cref="ApiJson"/>.</summary>
internal static class ApiJsonOptions
{
    public static void UseApiJson(this JsonSerializerOptions options)
    {
        var contract = ApiJson.Default.Options;
        options.PropertyNamingPolicy = contract.PropertyNamingPolicy;
        options.DictionaryKeyPolicy = contract.DictionaryKeyPolicy;
        options.NumberHandling = contract.NumberHandling;
        options.AllowDuplicateProperties = contract.AllowDuplicateProperties;
        options.UnmappedMemberHandling = contract.UnmappedMemberHandling;
        options.RespectNullableAnnotations = contract.RespectNullableAnnotations;
        options.RespectRequiredConstructorParameters = contract.RespectRequiredConstructorParameters;
        options.TypeInfoResolverChain.Insert(0, ApiJson.Default);
    }
}
