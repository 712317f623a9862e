using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Slipway.Core.Wire;

namespace Slipway.Core.Access;

/// <summary>A key that was issued. Its secret is nowhere, and its hash only where keys are looked up by it.</summary>
/// <param name="Id">Its public name, e.g. <c>key-3</c>.</param>
/// <param name="Member">Whose it is.</param>
/// <param name="Scope">What it may at most do.</param>
/// <param name="Note">What it is for; null where nobody said.</param>
/// <param name="IssuedBy">Who issued it.</param>
/// <param name="IssuedAt">When.</param>
/// <param name="IssuedWith">The key it was issued with and ends with; null where an administrator issued it.</param>
/// <param name="RevokedAt">Since when it opens nothing; null where it was not revoked.</param>
public sealed record ApiKey(
    string Id, MemberName Member, KeyScope Scope, string? Note, MemberName IssuedBy, DateTimeOffset IssuedAt, string? IssuedWith, DateTimeOffset? RevokedAt)
{
    /// <summary>True where it was revoked.</summary>
    public bool Revoked => RevokedAt is not null;

    /// <summary>Whether it opens anything.</summary>
    public KeyState StateAt(DateTimeOffset now) => Revoked ? KeyState.Revoked : now >= Scope.ExpiresAt ? KeyState.Expired : KeyState.Active;

    /// <summary>Why it opens nothing, as a sentence; null where it is active.</summary>
    public string? Closed(DateTimeOffset now) => StateAt(now) switch
    {
        KeyState.Revoked => $"The API key {Id} of {Member} was revoked on {KeyScope.Time(RevokedAt!.Value)}; it opens nothing any more.",
        KeyState.Expired => $"The API key {Id} of {Member} expired on {KeyScope.Time(Scope.ExpiresAt!.Value)}; have a new one issued.",
        _ => null,
    };
}

/// <summary>Whether a key opens anything.</summary>
[JsonConverter(typeof(EnumTextConverter<KeyState>))]
public enum KeyState
{
    /// <summary>It opens what its scope and its member's roles allow.</summary>
    [JsonStringEnumMemberName("active")] Active,
    /// <summary>Its time is over.</summary>
    [JsonStringEnumMemberName("expired")] Expired,
    /// <summary>Somebody made it open nothing.</summary>
    [JsonStringEnumMemberName("revoked")] Revoked,
}

/// <summary>What became of a secret that was presented.</summary>
public abstract record KeyCheck
{
    private KeyCheck() { }

    /// <summary>It opens.</summary>
    /// <param name="Member">Whose key it is.</param>
    /// <param name="Key">Which key.</param>
    public sealed record Open(Member Member, ApiKey Key) : KeyCheck;

    /// <summary>There is no such key.</summary>
    public sealed record Unknown : KeyCheck;

    /// <summary>It opened once.</summary>
    /// <param name="Reason">Whether it was revoked or has expired, in a sentence. Only who has the secret gets to read it.</param>
    public sealed record Closed(string Reason) : KeyCheck;
}

/// <summary>What the secret of a key looks like: <c>slw_</c> and 256 random bits, written in 43 letters, digits, <c>-</c> and <c>_</c>.</summary>
public static partial class KeySecretForm
{
    /// <summary>How every secret begins.</summary>
    public const string Prefix = "slw_";

    /// <summary>Whether a text holds what looks like a whole secret.</summary>
    public static bool StandsIn(string text) => Secret().IsMatch(text);

    [GeneratedRegex("slw_[A-Za-z0-9_-]{43}")] private static partial Regex Secret();
}
