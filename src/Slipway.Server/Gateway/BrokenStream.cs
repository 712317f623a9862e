using System.Buffers;

namespace Slipway.Server.Gateway;

/// <summary>Ends an answer that broke off while it was given on: where it is streamed an error line, and then no proper end.</summary>
/// <remarks>One official client throws on an error line, another ignores it and takes the stream for complete unless the connection breaks.</remarks>
/// <param name="error">Why.</param>
/// <param name="write">Writes it as the door has it; null where the answer is no stream and nothing can be said any more.</param>
internal sealed class BrokenStream(OpenAiError error, Action<IBufferWriter<byte>, OpenAiError>? write) : IResult
{
    private static readonly object Mark = new();

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        write?.Invoke(httpContext.Response.BodyWriter, error);
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
