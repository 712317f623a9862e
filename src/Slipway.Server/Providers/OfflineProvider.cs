using System.Runtime.CompilerServices;
using System.Text.Json;
using Slipway.Server.Providers.Offline;

namespace Slipway.Server.Providers;

/// <summary>The offline model as a provider: no key, no network, the same answer every time.</summary>
internal sealed class OfflineProvider : IModelProvider
{
    private readonly CachedOfflineModel model = new();

    public string Name => "offline";

    public string Description => $"offline ({OfflineModel.Description.TrimEnd('.')})";

    public Task<ModelAnswer> CompleteAsync(ModelRequest request, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (request.Model != OfflineModel.Name) throw new ProviderException($"offline has one model, {OfflineModel.Name}; there is no {request.Model}.");
        var answer = model.Answer(request.Messages, new OfflineSettings(MaxTokens(request.Parameters)));
        return Task.FromResult(new ModelAnswer(answer.Text, Refusal: null, answer.FinishReason, new TokenUsage(answer.InputTokens, answer.OutputTokens)));
    }

    public async IAsyncEnumerable<ModelPiece> StreamAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var answer = await CompleteAsync(request, cancellation);
        foreach (var chunk in OfflineModel.Chunks(answer.Text)) yield return new ModelPiece(chunk);
        yield return new ModelPiece("", FinishReason: answer.FinishReason, Usage: answer.Usage);
    }

    private static int? MaxTokens(JsonElement parameters)
    {
        foreach (var name in (string[])["max_completion_tokens", "max_tokens"])
            if (parameters.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var limit)) return Math.Max(1, limit);
        return null;
    }
}
