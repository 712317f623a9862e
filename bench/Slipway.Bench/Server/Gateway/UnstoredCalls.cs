using System.Collections.Immutable;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Slipway.Server.Storage;

namespace Slipway.Bench.Server.Gateway;

/// <summary>A call log that takes every batch and keeps nothing: what is left is what requests cost by themselves.</summary>
public class UnstoredCalls : DispatchProxy
{
    internal static void Put(IServiceCollection parts) => parts.Replace(ServiceDescriptor.Singleton(_ => Create<ICallLog, UnstoredCalls>()));

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.ReturnType switch
    {
        { IsGenericType: true } many when many.GetGenericTypeDefinition() == typeof(ImmutableArray<>) => many.GetField(nameof(ImmutableArray<>.Empty))!.GetValue(null),
        var answer when answer == typeof(bool) => true,      // nothing is left to be removed
        { IsValueType: true } value when value != typeof(void) => Activator.CreateInstance(value),
        _ => null,
    };
}
