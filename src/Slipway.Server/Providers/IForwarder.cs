namespace Slipway.Server.Providers;

/// <summary>A provider that speaks the gateway's own language: a body can go to it as it is.</summary>
internal interface IForwarder : IModelProvider
{
    /// <summary>Sends a body; the answer's headers have come.</summary>
    /// <param name="path">Below the base URL, e.g. <c>/chat/completions</c>.</param>
    /// <param name="body">JSON.</param>
    /// <param name="traceParent">The W3C <c>traceparent</c> that goes with it.</param>
    /// <param name="cancellation">Breaks it off.</param>
    /// <exception cref="ProviderException">The service cannot be reached.</exception>
    Task<HttpResponseMessage> ForwardAsync(string path, ReadOnlyMemory<byte> body, string? traceParent, CancellationToken cancellation);

    /// <summary>What came instead of an answer.</summary>
    /// <param name="response">Of a status that is no success; its body is read here.</param>
    /// <param name="cancellation">Breaks it off.</param>
    Task<ProviderException> ErrorAsync(HttpResponseMessage response, CancellationToken cancellation);
}
