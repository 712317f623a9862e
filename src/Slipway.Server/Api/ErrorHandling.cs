using Microsoft.AspNetCore.Diagnostics;
using Slipway.Core.Journal;
using Slipway.Server.Storage;

namespace Slipway.Server.Api;

/// <summary>Turns what an endpoint throws into one sentence: malformed input is the caller's, everything else is ours.</summary>
internal sealed partial class ErrorHandling(ILogger<ErrorHandling> log) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (httpContext.RequestAborted.IsCancellationRequested) return true;
        if (exception is BadBodyException body)
        {
            await Refusals.WriteAsync(httpContext, StatusCodes.Status400BadRequest, body.Errors);
            return true;
        }
        var (status, sentence) = exception switch
        {
            BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => (StatusCodes.Status413PayloadTooLarge, "The request's body is too large."),
            BadHttpRequestException bad => (bad.StatusCode, Plain(bad.Message)),
            Objects.ErasedException erased => (erased.Status, erased.Message),
            StorageUnavailableException away => (StatusCodes.Status503ServiceUnavailable, away.Message),
            UnknownEventException unknown => (StatusCodes.Status500InternalServerError, unknown.Message),
            StorageException storage => (StatusCodes.Status500InternalServerError, storage.Message),
            _ => (StatusCodes.Status500InternalServerError, "Something went wrong in the server; its log says what."),
        };
        // That the storage is away is logged once, by who looks after it.
        if (status >= 500 && exception is not StorageUnavailableException) LogFailure(exception, httpContext.Request.Method, httpContext.Request.Path);
        await Refusals.WriteAsync(httpContext, status, sentence);
        return true;
    }

    private static string Plain(string message) => message.EndsWith('.') ? message : message + ".";

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private partial void LogFailure(Exception exception, string method, PathString path);
}
