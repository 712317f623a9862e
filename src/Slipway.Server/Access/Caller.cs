using System.Security.Cryptography;
using System.Text;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Wire;

namespace Slipway.Server.Access;

/// <summary>Who is asking; endpoints take it as a parameter.</summary>
/// <param name="Member">The member the request's key belongs to.</param>
/// <param name="Key">The key; a command is decided with it, so that its limits hold.</param>
/// <param name="Access">Members and keys as this caller sees them: what is asked of it is held against the key's limits.</param>
internal sealed record Caller(Member Member, ApiKey Key, AccessState Access)
{
    /// <summary>The member's name.</summary>
    public MemberName Name => Member.Name;

    /// <summary>State as this caller sees it, for asking before a command is given whether it would be refused.</summary>
    public Registry View(Registry registry) => registry.ActingWith(Key);

    /// <summary>Binds an endpoint's parameter to what the authentication found.</summary>
    public static ValueTask<Caller> BindAsync(HttpContext context) => ValueTask.FromResult(Of(context));

    /// <summary>Who is asking.</summary>
    public static Caller Of(HttpContext context) =>
        context.Features.Get<Caller>() ?? throw new InvalidOperationException("An endpoint that asks who is calling must lie behind the authentication.");
}

/// <summary>The secrets of API keys: <c>slw_</c> and 256 random bits.</summary>
internal static class KeySecret
{
    /// <summary>Draws a secret.</summary>
    public static string Draw() => KeySecretForm.Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).Replace('+', '-').Replace('/', '_').TrimEnd('=');

    /// <summary>What is stored of a secret. It has 256 random bits, so one round of SHA-256 is enough.</summary>
    public static ContentHash Hash(string secret) => ContentHash.Of(Encoding.UTF8.GetBytes(secret));
}
