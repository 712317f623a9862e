using Slipway.Core.Access;
using Slipway.Core.Wire;

namespace Slipway.Server.Access;

/// <summary>Lets nobody without a valid key past, except to the health checks and the description of the API.</summary>
internal sealed class Authentication(RequestDelegate next, Ledger ledger, FailureLimiter failures, TimeProvider clock)
{
    private const string Scheme = "Bearer ";
    private const string Hint = "Send it as \"Authorization: Bearer slw_…\".";

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.Request.Path == "/healthz" || context.Request.Path == "/readyz" || Api.ApiDescription.Covers(context.Request.Path))
        {
            await next(context);
            return;
        }
        var address = context.Connection.RemoteIpAddress;
        var header = context.Request.Headers.Authorization.ToString();
        if (Look(header, mayReadOn: failures.Wait(address) is null, out var access) is KeyCheck.Open open)
        {
            context.Features.Set(new Caller(open.Member, open.Key, access.ActingWith(open.Key)));
            await next(context);
            return;
        }
        // Who sends no key tries none: a browser or a probe that asks without one is told what is needed, as often as it asks.
        if (header.Length == 0)
        {
            await RefuseAsync(context, $"This needs an API key. {Hint}");
            return;
        }
        // Only bad keys are counted and made to wait. A good one passes at once, also from an address that is being made to wait: behind one proxy or
        // NAT stand many clients, and one of them with an old key must not lock out the others. It makes guessing no easier: a secret has 256 bits.
        if (failures.Add(address) is { } wait)
        {
            await Api.Refusals.WriteAsync(context, StatusCodes.Status429TooManyRequests,
                $"{FailureLimiter.Most} requests with a wrong API key came from this address within {FailureLimiter.Window.TotalSeconds:0} s; " +
                $"wait {Math.Ceiling(wait.TotalSeconds):0} s. A valid key is let through at once.", wait);
            return;
        }
        await RefuseAsync(context, Reason(header, access));
    }

    private static Task RefuseAsync(HttpContext context, string reason)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return Api.Refusals.WriteAsync(context, StatusCodes.Status401Unauthorized, reason);
    }

    private KeyCheck Look(string header, bool mayReadOn, out AccessState access)
    {
        access = ledger.Current.Access;
        if (HashOf(header) is not { } hash) return new KeyCheck.Unknown();
        var check = access.Authenticate(hash, clock.GetUtcNow());
        // Another process on the same journal may have issued it; that costs a read, which an address that fails all the time does not get.
        if (check is not KeyCheck.Unknown || !mayReadOn || !ledger.CatchUp()) return check;
        access = ledger.Current.Access;
        return access.Authenticate(hash, clock.GetUtcNow());
    }

    private string Reason(string header, AccessState access) =>
        HashOf(header) is not { } hash ? $"The Authorization header holds no API key. {Hint}"
        : access.Authenticate(hash, clock.GetUtcNow()) is KeyCheck.Closed closed ? closed.Reason
        : $"The API key is unknown. {Hint}";

    private static ContentHash? HashOf(string header) =>
        header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && header[Scheme.Length..].Trim() is { Length: > 0 } secret ? KeySecret.Hash(secret) : null;
}
