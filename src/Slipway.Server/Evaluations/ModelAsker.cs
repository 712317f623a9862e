using Slipway.Core.Calls;
using Slipway.Core.Evaluations;
using Slipway.Core.Prompts;
using Slipway.Server.Providers;

namespace Slipway.Server.Evaluations;

/// <summary>Asks a package's model about a case through the renderer, the provider, the post-processing and the contract check that the gateway uses.</summary>
/// <remarks>Other than the gateway it asks no model that stands in: an evaluation is of the version on its own model.</remarks>
internal sealed class ModelAsker(TimeSpan modelTimeout, Jitter jitter, TimeProvider clock)
{
    /// <summary>How often a question is asked again after a failure that may pass, where the package does not say more; refusals for their number are not counted.</summary>
    public const int Retries = 3;

    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(250), LongestWait = TimeSpan.FromSeconds(4);

    /// <summary>The answer; what keeps one from coming stands in it.</summary>
    /// <exception cref="GivenUpException">The provider wants to be asked no more for a long time.</exception>
    public async Task<Answer> AskAsync(EvaluatedSide side, GoldenCase asked, CancellationToken cancellation)
    {
        var package = side.Package;
        var rendering = package.Render(asked.Variables, asked.Messages);
        if (rendering is not PromptRendering.Done { Messages: var messages })
            return Failed(string.Join(" ", ((PromptRendering.Refused)rendering).Problems.Select(problem => problem.Message)), TimeSpan.Zero, 0);
        var request = ModelRequest.Of(package, messages);
        var (retries, failures, most) = (0, 0, Math.Max(Retries, package.Serving.Retries ?? 0));
        while (true)
        {
            var sentAt = await side.Pace.WaitAsync(cancellation);
            var started = clock.GetTimestamp();
            try
            {
                var answer = await AttemptAsync(side, request, cancellation);
                var latency = clock.GetElapsedTime(started);
                side.Pace.Answered();
                return Read(side, answer, latency, retries);
            }
            catch (ProviderException failure) when (failure.Status == StatusCodes.Status429TooManyRequests || failure is { RetryAfter: not null, MayPass: true })
            {
                if (side.Pace.Refused(failure, sentAt) is { } why) throw new GivenUpException(why);
            }
            catch (ProviderException failure) when (failure.MayPass && failures < most)
            {
                await Task.Delay(jitter.After(failures++, FirstWait, LongestWait), clock, cancellation);
            }
            catch (ProviderException failure)
            {
                return Failed(failure.Message, clock.GetElapsedTime(started), retries);
            }
            retries++;
        }
    }

    private async Task<ModelAnswer> AttemptAsync(EvaluatedSide side, ModelRequest request, CancellationToken cancellation)
    {
        var limit = side.Package.Serving.Timeout?.Value ?? modelTimeout;
        using var timer = new CancellationTokenSource(limit, clock);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellation);
        try
        {
            return await side.Provider.CompleteAsync(request, limited.Token);
        }
        catch (OperationCanceledException exception) when (!cancellation.IsCancellationRequested)
        {
            throw new ProviderException($"{side.Provider.Name} did not answer within {limit.TotalSeconds:0} s.", StatusCodes.Status504GatewayTimeout, inner: exception);
        }
    }

    private static Answer Read(EvaluatedSide side, ModelAnswer answer, TimeSpan latency, int retries)
    {
        var (package, usage) = (side.Package, answer.Usage);
        var text = package.Finish(answer.Text);
        return new Answer
        {
            Text = text,
            Refusal = answer.Refusal,
            ToolCalls = answer.ToolCalls,
            FinishReason = answer.FinishReason,
            InputTokens = usage?.Input,
            OutputTokens = usage?.Output,
            CachedTokens = usage?.Cached,
            Cost = CallCost.Of(side.Prices, usage?.Input, usage?.Cached, usage?.Output),
            Latency = latency,
            Retries = retries,
            SchemaViolations = answer.ToolCalls is null ? package.Check(text) : [],
            ToolViolations = answer.ToolCalls is { } calls ? package.CheckToolCalls(calls) : [],
        };
    }

    private static Answer Failed(string reason, TimeSpan latency, int retries) => new() { Error = reason, Latency = latency, Retries = retries };
}

/// <summary>A provider will not answer for a long time; the run ends with what there is. The message is one sentence.</summary>
internal sealed class GivenUpException(string message) : Exception(message);
