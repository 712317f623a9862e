using Slipway.Core.Journal;

namespace Slipway.Core.Wire;

/// <summary>A checkpoint with the key to check it: what the server hands out, the last line of an export, and what is kept beside the journal.</summary>
/// <param name="Checkpoint">The statement and its signature.</param>
/// <param name="PublicKey">The key that signed it.</param>
public sealed record CheckpointDocument(Checkpoint Checkpoint, CheckpointKey PublicKey);

/// <summary>What came of checking a journal.</summary>
/// <param name="Entries">How many entries were found right.</param>
/// <param name="LastHash">The hash of the last of them; null for none.</param>
/// <param name="LastTime">When it was written.</param>
/// <param name="Checkpoint">What proves that nothing is missing at the end; null where nothing does.</param>
/// <param name="Damage">What is wrong, a sentence; null where nothing is.</param>
public sealed record VerificationDocument(long Entries, ContentHash? LastHash, DateTimeOffset? LastTime, CheckpointDocument? Checkpoint, string? Damage);
