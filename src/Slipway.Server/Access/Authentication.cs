using Slipway.Core.Access;

namespace Slipway.Server.Access;

/// <summary>Lets nobody without a valid key past, except to the health checks.</summary>
internal sealed class Authentication(RequestDelegate next, Ledger ledger)
{
    private const string Hint = "Send it as \"Authorization: Bearer slw_…\".";

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.Request.Path == "/healthz" || context.Request.Path == "/readyz")
        {
            await next(context);
            return;
        }
        if (Find(context, out var refusal) is not { } member)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            await Api.Refusals.WriteAsync(context, StatusCodes.Status401Unauthorized, refusal);
            return;
        }
        context.Features.Set(new Caller(member));
        await next(context);
    }

    private Member? Find(HttpContext context, out string refusal)
    {
        var header = context.Request.Headers.Authorization.ToString();
        refusal = $"This needs an API key. {Hint}";
        if (header.Length == 0) return null;
        refusal = $"The API key is unknown or revoked. {Hint}";
        return header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? ledger.Current.Access.Authenticate(KeySecret.Hash(header["Bearer ".Length..].Trim())) : null;
    }
}
