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
using Route = Slipway.Core.Resolution.Route;

namespace Slipway.Server.Gateway;

/// <summary>A request on one screen: resolve, render, call, check, record.</summary>
internal sealed class GatewayPipeline(
    SnapshotPublisher snapshots, PackageCache packages, ModelProviders providers, AnswerKeeper answers, CallRecorder recorder, ShadowTraffic shadows, Ledger ledger, ServerOptions options, TimeProvider clock)
{
    /// <summary>Answers one request.</summary>
    public async Task<IResult> RunAsync(HttpContext context, Caller caller, GatewayRequest request)
    {
        if (Resolve(caller, request, out var route, out var refused) is not { } serve) return refused!;
        var package = packages.Get(serve.Served.Package);
        using var activity = GatewayTelemetry.Start(context);
        var call = new GatewayCall(serve, package, route!.Policy, request, CallTrace.Of(context.Request.Headers.TraceParent, activity), clock);
        SlipwayHeaders.Write(context.Response, call, ledger.Age);
        using var time = new CallTime(package.Serving.TotalTimeout?.Value ?? options.ModelTimeout, clock, context.RequestAborted);
        try
        {
            // On record like every call: a candidate that asks for more than the application sends fails all its units, and a guardrail must see that.
            if (Render(package, request, out var wrong) is not { } asked) return Refuse(call, wrong!);
            call.Sends(asked.Messages);
            if (providers.Find(package.Model.Provider) is null && package.Serving.Fallbacks.IsEmpty)
                return Refuse(call, OpenAiError.Of(StatusCodes.Status503ServiceUnavailable, providers.Missing(package.Model.Provider)));
            return request.Stream ? await StreamAsync(context.Response, call, asked, route, time) : await WholeAsync(context.Response, call, asked, route, time);
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
            call.Fail($"{package.Model.Provider} did not answer within {time.Limit.TotalSeconds:0} s.");
            return Failed(context, call, $"{package.Model.Provider} did not answer within {time.Limit.TotalSeconds:0} s.", StatusCodes.Status504GatewayTimeout, null);
        }
        finally
        {
            var record = call.Record(options.Environment);
            activity?.Describe(record);
            recorder.Record(record);
            if (Resolver.IsShadowed(route!, serve, request.Caller.UnitKey)) shadows.Offer(context.Response, request, route!, record);
        }
    }

    private Decision.Serve? Resolve(Caller caller, GatewayRequest request, out Route? route, out IResult? refused)
    {
        // As for whoever resolves by themselves: a server that has lost its database cannot know of a rollback.
        var (name, facts, snapshot, isCutOff) = (request.Prompt.Name, request.Caller, snapshots.Current(options.Environment), ledger.Age >= InstanceList.Lease);
        (route, refused) = (null, null);
        if (caller.Access.DenyReach(Subject.Of($"call {name} in {options.Environment}", name, options.Environment)) is Verdict.Refuse beyond) refused = Refusals.Of(beyond.Why);
        else if (Resolver.Resolve(snapshot, new ResolveRequest(name, facts.UnitKey, facts.Tenant, null, facts.Attributes, isCutOff)) is not Decision.Serve serve)
            refused = new OpenAiError(StatusCodes.Status404NotFound, "invalid_request_error", "model_not_found", request.Prompt.NameField, $"No version of a prompt {name} is live in {options.Environment}.");
        else
        {
            route = snapshot.Routes[name];
            if (request.Prompt.Version is null) return serve;
            var pinned = PinnedVersion.Find(ledger.Current, options.Environment, route, request.Prompt, isCutOff, out var wrong);
            refused = wrong;
            return pinned;
        }
        return null;
    }

    /// <summary>What a package asks its model for a request.</summary>
    /// <param name="package">Whose messages are filled.</param>
    /// <param name="request">What the caller asked.</param>
    /// <param name="wrong">What is wrong; null where nothing is.</param>
    /// <returns>Null where something is wrong.</returns>
    internal static PackageRequest? Render(Package package, GatewayRequest request, out OpenAiError? wrong)
    {
        wrong = package.TakesMessages && request.Messages is null ? OpenAiError.Invalid(request.MessagesField, $"{request.MessagesField} is missing.")
            : request.Prompt.Model is { } model && model != package.Model.Model && model != package.Model.ToString()
                ? OpenAiError.Invalid("model", $"model is frozen in the prompt's version, which has {package.Model.Model}, and cannot be set by a call; leave it out beside prompt.id.")
            : null;
        if (wrong is not null) return null;
        switch (package.Render(request.Prompt.Variables, request.Messages ?? []))
        {
            case PromptRendering.Done { Messages: var messages }: return new PackageRequest(package, messages);
            case PromptRendering.Refused refused:
                var field = refused.Problems[0].Variable is { } name ? $"prompt.variables.{name}"
                    : !package.TakesMessages && request.Messages is { IsEmpty: false } ? request.MessagesField : "prompt.variables";
                wrong = OpenAiError.Invalid(field, string.Join(" ", refused.Problems.Select(problem => problem.Message)));
                return null;
            default: throw new UnreachableException();
        }
    }

    private async Task<IResult> WholeAsync(HttpResponse response, GatewayCall call, PackageRequest asked, Route route, CallTime time)
    {
        var answer = await answers.KeepAsync(call, asked, route, time);
        call.Done();
        SlipwayHeaders.WriteOutcome(response, call);
        if (answer is null) return Rejected(call);
        response.ContentType = "application/json";
        call.Writer.Whole(response.BodyWriter, answer);
        return TypedResults.Empty;
    }

    private async Task<IResult> StreamAsync(HttpResponse response, GatewayCall call, PackageRequest asked, Route route, CallTime time)
    {
        await using var stream = new StreamedResponse(response, call, clock);
        var answer = call.NeedsWholeAnswer ? await GiveWholeAsync() : await answers.PassOnAsync(call, asked, stream, time);
        call.Done();
        if (answer is null) SlipwayHeaders.WriteOutcome(response, call);
        if (answer is null) return response.HasStarted ? new BrokenStream(Rejected(call), call.Writer.Broken) : Rejected(call);
        await stream.EndAsync(answer, time.Token);
        return TypedResults.Empty;

        // Only the end of an answer says what its steps do to the beginning, and whether it keeps its contract: so nothing is sent until all of it is there.
        async Task<ModelAnswer?> GiveWholeAsync()
        {
            if (await answers.KeepAsync(call, asked, route, time) is not { } whole) return null;
            await stream.WriteAsync(new ModelPiece(whole.Text, whole.Refusal, ToolCalls: StreamedToolCalls.AsPiece(whole.ToolCalls)), time.Token);
            await stream.WriteAsync(new ModelPiece("", FinishReason: whole.FinishReason, Usage: whole.Usage), time.Token);
            return whole;
        }
    }

    private static OpenAiError Refuse(GatewayCall call, OpenAiError error)
    {
        call.Fail(error.Message);
        return error;
    }

    // 422, which no client sends again by itself: the same question would get an answer of the same kind.
    private static OpenAiError Rejected(GatewayCall call) => new(
        StatusCodes.Status422UnprocessableEntity, "invalid_answer_error", "contract_broken", null, $"{call.Version} answered, but not as its output contract has it, and its policy is to give no such answer on: {call.Violation}");

    private static IResult Failed(HttpContext context, GatewayCall call, string message, int? status, TimeSpan? retryAfter)
    {
        // A provider's 4xx is our misconfiguration, not the caller's mistake: only its rate limit is passed on as such.
        var error = status switch
        {
            StatusCodes.Status429TooManyRequests => new OpenAiError(429, "rate_limit_error", "rate_limit_exceeded", null, message) { RetryAfter = retryAfter },
            StatusCodes.Status504GatewayTimeout => new OpenAiError(504, "server_error", "timeout", null, message),
            _ => new OpenAiError(502, "server_error", "provider_failed", null, message) { RetryAfter = retryAfter },
        };
        return context.Response.HasStarted ? new BrokenStream(error, call.Writer.Broken) : error;
    }
}
