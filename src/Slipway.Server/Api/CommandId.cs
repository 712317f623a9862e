using System.Diagnostics.CodeAnalysis;

namespace Slipway.Server.Api;

/// <summary>The id of a command: the caller's <c>Idempotency-Key</c>, or a new one. It stands in the journal's entries.</summary>
/// <param name="Value">1 to 100 visible ASCII characters.</param>
internal sealed record CommandId(string Value)
{
    /// <summary>A new one, for commands of the server itself.</summary>
    public static CommandId New() => new(Guid.CreateVersion7().ToString());

    public static ValueTask<CommandId> BindAsync(HttpContext context)
    {
        var given = context.Request.Headers["Idempotency-Key"].ToString();
        if (given.Length == 0) return ValueTask.FromResult(New());
        return IsValid(given)
            ? ValueTask.FromResult(new CommandId(given))
            : throw new BadHttpRequestException("The Idempotency-Key must be 1 to 100 visible ASCII characters.");
    }

    private static bool IsValid([NotNullWhen(true)] string given) => given.Length <= 100 && given.All(c => c is > ' ' and <= '~');
}
