using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Slipway.Server.Providers;

namespace Slipway.Server.Tests.Evaluations;

/// <summary>A provider in this process that remembers what it was asked and answers as a test tells it to.</summary>
internal sealed class CountedProvider : IModelProvider
{
    public const string Fits = """{"department": "loans", "urgency": "low"}""";

    private int underWay, most, answered;

    public string Name => "counted";

    public string Description => "counted (in this process)";

    /// <summary>The last message of each question, in the order in which they came, with the first word of the system prompt's last line.</summary>
    public ConcurrentQueue<(string Question, string System)> Asked { get; } = new();

    /// <summary>How many questions were answered.</summary>
    public int Answered => Volatile.Read(ref answered);

    /// <summary>How many questions were under way at once at most.</summary>
    public int Most => Volatile.Read(ref most);

    /// <summary>How it answers; given the number of the question, from 1.</summary>
    public Func<int, ModelRequest, CancellationToken, Task<ModelAnswer>> Answer { get; set; } = (_, _, _) => Task.FromResult(Usual());

    public static ModelAnswer Usual(string text = Fits) => new(text, Refusal: null, "stop", new TokenUsage(20, 10));

    public async Task<ModelAnswer> CompleteAsync(ModelRequest request, CancellationToken cancellation)
    {
        lock (Asked)
        {
            Asked.Enqueue((request.Messages[^1].Content, request.Messages[0].Content));
            most = Math.Max(most, ++underWay);
        }
        try
        {
            var answer = await Answer(Asked.Count, request, cancellation);
            Interlocked.Increment(ref answered);
            return answer;
        }
        finally
        {
            lock (Asked) underWay--;
        }
    }

    public async IAsyncEnumerable<ModelPiece> StreamAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var answer = await CompleteAsync(request, cancellation);
        yield return new ModelPiece(answer.Text, FinishReason: answer.FinishReason, Usage: answer.Usage);
    }
}
