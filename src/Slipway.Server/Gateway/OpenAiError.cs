using System.Text.Encodings.Web;
using System.Text.Json;

namespace Slipway.Server.Gateway;

/// <summary>An error in OpenAI's shape: all four keys, always.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Type">The kind clients know, e.g. <c>invalid_request_error</c>.</param>
/// <param name="Code">A word for programs; null where there is none.</param>
/// <param name="Param">The field that is wrong; null where it is no field.</param>
/// <param name="Message">One sentence.</param>
internal sealed record OpenAiError(int Status, string Type, string? Code, string? Param, string Message) : IResult
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly TimeSpan DefaultRetry = TimeSpan.FromSeconds(1);

    /// <summary>When the client should ask again; every 429 and 5xx says so, because some clients hammer when it is missing.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The error of a status that says all there is to say.</summary>
    public static OpenAiError Of(int status, string message) => status switch
    {
        StatusCodes.Status401Unauthorized => new(status, "authentication_error", "invalid_api_key", null, message),
        StatusCodes.Status403Forbidden => new(status, "permission_error", "insufficient_permissions", null, message),
        StatusCodes.Status404NotFound => new(status, "invalid_request_error", "not_found", null, message),
        StatusCodes.Status429TooManyRequests => new(status, "rate_limit_error", "rate_limit_exceeded", null, message),
        >= 500 => new(status, "server_error", null, null, message),
        _ => new(status, "invalid_request_error", null, null, message),
    };

    /// <summary>A field of the request is wrong.</summary>
    public static OpenAiError Invalid(string? param, string message, string? code = null) => new(StatusCodes.Status400BadRequest, "invalid_request_error", code, param, message);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Status;
        response.ContentType = "application/json";
        if (Status is 429 or >= 500) response.Headers.RetryAfter = Seconds(RetryAfter ?? DefaultRetry);
        else response.Headers["x-should-retry"] = "false";
        await response.Body.WriteAsync(Body(), httpContext.RequestAborted);
    }

    /// <summary>A time to wait as the header <c>Retry-After</c> writes it: whole seconds, rather one too many.</summary>
    public static string Seconds(TimeSpan wait) => ((int)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The error object as JSON.</summary>
    public byte[] Body()
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(256);
        using var writer = new Utf8JsonWriter(buffer, Readable);
        writer.WriteStartObject();
        writer.WriteStartObject("error");
        writer.WriteString("message", Message);
        writer.WriteString("type", Type);
        writer.WriteString("param", Param);
        writer.WriteString("code", Code);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
