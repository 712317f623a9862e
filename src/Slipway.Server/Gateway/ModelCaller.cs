using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Slipway.Core.Models;
using Slipway.Core.Prompts;
using Slipway.Core.Rendering;
using Slipway.Server.Providers;

namespace Slipway.Server.Gateway;

/// <summary>A package with its messages, ready to be asked.</summary>
/// <param name="Package">What decides the call.</param>
/// <param name="Messages">Rendered, the caller's among them.</param>
internal sealed record PackageRequest(Package Package, ImmutableArray<ChatMessage> Messages);

/// <summary>Asks a version's model as its serving settings say: attempts, their time, and the models that stand in.</summary>
internal sealed class ModelCaller(ModelProviders providers, Jitter jitter, TimeProvider clock)
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(250), LongestWait = TimeSpan.FromSeconds(4);

    private readonly ConcurrentDictionary<string, RetryBudget> budgets = new(StringComparer.Ordinal);
    private readonly ConditionalWeakTable<Package, ConcurrentDictionary<ModelReference, SentRequest>> sent = [];

    /// <summary>Told each time a provider refuses because it is asked too much: its name, and what it said. Must be quick and must not throw.</summary>
    public event Action<string, ProviderException>? Limited;

    /// <summary>The whole answer.</summary>
    /// <exception cref="ProviderException">None came.</exception>
    public Task<ModelAnswer> CompleteAsync(GatewayCall call, PackageRequest asked, CallTime time) =>
        AskAsync(call, asked, time, static (provider, request, cancellation) => provider.CompleteAsync(request, cancellation));

    /// <summary>The answer piece by piece; its first piece has come.</summary>
    /// <exception cref="ProviderException">None came.</exception>
    public Task<OpenedStream> OpenAsync(GatewayCall call, PackageRequest asked, CallTime time) =>
        AskAsync(call, asked, time, static (provider, request, cancellation) => OpenedStream.OpenAsync(provider, request, cancellation));

    private async Task<T> AskAsync<T>(GatewayCall call, PackageRequest asked, CallTime time, Func<IModelProvider, ModelRequest, CancellationToken, Task<T>> ask)
    {
        var (package, serving) = (asked.Package, asked.Package.Serving);
        for (var next = 0; ; next++)
        {
            try
            {
                return await AskAsync(call, asked, next == 0 ? package.Model : serving.Fallbacks[next - 1], time, ask);
            }
            catch (ProviderException) when (next < serving.Fallbacks.Length && time.Left > TimeSpan.Zero)
            {
                // The next model is asked; what the last one says is told.
            }
        }
    }

    private async Task<T> AskAsync<T>(GatewayCall call, PackageRequest asked, ModelReference model, CallTime time, Func<IModelProvider, ModelRequest, CancellationToken, Task<T>> ask)
    {
        if (providers.Find(model.Provider) is not { } provider) throw new ProviderException(providers.Missing(model.Provider), StatusCodes.Status503ServiceUnavailable);
        var package = asked.Package;
        var request = new ModelRequest(model.Model, asked.Messages, package.Parameters, package.Tools) { TraceParent = call.TraceParent };
        call.Asks(provider, model, package, Sent(package, model, provider));
        var budget = budgets.GetOrAdd(provider.Name, static _ => new RetryBudget());
        budget.Deposit();
        var retries = call.Asked.Caller.IsRetry ? 0 : package.Serving.Retries ?? 0;
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await AttemptAsync(provider, request, package.Serving.Timeout?.Value, time, ask);
            }
            catch (ProviderException failure)
            {
                if (failure.Status == StatusCodes.Status429TooManyRequests) Limited?.Invoke(provider.Name, failure);
                var wait = failure.RetryAfter ?? jitter.After(attempt, FirstWait, LongestWait);
                if (attempt >= retries || !failure.MayPass || wait >= time.Left || !budget.TryTake()) throw;
                call.Retries++;
                if (wait > TimeSpan.Zero) await Task.Delay(wait, clock, time.Token);
            }
        }
    }

    private static async Task<T> AttemptAsync<T>(IModelProvider provider, ModelRequest request, TimeSpan? limit, CallTime time, Func<IModelProvider, ModelRequest, CancellationToken, Task<T>> ask)
    {
        if (limit is not { } within) return await ask(provider, request, time.Token);
        var timer = time.Attempt(within, out var token);
        try
        {
            var answer = await ask(provider, request, token);
            timer.CancelAfter(Timeout.InfiniteTimeSpan);
            return answer;
        }
        catch (OperationCanceledException exception) when (!time.Token.IsCancellationRequested)
        {
            throw new ProviderException($"{provider.Name} did not answer within {within.TotalSeconds:0} s.", StatusCodes.Status504GatewayTimeout, inner: exception);
        }
    }

    // What a package asks of a model is the same in every call.
    private SentRequest Sent(Package package, ModelReference model, IModelProvider provider) => sent.GetOrCreateValue(package).GetOrAdd(
        model, static (model, from) => SentRequest.Of(from.package, model, from.provider.Sent(from.package.Parameters), from.package.Tools, inserted: 0), (package, provider));
}

/// <summary>A streamed answer whose first piece has come: until then it may fail like a whole one.</summary>
internal sealed class OpenedStream(IAsyncEnumerator<ModelPiece> pieces, string provider) : IAsyncDisposable
{
    private long held;

    /// <summary>The piece that came last.</summary>
    public ModelPiece Current => pieces.Current;

    /// <summary>Waits for the next piece; false after the last.</summary>
    /// <exception cref="ProviderException">The answer broke off, or is too long.</exception>
    public async ValueTask<bool> MoveNextAsync() => await pieces.MoveNextAsync() && Holds();

    /// <summary>Waits for the first piece.</summary>
    public static async Task<OpenedStream> OpenAsync(IModelProvider provider, ModelRequest request, CancellationToken cancellation)
    {
        var pieces = provider.StreamAsync(request, cancellation).GetAsyncEnumerator(cancellation);
        try
        {
            var opened = new OpenedStream(pieces, provider.Name);
            return await opened.MoveNextAsync() ? opened : throw new ProviderException($"{provider.Name} answered with an empty stream.");
        }
        catch
        {
            await pieces.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => pieces.DisposeAsync();

    // Pieces are put together to be checked and recorded, so what was given on is held all the same.
    private bool Holds()
    {
        var piece = Current;
        held += Encoding.UTF8.GetByteCount(piece.Text) + Encoding.UTF8.GetByteCount(piece.Refusal ?? "") + (piece.ToolCalls is { } calls ? JsonMarshal.GetRawUtf8Value(calls).Length : 0);
        return held <= LimitedContent.Most ? true : throw LimitedContent.TooLong(provider);
    }
}
