using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Slipway.Server.Providers.Offline;

namespace Slipway.Server.Providers;

/// <summary>The offline model as a provider: no key, no network, the same answer every time.</summary>
internal sealed class OfflineProvider : IForwarder
{
    private readonly CachedOfflineModel model = new();

    public string Name => "offline";

    public string Description => $"offline ({OfflineModel.Description.TrimEnd('.')})";

    public Task<ModelAnswer> CompleteAsync(ModelRequest request, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (request.Model != OfflineModel.Name) throw new ProviderException(Unknown(request.Model));
        var answer = model.Answer(request.Messages, new OfflineSettings(MaxTokens(request.Parameters)));
        return Task.FromResult(new ModelAnswer(answer.Text, Refusal: null, answer.FinishReason, new TokenUsage(answer.InputTokens, answer.OutputTokens)));
    }

    public async IAsyncEnumerable<ModelPiece> StreamAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var answer = await CompleteAsync(request, cancellation);
        foreach (var chunk in OfflineModel.Chunks(answer.Text)) yield return new ModelPiece(chunk);
        yield return new ModelPiece("", FinishReason: answer.FinishReason, Usage: answer.Usage);
    }

    public async Task<HttpResponseMessage> ForwardAsync(string path, ReadOnlyMemory<byte> body, string? traceParent, CancellationToken cancellation)
    {
        if (path != "/chat/completions") return Refused(HttpStatusCode.NotFound, $"{Name} answers chat completions, and nothing at {path}.");
        if (OfflineChat.Read(body, out var problem) is not { } chat) return Refused(HttpStatusCode.BadRequest, problem!);
        return chat.Request.Model == OfflineModel.Name
            ? new HttpResponseMessage(HttpStatusCode.OK) { Content = chat.Content(await CompleteAsync(chat.Request, cancellation)) }
            : Refused(HttpStatusCode.NotFound, Unknown(chat.Request.Model));
    }

    public Task<ProviderException> ErrorAsync(HttpResponseMessage response, CancellationToken cancellation) => ProviderErrors.OfAsync(Name, key: null, response, cancellation);

    private static string Unknown(string asked) => $"offline has one model, {OfflineModel.Name}; there is no {asked}.";

    private static HttpResponseMessage Refused(HttpStatusCode status, string sentence) => new(status) { Content = OfflineChat.Refusal(sentence) };

    private static int? MaxTokens(JsonElement parameters)
    {
        foreach (var name in (string[])["max_completion_tokens", "max_tokens"])
            if (parameters.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var limit)) return Math.Max(1, limit);
        return null;
    }
}
