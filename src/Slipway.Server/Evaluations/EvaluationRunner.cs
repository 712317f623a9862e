using System.Collections.Immutable;
using Slipway.Core.Evaluations;
using Slipway.Core.Prompts;
using Slipway.Server.Providers;

namespace Slipway.Server.Evaluations;

/// <summary>Runs a version on a golden set through the renderer, the providers and the contract check that the gateway uses.</summary>
internal sealed class EvaluationRunner(ModelProviders providers, ServerOptions options, TimeProvider clock)
{
    private const int Concurrency = 8;

    /// <summary>Asks a version every case.</summary>
    /// <exception cref="InvalidOperationException">The package's provider is not configured; ask before.</exception>
    public async Task<EvaluationRun> RunAsync(VersionId version, Package package, GoldenSet set, CancellationToken cancellation)
    {
        var provider = providers.Find(package.Model.Provider) ?? throw new InvalidOperationException(providers.Missing(package.Model.Provider));
        var outcomes = new CaseOutcome[set.Cases.Length];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, outcomes.Length), new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellation },
            async (index, token) => outcomes[index] = CaseOutcome.Judge(set.Cases[index], await AskAsync(provider, package, set.Cases[index], token)));
        return new EvaluationRun(version.ToString(), [.. outcomes]);
    }

    private async Task<Answer> AskAsync(IModelProvider provider, Package package, GoldenCase asked, CancellationToken cancellation)
    {
        var rendering = package.Render(asked.Variables, asked.Messages);
        if (rendering is not PromptRendering.Done { Messages: var messages })
            return Failed(string.Join(" ", ((PromptRendering.Refused)rendering).Problems.Select(problem => problem.Message)), TimeSpan.Zero);
        var started = clock.GetTimestamp();
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(options.ModelTimeout);
        try
        {
            var answer = await provider.CompleteAsync(new ModelRequest(package.Model.Model, messages, package.Parameters), limited.Token);
            return new Answer(answer.Text, package.Check(answer.Text), clock.GetElapsedTime(started), Error: null);
        }
        catch (ProviderException exception)
        {
            return Failed(exception.Message, clock.GetElapsedTime(started));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Failed($"{provider.Name} did not answer within {options.ModelTimeout.TotalSeconds:0} s.", clock.GetElapsedTime(started));
        }
    }

    private static Answer Failed(string reason, TimeSpan latency) => new("", ImmutableArray<string>.Empty, latency, reason);
}
