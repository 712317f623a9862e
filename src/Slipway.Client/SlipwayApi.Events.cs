using System.Net.ServerSentEvents;
using System.Text.Json;
using Slipway.Core.Evaluations;
using Slipway.Core.Wire;

namespace Slipway.Client;

/// <content>Following what takes a while.</content>
public sealed partial class SlipwayApi
{
    // The server says something every 5 s; who hears nothing for longer than this is connected to nobody.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(20), FirstWait = TimeSpan.FromMilliseconds(200), LongestWait = TimeSpan.FromSeconds(5);

    /// <summary>Follows a run of an evaluation to its end; a broken connection, or a restart of the server, is gone on from.</summary>
    /// <param name="run">Which.</param>
    /// <param name="progress">Told how far it is; null tells nobody.</param>
    /// <param name="patience">How long the server may be away at most before it is given up; null for two minutes.</param>
    /// <param name="cancellation">Gives up following; the run goes on.</param>
    /// <returns>The run as it ended, with its report.</returns>
    public async Task<ApiResult<EvaluationRunDocument>> FollowEvaluationAsync(
        EvaluationRunId run, Action<EvaluationRunDocument>? progress = null, TimeSpan? patience = null, CancellationToken cancellation = default)
    {
        var (last, wait, awaySince) = ((string?)null, FirstWait, (long?)null);
        var away = new ApiFailure(null, $"The server at {Server} is away; {run} goes on when it is back.", []);
        while (true)
        {
            var failure = away;
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, $"evaluations/{run}/events");
                if (last is not null) request.Headers.TryAddWithoutValidation("Last-Event-ID", last);
                using var silence = new CancellationTokenSource(Silence, clock);
                using var silent = CancellationTokenSource.CreateLinkedTokenSource(cancellation, silence.Token);
                using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, silent.Token);
                if (response.IsSuccessStatusCode)
                {
                    await using var body = await response.Content.ReadAsStreamAsync(silent.Token);
                    await foreach (var item in SseParser.Create(body, static (_, data) => JsonSerializer.Deserialize(data, ApiJsonFor.OlderClients.EvaluationRunDocument)!).EnumerateAsync(silent.Token))
                    {
                        silence.CancelAfter(Silence);
                        progress?.Invoke(item.Data);
                        if (item.Data.State == EvaluationRunState.Running)
                        {
                            (last, wait, awaySince) = (item.EventId ?? last, FirstWait, null);
                            continue;
                        }
                        var ended = await EvaluationRunAsync(run, cancellation);
                        if (ended is not ApiResult<EvaluationRunDocument>.Failed { Failure: { Status: null or >= 500 } missing }) return ended;
                        failure = missing;
                        break;
                    }
                }
                else
                {
                    failure = Failure((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(silent.Token));
                    if (failure.Status < 500) return new ApiResult<EvaluationRunDocument>.Failed(failure);
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException || exception is OperationCanceledException && !cancellation.IsCancellationRequested)
            {
                failure = away;
            }
            catch (JsonException)
            {
                return new ApiResult<EvaluationRunDocument>.Failed(new ApiFailure(null, $"What answers at {Server} is not a Slipway server of this version.", []));
            }
            if (clock.GetElapsedTime(awaySince ??= clock.GetTimestamp()) >= (patience ?? TimeSpan.FromMinutes(2))) return new ApiResult<EvaluationRunDocument>.Failed(failure);
            await Task.Delay(wait, clock, cancellation);
            wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
        }
    }
}
