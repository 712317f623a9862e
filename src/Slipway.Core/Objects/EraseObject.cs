using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Wire;

namespace Slipway.Core.Objects;

/// <summary>Erases an object's bytes for good, e.g. because they hold personal data.</summary>
/// <param name="By">An administrator.</param>
/// <param name="Hash">Which object.</param>
/// <param name="Reason">Why; required. It stays for ever: it must not repeat the personal data.</param>
/// <param name="Stored">Whether the store holds its bytes; what was stored for a command that was refused stands in no event.</param>
public sealed record EraseObject(MemberName By, ContentHash Hash, string Reason, bool Stored) : Command(By)
{
    /// <inheritdoc/>
    public override Subject About(Registry registry) => Subject.Installation("erase objects");

    /// <inheritdoc/>
    public override Verdict Decide(Registry registry, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(registry);
        if (registry.Access.Deny(By, "erase objects", Role.Admin) is { } denied) return denied;
        if (string.IsNullOrWhiteSpace(Reason)) return Verdict.Invalid("Say why: the reason is empty.");
        if (registry.Objects.Find(Hash) is not null) return Verdict.Of();
        if (!Stored && KnownObjects.Find(registry, Hash) is null) return Verdict.Unknown($"There is no object {Hash}; see them all with: slipway object list");
        return KnownObjects.Need(registry, Hash) is { } need
            ? Verdict.Conflict($"{need}: its package cannot be erased while it may be served.")
            : Verdict.Of(new ObjectErased(Hash, Reason));
    }
}
