using Slipway.Core.Releases;

namespace Slipway.Server.Storage;

/// <summary>What the judge has made of the calls of releases, beside them: whoever goes on from it decides the same, though some of the calls are gone by then.</summary>
internal interface IEvidenceLog
{
    /// <summary>What was kept of a release; null where nothing was.</summary>
    StoredEvidence? FindEvidence(ReleaseId release);

    /// <summary>Keeps it, durably; where more was kept already, by another server, that stays.</summary>
    /// <exception cref="StorageUnavailableException">The engine is away; nothing was kept.</exception>
    void Keep(StoredEvidence evidence);
}

/// <summary>The evidence of a release and how far in the call log it was read.</summary>
/// <param name="Release">Which release.</param>
/// <param name="ReadTo">The last row that is in it.</param>
/// <param name="RipeTo">The last row that is in it with what was told later.</param>
/// <param name="State">The evidence, as JSON.</param>
internal sealed record StoredEvidence(ReleaseId Release, long ReadTo, long RipeTo, string State);
