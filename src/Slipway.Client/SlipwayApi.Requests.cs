using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Client;

/// <content>How a request is sent and its answer read.</content>
public sealed partial class SlipwayApi
{
    private Task<ApiResult<T>> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation) => SendAsync(HttpMethod.Get, path, null, Reader(type), cancellation);

    // Page after page, as the links lead: whoever asks for a list gets all of it.
    private async Task<ApiResult<ImmutableArray<T>>> GetAllAsync<T>(string path, JsonTypeInfo<ImmutableArray<T>> type, CancellationToken cancellation)
    {
        var all = ImmutableArray.CreateBuilder<T>();
        for (var next = path; next is not null;)
        {
            string? link = null;
            var page = await SendAsync(HttpMethod.Get, next, null, Reader(type), cancellation, response => link = NextLink(response));
            if (page is not ApiResult<ImmutableArray<T>>.Ok { Value: var items }) return page;
            all.AddRange(items);
            next = link;
        }
        return new ApiResult<ImmutableArray<T>>.Ok(all.DrainToImmutable());
    }

    private static string? NextLink(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Link", out var links) && links.FirstOrDefault(link => link.EndsWith("rel=\"next\"", StringComparison.Ordinal)) is { } next ? next[(next.IndexOf('<', StringComparison.Ordinal) + 1)..next.IndexOf('>', StringComparison.Ordinal)] : null;

    private Task<ApiResult<TAnswer>> PostAsync<TBody, TAnswer>(string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<TAnswer> answerType, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, path, Json(body, bodyType), Reader(answerType), cancellation);

    private async Task<ApiResult<T>> SendAsync<T>(
        HttpMethod method, string path, HttpContent? content, Func<byte[], T> read, CancellationToken cancellation, Action<HttpResponseMessage>? look = null, string? ifMatch = null, string? prefer = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (ifMatch is not null) request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        if (prefer is not null) request.Headers.TryAddWithoutValidation("Prefer", prefer);
        try
        {
            using var response = await http.SendAsync(request, cancellation);
            var bytes = await response.Content.ReadAsByteArrayAsync(cancellation);
            look?.Invoke(response);
            return response.IsSuccessStatusCode ? new ApiResult<T>.Ok(read(bytes)) : new ApiResult<T>.Failed(Failure((int)response.StatusCode, bytes));
        }
        catch (HttpRequestException exception)
        {
            return new ApiResult<T>.Failed(Unreachable(exception));
        }
        catch (JsonException)
        {
            return new ApiResult<T>.Failed(new ApiFailure(null, $"What answers at {Server} is not a Slipway server of this version.", []));
        }
    }

    private ApiFailure Unreachable(HttpRequestException exception)
    {
        // Of a failed handshake the outer message only says that there is an inner one.
        var cause = exception is { HttpRequestError: HttpRequestError.SecureConnectionError, InnerException: { } inner } ? $"no secure connection can be made. {inner.Message}" : exception.Message;
        return new ApiFailure(null, $"The server at {Server} cannot be reached: {cause.TrimEnd('.')}.", []);
    }

    private static string DutiesPath(PromptName prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return $"prompts/{Uri.EscapeDataString(prompt.Value)}/duties";
    }

    private static ApiFailure Failure(int status, byte[] bytes)
    {
        try
        {
            var problem = JsonSerializer.Deserialize(bytes, ApiJsonFor.OlderClients.ProblemDocument);
            return new ApiFailure(status, problem?.Detail ?? $"The server answered {status}.", problem?.Errors ?? [], problem?.Changes);
        }
        catch (JsonException)
        {
            return new ApiFailure(status, $"The server answered {status}.", []);
        }
    }

    private static Func<byte[], T> Reader<T>(JsonTypeInfo<T> type) => bytes => JsonSerializer.Deserialize(bytes, type) ?? throw new JsonException("An answer is never null.");

    private static ByteArrayContent Json<T>(T value, JsonTypeInfo<T> type) => Bytes(JsonSerializer.SerializeToUtf8Bytes(value, type), "application/json");

    private static ByteArrayContent Text(string text, string type) => Bytes(Encoding.UTF8.GetBytes(text), type);

    private static ByteArrayContent Bytes(byte[] bytes, string type) => new(bytes) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };

    private static string? Number(IFormattable? number) => number?.ToString(null, System.Globalization.CultureInfo.InvariantCulture);

    private static string Query(params ReadOnlySpan<(string Name, string? Value)> parameters)
    {
        var query = new StringBuilder();
        foreach (var (name, value) in parameters)
            if (value is not null) query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        return query.ToString();
    }
}
