namespace Slipway.Server.Gateway;

/// <summary>Ends an answer that broke off while it was streamed: an error line, and then no proper end.</summary>
/// <remarks>One official client throws on an error line, another ignores it and takes the stream for complete unless the connection breaks.</remarks>
internal sealed class BrokenStream(OpenAiError error, IAnswerWriter writer) : IResult
{
    private static readonly object Mark = new();

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        writer.Broken(httpContext.Response.BodyWriter, error);
        await httpContext.Response.BodyWriter.FlushAsync(httpContext.RequestAborted);
        httpContext.Items[Mark] = true;
    }

    /// <summary>The outermost middleware: closes the connection of a broken stream without the body's end.</summary>
    /// <exception cref="IOException">That is how: aborting would throw away what is still on its way, the error line with it; after an exception the web server sends it first.</exception>
    public static async Task EndAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        if (context.Items.ContainsKey(Mark)) throw new IOException("The answer broke off while it was streamed.");
    }
}
