using System.Buffers;
using System.Text.Json;
using Slipway.Core.Access;
using Slipway.Core.Calls;
using Slipway.Core.Journal;
using Slipway.Core.Resolution;
using Slipway.Server.Access;
using Slipway.Server.Api;
using Slipway.Server.Calls;
using Slipway.Server.Providers;

namespace Slipway.Server.Gateway;

/// <summary>Passes a call that names a model and no prompt through to its provider, byte by byte, and records it as unmanaged.</summary>
internal sealed class PassThrough(ModelProviders providers, CallRecorder recorder, Ledger ledger, ServerOptions options, TimeProvider clock)
{
    private static readonly JsonElement NoParameters = JsonElement.Parse("{}"u8);

    /// <summary>Answers one request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="body">All of its body, which names a model.</param>
    /// <param name="door">The door's name in call records.</param>
    /// <param name="path">Where it goes below the provider's base URL.</param>
    public async Task<IResult> RunAsync(HttpContext context, Caller caller, ReadOnlyMemory<byte> body, string door, string path)
    {
        if (PlainCall.Read(body.Span) is not { } plain) return OpenAiError.Invalid(null, "The body holds a text that is not Unicode: half a surrogate pair.");
        if (CallerFacts.Read(context.Request.Headers, plain.User, default, out var wrong) is not { } facts) return wrong!;
        if (Find(plain.Model) is not var (provider, model)) return Unknown(plain.Model);
        if (caller.Access.DenyReach(Subject.Installation($"call the model {plain.Model} without a prompt")) is Verdict.Refuse beyond) return Refusals.Of(beyond.Why);

        using var activity = GatewayTelemetry.Start(context);
        var trace = CallTrace.Of(context.Request.Headers.TraceParent, activity);
        context.Response.Headers["x-slipway-trace"] = trace.TraceId;
        context.Response.Headers["x-slipway-fingerprint"] = plain.Fingerprint;
        using var time = new CallTime(options.ModelTimeout, clock, context.RequestAborted);
        var (startedAt, started, seen) = (clock.GetUtcNow(), clock.GetTimestamp(), new PassedAnswer());
        var (error, abandoned, firstMs) = ((string?)null, false, (double?)null);
        try
        {
            using var response = await provider.ForwardAsync(path, Renamed(body, plain, model), trace.Parent, time.Token);
            if (!response.IsSuccessStatusCode) return await RefusedAsync(provider, response);
            await CopyAsync(response);
            return TypedResults.Empty;
        }
        catch (ProviderException exception)
        {
            return Failed(exception.Message, StatusCodes.Status502BadGateway, "provider_failed");
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            abandoned = true;
            return TypedResults.Empty;
        }
        catch (OperationCanceledException)
        {
            return Failed($"{provider.Name} did not answer within {time.Limit.TotalSeconds:0} s.", StatusCodes.Status504GatewayTimeout, "timeout");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return Failed($"The answer of {provider.Name} broke off.", StatusCodes.Status502BadGateway, "provider_failed");
        }
        finally
        {
            var record = Record();
            activity?.Describe(record);
            recorder.Record(record);
        }

        async Task CopyAsync(HttpResponseMessage response)
        {
            context.Response.StatusCode = (int)response.StatusCode;
            context.Response.ContentType = response.Content.Headers.ContentType?.ToString();
            context.Response.ContentLength = response.Content.Headers.ContentLength;
            if (plain.Stream) context.Response.Headers.CacheControl = "no-cache";
            await using var answer = await response.Content.ReadAsStreamAsync(time.Token);
            while (true)
            {
                var memory = context.Response.BodyWriter.GetMemory(4096);
                var read = await answer.ReadAsync(memory, time.Token);
                if (read == 0) return;
                if (plain.Stream) firstMs ??= clock.GetElapsedTime(started).TotalMilliseconds;
                seen.Watch(memory.Span[..read]);
                context.Response.BodyWriter.Advance(read);
                await context.Response.BodyWriter.FlushAsync(time.Token);
            }
        }

        // What is wrong with the caller's own body is told as the provider tells it; a refused key is ours, and nothing that the caller could mend.
        async Task<IResult> RefusedAsync(IForwarder provider, HttpResponseMessage response)
        {
            var exception = await provider.ErrorAsync(response, time.Token);
            error = exception.Message;
            var status = (int)response.StatusCode;
            return status is StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden or < 400
                ? new OpenAiError(StatusCodes.Status502BadGateway, "server_error", "provider_failed", null, error)
                : OpenAiError.Of(status, error) with { RetryAfter = exception.RetryAfter };
        }

        IResult Failed(string message, int status, string code)
        {
            error = message;
            var told = new OpenAiError(status, "server_error", code, null, message);
            return context.Response.HasStarted ? new BrokenStream(told, plain.Stream ? Break : null) : told;
        }

        CallRecord Record() => new()
        {
            TraceId = trace.TraceId,
            SpanId = trace.SpanId,
            StartedAt = startedAt,
            Environment = options.Environment,
            Door = door,
            Workflow = facts.Workflow,
            Fingerprint = plain.Fingerprint,
            UnitKey = facts.UnitKey,
            Tenant = facts.Tenant,
            UserKey = facts.UserKey,
            Provider = provider.Description,
            Model = model,
            Parameters = NoParameters,
            Streamed = plain.Stream,
            FinishReason = seen.FinishReason(),
            InputTokens = seen.Usage()?.Input,
            OutputTokens = seen.Usage()?.Output,
            CachedTokens = seen.Usage()?.Cached,
            LatencyMs = clock.GetElapsedTime(started).TotalMilliseconds,
            TimeToFirstTokenMs = firstMs,
            Error = Captured.Error(ServingPolicy.Default, error),     // no prompt, so no policy but what is so without one
            Abandoned = abandoned,
        };
    }

    // An alias of the catalog, PROVIDER/MODEL, or, where there is no choice, a name that the one provider knows.
    private (IForwarder Provider, string Model)? Find(string name)
    {
        if (!options.PassThrough) return null;
        if (ledger.Current.Models.Resolve(name) is { } model && providers.Find(model.Provider) is { } provider)
            return provider is IForwarder forwarder ? (forwarder, model.Model) : null;
        return providers.OnlyForwarder is { } only && name.Length > 0 ? (only, name) : null;
    }

    private static OpenAiError Unknown(string model) =>
        new(StatusCodes.Status404NotFound, "invalid_request_error", "model_not_found", "model", $"There is no model {model} here; name a prompt: \"model\": \"{PromptNaming.Prefix}NAME\".");

    // It may have broken off in the middle of an event.
    private static void Break(IBufferWriter<byte> output, OpenAiError error)
    {
        output.Write("\n\ndata: "u8);
        output.Write(error.Body());
        output.Write("\n\n"u8);
    }

    // All but the model's name stays as it is.
    private static ReadOnlyMemory<byte> Renamed(ReadOnlyMemory<byte> body, PlainCall plain, string model) => plain.Model == model ? body
        : (byte[])[.. body.Span[..plain.ModelAt.Start.Value], .. JsonSerializer.SerializeToUtf8Bytes(model, Core.Wire.ApiJson.Default.String), .. body.Span[plain.ModelAt.End.Value..]];
}
