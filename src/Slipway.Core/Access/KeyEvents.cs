using System.Text.Json.Serialization;
using Slipway.Core.Journal;
using Slipway.Core.Wire;

namespace Slipway.Core.Access;

/// <summary>A member can authenticate with one more key.</summary>
/// <param name="KeyId">The key's public name, e.g. <c>key-3</c>.</param>
/// <param name="Member">Whose it is.</param>
/// <param name="SecretHash">SHA-256 of the secret; the secret itself is shown once and stored nowhere.</param>
/// <param name="Scope">What it may at most do.</param>
/// <param name="Note">What it is for; null where nobody said.</param>
/// <param name="IssuedWith">The key it was issued with and ends with; null where an administrator issued it.</param>
public sealed record KeyIssued(string KeyId, MemberName Member, ContentHash SecretHash, KeyScope Scope, string? Note, string? IssuedWith) : AccessEvent
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string Sentence =>
        $"issued {KeyId} to {Member}{(Scope.ToString() is { Length: > 0 } scope ? $", {scope}" : "")}{(IssuedWith is null ? "" : $", with {IssuedWith}")}{(Note is null ? "" : $": {Note}")}";
}

/// <summary>The first shape: every key had all that its member had, for ever.</summary>
/// <param name="KeyId">The key's public name.</param>
/// <param name="Member">Whose it is.</param>
/// <param name="SecretHash">SHA-256 of the secret.</param>
public sealed record KeyIssuedV1(string KeyId, MemberName Member, ContentHash SecretHash) : AccessEvent
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => Upcast().Sentence;

    internal override JournalEvent Upcast() => new KeyIssued(KeyId, Member, SecretHash, KeyScope.Everything, Note: null, IssuedWith: null);
}

/// <summary>A key opens nothing from now on.</summary>
/// <param name="KeyId">Which.</param>
/// <param name="Member">Whose it was.</param>
/// <param name="Reason">Why; null where nobody said.</param>
public sealed record KeyRevoked(string KeyId, MemberName Member, string? Reason) : AccessEvent
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => $"revoked {KeyId} of {Member}{(Reason is null ? "" : $": {Reason}")}";
}

/// <summary>The first shape: nobody could say why.</summary>
/// <param name="KeyId">Which.</param>
/// <param name="Member">Whose it was.</param>
public sealed record KeyRevokedV1(string KeyId, MemberName Member) : AccessEvent
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => Upcast().Sentence;

    internal override JournalEvent Upcast() => new KeyRevoked(KeyId, Member, Reason: null);
}
