using System.Diagnostics;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Resolution;
using Slipway.Server.Access;
using Slipway.Server.Api;
using Slipway.Server.Calls;
using Slipway.Server.Providers;
using Slipway.Server.Snapshots;

namespace Slipway.Server.Gateway;

/// <summary>A request on one screen: resolve, render, call, check, record.</summary>
internal sealed class GatewayPipeline(
    SnapshotPublisher snapshots, PackageCache packages, ModelProviders providers, CallRecorder recorder, ServerOptions options, TimeProvider clock)
{
    /// <summary>Answers one request.</summary>
    public async Task<IResult> RunAsync(HttpContext context, Caller caller, GatewayRequest request)
    {
        var (name, facts) = (request.Prompt.Name, request.Caller);
        if (caller.Access.DenyReach(Subject.Of($"call {name} in {options.Environment}", name, options.Environment)) is Verdict.Refuse beyond) return Refusals.Of(beyond.Why);
        var snapshot = snapshots.Current(options.Environment);
        if (Resolver.Resolve(snapshot, new ResolveRequest(name, facts.UnitKey, facts.Tenant, null, facts.Attributes)) is not Decision.Serve serve)
            return new OpenAiError(StatusCodes.Status404NotFound, "invalid_request_error", "model_not_found", request.Prompt.NameField, $"No version of a prompt {name} is live in {options.Environment}.");

        var package = packages.Get(serve.Served.Package);
        var rendering = package.Render(request.Prompt.Variables, request.Messages ?? []);
        var provider = providers.Find(package.Model.Provider);
        var model = ModelRequest.Of(package, rendering is PromptRendering.Done { Messages: var messages } ? messages : []);
        var call = new GatewayCall(serve, package, provider?.Description ?? package.Model.Provider, model, request, TraceOf(context), clock);
        WriteHeaders(context.Response, call);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        limited.CancelAfter(options.ModelTimeout);
        try
        {
            // On record like every call: a candidate that asks for more than the application sends fails all its units, and a guardrail must see that.
            if (package.TakesMessages && request.Messages is null) return Refuse(call, OpenAiError.Invalid(request.MessagesField, $"{request.MessagesField} is missing."));
            if (rendering is PromptRendering.Refused refused) return Refuse(call, WrongInput(refused, request, package));
            if (provider is null) return Refuse(call, OpenAiError.Of(StatusCodes.Status503ServiceUnavailable, providers.Missing(package.Model.Provider)));
            return request.Stream ? await StreamAsync(context, call, provider, limited.Token) : await WholeAsync(context.Response, call, provider, limited.Token);
        }
        catch (ProviderException exception)
        {
            call.Fail(exception.Message);
            return Failed(context, call, exception.Message, exception.Status, exception.RetryAfter);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            call.Abandon();
            return TypedResults.Empty;
        }
        catch (OperationCanceledException)
        {
            call.Fail($"{package.Model.Provider} did not answer within {options.ModelTimeout.TotalSeconds:0} s.");
            return Failed(context, call, $"{package.Model.Provider} did not answer within {options.ModelTimeout.TotalSeconds:0} s.", StatusCodes.Status504GatewayTimeout, null);
        }
        finally
        {
            recorder.Record(call.Record(options.Environment));
        }
    }

    private static async Task<IResult> WholeAsync(HttpResponse response, GatewayCall call, IModelProvider provider, CancellationToken cancellation)
    {
        var answer = call.Finish(await provider.CompleteAsync(call.Request, cancellation));
        call.Succeed(answer);
        response.Headers["x-slipway-contract"] = call.Contract;
        response.ContentType = "application/json";
        call.Writer.Whole(response.BodyWriter, answer);
        return TypedResults.Empty;
    }

    private static async Task<IResult> StreamAsync(HttpContext context, GatewayCall call, IModelProvider provider, CancellationToken cancellation)
    {
        var response = context.Response;
        var collected = new StreamedAnswer();
        var pieces = provider.StreamAsync(call.Request, cancellation);
        await foreach (var piece in call.NeedsWholeAnswer ? FinishedAsync(call, pieces) : pieces)
        {
            if (!collected.Started)
            {
                // Headers go out with the first piece: until then a failing provider still gets a proper status.
                response.ContentType = "text/event-stream";
                response.Headers.CacheControl = "no-cache";
                call.FirstPiece();
            }
            collected.Add(piece);
            call.Writer.Piece(response.BodyWriter, piece);
            await response.BodyWriter.FlushAsync(cancellation);
        }
        var answer = collected.Whole();
        call.Succeed(answer);
        call.Writer.End(response.BodyWriter, answer);
        await response.BodyWriter.FlushAsync(cancellation);
        return TypedResults.Empty;
    }

    // Only the end of an answer says what its steps do to the beginning: whether a fence is closed there and nowhere before, how much white
    // space is left over. So nothing is sent until all of it is there, and then it is sent finished, as one piece of content.
    private static async IAsyncEnumerable<ModelPiece> FinishedAsync(GatewayCall call, IAsyncEnumerable<ModelPiece> pieces)
    {
        var collected = new StreamedAnswer();
        await foreach (var piece in pieces) collected.Add(piece);
        var answer = call.Finish(collected.Whole());
        yield return new ModelPiece(answer.Text, answer.Refusal, ToolCalls: collected.ToolCallsAsPiece());
        yield return new ModelPiece("", FinishReason: answer.FinishReason, Usage: answer.Usage);
    }

    private static OpenAiError Refuse(GatewayCall call, OpenAiError error)
    {
        call.Fail(error.Message);
        return error;
    }

    private static OpenAiError WrongInput(PromptRendering.Refused refused, GatewayRequest request, Package package)
    {
        var field = refused.Problems[0].Variable is { } name ? $"prompt.variables.{name}" : !package.TakesMessages && request.Messages is { IsEmpty: false } ? request.MessagesField : "prompt.variables";
        return OpenAiError.Invalid(field, string.Join(" ", refused.Problems.Select(problem => problem.Message)));
    }

    private static IResult Failed(HttpContext context, GatewayCall call, string message, int? status, TimeSpan? retryAfter)
    {
        // A provider's 4xx is our misconfiguration, not the caller's mistake: only its rate limit is passed on as such.
        var error = status switch
        {
            StatusCodes.Status429TooManyRequests => new OpenAiError(429, "rate_limit_error", "rate_limit_exceeded", null, message) { RetryAfter = retryAfter },
            StatusCodes.Status504GatewayTimeout => new OpenAiError(504, "server_error", "timeout", null, message),
            _ => new OpenAiError(502, "server_error", "provider_failed", null, message) { RetryAfter = retryAfter },
        };
        return context.Response.HasStarted ? new BrokenStream(error, call.Writer) : error;
    }

    private static void WriteHeaders(HttpResponse response, GatewayCall call)
    {
        response.Headers["x-slipway-prompt"] = call.Serve.Served.Version.Prompt.Value;
        response.Headers["x-slipway-version"] = call.Serve.Served.Version.Number.Text;
        response.Headers["x-slipway-arm"] = call.Serve.Arm == Arm.Candidate ? "candidate" : "stable";
        if (call.Serve.Release is { } release) response.Headers["x-slipway-release"] = release.ToString();
        response.Headers["x-slipway-revision"] = call.Serve.Revision.ToString(System.Globalization.CultureInfo.InvariantCulture);
        response.Headers["x-slipway-trace"] = call.TraceId;
    }

    private static string TraceOf(HttpContext context) =>
        ActivityContext.TryParse(context.Request.Headers.TraceParent, null, out var caller) ? caller.TraceId.ToHexString() : ActivityTraceId.CreateRandom().ToHexString();
}
