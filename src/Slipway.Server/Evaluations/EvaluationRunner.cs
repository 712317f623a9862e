using Slipway.Core.Evaluations;
using Slipway.Core.Prompts;
using Slipway.Server.Providers;

namespace Slipway.Server.Evaluations;

/// <summary>Runs a version on a golden set through the renderer, the providers, the post-processing and the contract check that the gateway uses.</summary>
internal sealed class EvaluationRunner(ModelProviders providers, ServerOptions options, TimeProvider clock)
{
    private const int Concurrency = 8;

    /// <summary>Asks the candidate, and the baseline where there is one, every case.</summary>
    /// <remarks>Both are asked about a case one right after the other, in turn first: what slows the machine down for a while, the first calls of a
    /// process above all, then slows both down alike.</remarks>
    /// <exception cref="InvalidOperationException">A package's provider is not configured; ask before.</exception>
    public async Task<(EvaluationRun Candidate, EvaluationRun? Baseline)> RunAsync(
        (VersionId Version, Package Package) candidate, (VersionId Version, Package Package)? baseline, GoldenSet set, CancellationToken cancellation)
    {
        var cases = set.Asked;
        var candidateSide = new Side(candidate.Version, candidate.Package, ProviderOf(candidate.Package), cases.Length);
        var baselineSide = baseline is var (version, package) ? new Side(version, package, ProviderOf(package), cases.Length) : null;
        await Parallel.ForEachAsync(
            Enumerable.Range(0, cases.Length), new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellation },
            async (index, token) =>
            {
                var (first, second) = index % 2 == 0 ? (candidateSide, baselineSide) : (baselineSide, candidateSide);
                if (first is not null) await AskAsync(first, cases[index], index, token);
                if (second is not null) await AskAsync(second, cases[index], index, token);
            });
        return (candidateSide.Run(), baselineSide?.Run());
    }

    private async Task AskAsync(Side side, GoldenCase asked, int index, CancellationToken cancellation) =>
        side.Outcomes[index] = CaseOutcome.Judge(asked, await AskAsync(side.Provider, side.Package, asked, cancellation), EvaluationPolicy.Default);

    private IModelProvider ProviderOf(Package package) =>
        providers.Find(package.Model.Provider) ?? throw new InvalidOperationException(providers.Missing(package.Model.Provider));

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
            var answer = await provider.CompleteAsync(ModelRequest.Of(package, messages), limited.Token);
            var latency = clock.GetElapsedTime(started);
            var text = package.Finish(answer.Text);
            return new Answer
            {
                Text = text,
                Refusal = answer.Refusal,
                ToolCalls = answer.ToolCalls,
                FinishReason = answer.FinishReason,
                InputTokens = answer.Usage?.Input,
                OutputTokens = answer.Usage?.Output,
                CachedTokens = answer.Usage?.Cached,
                Latency = latency,
                SchemaViolations = answer.ToolCalls is null ? package.Check(text) : [],
                ToolViolations = answer.ToolCalls is { } calls ? package.CheckToolCalls(calls) : [],
            };
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

    private static Answer Failed(string reason, TimeSpan latency) => new() { Latency = latency, Error = reason };

    private sealed class Side(VersionId version, Package package, IModelProvider provider, int cases)
    {
        public Package Package => package;
        public IModelProvider Provider => provider;
        public CaseOutcome[] Outcomes { get; } = new CaseOutcome[cases];

        public EvaluationRun Run() => new(version.ToString(), [.. Outcomes]);
    }
}
