using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Journal;
using Slipway.Core.Wire;
using Slipway.Server.Gateway;

namespace Slipway.Server.Api;

/// <summary>One sentence and a status code for everything that is refused: RFC 9457 under <c>/api</c>, OpenAI's error object under <c>/v1</c>.</summary>
internal static class Refusals
{
    /// <summary>The status code of a refusal.</summary>
    public static int StatusOf(RefusalKind kind) => kind switch
    {
        RefusalKind.Unknown => StatusCodes.Status404NotFound,
        RefusalKind.Forbidden => StatusCodes.Status403Forbidden,
        RefusalKind.Conflict => StatusCodes.Status409Conflict,
        _ => StatusCodes.Status422UnprocessableEntity,
    };

    /// <summary>A refusal of Core.</summary>
    public static IResult Of(Refusal refusal) => new Problem(StatusOf(refusal.Kind), refusal.Reason, null);

    /// <summary>A refusal because of what somebody else changed meanwhile.</summary>
    public static IResult Of(Refusal refusal, VersionDiffDocument changes) => new Problem(StatusOf(refusal.Kind), refusal.Reason, null, changes);

    /// <summary>Input with several errors, all told at once.</summary>
    public static IResult Invalid(IReadOnlyCollection<string> errors) =>
        new Problem(StatusCodes.Status422UnprocessableEntity, Summary(errors), [.. errors]);

    /// <summary>Something named in the request does not exist.</summary>
    public static IResult Unknown(string reason) => new Problem(StatusCodes.Status404NotFound, reason, null);

    /// <summary>Something that was begun before came to nothing.</summary>
    public static IResult Failed(int status, string reason) => new Problem(status, reason, null);

    /// <summary>The state is not the one that the caller insists on.</summary>
    public static IResult Precondition(string reason) => new Problem(StatusCodes.Status412PreconditionFailed, reason, null);

    /// <summary>Writes a refusal where there is no endpoint to return it.</summary>
    /// <param name="context">Where.</param>
    /// <param name="status">The status code.</param>
    /// <param name="reason">One sentence.</param>
    /// <param name="retryAfter">When asking again makes sense; null for nothing to say.</param>
    public static Task WriteAsync(HttpContext context, int status, string reason, TimeSpan? retryAfter = null) =>
        new Problem(status, reason, null) { RetryAfter = retryAfter }.ExecuteAsync(context);

    /// <summary>Writes a refusal of input with errors where there is no endpoint to return it.</summary>
    public static Task WriteAsync(HttpContext context, int status, IReadOnlyCollection<string> errors) => new Problem(status, Summary(errors), [.. errors]).ExecuteAsync(context);

    /// <summary>The answer to a command: what the endpoint makes of its success, or the refusal.</summary>
    public static IResult Answer(this LedgerResult result, Func<LedgerResult.Done, IResult> done) => result switch
    {
        LedgerResult.Done accepted => done(accepted),
        LedgerResult.Refused refused => Of(refused.Why),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string Summary(IReadOnlyCollection<string> errors) => errors.Count == 1 ? errors.First() : $"There are {errors.Count} errors; the first: {errors.First()}";

    private sealed class Problem(int status, string detail, ImmutableArray<string>? errors, VersionDiffDocument? changes = null) : IResult
    {
        public TimeSpan? RetryAfter { get; init; }

        public async Task ExecuteAsync(HttpContext httpContext)
        {
            if (httpContext.Request.Path.StartsWithSegments("/v1"))
            {
                await (OpenAiError.Of(status, detail) with { RetryAfter = RetryAfter }).ExecuteAsync(httpContext);
                return;
            }
            if (RetryAfter is { } wait) httpContext.Response.Headers.RetryAfter = OpenAiError.Seconds(wait);
            var document = new ProblemDocument(Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status), status, detail, errors, changes);
            httpContext.Response.StatusCode = status;
            httpContext.Response.ContentType = "application/problem+json";
            await JsonSerializer.SerializeAsync(httpContext.Response.Body, document, ApiJsonFor.People.ProblemDocument, httpContext.RequestAborted);
        }
    }
}
