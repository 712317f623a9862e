using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Slipway.Core.Resolution;

namespace Slipway.Client.Serving;

/// <summary>One request to a model through an <see cref="IChatClient"/>: asks, checks, acts on a broken contract, reports.</summary>
internal sealed class ChatCall(ChatRequest request, RenderAnswer.Rendered rendered, IChatClient inner, ISlipwayClient slipway, TimeProvider clock, bool streamed)
{
    private readonly long began = clock.GetTimestamp();
    private readonly DateTimeOffset startedAt = clock.GetUtcNow();
    private readonly string trace = RenderRequest.Trace();
    private readonly UsageDetails spent = new();
    private TimeSpan? firstToken;
    private ModelAnswer? first;
    private int retries;
    private string? action, error;
    private RenderAnswer.Rendered? fellBackTo;
    private bool abandoned;

    /// <summary>The whole answer.</summary>
    public async Task<ChatResponse> AnswerAsync(CancellationToken cancellation)
    {
        try
        {
            var answer = first = await AskAsync(rendered, cancellation);
            if (!first.Checked.Kept) answer = await ActAsync(first, cancellation);
            return Named(answer.Response);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            abandoned = true;
            throw;
        }
        catch (Exception exception) when (exception is not ContractBrokenException)
        {
            error = exception.Message;
            throw;
        }
        finally
        {
            Report();
        }
    }

    /// <summary>The answer piece by piece, as it comes where that is safe.</summary>
    public async IAsyncEnumerable<ChatResponseUpdate> StreamAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        if (rendered.ContractPolicy != ContractPolicy.Observe || !rendered.Package.PostProcessing.IsEmpty)
        {
            foreach (var update in (await AnswerAsync(cancellation)).ToChatResponseUpdates()) yield return update;
            yield break;
        }
        var updates = new List<ChatResponseUpdate>();
        // Whoever leaves in the middle of the stream leaves here.
        abandoned = true;
        try
        {
            await using var pieces = inner.GetStreamingResponseAsync(request.MessagesFor(rendered), request.OptionsFor(rendered), cancellation).GetAsyncEnumerator(cancellation);
            while (await NextAsync(pieces, cancellation))
            {
                updates.Add(pieces.Current);
                yield return pieces.Current;
            }
            abandoned = false;
            first = Checked(rendered, updates.ToChatResponse());
            if (!first.Checked.Kept) action = "observed";
            yield return new ChatResponseUpdate { AdditionalProperties = new AdditionalPropertiesDictionary { [SlipwayChat.Call] = Call() } };
        }
        finally
        {
            Report();
        }
    }

    private async ValueTask<bool> NextAsync(IAsyncEnumerator<ChatResponseUpdate> pieces, CancellationToken cancellation)
    {
        try
        {
            var more = await pieces.MoveNextAsync();
            if (more) firstToken ??= clock.GetElapsedTime(began);
            return more;
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            (abandoned, error) = (false, exception.Message);
            throw;
        }
    }

    // What is given on instead of an answer that broke its contract.
    private async Task<ModelAnswer> ActAsync(ModelAnswer broken, CancellationToken cancellation)
    {
        action = "observed";
        switch (rendered.ContractPolicy)
        {
            case ContractPolicy.Retry:
                (action, retries) = ("retried", 1);
                return await OtherwiseAsync(rendered, broken, cancellation);
            case ContractPolicy.Fallback when rendered.Arm == Arm.Candidate && rendered.Stable() is RenderAnswer.Rendered stable:
                (action, fellBackTo) = ("fell_back", stable);
                return await OtherwiseAsync(stable, broken, cancellation);
            case ContractPolicy.Reject:
                action = "rejected";
                throw new ContractBrokenException(Call(), broken.Response);
            default:
                return broken;
        }
    }

    // A second attempt that fails makes nothing worse: there is an answer already.
    private async Task<ModelAnswer> OtherwiseAsync(RenderAnswer.Rendered other, ModelAnswer broken, CancellationToken cancellation)
    {
        try
        {
            return await AskAsync(other, cancellation);
        }
        catch (Exception) when (!cancellation.IsCancellationRequested)
        {
            (action, fellBackTo) = ("observed", null);
            return broken;
        }
    }

    private async Task<ModelAnswer> AskAsync(RenderAnswer.Rendered version, CancellationToken cancellation)
    {
        var (messages, options) = (request.MessagesFor(version), request.OptionsFor(version));
        if (!streamed) return Checked(version, await inner.GetResponseAsync(messages, options, cancellation));
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in inner.GetStreamingResponseAsync(messages, options, cancellation).WithCancellation(cancellation))
        {
            firstToken ??= clock.GetElapsedTime(began);
            updates.Add(update);
        }
        return Checked(version, updates.ToChatResponse());
    }

    private ModelAnswer Checked(RenderAnswer.Rendered version, ChatResponse response)
    {
        if (response.Usage is { } usage) spent.Add(usage);
        var answer = ModelAnswer.Of(version, response);
        answer.Finish();
        return answer;
    }

    private ChatResponse Named(ChatResponse response)
    {
        (response.AdditionalProperties ??= [])[SlipwayChat.Call] = Call();
        return response;
    }

    private SlipwayCall Call() => new(
        trace, rendered.Version, rendered.Arm, rendered.Release, rendered.Revision, rendered.Reason, first?.Checked.Violations ?? [], action, fellBackTo?.Version);

    // The version's own first answer is what stands on record: that is what its release is judged by.
    private void Report() => slipway.Report(rendered.Call(new CallFacts
    {
        TraceId = trace,
        StartedAt = startedAt,
        Latency = clock.GetElapsedTime(began),
        TimeToFirstToken = streamed ? firstToken : null,
        Streamed = streamed,
        Text = first?.Text,
        ToolCalls = first?.ToolCalls,
        Refused = first?.Refused ?? false,
        FinishReason = first is null ? null : first.Response.FinishReason?.Value ?? "stop",
        InputTokens = (int?)spent.InputTokenCount,
        OutputTokens = (int?)spent.OutputTokenCount,
        CachedTokens = (int?)spent.CachedInputTokenCount,
        Provider = inner.GetService<ChatClientMetadata>()?.ProviderName,
        Retries = retries,
        Fallback = fellBackTo?.Version.ToString(),
        ContractAction = action,
        Error = error,
        Abandoned = abandoned,
    }));
}
