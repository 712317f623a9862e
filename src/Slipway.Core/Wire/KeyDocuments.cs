using System.Collections.Immutable;
using Slipway.Core.Access;
using Slipway.Core.Releases;

namespace Slipway.Core.Wire;

/// <summary>Asks for a key.</summary>
/// <param name="Member">For whom.</param>
/// <param name="Roles">Only these of the member's roles; all where left out.</param>
/// <param name="Environments">Only there; everywhere where left out.</param>
/// <param name="Prompts">Only these; all where left out.</param>
/// <param name="ExpiresAt">From then on it opens nothing; never where left out.</param>
/// <param name="Note">What it is for.</param>
public sealed record KeyRequest(
    MemberName Member, ImmutableArray<Role>? Roles = null, ImmutableArray<EnvironmentName>? Environments = null, ImmutableArray<PromptPattern>? Prompts = null,
    DateTimeOffset? ExpiresAt = null, string? Note = null)
{
    /// <summary>What the key is to be limited to.</summary>
    public KeyScope ToScope() => new(Roles, Environments, Prompts, ExpiresAt);
}

/// <summary>A new key; the only time its secret is shown.</summary>
/// <param name="KeyId">Its public name.</param>
/// <param name="Member">Whose it is.</param>
/// <param name="Secret"><c>slw_</c> and random text.</param>
/// <param name="Roles">Only these of the member's roles; null for all.</param>
/// <param name="Environments">Only there; null for everywhere.</param>
/// <param name="Prompts">Only these; null for all.</param>
/// <param name="ExpiresAt">From then on it opens nothing; null for never.</param>
/// <param name="Note">What it is for.</param>
/// <param name="IssuedWith">The key it was issued with and ends with; null where an administrator issued it.</param>
public sealed record KeyDocument(
    string KeyId, MemberName Member, string Secret, ImmutableArray<Role>? Roles = null, ImmutableArray<EnvironmentName>? Environments = null,
    ImmutableArray<PromptPattern>? Prompts = null, DateTimeOffset? ExpiresAt = null, string? Note = null, string? IssuedWith = null)
{
    /// <summary>The document of a key that was issued just now.</summary>
    public static KeyDocument From(ApiKey key, string secret)
    {
        ArgumentNullException.ThrowIfNull(key);
        var scope = key.Scope;
        return new KeyDocument(key.Id, key.Member, secret, scope.Roles, scope.Environments, scope.Prompts, scope.ExpiresAt, key.Note, key.IssuedWith);
    }
}

/// <summary>A key as it is listed: never its secret, never its hash.</summary>
/// <param name="KeyId">Its public name.</param>
/// <param name="Member">Whose it is.</param>
/// <param name="State">Whether it opens anything.</param>
/// <param name="Roles">Only these of the member's roles; null for all.</param>
/// <param name="Environments">Only there; null for everywhere.</param>
/// <param name="Prompts">Only these; null for all.</param>
/// <param name="ExpiresAt">From then on it opens nothing; null for never.</param>
/// <param name="RevokedAt">Since when it opens nothing; null where it was not revoked.</param>
/// <param name="IssuedAt">When it was issued.</param>
/// <param name="IssuedBy">By whom.</param>
/// <param name="IssuedWith">The key it was issued with and ends with; null where an administrator issued it.</param>
/// <param name="Note">What it is for.</param>
public sealed record ListedKey(
    string KeyId, MemberName Member, KeyState State, ImmutableArray<Role>? Roles, ImmutableArray<EnvironmentName>? Environments, ImmutableArray<PromptPattern>? Prompts,
    DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt, DateTimeOffset IssuedAt, MemberName IssuedBy, string? IssuedWith, string? Note)
{
    /// <summary>The document of a key.</summary>
    public static ListedKey From(ApiKey key, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(key);
        var scope = key.Scope;
        return new ListedKey(
            key.Id, key.Member, key.StateAt(now), scope.Roles, scope.Environments, scope.Prompts, scope.ExpiresAt, key.RevokedAt, key.IssuedAt, key.IssuedBy, key.IssuedWith, key.Note);
    }
}
